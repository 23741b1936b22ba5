"""The lines of the wall monitor: pure formatters from a snapshot to rows of text that is read from nine metres."""
