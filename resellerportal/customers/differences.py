"""Two versions of an account side by side, as far as the reader may know its parents."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers import snapshots
from customers.actors import RESELLER, VENDOR, Actor
from customers.cleaning import countries
from customers.models import TierAccount

from .seen import named

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A line of the difference table."""

    label: Any
    before: str
    after: str
    changed: bool


def rows(before: Snapshot, after: Snapshot, named: Collection[str] | None) -> list[Row]:
    """Every row of the table; `named` are the parents that may be named (None: all)."""
    changed = set(snapshots.changed_fields(before, after))
    return [
        Row(label, _text(before, keys, named), _text(after, keys, named), bool(changed & set(keys)))
        for label, keys in snapshots.ROWS
    ]


def named_parents(
    actor: Actor, *versions: Snapshot, known: Collection[str] = ()
) -> set[str] | None:
    """Parents of these versions that `actor` may be told; None when it may be told all.

    A vendor is told the parents it sees itself (decision 4); a reseller those and the present
    parents of accounts it sees, but not from whom an account came to it. `known` are those of
    which that is settled.
    """
    if actor.role not in (VENDOR, RESELLER):
        return None
    wanted = parents(*versions)
    return wanted.intersection(known) | named(actor, wanted.difference(known))


def parents(*versions: Snapshot) -> set[str]:
    """The ids of the parents of these versions."""
    return {str(parent) for version in versions if (parent := version.get("parent_id"))}


def changed_words(before: Snapshot, after: Snapshot) -> str:
    return words(snapshots.changed_fields(before, after))


def words(changed: list[str]) -> str:
    """The changed fields as a list reads them: "Contact, address"."""
    return capfirst(", ".join(snapshots.words(changed)))


def country(code: str) -> str:
    return countries().get(code, code)


def _text(version: Snapshot, keys: tuple[str, ...], named: Collection[str] | None) -> str:
    if keys == ("parent_id",):
        return _parent(version, named)
    if keys == ("type",):
        return str(dict(TierAccount.Type.choices).get(version.get("type", ""), ""))
    if keys == ("country",):
        return country(version.get("country") or "")
    values = [str(version.get(key) or "") for key in keys]
    if "phone_extension" in keys and values[-1]:
        values[-1] = f"x{values[-1]}"
    joint = ", " if "address_line1" in keys else " "
    return joint.join(value for value in values if value)


def _parent(version: Snapshot, named: Collection[str] | None) -> str:
    parent = version.get("parent_id")
    if not parent:
        return ""
    if named is not None and parent not in named:
        return _("A reseller that is not named to you")
    return str(version.get("parent_name") or parent)
