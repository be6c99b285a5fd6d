"""The account of a setup that is sent as a whole and not there yet: made first, as orders do it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from customers.actors import Actor
from customers.models import TierAccount
from customers.services.together import create_new

from ..errors import ApiError, flat
from ..shared.account_bodies import DataBody
from ..tier_accounts.writing import newcomer, refusal

PATH = "configuration.account"


def is_whole(sent: Mapping[str, Any]) -> bool:
    """Whether this describes an account rather than naming one."""
    return bool(sent.get("name") and sent.get("contact_info"))


def make_account(where: Mapping[str, Any], actor: Actor) -> TierAccount:
    """The new account of the configuration that was sent, a reseller unless said otherwise; for a
    vendor a preview at the distributor of the marketplace. Raises ApiError, PermissionDenied."""
    given = {name: each for name, each in where["account"].items() if each is not None}
    body = DataBody(data={"type": TierAccount.Type.RESELLER, **given})
    if not body.is_valid():
        raise ApiError(flat(body.errors, PATH))
    data = {**body.validated_data, "marketplace": where.get("marketplace")}
    try:
        return create_new(newcomer(data, actor), actor=actor)
    except ValidationError as error:
        raise refusal(error, f"{PATH}.") from error
