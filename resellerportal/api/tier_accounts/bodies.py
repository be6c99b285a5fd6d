"""What clients send to create and to change accounts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers.models import TierAccount

from ..shared.account_bodies import DataBody, DataChangeBody, Text, Word


class ParentBody(serializers.Serializer[Any]):
    id = Text()
    index = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="Instead of the id: the place of an earlier account in the same list.",
    )


class IdBody(serializers.Serializer[Any]):
    id = Text()


class NewAccountBody(DataBody):
    parent = ParentBody(required=False, allow_null=True)
    hub = IdBody(required=False, allow_null=True)
    marketplace = IdBody(
        required=False,
        allow_null=True,
        help_text="For vendors: whose distributor the top of a tree is of.",
    )
    access = IdBody(
        many=True,
        required=False,
        help_text="For distributors: resellers that get to see this account, and no other.",
    )
    environment = Word(
        choices=TierAccount.Environment.choices,
        required=False,
        allow_null=True,
        help_text="Left out, it is that of the parent; accounts of vendors are previews.",
    )


class AccountBody(DataChangeBody):
    """What is left out stays as it is; hub and environment never change."""

    parent = IdBody(allow_null=True, help_text="Null makes it the top of a tree.")
