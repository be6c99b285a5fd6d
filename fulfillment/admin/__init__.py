"""Administration of products, items, subscriptions, orders and scheduled reports."""

from . import orders, products, reports

__all__ = ["orders", "products", "reports"]
