"""What a person meets: the `calltop` command and the Textual app."""

__version__ = "0.1.0"
