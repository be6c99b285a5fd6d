"""Links of actions: who may press a button, and the signed token that goes with the link.

The token is a JWT (HS256, the product's secret) that lives settings.ACTION_TOKEN_SECONDS. Its
claims: iss (PUBLIC_URL), iat, exp, jti, action_id (the vendor's own id), tier_config_id or
asset_id, account_id, user_id, role (domain 2.9). Pages and the API use the same functions.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jwt
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.events import record
from customers.permissions import by_distributor, by_reseller, by_vendor

from ..models import Action, Embedding, TierConfig

#: States of a subscription in which its customer works with it.
_IN_USE = ("active", "suspended")


class Lack(StrEnum):
    """What a vendor still has to set before its buttons work; a lost secret is made anew."""

    ADDRESS = "action_url"
    KEY = "action_secret"


def lacks(embedding: Embedding) -> list[Lack]:
    found = [] if embedding.action_url else [Lack.ADDRESS]
    secret = embedding.action_secret
    return found if secret and not secret.problem else [*found, Lack.KEY]


def may_press(holder: Any, actor: Actor) -> bool:
    """Whether `actor` may press buttons of a configuration, or else of a subscription.

    Of a configuration the reseller that operates its account; of a subscription the distributor
    and a reseller of it. The vendor may try its own, administrators all (domain 1.3).
    """
    if by_vendor(holder, actor):
        return True
    if isinstance(holder, TierConfig):
        return by_reseller(holder, actor)
    return by_distributor(holder, actor) or by_reseller(holder, actor)


def in_use(holder: Any) -> bool:
    """A configuration was approved once; a subscription is active or suspended."""
    if isinstance(holder, TierConfig):
        return holder.configured
    return bool(holder.state in _IN_USE)


def scope_of(holder: Any) -> str:
    return holder.scope if isinstance(holder, TierConfig) else Action.Scope.ASSET.value


def actions_of(holder: Any) -> models.QuerySet[Action]:
    """The buttons of a configuration's tier, or of a subscription, in the vendor's order."""
    rows = Action.objects.filter(product=holder.product_id, scope=scope_of(holder))
    return rows.order_by("position", "pk")


@transaction.atomic
def press(holder: Any, *, actor: Actor, action: Action) -> str:
    """The address that a press of the button leads to, recorded on the holder.

    Raises PermissionDenied, and ValidationError: code "unknown" for an action of another product
    or scope, "state" when nothing is approved, "incomplete" when address or secret is missing or
    cannot be opened.
    """
    if not may_press(holder, actor):
        raise PermissionDenied
    if (action.product_id, action.scope) != (holder.product_id, scope_of(holder)):
        raise ValidationError(_("There is no such action here."), code="unknown")
    if not in_use(holder):
        raise ValidationError(_("Nothing is approved yet."), code="state")
    embedding = Embedding.objects.filter(product=holder.product_id).first()
    if embedding is None or lacks(embedding):
        raise ValidationError(
            _("The vendor has not said yet where the actions of this product lead."),
            code="incomplete",
        )
    verb = "tierconfig.action" if isinstance(holder, TierConfig) else "subscription.action"
    data = {"id": action.pk, "action": action.action, "name": action.name}
    record(verb, holder, actor=actor, data=data)
    return address(embedding, claims(holder, actor, action, now=timezone.now()))


def claims(holder: Any, actor: Actor, action: Action, *, now: datetime) -> dict[str, Any]:
    """What the token says; `account_id` is the account that the holder is about."""
    seconds = int(now.timestamp())
    about = (
        {"tier_config_id": holder.pk, "account_id": holder.account_id}
        if isinstance(holder, TierConfig)
        else {"asset_id": holder.pk, "account_id": holder.customer_id}
    )
    return {
        "iss": settings.PUBLIC_URL,
        "iat": seconds,
        "exp": seconds + settings.ACTION_TOKEN_SECONDS,
        "jti": uuid.uuid4().hex,
        "action_id": action.action,
        **about,
        "user_id": actor.user.pk if actor.user else "",
        "role": actor.role,
    }


def address(embedding: Embedding, payload: dict[str, Any]) -> str:
    """The vendor's address with the token in `jwt`; what it has in its query stays."""
    token = jwt.encode(payload, embedding.action_secret.open(), algorithm="HS256")
    parts = urlsplit(embedding.action_url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "jwt"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("jwt", token)])))
