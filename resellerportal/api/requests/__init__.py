"""Fulfillment requests: reading, placing, and every step of their machine."""
