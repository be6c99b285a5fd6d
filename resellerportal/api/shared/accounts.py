"""Accounts within other objects, and how much of them the reader may know (decision 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from customers.actors import DISTRIBUTOR, RESELLER, Actor
from customers.bulk import among
from customers.models import TierAccount

from ..shaping import Ref


class Phone(TypedDict):
    """All four are texts, empty where a part is not known."""

    country_code: str
    area_code: str
    phone_number: str
    extension: str


class Contact(TypedDict):
    first_name: str
    last_name: str
    email: str
    phone_number: Phone


class ContactInfo(TypedDict):
    address_line1: str
    address_line2: str
    city: str
    state: str
    postal_code: str
    country: str
    contact: Contact


class AccountSnapshot(TypedDict):
    """An account within another object.

    Who may be told only that it is there reads `id` and `name`, nothing else.
    """

    id: str
    version: NotRequired[int]
    name: str
    type: NotRequired[str]
    external_id: NotRequired[str | None]
    external_uid: NotRequired[str]
    tax_id: NotRequired[str]
    environment: NotRequired[str]
    contact_info: NotRequired[ContactInfo]


def contact_info(values: Mapping[str, Any]) -> dict[str, Any]:
    """Address and contact from the columns of an account, or from a version's flat snapshot."""
    return {
        "address_line1": values["address_line1"],
        "address_line2": values["address_line2"],
        "city": values["city"],
        "state": values["state"],
        "postal_code": values["postal_code"],
        "country": values["country"],
        "contact": {
            "first_name": values["contact_first_name"],
            "last_name": values["contact_last_name"],
            "email": values["contact_email"],
            "phone_number": {
                "country_code": values["phone_country_code"],
                "area_code": values["phone_area_code"],
                "phone_number": values["phone_number"],
                "extension": values["phone_extension"],
            },
        },
    }


def account_snapshot(account: TierAccount) -> dict[str, Any]:
    """The present data of an account, loaded with all its columns; reads nothing."""
    return {
        "id": account.pk,
        "version": account.version,
        "name": account.name,
        "type": account.type,
        "external_id": account.external_id,
        "external_uid": account.external_uid,
        "tax_id": account.tax_id,
        "environment": account.environment,
        "contact_info": contact_info(vars(account)),
    }


def account_ref(account: TierAccount) -> Ref:
    return {"id": account.pk, "name": account.name}


class Readable:
    """How much of some accounts the actor may know, read in one query (none for a distributor).

    Accounts that it sees are shown whole. Of others a reseller is told the name, because orders
    and configurations name the tiers above its own; a vendor is not told that they are there.
    """

    def __init__(self, actor: Actor, accounts: Iterable[TierAccount | None]) -> None:
        found = {each.pk: each for each in accounts if each is not None}
        self.names_others = actor.role == RESELLER
        if actor.role == DISTRIBUTOR:
            own = (pk for pk, each in found.items() if each.provider_id == actor.partner_id)
            self.seen = frozenset(own)
        elif found:
            rows = TierAccount.objects.visible_to(actor).filter(among("pk", found)).order_by()
            self.seen = frozenset(rows.values_list("pk", flat=True))
        else:
            self.seen = frozenset()

    def sees(self, account: TierAccount | None) -> bool:
        """Whether all of it may be shown."""
        return account is not None and account.pk in self.seen

    def names(self, account: TierAccount | None) -> bool:
        """Whether at least its id and name may be shown."""
        return account is not None and (account.pk in self.seen or self.names_others)

    def knows_as(self, account: TierAccount | None, key: str, value: str) -> bool:
        """Whether `value` is what the actor may know as the account's `id`, `external_id` or
        `external_uid`. Of who is only named that is the id: nobody finds the others out by trying.
        """
        if account is None or not (self.sees(account) or (key == "id" and self.names(account))):
            return False
        return str(getattr(account, "pk" if key == "id" else key)) == value

    def ref(self, account: TierAccount | None) -> Ref | None:
        """Id and name; None where there is no account, or none for this reader."""
        return account_ref(account) if account is not None and self.names(account) else None

    def snapshot(self, account: TierAccount | None) -> dict[str, Any] | None:
        """Whole, or id and name, or None, as the reader may know it."""
        if account is None or not self.names(account):
            return None
        return account_snapshot(account) if account.pk in self.seen else {**account_ref(account)}
