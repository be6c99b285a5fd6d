"""Probable duplicates: new rows whose tax id, e-mail domain or name somebody has already.

A reseller is told of accounts in its own subtree only; of others at most that the distributor
knows the company, when the distributor allows it (`Partner.tells_known`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import matching, tax_ids
from ..actors import RESELLER
from ..bulk import among
from ..models import ImportRow, TierAccount
from .entries import Entries
from .lookups import Lookups, parts

#: Key -> what an equal one is called.
SENTENCES: dict[str, Any] = {
    "tax_key": gettext_lazy("%(name)s has the same tax ID."),
    "email_domain": gettext_lazy("%(name)s has a contact at the same e-mail domain."),
    "name_key": gettext_lazy("%(name)s has nearly the same name."),
}
IN_FILE: dict[str, Any] = {
    "tax_key": gettext_lazy("Line %(line)d has the same tax ID."),
    "name_key": gettext_lazy("Line %(line)d has nearly the same name."),
}


class Hits:
    """What is found is kept for later chunks: key -> value -> (how many, one id)."""

    def __init__(self, lookups: Lookups, entries: Entries) -> None:
        self.lookups = lookups
        self.entries = entries
        self._mine: dict[str, dict[str, tuple[int, str]]] = {k: {} for k in SENTENCES}
        self._others: dict[str, dict[str, tuple[int, str]]] = {k: {} for k in SENTENCES}
        self.tells = lookups.actor.role == RESELLER and lookups.provider.tells_known

    def mark(self, rows: list[Any]) -> None:
        """Warn of each planned new row that has namesakes, and call it a probable duplicate."""
        keyed = [(row, matching.keys(row.values)) for row in rows]
        for key in SENTENCES:
            values = {keys[key] for _row, keys in keyed if keys[key]}
            _read(self.lookups.mine(), key, values, self._mine[key])
            if self.tells:
                _read(self.lookups.all(), key, values, self._others[key])
        names = self._names(keyed)
        for row, keys in keyed:
            if text := tax_ids.warning(row.values["tax_id"], row.values["country"]):
                row.warnings.append({"code": "tax_id", "text": text})
            self._existing(row, keys, names)
            self._in_file(row, keys)

    def _names(self, keyed: list[tuple[Any, dict[str, str]]]) -> dict[str, str]:
        wanted: set[str] = set()
        for _row, keys in keyed:
            for key in SENTENCES:
                hit = self._mine[key].get(keys[key])
                if hit:
                    wanted.add(hit[1])
        found: dict[str, str] = {}
        for part in parts(wanted):
            found.update(self.lookups.mine().filter(among("pk", part)).values_list("pk", "name"))
        return found

    def _existing(self, row: Any, keys: dict[str, str], names: dict[str, str]) -> None:
        known = False
        for key, sentence in SENTENCES.items():
            hit = self._mine[key].get(keys[key])
            if hit is not None:
                count, pk = hit
                text = str(sentence) % {"name": names.get(pk, pk)}
                row.warnings.append({"code": key, "text": text, "account": pk, "count": count})
                row.outcome = ImportRow.Outcome.DUPLICATE
            elif self.tells and self._others[key].get(keys[key]) is not None:
                known = True
        if known:
            text = _("This company is already known to your distributor.")
            row.warnings.append({"code": "known", "text": text})
            row.outcome = ImportRow.Outcome.DUPLICATE

    def _in_file(self, row: Any, keys: dict[str, str]) -> None:
        for key, sentence in IN_FILE.items():
            value = keys[key]
            first = self.entries.seen[key].setdefault(value, row.entry.number) if value else 0
            if first and first != row.entry.number:
                text = str(sentence) % {"line": first}
                row.warnings.append({"code": key, "text": text, "line": first})
                row.outcome = ImportRow.Outcome.DUPLICATE


def _read(
    accounts: QuerySet[TierAccount],
    key: str,
    values: Iterable[str],
    into: dict[str, tuple[int, str]],
) -> None:
    for part in parts(value for value in values if value not in into):
        rows = accounts.filter(among(key, part), decommissioned_at=None).exclude(**{key: ""})
        rows = rows.exclude(environment=TierAccount.Environment.PREVIEW)
        grouped = rows.order_by().values_list(key).annotate(Count("pk"), Min("pk"))
        into.update((value, (count, pk)) for value, count, pk in grouped)
