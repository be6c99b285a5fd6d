"""Undo: accounts that a batch made vanish, those it changed get their former data back.

What was touched since stays as it is, with the reason. Rows are gone through from the last to the
first, so that what hangs below an account has left it when its own row comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..actors import Actor
from ..bulk import among
from ..models import AccountVersion, ImportBatch, ImportRow, Note, TierAccount
from ..services.account_rules import check_open, check_parent, not_unique
from ..snapshots import COLUMNS
from .lookups import Lookups, children, operated, parts, tiers
from .steps import Step

UNDONE = "undone"


@dataclass(frozen=True)
class Kept:
    """A row that cannot be undone, and why."""

    number: int
    account: str
    reason: str


@dataclass
class Undoable:
    """What undoing does: how many accounts vanish and get their data back, and what stays."""

    created: int = 0
    changed: int = 0
    kept: list[Kept] = field(default_factory=list)


def rows_of(batch: ImportBatch) -> Any:
    """Written rows that are not undone yet, the last one first."""
    return ImportRow.objects.filter(
        batch=batch,
        chosen=True,
        outcome__in=ImportRow.WRITING,
        undo="",
        number__lte=batch.written,
    ).order_by("-number")


def preview(batch: ImportBatch, actor: Actor) -> Undoable:
    """What undoing would do now, without locks."""
    plan = UndoPlan(Lookups(batch.provider, actor), list(rows_of(batch).only(*UndoPlan.READS)))
    removed, kept = len(plan.removed), plan.kept
    accounts = {row.number: row.made or row.target for row in plan.rows}
    named = [Kept(number, accounts[number], reason) for number, reason in sorted(kept.items())]
    return Undoable(removed, len(plan.steps), named)


class UndoPlan:
    """`steps` give changed accounts their data back (`source`), `removed` vanish; `kept` is
    {line: reason} of what stays."""

    READS = ("number", "made", "target", "base_version", "version", "differences")

    def __init__(self, lookups: Lookups, rows: Sequence[ImportRow]) -> None:
        self.lookups = lookups
        self.rows = rows
        self.steps: list[Step] = []
        self.removed: dict[str, int] = {}
        self.kept: dict[int, str] = {}
        self._data: dict[int, dict[str, Any]] = {}
        made = [row.made for row in rows if row.made]
        self.accounts = lookups.accounts([*made, *(row.target for row in rows)])
        self.held = obstacles(made)
        self.old = _versions(rows)
        switchable = [row.target for row in rows]
        self.used = {*tiers(switchable), *operated(switchable)}
        self.below = children(self.accounts)
        self.above: dict[str, str | None] = {}
        self.moved: dict[str, str | None] = {}
        parents = {data["parent_id"] for data in self.old.values() if data["parent_id"]}
        lookups.read("id", parents)
        lookups.ancestors([*parents, *self.accounts], self.above)
        for key in ("external_id", "external_uid"):
            lookups.read(key, (data[key] for data in self.old.values() if data[key]))
        for row in rows:
            try:
                self._row(row)
            except ValidationError as error:
                self.kept[row.number] = " ".join(error.messages)[:255]

    def source(self, steps: Sequence[Step]) -> dict[int, dict[str, Any]]:
        return {step.number: dict(self._data[step.number]) for step in steps}

    def _row(self, row: ImportRow) -> None:
        account = self.accounts.get(row.made or row.target)
        if account is None:
            raise ValidationError(_("The account is not there, or no longer yours."))
        check_open(account)
        if account.version != row.version:
            raise ValidationError(_("The account was changed since."))
        if row.made:
            self._remove(row, account)
        else:
            self._restore(row, account)

    def _remove(self, row: ImportRow, account: TierAccount) -> None:
        if account.pk in self.held:
            raise ValidationError(self.held[account.pk])
        if self.below.get(account.pk):
            raise ValidationError(_("There are accounts below it that stay."))
        self.removed[account.pk] = row.number
        self._leave(account)

    def _restore(self, row: ImportRow, account: TierAccount) -> None:
        old = self.old[row.number]
        parent_id = old["parent_id"] or None
        moves = parent_id != account.parent_id
        switches = old["type"] != account.type
        if moves or switches:
            self._check_place(account, old["type"], parent_id, moves)
        used = self.below.get(account.pk) or account.pk in self.used
        if switches and old["type"] == TierAccount.Type.CUSTOMER and used:
            raise ValidationError(_("It became a reseller, and is used as one since."))
        for key in ("external_id", "external_uid"):
            takers = self.lookups.takers(key, old[key], account.hub_id) if old[key] else []
            if any(pk != account.pk and pk not in self.removed for pk in takers):
                raise ValidationError(not_unique())
        self._data[row.number] = {name: old[name] for name in COLUMNS if name in old}
        self.steps.append(
            Step(row.number, account.pk, account.version, parent_id, moves, old["type"], switches)
        )
        if moves:
            self._leave(account)
            self.moved[account.pk] = parent_id
            if parent_id in self.accounts:
                self.below.setdefault(parent_id, set()).add(account.pk)

    def _leave(self, account: TierAccount) -> None:
        if account.parent_id in self.below:
            self.below[account.parent_id].discard(account.pk)

    def _check_place(
        self, account: TierAccount, kind: str, parent_id: str | None, moves: bool
    ) -> None:
        known = self.lookups.find("id", parent_id) if parent_id else []
        if parent_id and not known:
            raise ValidationError(_("Its former parent is not there, or no longer yours."))
        if known and known[0].gone:
            raise ValidationError(_("Its former parent was decommissioned."))
        if known and known[0].type != TierAccount.Type.RESELLER and parent_id not in self.switched:
            raise ValidationError(_("Its former parent is no reseller any more."))
        if not parent_id:
            check_parent(kind, None, self.lookups.provider)
        node = parent_id
        for _step in range(len(self.above) + 2):
            if node is None or not moves:
                return
            if node == account.pk:
                raise ValidationError(_("Its former parent is below it now."))
            node = self.moved[node] if node in self.moved else self.above.get(node)

    @property
    def switched(self) -> set[str]:
        """Accounts that are resellers again."""
        return {s.pk for s in self.steps if s.switches and s.type == TierAccount.Type.RESELLER}


def former_parents(rows: Iterable[ImportRow]) -> set[str]:
    """The parents that changed accounts had before the batch."""
    return {data["parent_id"] for data in _versions(rows).values() if data["parent_id"]}


def _versions(rows: Iterable[ImportRow]) -> dict[int, dict[str, Any]]:
    """Line -> the snapshot of its account before the batch."""
    wanted = {row.target: row for row in rows if row.target}
    found: dict[int, dict[str, Any]] = {}
    for part in parts(wanted):
        versions = AccountVersion.objects.filter(among("account_id", part))
        for account, number, data in versions.values_list("account_id", "number", "data"):
            if number == wanted[account].base_version:
                found[wanted[account].number] = data
    return found


def obstacles(pks: Iterable[str]) -> dict[str, str]:
    """Account -> why it cannot vanish: something but its versions and children refers to it."""
    found: dict[str, str] = {}
    relations = [
        relation
        for relation in TierAccount._meta.related_objects
        if relation.related_model not in (TierAccount, AccountVersion)
    ]
    for part in parts(pks):
        for relation in relations:
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(among(name, part))
            what = relation.related_model._meta.verbose_name_plural
            text = _("It is used by %(what)s.") % {"what": what}
            found.update(dict.fromkeys(rows.values_list(name, flat=True), text))
        noted = Note.objects.filter(among("object_id", part)).values_list("object_id", flat=True)
        found.update(dict.fromkeys(noted, _("There are notes on it.")))
    return found
