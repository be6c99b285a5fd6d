"""Administration of products, items, subscriptions and orders."""

from . import orders, products

__all__ = ["orders", "products"]
