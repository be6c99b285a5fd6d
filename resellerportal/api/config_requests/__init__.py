"""Tier configuration requests: reading, opening, and every step of their machine."""
