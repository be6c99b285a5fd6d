"""What an inquiry link is about, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customers.actors import Actor
from customers.models import Event, Product, TierAccount
from fulfillment.models import FulfillmentRequest
from tierconfig import inquiries
from tierconfig.models import ProcessedRequest, TierConfigRequest
from tierconfig.services import processing

_ID = re.compile(r"(TCR|PR)-\d[\d-]{0,20}", re.ASCII)

OPEN = "open"
EXPIRED = "expired"
REPLACED = "replaced"
ANSWERED = "answered"
WITHDRAWN = "withdrawn"
CLOSED = "closed"

#: What is read with a request.
_CONFIG = ("configuration__account", "configuration__product__owner")
_ORDER = ("subscription__customer", "subscription__product__owner")


@dataclass(frozen=True)
class Question:
    """A request with the inquiry that a valid code opened; `state` is one of the above.

    `company` is the account that is asked.
    """

    request: ProcessedRequest
    state: str
    product: Product
    company: TierAccount

    @property
    def actor(self) -> Actor:
        return Actor.contact(self.request.inquiry_email, self.request.pk)

    def answer(self, values: Mapping[str, Any], revision: int) -> None:
        """Raises StaleState, StaleForm, or ValidationError by parameter name."""
        processing.answer_request(self.request, actor=self.actor, values=values, revision=revision)

    def renew(self) -> None:
        """Mail the same addressee a new link; this one dies."""
        processing.renew_inquiry(self.request, actor=self.actor)

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
    model, paths = (FulfillmentRequest, _ORDER) if is_order else (TierConfigRequest, _CONFIG)
    rows: Any = model.objects.visible_to(Actor.system()).select_related(*paths)
    request = rows.filter(pk=request_id).first()
    if request is None or not (number := inquiries.matching_number(request, code)):
        return None
    state = _state(request, number)
    if is_order:
        subscription = request.subscription
        return Question(request, state, subscription.product, subscription.customer)
    config = request.configuration
    return Question(request, state, config.product, config.account)


def _state(request: Any, number: int) -> str:
    if request.state == "inquiring":
        if number != request.inquiry_number:
            return REPLACED
        return EXPIRED if inquiries.expired(request) else OPEN
    if request.decided_at:
        return CLOSED
    last = Event.objects.about(request).filter(from_state="inquiring").order_by("-at").first()
    return WITHDRAWN if last is not None and last.verb.endswith(".pend") else ANSWERED
