"""What is sent about products. Whatever is left out stays as it is; how long a text may be, and
what it may say, is the services' to judge."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from ..reading import check

#: Quantities are whole numbers, and nobody has to order more than one at once.
PRECISION = "integer"
COMMITMENT = {"multiplier": "billing_period", "count": 1}


class Text(serializers.CharField):
    """A text that may be left out, empty or null; a number is one, too."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "required": False,
            "allow_blank": True,
            "allow_null": not kwargs.get("required"),
            "trim_whitespace": False,
        }
        super().__init__(**(defaults | kwargs))


class Named(serializers.Serializer[Any]):
    """Something that is there already, by its id."""

    id = serializers.CharField(max_length=64)


class SentLink(serializers.Serializer[Any]):
    title = Text()
    url = Text()
    visible_for = Text()


class SentAddress(serializers.Serializer[Any]):
    url = Text()


class SentPanel(serializers.Serializer[Any]):
    """An object, or its JSON as a text: so a client sends it that uploads the icon with it."""

    description = Text()
    getting_started = Text()
    download_links = SentLink(many=True, required=False)
    documents = SentLink(many=True, required=False)
    action = SentAddress(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError) as error:
                raise serializers.ValidationError(_("This is no JSON.")) from error
            check(data, "customer_ui_settings")
        return super().to_internal_value(data)


class ProductBody(serializers.Serializer[Any]):
    name = Text()
    external_id = Text()
    category = Named(required=False, allow_null=True)
    short_description = Text()
    detailed_description = Text()
    capabilities = serializers.DictField(required=False)
    customer_ui_settings = SentPanel(required=False)


class NewProductBody(ProductBody):
    name = Text(required=True)


class SentUnit(serializers.Serializer[Any]):
    id = Text()


class SentCommitment(serializers.Serializer[Any]):
    count = serializers.IntegerField(required=False, allow_null=True)


class ItemBody(serializers.Serializer[Any]):
    name = Text()
    mpn = Text()
    description = Text()
    local_id = Text()
    external_id = Text()
    type = Text()
    period = Text()
    unit = SentUnit(required=False)
    precision = Text()
    commitment = SentCommitment(required=False, allow_null=True)

    def validate_precision(self, value: str | None) -> str | None:
        if value and value.casefold() != PRECISION.casefold():
            raise serializers.ValidationError(_("Only whole quantities can be ordered."))
        return value

    def validate_commitment(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value and value.get("count") not in (None, COMMITMENT["count"]):
            raise serializers.ValidationError(_("There are no commitments to more than one."))
        return value


class NewItemBody(ItemBody):
    name = Text(required=True)
    mpn = Text(required=True)
