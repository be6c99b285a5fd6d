"""Reports made in the background: asking for one, its progress, its file, and those before."""
