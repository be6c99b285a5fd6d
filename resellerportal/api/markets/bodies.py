"""What is sent of hubs and marketplaces; what the field's clients send beyond it is not kept."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class HubBody(serializers.Serializer[Any]):
    """`instance_type` is "api" or "oa", in any case; hubs of CloudBlue Commerce are "oa"."""

    name = serializers.CharField(allow_blank=True)
    instance_type = serializers.CharField(default="API")


class HubChangeBody(serializers.Serializer[Any]):
    """The type is fixed; naming the present one changes nothing."""

    name = serializers.CharField(required=False, allow_blank=True)
    instance_type = serializers.CharField(required=False)


class CountryBody(serializers.Serializer[Any]):
    id = serializers.CharField()


class MarketplaceBody(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    currency = serializers.CharField(default="EUR")
    countries = CountryBody(many=True, default=list)


class MarketplaceChangeBody(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(required=False, allow_blank=True)
    currency = serializers.CharField(required=False)
    countries = CountryBody(many=True, required=False)
