"""Subscriptions, which the API calls assets."""
