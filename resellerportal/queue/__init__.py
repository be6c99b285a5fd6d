"""Working through a list: where a request stands in it, what is next, and many at once."""
