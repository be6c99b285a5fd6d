"""Threads of objects: what was said about them, and what happened."""
