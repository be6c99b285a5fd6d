"""Settings, URLs, health checks and start-up: everything that is about running, not about the trade."""
