"""Requests as clients send them; what a body names beyond this is not looked at."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from fulfillment.models import FulfillmentRequest

from ..config_requests.bodies import ConnectionReference, Reference
from ..shared.account_bodies import ContactInfoBody, Text, Word
from ..shared.param_bodies import ParamBody

DRAFT = "draft"


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}]})
class Quantity(serializers.Field[Any, Any, Any, Any]):
    """A whole number, as a number or as a text."""

    default_error_messages = {"invalid": "A whole number is expected."}

    def to_internal_value(self, data: Any) -> int:
        try:
            if isinstance(data, bool) or len(str(data)) > 20 or float(data) != int(float(data)):
                raise ValueError
            return int(float(data))
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid")


class ItemBody(serializers.Serializer[Any]):
    """By the vendor's own id, the global one, or the MPN; `id` may be any of them."""

    id = Text()
    global_id = Text()
    mpn = Text()
    quantity = Quantity()


class TierBody(serializers.Serializer[Any]):
    """An account by its id, or by an external one; with all its data it is made if need be."""

    id = Text()
    name = Text()
    external_id = Text()
    external_uid = Text()
    tax_id = Text()
    contact_info = ContactInfoBody(required=False, allow_null=True)


class TiersBody(serializers.Serializer[Any]):
    """Those above the customer come from its place; others than these are refused."""

    customer = TierBody(required=False, allow_null=True)
    tier1 = TierBody(required=False, allow_null=True)
    tier2 = TierBody(required=False, allow_null=True)


class AssetBody(serializers.Serializer[Any]):
    """`id` is that of the subscription, for everything but purchases."""

    id = Text()
    external_id = Text()
    external_uid = Text()
    product = Reference(required=False, allow_null=True)
    connection = ConnectionReference(required=False, allow_null=True)
    marketplace = Reference(required=False, allow_null=True)
    items = ItemBody(many=True, required=False)
    params = ParamBody(many=True, required=False)
    tiers = TiersBody(required=False, allow_null=True)


class NewRequestBody(serializers.Serializer[Any]):
    type = Word(choices=FulfillmentRequest.Type.choices)
    status = Text(help_text="`draft` keeps it as a draft of the sender's.")
    asset = AssetBody()
    marketplace = Reference(required=False, allow_null=True)
    note = Text()


class ChangedAsset(serializers.Serializer[Any]):
    items = ItemBody(many=True, required=False)
    params = ParamBody(many=True, required=False)


class RequestBody(serializers.Serializer[Any]):
    """`items` can be changed in drafts only."""

    asset = ChangedAsset(required=False, allow_null=True)
    note = Text()


class ValuesAsset(serializers.Serializer[Any]):
    params = ParamBody(many=True, required=False)


class ValidateBody(serializers.Serializer[Any]):
    asset = ValuesAsset(required=False, allow_null=True)


class SubmitBody(ValidateBody):
    insist = serializers.BooleanField(
        required=False, help_text="Submit although the vendor's service complains."
    )


class PendBody(ValidateBody):
    """With values it is the answer of the inquiry; `params` may stand at either place."""

    params = ParamBody(many=True, required=False)


class ApproveBody(serializers.Serializer[Any]):
    """A template in one of two ways, or a text instead."""

    template_id = Text()
    template = Reference(required=False, allow_null=True)
    activation_tile = Text(help_text="A text instead of a template.")
    effective_date = serializers.DateTimeField(required=False, allow_null=True)


class InquireBody(serializers.Serializer[Any]):
    template_id = Text()
    template = Reference(required=False, allow_null=True)
    activation_tile = Text(help_text="What to write to the contact beside the questions.")


class ScheduleBody(serializers.Serializer[Any]):
    planned_date = serializers.DateTimeField()
    template_id = Text()
    template = Reference(required=False, allow_null=True)
