"""What may be done with accounts and account changes; every write of the app goes through here."""
