"""Named addresses of lists: one's own, and those colleagues share."""
