"""The configuration request or order an event is about, in the words of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Event, Product, TierAccount
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest

from . import wording

_PRODUCT = "product__owner"
#: Object type of an event -> model, what to read with it, model part of the portal's URL names.
_KINDS: dict[str, tuple[type[Model], tuple[str, ...], str]] = {
    "tierconfigrequest": (
        TierConfigRequest,
        ("configuration__account", f"configuration__{_PRODUCT}"),
        "config-request",
    ),
    "fulfillmentrequest": (
        FulfillmentRequest,
        ("creator", "subscription__customer", f"subscription__{_PRODUCT}"),
        "order",
    ),
}


@dataclass(frozen=True)
class Matter:
    """A request, what it is called in a mail, its product and the company it is about."""

    request: Any
    name: str
    product: Product
    company: TierAccount
    page: str

    def address(self, portal: str) -> str:
        """The request's page in a portal, the portal's root while it has no such page."""
        try:
            path = reverse(f"{portal}:{self.page}-detail", args=[self.request.pk])
        except NoReverseMatch:
            path = "/"
        return f"{settings.PUBLIC_URL}{path}"

    def facts(self) -> list[tuple[str, str]]:
        return [
            (_("Request"), self.request.pk),
            (_("Product"), self.product.name),
            (_("Company"), self.company.name),
            (_("Distributor"), self.request.provider.name),
        ]


def matter_of(event: Event) -> Matter | None:
    """The present object of an event; None for objects no mail is about, or that are gone."""
    if event.object_type not in _KINDS:
        return None
    model, related, page = _KINDS[event.object_type]
    rows = model._default_manager.visible_to(Actor.system())  # type: ignore[attr-defined]
    found = rows.select_related("provider", *related).filter(pk=event.object_id).first()
    if found is None:
        return None
    if isinstance(found, TierConfigRequest):
        config = found.configuration
        name = _("tier %(tier)s configuration") % {"tier": config.tier_level}
        return Matter(found, name, config.product, config.account, page)
    subscription = found.subscription
    name = wording.name(found)
    return Matter(found, name, subscription.product, subscription.customer, page)
