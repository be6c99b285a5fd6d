"""What stands beside the demo: its mailbox, and services of vendors and partners to call."""
