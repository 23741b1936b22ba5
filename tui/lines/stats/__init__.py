"""The text of the Stats screen: figures, tables, maps and charts as lines of cells."""
