"""Orders and subscriptions, for all three roles; what differs follows the actor."""
