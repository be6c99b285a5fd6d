"""What takes long on both databases is shared between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def own_half(things: Iterable[T]) -> list[T]:
    """Every other of `things`: on PostgreSQL those that are left out on SQLite.

    Their order must be the same on both.
    """
    return list(things)[connection.vendor == "postgresql" :: 2]
