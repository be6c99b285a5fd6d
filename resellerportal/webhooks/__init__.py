"""Settings of a partner: which of its systems are told what, and whether it arrived."""
