"""Reports: what they hold (kinds.py), reading it (reading.py), and making the file (work.py)."""
