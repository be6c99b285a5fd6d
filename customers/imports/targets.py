"""Which account each row is about, and what else its plan asks the database for."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import TierAccount
from . import parents
from .entries import Entries
from .lookups import Lookups, children, operated, tiers
from .parents import KEEP, ROOT, Parents
from .planned import Planned, Rules


class Targets:
    """A few statements for all rows of a call.

    Of the accounts met that a row makes customers: `below` are their children, `tiers` how often
    they are tiers of what is live, `operated` those of them that partners operate.
    """

    def __init__(self, rules: Rules, entries: Entries, lookups: Lookups, parents: Parents) -> None:
        self.rules = rules
        self.entries = entries
        self.lookups = lookups
        self.parents = parents

    def find(self, rows: list[Planned]) -> None:
        """Set `asked`, `account`, `entry.target`; what cannot be found is an error of the row."""
        wanted: dict[str, set[str]] = {"id": set(), "external_id": set(), "external_uid": set()}
        default = str(self.rules.options.get("parent") or "")
        for row in rows:
            try:
                row.asked = parents.wish(row.raw)
            except ValidationError as error:
                row.add(error)
            if row.asked.by == KEEP and default and not row.entry.id:
                wanted["id"].add(default)
            if row.asked.by in wanted:
                wanted[row.asked.by].add(row.asked.value)
            for key in wanted:
                wanted[key].add(getattr(row.entry, key))
        for key, values in wanted.items():
            self.lookups.read(key, (value for value in values if len(value) <= 255))
        met: set[str] = set()
        for row in rows:
            if not row.entry.outcome:
                self._match(row)
                met.add(row.entry.target)
        accounts = self.lookups.accounts(pk for pk in met if pk)
        self._look_above(rows, accounts)

    def _look_above(self, rows: list[Planned], accounts: Mapping[str, TierAccount]) -> None:
        """The parents of accounts met, and all that is above places things move to."""
        targets: set[str] = set()
        switched: list[str] = []
        for row in rows:
            row.account = accounts.get(row.entry.target)
            if row.asked.by not in (KEEP, ROOT, "row"):
                targets |= {each.id for each in self.lookups.find(row.asked.by, row.asked.value)}
            if row.account is not None:
                targets.add(row.account.parent_id or "")
                if row.raw.get("type", "").lower() == "customer":
                    switched.append(row.account.pk)
        if accounts:
            moved = {parent for parent in self.entries.moved.values() if parent}
            above = {pk for pk in targets | moved | self.entries.filled if pk}
            self.lookups.ancestors(above, self.parents.above)
        self.lookups.read("id", targets)
        self.below, self.tiers = children(switched), tiers(switched)
        self.operated = operated(switched)

    def _match(self, row: Planned) -> None:
        """Find the account a row means, by its id or by what the options say."""
        entry, action = row.entry, self.rules.action(row.raw)
        if action not in ("", "create", "update"):
            row.lose("action", _("Use create, update, or - to skip the row."))
            return
        if action == "create":
            if entry.id:
                row.add(ValidationError(_("A row that creates must not have an ID.")), "id")
            return
        key = "id" if entry.id or self.rules.workbook else self.rules.match
        value = str(getattr(entry, key)) if key else ""
        found = self.lookups.find(key, value) if value else []
        if key != "id" and entry.hub:
            found = [each for each in found if each.hub_id == entry.hub]
        elif len(found) > 1:
            found = [each for each in found if each.hub_id is None] or found
        if len(found) == 1:
            entry.target = found[0].id
        elif found:
            row.lose(key, _("Several accounts have this; name one by its ID."))
        elif value and (key == "id" or action == "update"):
            row.lose(key, _("No account of yours has “%(value)s”.") % {"value": value[:60]})
        elif action == "update":
            row.lose("id", _("A row that updates must name its account."))
