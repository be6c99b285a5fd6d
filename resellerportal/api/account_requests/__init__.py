"""Tier account requests: changes of accounts, and what vendors say to them."""
