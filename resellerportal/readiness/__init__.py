"""Reseller × product: who can order what at once, what is missing, and completing it."""
