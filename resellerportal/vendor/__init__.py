"""What a vendor does: clears its queue, approves configurations and orders."""
