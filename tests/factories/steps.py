"""Shortcuts through the services, for tests that are about what comes after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.actors import Actor
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as orders
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups


def config(level: int, **where: Any) -> TierConfig:
    """The one configuration of a tier."""
    return TierConfig.objects.get(tier_level=level, **where)


def setup(level: int, **where: Any) -> TierConfigRequest:
    """The latest request of a tier."""
    requests = TierConfigRequest.objects.filter(configuration__tier_level=level, **where)
    return requests.order_by("-created_at", "-pk")[0]


def states() -> dict[int, tuple[str, str]]:
    """{tier: (state of its configuration, of its latest request)}."""
    return {
        each.tier_level: (each.state, setup(each.tier_level, configuration=each).state)
        for each in TierConfig.objects.all()
    }


def order(pk: str) -> FulfillmentRequest:
    return FulfillmentRequest.objects.select_related("subscription").get(pk=pk)


def answer(request: TierConfigRequest, **values: Any) -> TierConfigRequest:
    """Answer as the holder of the link; without values, with one for each required parameter."""
    needed = request.definitions()
    given = values or {each.name: f"value of {each.name}" for each in needed if each.required}
    contact = Actor.contact(request.inquiry_email, request.pk)
    return setups.answer_request(request, actor=contact, values=given)


def approve(request: TierConfigRequest, vendor: Actor, **more: Any) -> TierConfigRequest:
    configuration = request.configuration
    template = configuration.product.templates.get(scope=configuration.scope)
    return setups.approve_request(request, actor=vendor, template=template, **more)


def configure(level: int, vendor: Actor, **where: Any) -> TierConfigRequest:
    """Answer, if asked, and approve the latest request of a tier."""
    request = setup(level, **where)
    if request.state == TierConfigRequest.State.INQUIRING:
        request = answer(request)
    return approve(request, vendor)


def subscribe(cast: Any, **changes: Any) -> Subscription:
    """An active subscription, of the plain product unless another one is named."""
    placed = cast.order(**{"product": cast.plain, **changes})
    return fulfil(placed, cast.actor("vendor")).subscription


def fulfil(request: FulfillmentRequest, vendor: Actor, **more: Any) -> FulfillmentRequest:
    product = request.subscription.product
    template = product.templates.get(scope="asset", type="fulfillment")
    return orders.approve_request(request, actor=vendor, template=template, **more)


def refusal(call: Callable[..., Any], *args: Any, **given: Any) -> dict[str, str]:
    """The codes of the ValidationError a call raises, by field; "" is what concerns the whole."""
    with pytest.raises(ValidationError) as raised:
        call(*args, **given)
    error = raised.value
    found = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return {field: next(iter(each)).code for field, each in found.items()}
