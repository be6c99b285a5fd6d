"""Requests as clients send them; what a body names beyond this is not looked at."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tierconfig.models import TierConfigRequest

from ..shared.account_bodies import Text, Word
from ..shared.param_bodies import ParamBody


class Reference(serializers.Serializer[Any]):
    id = Text()


class ConnectionReference(Reference):
    type = Text(help_text="preview stands for no connection, like CT-0000-0000-0000.")


class AccountReference(Reference):
    """By its id, else by one of its external ones."""

    external_uid = Text()
    external_id = Text()


class SetupAccount(AccountReference):
    """One that is not found is made when its data are sent, as POST tier/accounts takes them."""

    type = Text()
    name = Text()
    tax_id = Text()
    contact_info = serializers.JSONField(required=False, allow_null=True)


class ConfigurationBody(serializers.Serializer[Any]):
    """By `id`; or for a setup by product, account, tier and place."""

    id = Text()
    product = Reference(required=False, allow_null=True)
    account = SetupAccount(required=False, allow_null=True)
    parent_account = AccountReference(required=False, allow_null=True)
    tier_level = serializers.IntegerField(required=False, allow_null=True)
    connection = ConnectionReference(required=False, allow_null=True)
    marketplace = Reference(required=False, allow_null=True)
    params = ParamBody(many=True, required=False)


class CreateBody(serializers.Serializer[Any]):
    """Without `type` it is an update where the configuration is given by id, else a setup."""

    status = Text(help_text="A hint; it is a draft where the product has drafts checked.")
    type = Word(choices=TierConfigRequest.Type.choices, required=False, allow_null=True)
    configuration = ConfigurationBody()
    params = ParamBody(many=True, required=False)
    notes = Text()
    template = Reference(required=False, allow_null=True)


class UpdateBody(serializers.Serializer[Any]):
    params = ParamBody(many=True, required=False)
    notes = Text()


class ValuesBody(serializers.Serializer[Any]):
    params = ParamBody(many=True, required=False)


class SubmitBody(ValuesBody):
    insist = serializers.BooleanField(
        required=False, help_text="Submit although the vendor's service complains."
    )


class ReasonBody(serializers.Serializer[Any]):
    reason = Text(required=True)


class ApprovalTemplate(Reference):
    representation = Text(help_text="A text instead of a template.")
    effective_date = serializers.DateTimeField(required=False, allow_null=True)


class ApproveBody(serializers.Serializer[Any]):
    """`effective_date` may stand at either place."""

    template = ApprovalTemplate(required=False, allow_null=True)
    effective_date = serializers.DateTimeField(required=False, allow_null=True)


class AssignBody(serializers.Serializer[Any]):
    """Empty: the owner of the key."""

    id = Text()
    email = Text()
