"""Who the parties are, how their accounts nest, and what changed about them."""
