"""Tier accounts and their versions."""
