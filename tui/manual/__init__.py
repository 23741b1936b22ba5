"""The manual page and the completion of shells, both made from the parser of the command line."""
