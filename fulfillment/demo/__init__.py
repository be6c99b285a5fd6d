"""Demo data: a small channel with a month of history, and bulk data for measurements.

`seed.seed()` builds what `manage.py seed_demo` promises, `bulk.scene()` what a benchmark needs.
"""
