"""What a vendor must know of a reseller before it processes orders."""
