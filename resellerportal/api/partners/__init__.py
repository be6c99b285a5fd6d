"""Accounts (companies that sign in), partners, and the members of one's own company."""
