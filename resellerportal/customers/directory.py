"""Columns and filters of the directory of accounts, as each role may have them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR
from customers.matching import tax_key
from customers.models import TierAccount

from .. import cells
from ..cells import Cell, esc
from ..lists.listing import Column, Filter, day, newer
from .requests import country_of

SCOPES = {
    "customer": gettext_lazy("Customer"),
    "tier1": gettext_lazy("Tier 1"),
    "tier2": gettext_lazy("Tier 2"),
}


def parent_cell(account: Any) -> Any:
    if not account.parent_named:
        return None
    return cells.clip(account.parent.name)


def open_cell(account: Any) -> Any:
    if not account.open:
        return None
    return SafeString(f'<span class="dot" aria-hidden="true"></span> {esc(account.open)}')


def of_parent(text: str) -> Q:
    """A parent by its id or a part of its name."""
    if text.upper().startswith("TA-"):
        return Q(parent_id=text.upper())
    return Q(parent__name__icontains=text)


def of_hub(text: str) -> Q:
    if text.upper().startswith("HB-"):
        return Q(hub_id=text.upper())
    return Q(hub__name__icontains=text)


def of_tax_id(text: str) -> Q:
    """However it is written: blanks, dots and case do not count."""
    key = tax_key(text)
    return Q(tax_key=key) if key else Q(pk__in=[])


def clipped(path: str) -> Cell:
    """Cell with the text at the path, cut where the column ends."""
    read = cells.value(path)

    def cell(account: Any) -> Any:
        text = read(account)
        return text and cells.clip(text)

    return cell


def scopes_cell(account: Any) -> str:
    return ", ".join(str(SCOPES[scope]) for scope in account.scopes)


def _text(name: str, label: Any, path: str, *, hidden: bool = True) -> Column:
    reads = (cells.field_path(path),)
    return Column(
        name,
        label,
        clipped(path),
        optional=True,
        reads=reads,
        hidden=hidden,
        plain=cells.value(path),
    )


def _moment(name: str, label: Any, path: str, *, order: str = "", hidden: bool = False) -> Column:
    return Column(
        name, label, cells.since(path), order=order, optional=True, num=True, hidden=hidden
    )


COLUMNS = (
    Column("type", gettext_lazy("Type"), cells.choice(TierAccount, "type")),
    # What it takes part in is asked for the rows of a page: AccountList.prepare.
    Column("scopes", gettext_lazy("Scopes"), scopes_cell, optional=True, hidden=True),
    _text("external_id", gettext_lazy("External ID"), "external_id"),
    _text("external_uid", gettext_lazy("External UUID"), "external_uid"),
    _text("tax_id", gettext_lazy("Tax ID"), "tax_id"),
    Column("parent", gettext_lazy("Parent"), parent_cell, optional=True, reads=("parent__name",)),
    _text("hub", gettext_lazy("Hub"), "hub.name"),
    _text("owner", gettext_lazy("Created by"), "owner.name"),
    Column("country", gettext_lazy("Country"), "country", order="country", optional=True),
    _text("contact", gettext_lazy("Technical contact"), "contact_email", hidden=False),
    Column(
        "environment",
        gettext_lazy("Environment"),
        cells.choice(TierAccount, "environment"),
        optional=True,
        hidden=True,
    ),
    Column(
        "open",
        gettext_lazy("Open"),
        open_cell,
        optional=True,
        num=True,
        reads=("open",),
        plain=cells.value("open"),
    ),
    Column("version", gettext_lazy("Version"), "version", optional=True, num=True),
    _moment("created", gettext_lazy("Created"), "created_at", order="created_at"),
    _moment("updated", gettext_lazy("Updated"), "updated_at", hidden=True),
)
FILTERS = (
    Filter("parent", gettext_lazy("Parent"), of_parent),
    Filter("country", gettext_lazy("Country"), country_of("country")),
    newer("created", gettext_lazy("Created"), "created_at"),
    Filter("type", gettext_lazy("Type"), choices=TierAccount.Type.choices, folded=True),
    # AccountList.get_queryset narrows: what a vendor is told depends on the vendor.
    Filter("scope", gettext_lazy("Scope"), lambda wanted: Q(), tuple(SCOPES.items()), folded=True),
    Filter(
        "environment",
        gettext_lazy("Environment"),
        choices=TierAccount.Environment.choices,
        folded=True,
    ),
    Filter("hub", gettext_lazy("Hub"), of_hub, folded=True),
    Filter("external_id", gettext_lazy("External ID"), folded=True),
    Filter("external_uid", gettext_lazy("External UUID"), folded=True),
    Filter("tax_id", gettext_lazy("Tax ID"), of_tax_id, folded=True),
    Filter("owner", gettext_lazy("Created by"), "owner__name__icontains", folded=True),
    Filter("contact", gettext_lazy("Technical contact"), "contact_email__iexact", folded=True),
    day("created_from", gettext_lazy("Created from"), "created_at"),
    day("created_to", gettext_lazy("Created until"), "created_at", until=True),
    day("updated_from", gettext_lazy("Updated from"), "updated_at"),
    day("updated_to", gettext_lazy("Updated until"), "updated_at", until=True),
)


@cache
def columns(role: str) -> tuple[Column, ...]:
    """Who created an account may be a reseller that is not named to others: see named_owner."""
    return tuple(each for each in COLUMNS if role == DISTRIBUTOR or each.name != "owner")


@cache
def filters(role: str) -> tuple[Filter, ...]:
    return tuple(each for each in FILTERS if role == DISTRIBUTOR or each.name != "owner")
