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


def make_account(sent: Mapping[str, Any], actor: Actor) -> TierAccount:
    """The new account, a reseller unless said otherwise. Raises ApiError, PermissionDenied."""
    given = {name: each for name, each in sent.items() if each is not None}
    body = DataBody(data={"type": TierAccount.Type.RESELLER, **given})
    if not body.is_valid():
        raise ApiError(flat(body.errors, PATH))
    try:
        return create_new(newcomer(body.validated_data, actor), actor=actor)
    except ValidationError as error:
        raise refusal(error, f"{PATH}.") from error
