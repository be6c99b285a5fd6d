"""What may be done with subscriptions and orders; every write goes through here."""
