"""Notes in one thread with the events of their object, and what one watches."""
