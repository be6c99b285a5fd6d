"""What an inquiry link is about, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from customers.actors import Actor
from customers.models import Event, Product, TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as orders
from tierconfig import inquiries, parameters
from tierconfig.models import Parameter, TierConfigRequest
from tierconfig.services import requests as configs

_ID = re.compile(r"(TCR|PR)-\d[\d-]{0,20}", re.ASCII)

OPEN = "open"
EXPIRED = "expired"
REPLACED = "replaced"
ANSWERED = "answered"
WITHDRAWN = "withdrawn"
CLOSED = "closed"


@dataclass(frozen=True)
class Question:
    """A request with the inquiry that a valid code opened; `state` is one of the above."""

    request: Any
    state: str
    product: Product
    company: TierAccount
    definitions: list[Parameter]
    values: dict[str, parameters.Stored]
    answer_service: Callable[..., Any]
    renew_service: Callable[..., Any]

    @property
    def actor(self) -> Actor:
        return Actor.contact(self.request.inquiry_email, self.request.pk)

    @property
    def offered(self) -> list[Parameter]:
        return parameters.askable(self.definitions, self.values)

    @property
    def asked(self) -> set[str]:
        """Names of parameters somebody waits for."""
        lacking = parameters.missing(self.definitions, self.values, visible_ordering_only=True)
        return {*parameters.complaints(self.values), *(each.name for each in lacking)}

    def answer(self, values: Mapping[str, Any], revision: int) -> None:
        """Raises StaleState, StaleForm, or ValidationError by parameter name."""
        self.answer_service(self.request, actor=self.actor, values=values, revision=revision)

    def renew(self) -> None:
        """Mail the same addressee a new link; this one dies."""
        self.renew_service(self.request, actor=self.actor)

    @property
    def settled(self) -> Event | None:
        """The event that ended the inquiry."""
        events = Event.objects.about(self.request).filter(from_state="inquiring")
        return events.order_by("-at").first()


def find_question(request_id: str, code: str) -> Question | None:
    """The question behind a link; None when there is none or the code is not its own."""
    if not _ID.fullmatch(request_id):
        return None
    is_order = request_id.startswith("PR")
    request = _order(request_id) if is_order else _config_request(request_id)
    if request is None:
        return None
    number = inquiries.matching_number(request, code)
    if not number:
        return None
    state = _state(request, number)
    if is_order:
        subscription = request.subscription
        return Question(
            request,
            state,
            subscription.product,
            subscription.customer,
            orders.definitions(request),
            request.params,
            orders.answer_request,
            orders.renew_inquiry,
        )
    config = request.configuration
    return Question(
        request,
        state,
        config.product,
        config.account,
        configs.definitions(config),
        configs.known_values(request),
        configs.answer_request,
        configs.renew_inquiry,
    )


def _config_request(pk: str) -> TierConfigRequest | None:
    rows = TierConfigRequest.objects.visible_to(Actor.system())
    return (
        rows.select_related("configuration__account", "configuration__product__owner")
        .filter(pk=pk)
        .first()
    )


def _order(pk: str) -> FulfillmentRequest | None:
    rows = FulfillmentRequest.objects.visible_to(Actor.system())
    return (
        rows.select_related("subscription__customer", "subscription__product__owner")
        .filter(pk=pk)
        .first()
    )


def _state(request: Any, number: int) -> str:
    if request.state == "inquiring":
        if number != request.inquiry_number:
            return REPLACED
        return EXPIRED if inquiries.expired(request) else OPEN
    if request.decided_at:
        return CLOSED
    last = Event.objects.about(request).filter(from_state="inquiring").order_by("-at").first()
    return WITHDRAWN if last is not None and last.verb.endswith(".pend") else ANSWERED
