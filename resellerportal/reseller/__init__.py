"""What a reseller does: answers questions about itself, orders for its customers."""
