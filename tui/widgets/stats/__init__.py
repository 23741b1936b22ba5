"""The panes of the Stats screen."""
