"""Accounts as the API shows them, now and at a version (domain 2.12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NotRequired, TypedDict

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.bulk import among
from customers.models import AccountVersion, TierAccount
from customers.services.participation import scopes_of
from customers.snapshots import COLUMNS

from ...customers.seen import named
from ..happenings import Happenings
from ..shaping import NO_HUB, Events, Ref, Rendering, ref, stamp
from ..shaping import named as null_or
from ..shared.accounts import ContactInfo, contact_info

#: What changes an account; who may see or operate it is no change of it.
CHANGES = (
    "tieraccount.create",
    "tieraccount.edit",
    "tieraccount.move",
    "tieraccount.decommission",
)


class ParentShape(TypedDict):
    id: str
    name: str
    #: There when the reader sees the parent itself.
    external_id: NotRequired[str | None]


class AccountShape(TypedDict):
    id: str
    version: int
    name: str
    type: str
    external_id: str | None
    external_uid: str
    tax_id: str
    environment: str
    #: Absent at the top of a tree, and to vendors that do not see it.
    parent: NotRequired[ParentShape]
    #: Absent where the reader is not told who created the account.
    owner: NotRequired[Ref]
    scopes: list[str]
    hub: Ref
    events: Events
    contact_info: ContactInfo


def tells_owner(owner: str, role: str, actor: Actor) -> bool:
    """Its distributor knows who created an account; others only that it was they themselves, and
    resellers that it was a distributor. `role` is that of the `owner`."""
    if actor.role == DISTRIBUTOR or owner == actor.partner_id:
        return True
    return actor.role == RESELLER and role == DISTRIBUTOR


def taking_part(accounts: Collection[str], actor: Actor) -> dict[str, list[str]]:
    """Scopes by account id; a vendor is told those in its own products."""
    return scopes_of(accounts, actor.partner if actor.role == VENDOR else None)


class AccountRendering(Rendering[Any]):
    """Shows rows of values: a model for each would cost more than all the rest."""

    shape = AccountShape
    reads = (
        *("pk", "version", "environment", "created_at", "updated_at"),
        *("parent_id", "parent__name", "parent__external_id"),
        *("owner_id", "owner__name", "owner__role", "hub_id", "hub__name"),
        *COLUMNS,
    )

    def prepare(self, objects: Sequence[Mapping[str, Any]]) -> None:
        wants, actor = self.branches.wants, self.actor
        self.scopes = taking_part([row["pk"] for row in objects], actor) if wants("scopes") else {}
        self.parents = {row["parent_id"] for row in objects} - {None}
        if actor.role != DISTRIBUTOR and self.parents:
            seen = TierAccount.objects.visible_to(actor).order_by()
            seen = seen.filter(among("pk", self.parents))
            self.parents = set(seen.values_list("pk", flat=True))
        self.moments = {row["pk"]: SimpleNamespace(**_moments(row)) for row in objects}
        events = [*self.moments.values()] if wants("events") else ()
        self.happenings = Happenings(events, actor, verbs=CHANGES)

    def one(self, row: Mapping[str, Any]) -> dict[str, Any]:
        pk, parent = row["pk"], row["parent_id"]
        found = {
            "id": pk,
            "version": row["version"],
            "name": row["name"],
            "type": row["type"],
            "external_id": row["external_id"],
            "external_uid": row["external_uid"],
            "tax_id": row["tax_id"],
            "environment": row["environment"],
            "scopes": self.scopes.get(pk, []),
            "hub": {"id": row["hub_id"], "name": row["hub__name"]} if row["hub_id"] else {**NO_HUB},
            "events": self.happenings.of(self.moments[pk]),
            "contact_info": contact_info(row),
        }
        if parent in self.parents:
            found["parent"] = {
                "id": parent,
                "name": row["parent__name"],
                "external_id": row["parent__external_id"],
            }
        elif parent is not None and self.actor.role == RESELLER:
            # Above its own a reseller is told the name of the parent and nothing else.
            found["parent"] = {"id": parent, "name": row["parent__name"]}
        if tells_owner(row["owner_id"], row["owner__role"], self.actor):
            found["owner"] = {"id": row["owner_id"], "name": row["owner__name"]}
        return found


def _moments(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("pk", "created_at", "updated_at")}


class Snapshots:
    """Accounts as they were at some version, for a reader.

    `versions` are the flat snapshots that will be shown. Scopes, hub and environment are those of
    today; a parent is named as differences between versions name it (decision 4).
    """

    def __init__(
        self,
        actor: Actor,
        accounts: Collection[TierAccount],
        versions: Collection[Mapping[str, Any]],
    ) -> None:
        self.scopes = taking_part([each.pk for each in accounts], actor)
        parents = {each["parent_id"] for each in versions} - {None, ""}
        self.named = parents if actor.role == DISTRIBUTOR else named(actor, parents)

    def of(
        self, account: TierAccount, number: int, data: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        """`at` is when it came to the version; its hub must be loaded."""
        found = {
            "id": account.pk,
            "version": number,
            "name": data["name"],
            "type": data["type"],
            "external_id": data["external_id"],
            "external_uid": data["external_uid"],
            "tax_id": data["tax_id"],
            "environment": account.environment,
            "scopes": self.scopes.get(account.pk, []),
            "hub": null_or(account.hub, NO_HUB),
            "events": {
                "created": {"at": stamp(account.created_at)},
                "updated": {"at": stamp(at)},
            },
            "contact_info": contact_info(data),
        }
        if data["parent_id"] in self.named:
            found["parent"] = {"id": data["parent_id"], "name": data["parent_name"]}
        return found


class VersionRendering(Rendering[AccountVersion]):
    """Versions of one account that the reader sees."""

    shape = AccountShape
    related = ("account__owner", "account__hub")

    def prepare(self, objects: Sequence[AccountVersion]) -> None:
        accounts = {each.account_id: each.account for each in objects}
        self.snapshots = Snapshots(self.actor, accounts.values(), [each.data for each in objects])

    def one(self, version: AccountVersion) -> dict[str, Any]:
        account = version.account
        found = self.snapshots.of(account, version.number, version.data, version.created_at)
        if tells_owner(account.owner_id, account.owner.role, self.actor):
            found["owner"] = ref(account.owner)
        return found
