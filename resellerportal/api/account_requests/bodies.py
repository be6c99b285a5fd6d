"""What clients send about changes of accounts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers.models import TierAccountRequest

from ..shared.account_bodies import Text, Word
from ..tier_accounts.bodies import AccountBody


class ChangedAccountBody(AccountBody):
    """Which account, and what is new of it."""

    id = Text(help_text="Without it the account is found by its external_uid.")


class NewRequestBody(serializers.Serializer[Any]):
    type = Word(choices=TierAccountRequest.Type.choices, required=False)
    account = ChangedAccountBody()


class IgnoreBody(serializers.Serializer[Any]):
    reason = Text(help_text="Must not be empty.")
