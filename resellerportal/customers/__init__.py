"""Pages about accounts and their requests, shared by all roles; each role's URLs bind them."""
