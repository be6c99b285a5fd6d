"""Accounts as the API shows them, now and at a version (domain 2.12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from django.db.models import QuerySet

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import AccountVersion, TierAccount
from customers.services.participation import scopes_of
from customers.snapshots import COLUMNS

from ...customers.seen import named
from ..happenings import Happenings
from ..shaping import NO_HUB, Events, Ref, Rendering, ref, stamp
from ..shaping import named as null_or
from ..shared.accounts import ContactInfo, Readable, contact_info

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


def tells_owner(account: TierAccount, actor: Actor) -> bool:
    """Its distributor knows who created an account; others only that it was they themselves, and
    resellers that it was a distributor."""
    if actor.role == DISTRIBUTOR or account.owner_id == actor.partner_id:
        return True
    return actor.role == RESELLER and account.owner.role == DISTRIBUTOR


def taking_part(accounts: Collection[TierAccount], actor: Actor) -> dict[str, list[str]]:
    """Scopes by account id; a vendor is told those in its own products."""
    vendor = actor.partner if actor.role == VENDOR else None
    return scopes_of([each.pk for each in accounts], vendor)


class AccountRendering(Rendering[TierAccount]):
    shape = AccountShape
    related = ("parent", "owner", "hub")
    reads = ("provider", "parent__name", "parent__provider", "parent__external_id")
    reads += ("owner__name", "owner__role", "hub__name", "version", "environment")
    reads += ("created_at", "updated_at", *COLUMNS)

    def rows(self, rows: QuerySet[TierAccount]) -> QuerySet[TierAccount]:
        return super().rows(rows).only(*self.reads)

    def prepare(self, objects: Sequence[TierAccount]) -> None:
        wants, actor = self.branches.wants, self.actor
        self.scopes = taking_part(objects, actor) if wants("scopes") else {}
        self.parents = Readable(actor, [each.parent for each in objects] if wants("parent") else ())
        self.happenings = Happenings(objects if wants("events") else (), actor, verbs=CHANGES)

    def one(self, account: TierAccount) -> dict[str, Any]:
        found = {
            "id": account.pk,
            "version": account.version,
            "name": account.name,
            "type": account.type,
            "external_id": account.external_id,
            "external_uid": account.external_uid,
            "tax_id": account.tax_id,
            "environment": account.environment,
            "scopes": self.scopes.get(account.pk, []),
            "hub": null_or(account.hub, NO_HUB),
            "events": self.happenings.of(account),
            "contact_info": contact_info(vars(account)),
        }
        parent = account.parent
        if parent is not None and (told := self.parents.ref(parent)):
            found["parent"] = told
            if self.parents.sees(parent):
                found["parent"] = {**told, "external_id": parent.external_id}
        if tells_owner(account, self.actor):
            found["owner"] = ref(account.owner)
        return found


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
        self.scopes = taking_part(accounts, actor)
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
        if tells_owner(account, self.actor):
            found["owner"] = ref(account.owner)
        return found
