"""Settings of a partner: the keys by which its systems call the API, and what they called."""
