"""What a distributor does: keeps accounts, sells, watches every request of its channel."""
