"""Hubs and marketplaces."""
