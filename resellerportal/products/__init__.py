"""Products, read only: what is sold and what it asks of the tiers."""
