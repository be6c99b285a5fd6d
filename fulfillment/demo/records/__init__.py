"""Recorded objects of the field's public test fixtures, loaded through an adapter.

Ids, values, states and dates stay as recorded where a model has a place for them. What has none,
what was missing and had to be invented, and what contradicts itself is listed in deviations.py
and, for readers, in docs/fixtures.md.
"""

from .adapter import load
from .deviations import DEVIATIONS, NOT_LOADED, Deviation

__all__ = ["DEVIATIONS", "NOT_LOADED", "Deviation", "load"]
