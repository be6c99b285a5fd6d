"""What the test run needs around pytest: a throwaway PostgreSQL, Chromium, the order of runs."""
