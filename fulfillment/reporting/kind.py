"""What makes a report: its columns, the parameters it has, and which rows it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from . import narrowing
from .columns import Columns, Line
from .told import Told

Prepare = Callable[[list[Line], Told], None]


@dataclass(frozen=True)
class Kind:
    """One report. `accounts` are paths to keys of accounts that its cells name.

    `product` and `marketplace` are paths the parameters of these names narrow, "" for those it
    lacks; `types` and `states` (value, label) pairs; `usual` the states that count when none is
    chosen. `prepare` gives `Told` what a page needs.
    """

    name: str
    label: Promise
    about: Promise
    sheet: str
    model: type[Model]
    columns: Columns
    accounts: tuple[str, ...] = ()
    product: str = ""
    marketplace: str = ""
    types: tuple[tuple[str, Any], ...] = ()
    states: tuple[tuple[str, Any], ...] = ()
    usual: tuple[str, ...] = ()
    tiers: bool = False
    prepare: Prepare | None = None

    @property
    def titles(self) -> list[str]:
        return [title for title, _source in self.columns]

    @property
    def keys(self) -> list[str]:
        """The titles as JSON names them."""
        return [title.lower().replace(" ", "_") for title in self.titles]

    @property
    def paths(self) -> list[str]:
        """What a line of it is made of."""
        found = {"pk": None, "created_at": None, **dict.fromkeys(self.accounts)}
        for _title, source in self.columns:
            reads = (source,) if isinstance(source, str) else source.reads
            found |= dict.fromkeys(reads)
        return list(found)

    def found(self, params: dict[str, Any], told: Told) -> QuerySet[Any]:
        """What the reader sees of it now, narrowed by cleaned parameters (narrowing.py)."""
        rows = self.model._default_manager.visible_to(told.actor)  # type: ignore[attr-defined]
        return narrowing.narrowed(rows, self, params, told.vendor)
