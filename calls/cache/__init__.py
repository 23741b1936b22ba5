"""The local cache: one SQLite file that one process writes and any number of windows read."""
