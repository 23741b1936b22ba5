"""The wall monitor: a program of its own that only reads, for a screen that nobody sits at."""
