"""What is sent of webhooks. `headers` and `data` are not kept: calls carry the request alone."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tierconfig.models import Webhook


class WebhookProductBody(serializers.Serializer[Any]):
    id = serializers.CharField()


class WebhookBody(serializers.Serializer[Any]):
    """Of `product_id` and `product` one must be there. Without `jwt_secret` one is made, which
    the answer shows once."""

    type = serializers.ChoiceField(choices=Webhook.Type.choices)
    label = serializers.CharField(allow_blank=True)
    external_url = serializers.CharField(allow_blank=True)
    product_id = serializers.CharField(required=False)
    product = WebhookProductBody(required=False)
    jwt_secret = serializers.CharField(required=False, trim_whitespace=False)
    active = serializers.BooleanField(default=True)


class WebhookChangeBody(serializers.Serializer[Any]):
    """Type and product are fixed; naming the present ones changes nothing."""

    type = serializers.CharField(required=False)
    label = serializers.CharField(required=False, allow_blank=True)
    external_url = serializers.CharField(required=False, allow_blank=True)
    product_id = serializers.CharField(required=False)
    product = WebhookProductBody(required=False)
    jwt_secret = serializers.CharField(required=False, trim_whitespace=False)
    active = serializers.BooleanField(required=False)
