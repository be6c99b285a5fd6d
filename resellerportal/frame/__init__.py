"""What stands around every page: rail, search, theme, and the way to what can be set."""
