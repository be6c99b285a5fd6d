"""Bulk accounts: Pareto-sized trees on four levels, each account in its final version."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customers import identifiers
from customers.bulk import write
from customers.matching import SOURCES, keys
from customers.models import AccountVersion, Hub, Partner, TierAccount
from customers.snapshots import COLUMNS

from .forest import Node, first_tree_id, grow, number, sizes
from .names import Names

#: Invented companies are shared out in turn: Faker would take minutes for a million.
PATTERNS = 2_000
YEAR = 365 * 24 * 3600


@dataclass
class Planted:
    """Planned accounts; what each looks like is computed when asked, so that millions fit."""

    roots: list[Node]
    nodes: list[Node]
    patterns: list[dict[str, Any]]
    distributor: Partner
    hub: Hub
    now: datetime

    @property
    def customers(self) -> list[Node]:
        return [node for node in self.nodes if node.kind == TierAccount.Type.CUSTOMER]

    def name(self, node: Node) -> str:
        pattern = self.patterns[node.place % len(self.patterns)]["name"]
        return f"{pattern} {node.place}" if node.place >= len(self.patterns) else str(pattern)

    def born(self, node: Node) -> datetime:
        """Somewhere in the year before last, the same whenever asked."""
        return self.now - timedelta(seconds=YEAR + node.place * 7_919 % YEAR)

    def data(self, node: Node, version: int = 1) -> dict[str, Any]:
        """The snapshot of an account at a version: each edit changed the house number."""
        found = {
            **self.patterns[node.place % len(self.patterns)],
            "type": node.kind,
            "name": self.name(node),
            "external_id": f"B{node.place:07d}",
            "external_uid": f"bulk-{node.pk}",
            "parent_id": node.parent.pk if node.parent else None,
            "parent_name": self.name(node.parent) if node.parent else "",
        }
        if version > 1:
            found["address_line1"] += f" / {version}"
        return found


def plan(distributor: Partner, hub: Hub, count: int, rng: random.Random, now: datetime) -> Planted:
    """Plan `count` accounts; `save` writes them once it is known how often each was edited."""
    roots = [grow(rng, size) for size in sizes(rng, count)]
    for tree_id, root in enumerate(roots, start=first_tree_id()):
        number(root, tree_id)
    nodes = [node for root in roots for node in root.walk()]
    free = identifiers.free_ids(TierAccount, "TA", len(nodes))
    for place, (node, pk) in enumerate(zip(nodes, free, strict=True)):
        node.pk, node.place = pk, place
    names = Names(rng.randrange(10**6))
    kinds = ("customer", "customer", "customer", "reseller")
    patterns = [names.company(kinds[number % 4]) for number in range(min(PATTERNS, count))]
    return Planted(roots, nodes, patterns, distributor, hub, now)


def save(planted: Planted, edits: dict[str, list[datetime]]) -> None:
    """Write the accounts; `edits` are the times of each account's changes, oldest first."""
    own = ("id", "provider_id", "owner_id", "hub_id", "tree_id", "lft", "rght", "level")
    columns = (*own, "version", "created_at", "updated_at", "parent_id", *COLUMNS, *SOURCES)
    provider, hub = planted.distributor.pk, planted.hub.pk

    def rows() -> Iterator[tuple[Any, ...]]:
        for node in planted.nodes:
            times = edits.get(node.pk, [])
            born = planted.born(node)
            data = planted.data(node, len(times) + 1)
            yield (
                *(node.pk, provider, provider, hub, node.tree_id, node.lft, node.rght, node.level),
                *(len(times) + 1, born, times[-1] if times else born, data["parent_id"]),
                *(data[name] for name in COLUMNS),
                *keys(data).values(),
            )

    def versions() -> Iterator[tuple[Any, ...]]:
        for node in planted.nodes:
            stamps = [planted.born(node), *edits.get(node.pk, [])]
            for version, at in enumerate(stamps, start=1):
                yield (node.pk, version, planted.data(node, version), at)

    write(TierAccount, columns, rows())
    write(AccountVersion, ("account_id", "number", "data", "created_at"), versions())
