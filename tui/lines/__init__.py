"""The text of the screens: pure functions from snapshots to lines of cells. No widget, no colour, no terminal."""
