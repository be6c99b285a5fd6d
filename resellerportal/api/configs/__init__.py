"""Tier configurations: reading only, they change by their requests."""
