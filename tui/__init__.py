"""What a person meets: the `calltop` command and the Textual app."""
