"""Products: what they are in `views`, `shapes` …, and a module for each kind of what they have."""
