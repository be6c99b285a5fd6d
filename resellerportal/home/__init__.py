"""Home: what waits for whom, what is parked, how long things take, what happened lately."""
