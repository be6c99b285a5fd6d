"""Webhooks of products: addresses of a vendor that are asked before a request goes on."""
