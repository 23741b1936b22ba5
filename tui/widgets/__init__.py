"""The parts of the screens. They draw lines; what the lines say comes from `tui.lines`."""
