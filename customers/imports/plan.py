"""Rows -> what each would do, with every error of every row. Reads, writes nothing.

Rows are planned in the order of the file, as if each were done before the next: a row may rest on
earlier ones. No rule is written twice: values are checked by customers.cleaning, places and
changes by customers.services.account_rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..actors import DISTRIBUTOR, Actor
from ..cleaning import PHONE_PARTS, TYPES, clean_account
from ..countries import code_of
from ..models import ImportRow, Partner, TierAccount
from ..services.account_rules import check_hub, check_open, not_unique, refuse_switch
from ..snapshots import changed_fields, snapshot
from . import parents
from .entries import Entries
from .fields import COLUMNS
from .hits import Hits
from .lookups import Lookups
from .parents import KEEP, ROOT, Parents, Place
from .planned import Planned, Rules
from .read import WHOLE, Line
from .targets import Targets

OUTCOME = ImportRow.Outcome
PRODUCTION = TierAccount.Environment.PRODUCTION
#: Rows planned with one set of look-ups.
CHUNK = 1_000
#: A new account with nothing but what its row says.
BLANK = dict.fromkeys((*COLUMNS, *PHONE_PARTS), "")


class Planner:
    """Plans lines for one actor and distributor; all rows of the file must be in `entries`."""

    def __init__(self, *, provider: Partner, actor: Actor, rules: Rules, entries: Entries) -> None:
        self.provider = provider
        self.actor = actor
        self.rules = rules
        self.entries = entries
        self.lookups = Lookups(provider, actor)
        self.parents = Parents(self.lookups, entries)
        self.targets = Targets(rules, entries, self.lookups, self.parents)
        self.hits = Hits(self.lookups, entries)

    def plan(self, lines: Sequence[Line]) -> list[Planned]:
        """Plan the next lines of the file, at most CHUNK of them at a time."""
        rows = [
            Planned(line, self.entries.rows[line.number], self.rules.raw(line.cells))
            for line in lines
        ]
        self.targets.find(rows)
        for row in rows:
            self._plan(row)
        self.hits.mark([row for row in rows if row.outcome == OUTCOME.NEW])
        for row in rows:
            row.entry.outcome = row.outcome
        return rows

    def _plan(self, row: Planned) -> None:
        if row.entry.outcome == OUTCOME.SKIPPED:
            row.outcome = OUTCOME.SKIPPED
            return
        for place, fault in (row.line.faults or {}).items():
            name = "" if place == WHOLE else self.rules.mapping[place]
            if name or place == WHOLE:
                row.errors.setdefault(name, []).append(fault)
        if not row.lost:
            self._clean(row)
            self._check_hub(row)
            self._check_place(row)
        self._check_keys(row)
        if row.account is not None:
            self._compare(row)
        if row.errors:
            row.outcome = OUTCOME.ERROR
        elif row.account is None:
            row.outcome = OUTCOME.NEW
            row.values = {**BLANK, **row.values, "hub_id": row.hub}
        else:
            row.outcome = OUTCOME.CHANGED if row.differences else OUTCOME.SAME
        self._keep(row)

    def _clean(self, row: Planned) -> None:
        data: dict[str, Any] = {
            name: row.raw[name] for name in (*COLUMNS, "phone") if name in row.raw
        }
        if "type" in data:
            data["type"] = data["type"].lower()
        if len(data.get("country", "")) > 2:
            data["country"] = code_of(data["country"]) or data["country"]
        for name in ("type", "country"):
            if row.account is None and not data.get(name) and self.rules.options.get(name):
                data[name] = self.rules.options[name]
        if self.rules.workbook and not data.get("name"):
            names = (data.get("contact_first_name", ""), data.get("contact_last_name", ""))
            data["name"] = " ".join(name for name in names if name)
        try:
            row.values = clean_account(data, current=row.account)
        except ValidationError as error:
            row.add(error)
        row.entry.type = data.get("type") or (row.account.type if row.account else "")

    def _check_hub(self, row: Planned) -> None:
        hub = row.entry.hub
        if row.account is not None:
            try:
                check_open(row.account)
            except ValidationError as error:
                row.add(error)
            if row.raw.get("hub") and hub != (row.account.hub_id or ""):
                row.add(ValidationError(_("An account stays on its hub.")), "hub")
            row.hub = row.account.hub_id
            return
        row.hub = hub or None
        if not hub:
            return
        known = self.lookups.hubs.get(hub)
        if known is None:
            row.add(ValidationError(_("Choose one of your own hubs.")), "hub")
            return
        try:
            check_hub(known, self.provider, PRODUCTION, self.actor)
        except ValidationError as error:
            row.add(error)

    def _check_place(self, row: Planned) -> None:
        """Where the account is to hang, and whether its type may hang there."""
        account, asked = row.account, row.asked
        name = parents.field_of(asked, row.raw)
        default = str(self.rules.options.get("parent") or "")
        if asked.by == KEEP and account is None and default:
            asked = parents.Wish("id", default)
        try:
            if asked.by == KEEP:
                row.place = Place(account=(account.parent_id or "") if account else "")
            elif asked.by != ROOT:
                row.place = self.parents.find(asked, row.entry.number)
            moving = account is not None and (
                row.place.row != 0 or row.place.account != (account.parent_id or "")
            )
            fresh = account is None or moving or row.entry.type != account.type
            if fresh and row.entry.type in TYPES:
                environment = account.environment if account else PRODUCTION
                self.parents.check(row.entry.type, environment, row.place)
            if not row.place.account and not row.place.row and (account is None or moving):
                self._check_root()
            if account is not None and moving:
                self.parents.check_circle(account, row.place)
            if account is not None and (account.type, row.entry.type) == ("reseller", "customer"):
                below = len(self.targets.below.get(account.pk, ()))
                below += account.pk in self.entries.filled
                taking = self.targets.tiers.get(account.pk, 0)
                refuse_switch(below, taking, account.pk in self.targets.operated)
        except ValidationError as error:
            row.add(error, name)

    def _check_root(self) -> None:
        if self.actor.role != DISTRIBUTOR:
            raise ValidationError(_("Choose one of your own resellers."))

    def _check_keys(self, row: Planned) -> None:
        """What must be unique: in the file, and among the distributor's accounts."""
        entry = row.entry
        for key in ("id", "external_id", "external_uid"):
            lines = self.entries.same(key, entry)
            if lines:
                row.add(
                    ValidationError(
                        _("Line %(line)d of this file has this, too."), params={"line": lines[0]}
                    ),
                    key,
                )
        first = self.entries.targets.get(entry.target, entry.number) if entry.target else 0
        if first and first != entry.number and not self.entries.same("id", entry):
            row.add(
                ValidationError(
                    _("Line %(line)d changes this account already."), params={"line": first}
                )
            )
        for key in ("external_id", "external_uid"):
            value = row.values.get(key)
            takers = self.lookups.takers(key, value, row.hub) if value else []
            if any(pk != entry.target for pk in takers):
                row.errors.setdefault(key, []).append(not_unique())

    def _compare(self, row: Planned) -> None:
        """Keep of the values what differs from the account."""
        account = row.account
        assert account is not None
        before = snapshot(account)
        if not row.values.get("external_uid", True):
            del row.values["external_uid"]
        after = {**before, **row.values}
        after["parent_id"] = row.place.account or (f"row:{row.place.row}" if row.place.row else "")
        changed = changed_fields(before, after)
        row.values = {name: after[name] for name in changed if name != "parent_id"}
        row.differences = {name: [before[name] or "", after[name] or ""] for name in changed}
        if "parent_id" in changed:
            known = self.lookups.find("id", row.place.account) if row.place.account else []
            row.differences["parent_name"] = [before["parent_name"], known[0].name if known else ""]

    def _keep(self, row: Planned) -> None:
        """Remember what later rows may ask of this one."""
        entry = row.entry
        entry.outcome = row.outcome
        if row.outcome == OUTCOME.ERROR:
            return
        entry.parent, entry.parent_row = row.place.account, row.place.row
        if entry.parent:
            self.entries.filled.add(entry.parent)
        if entry.target:
            self.entries.targets.setdefault(entry.target, entry.number)
            if "parent_id" in row.differences:
                above = self.entries.above(entry.parent, entry.parent_row)
                self.entries.moved[entry.target] = above


def chunks(lines: Iterable[Line]) -> Iterable[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch
