"""What may be done with configurations and their requests; every write goes through here."""
