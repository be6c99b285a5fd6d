"""Files to download: what lists show, and reports."""
