"""Imports of accounts: upload a file, name its columns, put rows right, apply, undo."""
