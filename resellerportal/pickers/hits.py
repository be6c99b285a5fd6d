"""What a picker sent, and the accounts that fit it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import TierAccount

from ..lists import listing

#: Hits shown at once; whoever gets more types more.
LIMIT = 20
SEARCHED = ("name", "contact_email", "external_id")


@dataclass(frozen=True)
class Picked:
    """What a picker sent: the chosen id, the text typed, and the text the hits shown are for."""

    pk: str = ""
    query: str = ""
    asked: str = ""
    pressed: bool = False

    @classmethod
    def read(cls, data: Any, name: str) -> Picked:
        text = {key: printable(data.get(name + key, "")) for key in ("", "_q", "_asked")}
        return cls(text[""], text["_q"], text["_asked"], f"{name}_search" in data)

    @property
    def searches(self) -> bool:
        """A new text was typed: Enter and the button search; so does sending without a choice."""
        return self.query != self.asked and (self.pressed or not self.pk)


@dataclass
class Hits:
    """Rows offered for a text, the chosen one first."""

    query: str = ""
    chosen: TierAccount | None = None
    rows: list[TierAccount] = field(default_factory=list)
    note: str = ""

    @property
    def said(self) -> str:
        """What is told to who does not see the hits appear."""
        count = len(self.rows)
        return self.note or ngettext("%(n)d found.", "%(n)d found.", count) % {"n": count}


def find(rows: Any, picked: Picked, chosen: TierAccount | None = None) -> Hits:
    """The hits for what was typed; without a text all of them when they are few."""
    chosen = chosen or one(rows, picked.pk)
    hits = Hits(picked.query, chosen)
    if picked.query:
        condition = listing.search_condition(picked.query, SEARCHED, TierAccount)
        if condition is None:
            hits.note = _("Type at least three letters, or an ID.")
            return hits
        rows = rows.filter(condition)
    # Without a text the rows come in any order: sorting all accounts would cost more than they.
    found = list(rows.order_by(*(("name", "pk") if picked.query else ()))[: LIMIT + 1])
    if len(found) > LIMIT and not picked.query:
        hits.note = _("Type a part of the name, e-mail or external ID.")
        return hits
    if len(found) > LIMIT:
        hits.note = _("More than %(n)d found; type more of it.") % {"n": LIMIT}
    elif not found:
        hits.note = _("Nothing found.")
    hits.rows = sorted(
        (row for row in found[:LIMIT] if not chosen or row.pk != chosen.pk),
        key=lambda row: (row.name.casefold(), row.pk),
    )
    return hits


def one(rows: Any, pk: str) -> TierAccount | None:
    """The row with this id, whatever was sent as an id."""
    if not re.fullmatch(r"[A-Z]{2}-[\d-]{1,17}", pk):
        return None
    return rows.filter(pk=pk).order_by().first()


def printable(raw: Any) -> str:
    """At most 200 characters of what was sent, without those that nobody can see."""
    return "".join(letter for letter in str(raw)[:200] if letter.isprintable()).strip()
