"""What the Stats screen asks the cache, and what it gets: no widget, no terminal."""
