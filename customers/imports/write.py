"""Writes the steps of an import: accounts, places, versions, requests and events, in bulk.

The same rows come out as when each step were taken by customers.services.accounts, one after the
other; a property test holds the two against each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import bulk, matching
from ..actors import Actor
from ..bulk import among
from ..jobs import Progress
from ..models import AccountVersion, Event, Partner, TierAccount, TierAccountRequest, Watch
from ..services.requests import request_columns
from ..snapshots import COLUMNS, changed_fields, snapshot
from ..trees import Place
from .lookups import Lookups, parts
from .places import Forest, lock
from .products import connected
from .steps import Done, Source, Stale, Step, split
from .verify import Verifier

#: Steps whose data are in memory at a time.
CHUNK = 5_000
_KEYS = tuple(matching.SOURCES)
_TREE = ("tree_id", "lft", "rght", "level")
_NULL = ("external_id",)
ACCOUNT = (
    "id",
    "parent_id",
    "provider_id",
    "owner_id",
    "hub_id",
    "version",
    "created_at",
    "updated_at",
    *COLUMNS,
    *_KEYS,
    *_TREE,
)
EVENT = (
    "id",
    "at",
    "verb",
    "object_type",
    "object_id",
    "provider_id",
    "vendor_id",
    "user_id",
    "partner_id",
    "role",
    "actor_name",
    "key_id",
    "to_state",
    "reason",
    "data",
    "told_at",
)
VERSION = ("account_id", "number", "data", "created_at")
REQUEST = (
    "id",
    "state",
    "account_id",
    "base_version",
    "version",
    "product_id",
    "vendor_id",
    "provider_id",
    "reason",
    "decided_at",
    "changed",
)


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
        versions: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        accounts: list[tuple[Any, ...]] = []
        changed: list[tuple[Step, list[str]]] = []
        updates: list[TierAccount] = []
        old = self.lookups.accounts(step.pk for step in steps if not step.new)
        for step in steps:
            data = values[step.number]
            if step.new:
                accounts.append(self._account(step, data, right[step.pk]))
                snap = self._snapshot(step, data)
                verb, extra = "create", {}
            else:
                account = old[step.pk]
                before = snapshot(account)
                snap = {**before, **data}
                if step.moves:
                    snap["parent_id"] = step.parent
                snap["parent_name"] = self._parent_name(account, snap["parent_id"])
                names = changed_fields(before, snap)
                self._change(account, snap, step)
                updates.append(account)
                changed.append((step, names))
                verb, extra = "move" if names == ["parent_id"] else "edit", {"changed": names}
            self.names[step.pk] = snap["name"]
            versions.append((step.pk, step.base + 1, snap, self.now))
            events.append(
                self._event(
                    f"tieraccount.{verb}",
                    "tieraccount",
                    step.pk,
                    {"version": step.base + 1, **extra},
                )
            )
        bulk.write(TierAccount, ACCOUNT, accounts)
        self._update(updates)
        bulk.write(AccountVersion, VERSION, versions)
        events += self._requests(changed)
        bulk.write(Event, EVENT, events)
        self.done.created += len(accounts)
        self.done.changed += len(changed)

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
            *[keys[key] for key in _KEYS],
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
        for name in _NULL:
            snap[name] = snap[name] or None
        for name in COLUMNS:
            setattr(account, name, snap[name])
        account.parent_id = snap["parent_id"]
        account.version = step.base + 1
        account.updated_at = self.now

    def _update(self, accounts: list[TierAccount]) -> None:
        columns = (*COLUMNS, *_KEYS, "parent_id", "version", "updated_at")
        quote = connection.ops.quote_name
        sets = ", ".join(f"{quote(name)} = %s" for name in columns)
        table = quote(TierAccount._meta.db_table)
        fields = {field.attname: field for field in TierAccount._meta.concrete_fields}
        prepare = [fields[name].get_db_prep_save for name in columns]
        rows = []
        for account in accounts:
            keys = matching.keys(vars(account))
            row = [keys[name] if name in keys else getattr(account, name) for name in columns]
            rows.append(
                [one(value, connection) for one, value in zip(prepare, row, strict=True)]
                + [account.pk]
            )
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608

    def _requests(self, changed: list[tuple[Step, list[str]]]) -> Iterator[tuple[Any, ...]]:
        """Write the requests these changes raise; answers their events."""
        products = connected(step.pk for step, _names in changed)
        rows = []
        events = []
        for step, names in changed:
            for index, product in enumerate(products.get(step.pk, ()), start=1):
                columns = request_columns(
                    step.pk,
                    self.provider.pk,
                    product,
                    index,
                    base_version=step.base,
                    now=self.now,
                )
                columns["changed"] = names
                rows.append(tuple(columns[name] for name in REQUEST))
                data = {"account": step.pk, "version": step.base + 1, "changed": names}
                events.append(
                    self._event(
                        "tieraccountrequest.created",
                        "tieraccountrequest",
                        columns["id"],
                        data,
                        vendor_id=columns["vendor_id"],
                        to_state=columns["state"],
                        reason=columns["reason"],
                    )
                )
                if columns["state"] == TierAccountRequest.State.PENDING:
                    vendor = columns["vendor_id"]
                    self.done.vendors[vendor] = self.done.vendors.get(vendor, 0) + 1
        bulk.write(TierAccountRequest, REQUEST, rows)
        return iter(events)

    def _event(
        self, verb: str, kind: str, pk: str, data: dict[str, Any], **more: str
    ) -> tuple[Any, ...]:
        """One event that is not told by itself: the batch tells of all."""
        actor = self.actor
        return (
            uuid.uuid4(),
            self.now,
            verb,
            kind,
            pk,
            self.provider.pk,
            more.get("vendor_id"),
            actor.user.pk if actor.user else None,
            actor.partner_id,
            actor.role,
            str(actor)[:254],
            actor.key,
            more.get("to_state", ""),
            more.get("reason", ""),
            {**data, "batch": self.batch_id},
            self.now,
        )

    def _remove(self, pks: Collection[str]) -> None:
        for part in parts(pks):
            AccountVersion.objects.filter(among("account_id", part))._raw_delete(connection.alias)
            Watch.objects.filter(among("object_id", part)).delete()
        for part in parts(pks):
            TierAccount._base_manager.filter(among("pk", part))._raw_delete(connection.alias)
        self.done.removed += len(pks)
