"""Where a row wants its account to hang: by id, by external id, or below an earlier row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import ImportRow, Partner, TierAccount
from ..services.account_rules import check_environment, check_parent
from .entries import Entries, Entry
from .fields import BY_NAME, PARENTS
from .lookups import Known, Lookups

#: References by which a parent may be searched in the Customers workbook.
CRITERIA = ("id", "external_id", "external_uid")
KEEP = "keep"
ROOT = "root"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row says of its parent: `by` is KEEP, ROOT, "row" or one of CRITERIA."""

    by: str
    value: str = ""

    @property
    def ref(self) -> str:
        return f"{self.by}:{self.value}"[:300] if self.value else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A parent that was found: an account, an earlier row, or neither for a new tree."""

    account: str = ""
    row: int = 0


def wish(raw: Mapping[str, str]) -> Wish:
    """Raises ValidationError on `parent` for half a search, or an unknown one."""
    by = raw.get("parent_by", "").lower().replace(" ", "_")
    value = raw.get("parent_value", "")
    if by and by != "-":
        if by not in CRITERIA:
            raise ValidationError(
                {"parent_by": _("Use id, external_id, external_uid, or - for no search.")}
            )
        if not value or value == "-":
            raise ValidationError({"parent_value": _("Enter what to search the parent by.")})
        return Wish(by, value)
    for name in PARENTS:
        value = raw.get(name, "")
        if value == "-":
            return Wish(ROOT)
        if value:
            return Wish(name.removeprefix("parent_"), value)
    return Wish(KEEP)


def field_of(asked: Wish, raw: Mapping[str, str]) -> str:
    """The field an error about the parent belongs to."""
    if raw.get("parent_value"):
        return "parent_value"
    name = f"parent_{asked.by}"
    return name if name in BY_NAME else "parent"


class Parents:
    """Finds parents among existing accounts and earlier rows."""

    def __init__(self, lookups: Lookups, entries: Entries) -> None:
        self.lookups = lookups
        self.entries = entries
        self.above: dict[str, str | None] = {}

    def find(self, asked: Wish, number: int) -> Place:
        """Raises ValidationError (no field) when there is none, or more than one."""
        if asked.by == "row":
            return self._line(asked.value, number)
        rows = self.entries.named[asked.by].get(asked.value, ()) if asked.by != "id" else ()
        earlier = [self.entries.rows[each] for each in sorted(rows) if each < number]
        if earlier and (earlier[0].is_new or earlier[0].target):
            return self._of(earlier[0])
        found = self.lookups.find(asked.by, asked.value)
        if len(found) == 1:
            return Place(account=found[0].id)
        if found:
            raise ValidationError(
                _("%(count)d accounts have this; name the parent by its ID."),
                params={"count": len(found)},
            )
        if earlier:
            return self._of(earlier[0])
        if rows:
            raise ValidationError(
                _("The parent comes later in the file, in line %(line)d; move it up."),
                params={"line": min(rows)},
            )
        raise ValidationError(
            _("No account of yours has the %(field)s “%(value)s”."),
            params={"field": BY_NAME[asked.by].label, "value": asked.value[:60]},
        )

    def _line(self, value: str, number: int) -> Place:
        line = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
        entry = self.entries.rows.get(line)
        if entry is None:
            raise ValidationError(
                _("The file has no row at line “%(value)s”."), params={"value": value[:20]}
            )
        if line >= number:
            raise ValidationError(_("Name an earlier line; parents come before their children."))
        return self._of(entry)

    def _of(self, entry: Entry) -> Place:
        if entry.target:
            return Place(account=entry.target)
        if entry.outcome == ImportRow.Outcome.ERROR:
            raise ValidationError(
                _("The parent, line %(line)d, has errors itself."), params={"line": entry.number}
            )
        if entry.outcome == ImportRow.Outcome.SKIPPED:
            raise ValidationError(
                _("The parent, line %(line)d, is skipped."), params={"line": entry.number}
            )
        return Place(row=entry.number)

    def check(self, kind: str, environment: str, place: Place) -> None:
        """Raise ValidationError on `parent` unless an account like this may hang there."""
        provider = self.lookups.provider
        parent = self._stand_in(place, provider)
        check_parent(kind, parent, provider)
        check_environment(environment, parent)

    def _stand_in(self, place: Place, provider: Partner) -> Any:
        """The parent as far as `check_parent` looks at it, as earlier rows leave it."""
        if place.row:
            return StandIn(provider.pk, self.entries.rows[place.row].type)
        if not place.account:
            return None
        self.lookups.read("id", [place.account])
        # The one above what a reseller operates is no place of its own, but there already.
        known: Known = self.lookups.there(place.account)
        line = self.entries.targets.get(place.account)
        kind = self.entries.rows[line].type if line is not None else known.type
        return StandIn(provider.pk, kind, known.gone or None, known.environment)

    def check_circle(self, account: TierAccount, place: Place) -> None:
        """Raise ValidationError on `parent` when the account would hang below itself, with all
        that earlier rows move. Above an account that a row makes is nothing but its own parent."""
        node: str | None = place.account
        if place.row:
            node = self.entries.above_row(place.row)
        for _step in range(len(self.above) + len(self.entries.moved) + 2):
            if not node:
                return
            if node == account.pk:
                raise ValidationError(
                    {"parent": _("An account cannot be moved below itself; choose another parent.")}
                )
            moved = self.entries.moved
            node = moved[node] if node in moved else self.above.get(node)


@dataclass(frozen=True, slots=True)
class StandIn:
    """As much of a parent as the rules for parents look at."""

    provider_id: str
    type: str
    decommissioned_at: Any = None
    environment: str = TierAccount.Environment.PRODUCTION
