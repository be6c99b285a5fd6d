"""What an inquiry link is about, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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
    def offered(self) -> Sequence[Any]:
        """Definitions of the fields to show."""
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
    find = _of_order if request_id.startswith("PR") else _of_configuration
    return find(request_id, code)


def _of_configuration(pk: str, code: str) -> Question | None:
    rows = TierConfigRequest.objects.visible_to(Actor.system()).select_related(
        "configuration__account", "configuration__product__owner"
    )
    request = rows.filter(pk=pk).first()
    if request is None or not (number := inquiries.matching_number(request, code)):
        return None
    config = request.configuration
    return Question(
        request=request,
        state=_state(request, number),
        product=config.product,
        company=config.account,
        definitions=configs.definitions(config),
        values=configs.known_values(request),
        answer_service=configs.answer_request,
        renew_service=configs.renew_inquiry,
    )


def _of_order(pk: str, code: str) -> Question | None:
    rows = FulfillmentRequest.objects.visible_to(Actor.system()).select_related(
        "subscription__customer", "subscription__product__owner"
    )
    request = rows.filter(pk=pk).first()
    if request is None or not (number := inquiries.matching_number(request, code)):
        return None
    subscription = request.subscription
    return Question(
        request=request,
        state=_state(request, number),
        product=subscription.product,
        company=subscription.customer,
        definitions=orders.definitions(request),
        values=request.params,
        answer_service=orders.answer_request,
        renew_service=orders.renew_inquiry,
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
