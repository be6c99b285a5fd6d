"""Tier configurations and their requests, for all three roles; what differs follows the role."""
