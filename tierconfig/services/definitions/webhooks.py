"""Webhooks of a product: addresses of its vendor that are asked before a request goes on.

For administrators of the vendor, because of the secrets. Every function holds the product and
raises PermissionDenied and ValidationError by field.
"""

from __future__ import annotations

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import identifiers
from customers.actors import Actor
from customers.errors import field_error
from customers.models import Product
from customers.sealing import Sealed

from ...models import Webhook
from . import editing

MAX_LABEL = 100
#: Characters of a secret; fewer than 32 are less than HS256 asks for (RFC 7518, 3.2).
SHORTEST, LONGEST = 32, 100
Type = Webhook.Type
#: Type -> (tier it is about, 0 for orders, and the switch without which nobody calls it).
USES: dict[str, tuple[int, str]] = {
    Type.DRAFT_TIER_1: (1, "validates_setups"),
    Type.DRAFT_TIER_2: (2, "validates_setups"),
    Type.SETUP_INQUIRY_TIER_1: (1, "validates_setup_inquiries"),
    Type.SETUP_INQUIRY_TIER_2: (2, "validates_setup_inquiries"),
    Type.UPDATE_TIER_1: (1, "validates_updates"),
    Type.UPDATE_TIER_2: (2, "validates_updates"),
    Type.UPDATE_INQUIRY_TIER_1: (1, "validates_update_inquiries"),
    Type.UPDATE_INQUIRY_TIER_2: (2, "validates_update_inquiries"),
    Type.PURCHASE: (0, "validates_orders"),
    Type.PURCHASE_INQUIRY: (0, "validates_order_inquiries"),
    Type.CHANGE: (0, "validates_changes"),
    Type.CHANGE_INQUIRY: (0, "validates_change_inquiries"),
}


def types_for(product: Product) -> list[str]:
    """Those of orders, and of the tiers that the product's Reseller Authorization gives."""
    return [kind for kind, (tier, _switch) in USES.items() if tier <= product.authorization_level]


def is_called(product: Product, webhook: Webhook) -> bool:
    """Whether requests ask it at present: it is active and its capability is switched on."""
    tier, switch = USES[webhook.type]
    on = bool(getattr(product, switch)) and tier <= product.authorization_level
    return on and webhook.active


@transaction.atomic
def add_webhook(
    product: Product,
    *,
    actor: Actor,
    type: str,
    label: str,
    external_url: str,
    jwt_secret: str = "",
    active: bool = True,
) -> Webhook:
    """A webhook that signs with `jwt_secret`, by default one made for it.

    At most one of a type is active.
    """
    held = editing.hold_own(product, actor, administrator=True)
    if type not in types_for(held):
        raise ValidationError(
            {"type": _("This product asks nothing of that tier; see its capabilities.")}
        )
    if active:
        _check_only(held, type)
    webhook = identifiers.insert(
        Webhook,
        "WB",
        product=held,
        type=type,
        active=active,
        jwt_secret=Sealed.of(_secret(jwt_secret)),
        **_cleaned(label, external_url),
    )
    editing.note("product.webhook_added", held, webhook, actor=actor)
    return webhook


@transaction.atomic
def edit_webhook(
    webhook: Webhook, *, actor: Actor, label: str, external_url: str, seen: str = ""
) -> Webhook:
    """Change label and address; the type is fixed, the secret stays."""
    held = editing.hold_own(webhook.product, actor, administrator=True)
    fresh = Webhook.objects.get(pk=webhook.pk)
    editing.check_seen(fresh, seen)
    changes = editing.changed(fresh, _cleaned(label, external_url))
    if changes:
        editing.save(fresh)
        editing.note("product.webhook_changed", held, fresh, actor=actor, changes=changes)
    return fresh


@transaction.atomic
def switch_webhook(webhook: Webhook, *, actor: Actor, on: bool) -> Webhook:
    """Activate or deactivate; doing what is done already changes nothing."""
    held = editing.hold_own(webhook.product, actor, administrator=True)
    fresh = Webhook.objects.get(pk=webhook.pk)
    if on and not fresh.active:
        _check_only(held, fresh.type)
    changes = editing.changed(fresh, {"active": on})
    if changes:
        editing.save(fresh)
        editing.note("product.webhook_changed", held, fresh, actor=actor, changes=changes)
    return fresh


@transaction.atomic
def new_webhook_secret(webhook: Webhook, *, actor: Actor, jwt_secret: str = "") -> str:
    """Replace the secret that signs the calls, by default by one made for it.

    Shown now and never again.
    """
    held = editing.hold_own(webhook.product, actor, administrator=True)
    fresh = Webhook.objects.get(pk=webhook.pk)
    secret = _secret(jwt_secret)
    fresh.jwt_secret = Sealed.of(secret)
    editing.save(fresh)
    editing.note("product.webhook_secret", held, fresh, actor=actor)
    return secret


@transaction.atomic
def remove_webhook(webhook: Webhook, *, actor: Actor) -> Webhook:
    """Remove it; requests are no longer asked about there, as if it were inactive."""
    held = editing.hold_own(webhook.product, actor, administrator=True)
    fresh = Webhook.objects.get(pk=webhook.pk)
    editing.note("product.webhook_removed", held, fresh, actor=actor)
    fresh.delete()
    return webhook


def _secret(given: str) -> str:
    if not given:
        return secrets.token_urlsafe(32)
    if not SHORTEST <= len(given) <= LONGEST or not given.isascii() or not given.isprintable():
        text = _("Between %(least)d and %(most)d printable characters of ASCII.")
        limits = {"least": SHORTEST, "most": LONGEST}
        raise field_error("jwt_secret", text % limits, "secret")
    return given


def _check_only(product: Product, type: str) -> None:
    if Webhook.objects.filter(product=product, type=type, active=True).exists():
        raise field_error("type", _("Another webhook of this type is active."), "unique")


def _cleaned(label: str, external_url: str) -> dict[str, str]:
    url = editing.clean_address("external_url", external_url)
    if not url:
        raise field_error("external_url", _("Enter an address."), "required")
    return {"label": editing.clean_line("label", label, MAX_LABEL), "external_url": url}
