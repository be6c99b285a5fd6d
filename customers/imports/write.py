"""Writes the steps of an import: accounts, places, versions, requests and events, in bulk.

The same rows come out as when each step were taken by customers.services.accounts, one after the
other; a property test holds the two against each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import bulk, matching
from ..actors import Actor
from ..bulk import among
from ..jobs import Progress
from ..models import (
    AccountVersion,
    Event,
    Partner,
    TierAccount,
    Watch,
)
from ..services.account_rules import LEVELS, too_deep
from ..snapshots import COLUMNS, changed_fields, snapshot
from ..trees import Place
from .consequences import Consequences
from .lookups import Lookups, parts
from .places import Forest, lock
from .steps import Done, Source, Stale, Step, split
from .tables import ACCOUNT, EVENT, KEYS, NULL, VERSION, update
from .verify import Verifier

#: Steps whose data are in memory at a time.
CHUNK = 5_000


@dataclass
class _Rest:
    """What a chunk writes beside new accounts."""

    told: Consequences
    versions: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Step, list[str]]] = field(default_factory=list)


class Writer:
    """Takes steps in their order, in the running transaction.

    `removed` are accounts that vanish, with nothing but steps of this writer below them. Locks
    the trees, then the rows that change. Raises Stale, and trees.TreeChanged.
    """

    def __init__(
        self, *, provider: Partner, actor: Actor, batch_id: str, progress: Progress | None = None
    ) -> None:
        self.provider = provider
        self.actor = actor
        self.batch_id = batch_id
        self.progress = progress or Progress()
        self.now = timezone.now()
        self.lookups = Lookups(provider, actor)
        self.done = Done()
        #: Names of accounts as earlier steps leave them.
        self.names: dict[str, str] = {}

    def write(
        self,
        steps: Sequence[Step],
        source: Source,
        removed: Collection[str] = (),
        *,
        keys: Source | None = None,
    ) -> Done:
        """`keys` gives the external ids and the hub only, where that is quicker."""
        made = {step.pk for step in steps if step.new}
        placed = [step for step in steps if step.new or step.moves]
        tree_ids = self.verify(steps, keys or source, removed)
        self._read_names(steps, made)
        right = self._place(placed, removed, tree_ids, made)
        try:
            for start, chunk in enumerate(split(steps, CHUNK)):
                self._chunk(chunk, source(chunk), right)
                self.progress.at(_("Writing"), start * CHUNK + len(chunk), len(steps))
            self._remove(removed)
        except IntegrityError as error:
            if "external" in str(error):
                raise Stale({0: _("an external ID was taken meanwhile")}) from error
            raise
        return self.done

    def verify(
        self, steps: Sequence[Step], keys: Source, removed: Collection[str] = ()
    ) -> set[int]:
        """Take all locks and look again at what the steps rest on; answers the trees they change.

        Raises Stale, naming each step that can no longer be taken.
        """
        made = {step.pk for step in steps if step.new}
        touched = {step.parent for step in steps if step.new or step.moves}
        moved = {step.pk for step in steps if step.moves and not step.new} | set(removed)
        switched = {step.pk for step in steps if step.switches}
        there = {pk for pk in touched if pk and pk not in made} | moved
        tree_of = lock(there | switched, new_tree=None in touched)
        # What was read before the locks may be old, the reach of the actor too.
        self.actor.memo.clear()
        self.lookups, self.now = Lookups(self.provider, self.actor), timezone.now()
        verifier = Verifier(self.lookups, steps, removed)
        verifier.accounts()
        verifier.new_ids()
        verifier.places()
        for chunk in split(steps, CHUNK):
            verifier.externals(keys(chunk), chunk)
        if verifier.problems:
            raise Stale(verifier.problems)
        return {tree_of[pk] for pk in there if pk in tree_of}

    def _place(
        self, placed: list[Step], removed: Collection[str], tree_ids: set[int], made: set[str]
    ) -> dict[str, Place]:
        if not placed and not removed:
            return {}
        forest = Forest(tree_ids)
        for step in placed:
            forest.put(step.pk, step.parent)
        forest.remove(removed)
        right = forest.places()
        deep = [step.number for step in placed if right[step.pk].level >= LEVELS]
        if not deep and max((each.level for each in right.values()), default=0) >= LEVELS:
            deep = [step.number for step in placed if step.moves]  # what is below them
        if deep:
            raise Stale(dict.fromkeys(deep, too_deep()))
        forest.write(right, made)
        return {pk: right[pk] for pk in made}

    def _read_names(self, steps: Sequence[Step], made: set[str]) -> None:
        wanted = {step.parent for step in steps if step.parent and step.parent not in made}
        for part in parts(pk for pk in wanted if pk):
            rows = TierAccount._base_manager.filter(among("pk", part))
            self.names.update(rows.values_list("pk", "name"))

    def _chunk(
        self, steps: Sequence[Step], values: dict[int, dict[str, Any]], right: dict[str, Place]
    ) -> None:
        old = self.lookups.accounts(step.pk for step in steps if not step.new)
        rest = _Rest(Consequences(self.provider, self.actor, self.batch_id, self.now))
        # The rows are made while the database takes them in.
        made = bulk.write(TierAccount, ACCOUNT, self._walk(steps, values, right, old, rest))
        update([old[step.pk] for step, _names in rest.changed])
        bulk.write(AccountVersion, VERSION, rest.versions)
        rest.events += rest.told.requests(rest.changed)
        bulk.write(Event, EVENT, rest.events)
        self.done.add(Done(created=made, changed=len(rest.changed), vendors=rest.told.vendors))

    def _walk(
        self,
        steps: Sequence[Step],
        values: dict[int, dict[str, Any]],
        right: dict[str, Place],
        old: dict[str, TierAccount],
        rest: _Rest,
    ) -> Iterator[tuple[Any, ...]]:
        """Take the steps in memory: the rows of new accounts; everything else goes to `rest`."""
        for step in steps:
            data = values[step.number]
            extra: dict[str, Any] = {}
            if step.new:
                yield self._account(step, data, right[step.pk])
                verb, snap = "create", self._snapshot(step, data)
            else:
                snap, names = self._changed(old[step.pk], step, data)
                rest.changed.append((step, names))
                verb, extra = "move" if names == ["parent_id"] else "edit", {"changed": names}
            self.names[step.pk] = snap["name"]
            rest.versions.append((step.pk, step.base + 1, snap, self.now))
            told = {"version": step.base + 1, **extra}
            rest.events.append(rest.told.event(f"tieraccount.{verb}", "tieraccount", step.pk, told))

    def _changed(
        self, account: TierAccount, step: Step, data: dict[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """Change the account in memory; its snapshot, and the names of what changed."""
        before = snapshot(account)
        snap = {**before, **data}
        if step.moves:
            snap["parent_id"] = step.parent
        snap["parent_name"] = self._parent_name(account, snap["parent_id"])
        names = changed_fields(before, snap)
        self._change(account, snap, step)
        return snap, names

    def _account(self, step: Step, data: dict[str, Any], place: Place) -> tuple[Any, ...]:
        data["external_id"] = data["external_id"] or None
        data["external_uid"] = data["external_uid"] or str(uuid.uuid4())
        keys = matching.keys(data)
        owner = self.actor.partner or self.provider
        return (
            step.pk,
            step.parent,
            self.provider.pk,
            owner.pk,
            data.get("hub_id"),
            1,
            self.now,
            self.now,
            *[data[name] for name in COLUMNS],
            *[keys[key] for key in KEYS],
            place.tree_id,
            place.lft,
            place.rght,
            place.level,
        )

    def _snapshot(self, step: Step, data: dict[str, Any]) -> dict[str, Any]:
        snap = {name: data[name] for name in COLUMNS}
        snap["parent_id"] = step.parent
        snap["parent_name"] = self.names[step.parent] if step.parent else ""
        return snap

    def _parent_name(self, account: TierAccount, parent_id: str | None) -> str:
        if not parent_id:
            return ""
        if parent_id in self.names:
            return self.names[parent_id]
        return str(account.parent.name)

    def _change(self, account: TierAccount, snap: dict[str, Any], step: Step) -> None:
        for name in NULL:
            snap[name] = snap[name] or None
        for name in COLUMNS:
            setattr(account, name, snap[name])
        account.parent_id = snap["parent_id"]
        account.version = step.base + 1
        account.updated_at = self.now

    def _remove(self, pks: Collection[str]) -> None:
        for part in parts(pks):
            AccountVersion.objects.filter(among("account_id", part))._raw_delete(connection.alias)
            Watch.objects.filter(among("object_id", part)).delete()
        for part in parts(pks):
            TierAccount._base_manager.filter(among("pk", part))._raw_delete(connection.alias)
        self.done.removed += len(pks)
