"""Settings, URLs, health checks and start-up: all that is about running, not about the trade."""
