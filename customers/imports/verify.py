"""Under the locks: does everything the plan rests on still hold?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..bulk import among
from ..models import Hub, TierAccount
from ..services.account_rules import check_environment, check_parent, not_unique, refuse_switch
from .lookups import Lookups, children, operated, parts, tiers
from .parents import StandIn
from .steps import Step

_FREE = ("external_id", "external_uid")


class Verifier:
    """Collects what changed since the check: `problems` {line: sentence}."""

    def __init__(
        self, lookups: Lookups, steps: Sequence[Step], removed: Iterable[str] = ()
    ) -> None:
        self.removed = set(removed)
        self.lookups = lookups
        self.steps = steps
        self.made = {step.pk: step for step in steps if step.new}
        self.types = {step.pk: step.type for step in steps}
        self.problems: dict[int, str] = {}

    def _problem(self, step: Step, sentence: str) -> None:
        self.problems.setdefault(step.number, sentence)

    def accounts(self) -> None:
        """Lock the rows that change; each must be as it was when the plan was made."""
        changed = {step.pk: step for step in self.steps if not step.new}
        found: set[str] = set()
        for part in parts(changed):
            mine = set(self.lookups.mine().filter(among("pk", part)).values_list("pk", flat=True))
            rows = TierAccount._base_manager.select_for_update(no_key=True).filter(
                among("pk", part)
            )
            columns = ("pk", "version", "decommissioned_at", "hub_id")
            for pk, version, gone, hub in rows.order_by("pk").values_list(*columns):
                if pk not in mine:
                    continue
                found.add(pk)
                mastered = hub and self.lookups.hubs[hub].type == Hub.Type.COMMERCE
                if version != changed[pk].base or gone or mastered:
                    self._problem(changed[pk], _("the account was changed since the check"))
        for pk, step in changed.items():
            if pk not in found:
                self._problem(step, _("the account is no longer there"))

    def new_ids(self) -> None:
        for part in parts(self.made):
            for pk in TierAccount._base_manager.filter(among("pk", part)).values_list(
                "pk", flat=True
            ):
                self._problem(self.made[pk], _("its ID was taken; check the import again"))

    def places(self) -> None:
        """Parents are there, and are resellers that may take what is hung below them."""
        placed = [step for step in self.steps if step.new or step.moves or step.switches]
        moved = {step.pk for step in placed if not step.new}
        self.lookups.read("id", self._there() | moved)
        for step in placed:
            try:
                parent = self._parent(step)
                check_parent(step.type, parent, self.lookups.provider)
                check_environment(self._environment(step.pk), parent)
            except ValidationError as error:
                self._problem(step, " ".join(error.messages))
        switched = {
            step.pk: step for step in self.steps if step.switches and step.type == "customer"
        }
        taking, leaving = tiers(switched), {step.pk for step in self.steps if step.moves}
        below, held = children(switched), operated(switched)
        hung = {step.parent for step in placed}
        for pk, step in switched.items():
            filled = below.get(pk, set()) - leaving - self.removed
            try:
                refuse_switch(len(filled) + (pk in hung), taking.get(pk, 0), pk in held)
            except ValidationError as error:
                self._problem(step, " ".join(error.messages))

    def _there(self) -> set[str]:
        return {step.parent for step in self.steps if step.parent and step.parent not in self.made}

    def _parent(self, step: Step) -> Any:
        if step.parent is None:
            return None
        provider_id = self.lookups.provider.pk
        if step.parent in self.made:
            return StandIn(provider_id, self.types[step.parent])
        rows = self.lookups.find("id", step.parent)
        if not rows:
            raise ValidationError(_("its parent is no longer there"))
        kind = self.types.get(step.parent, rows[0].type)
        return StandIn(provider_id, kind, rows[0].gone or None, rows[0].environment)

    def _environment(self, pk: str) -> str:
        rows = self.lookups.find("id", pk)
        return rows[0].environment if rows else TierAccount.Environment.PRODUCTION

    def externals(self, values: dict[int, dict[str, Any]], steps: Sequence[Step]) -> None:
        """External ids are free, on the hub of each account; for one chunk of the data."""
        for name in _FREE:
            wanted: dict[str, list[Step]] = {}
            for step in steps:
                value = values[step.number].get(name)
                if value:
                    wanted.setdefault(value, []).append(step)
            if not wanted:
                continue
            self.lookups.read(name, wanted)
            own_ids = (step.pk for takers in wanted.values() for step in takers if not step.new)
            self.lookups.read("id", own_ids)
            for value, takers in wanted.items():
                for step in takers:
                    own = self.lookups.find("id", step.pk)
                    hub = own[0].hub_id if own else values[step.number].get("hub_id")
                    if any(pk != step.pk for pk in self.lookups.takers(name, value, hub or None)):
                        self._problem(step, not_unique())
