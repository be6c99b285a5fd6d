"""Agreements: contracts are made elsewhere, so there are none; clients read the empty list."""
