"""Imports of accounts: file -> rows -> plan -> apply -> undo; see services.py."""
