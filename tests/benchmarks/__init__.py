"""What a page costs, and how that grows. Scripts, not tests: `make bench`.

Both sizes live in one PostgreSQL database, each in a schema of its own, and are measured in turns
by one process: the machine's other work then falls on both alike. Trust ratios, not times.
"""
