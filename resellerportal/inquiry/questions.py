"""What an inquiry link is about, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Event, Product, TierAccount
from fulfillment.models import FulfillmentRequest
from tierconfig import inquiries
from tierconfig.models import Delegation, ProcessedRequest, TierConfigRequest
from tierconfig.rendering import without_address
from tierconfig.services import answer_drafts, delegations, processing
from tierconfig.services.validation import validated_answer

from ..texts import rendered

_ID = re.compile(r"(TCR|PR)-\d[\d-]{0,20}", re.ASCII)

OPEN = "open"
EXPIRED = "expired"
REPLACED = "replaced"
ANSWERED = "answered"
WITHDRAWN = "withdrawn"
CLOSED = "closed"

#: What is read with a request.
_CONFIG = ("provider", "configuration__account", "configuration__product__owner")
_ORDER = ("provider", "subscription__customer", "subscription__product__owner")


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

    def answer(self, values: Mapping[str, Any], revision: int, *, insist: bool = False) -> None:
        """Raises what validated_answer does."""
        validated_answer(
            self.request, actor=self.actor, values=values, revision=revision, insist=insist
        )

    def save(self, values: Mapping[str, Any], shown: Collection[str], revision: int) -> None:
        """Keep what was typed; raises as `answer`."""
        answer_drafts.save_draft(
            self.request, actor=self.actor, values=values, shown=shown, revision=revision
        )

    def renew(self) -> None:
        """Mail the same addressee a new link; this one dies."""
        processing.renew_inquiry(self.request, actor=self.actor)

    def delegate(self, names: Sequence[str], email: str, message: str) -> None:
        """Raises StaleState, or ValidationError by field."""
        delegations.delegate(
            self.request, actor=self.actor, names=names, email=email, message=message
        )

    def take_back(self, number: int) -> None:
        """Raises StaleState, or Delegation.DoesNotExist."""
        delegations.take_back(self.request, actor=self.actor, number=number)

    @property
    def letter(self) -> SafeString | None:
        """What the vendor's template for questions says beside the form; only orders have one."""
        text = self.request.template_text if isinstance(self.request, FulfillmentRequest) else ""
        return rendered(without_address(text, _("the form on this page"))) if text else None

    @property
    def settled(self) -> Event | None:
        """The event that ended the inquiry."""
        events = Event.objects.about(self.request).filter(from_state="inquiring")
        return events.order_by("-at").first()


@dataclass(frozen=True)
class Part:
    """What a colleague's link is about; `state` is one of the above."""

    question: Question
    delegation: Delegation
    state: str

    @property
    def names(self) -> list[str]:
        return delegations.asked_of(self.delegation, self.question.request)

    @property
    def stamp(self) -> str:
        """Of what is saved for these parameters."""
        return answer_drafts.stamp(answer_drafts.draft_of(self.question.request), self.names)

    def save(
        self, values: Mapping[str, Any], shown: Collection[str], stamp: str, *, final: bool
    ) -> None:
        """Raises StaleState, StaleForm, or ValidationError by parameter name."""
        delegations.answer_delegation(
            self.delegation,
            self.question.request,
            values=values,
            shown=shown,
            stamp=stamp,
            final=final,
        )


def find_question(request_id: str, code: str) -> Question | None:
    """The question behind a link; None when there is none or the code is not its own."""
    request = _request(request_id)
    if request is None or not (number := _number(request, code)):
        return None
    return _question(request, _state(request, number))


def find_part(request_id: str, number: int, code: str) -> Part | None:
    """What is behind a colleague's link; None when there is none or the code is not its own."""
    request = _request(request_id)
    if request is None or number > 2**62:
        return None
    delegation = delegations.find_delegation(request, number, code)
    if delegation is None:
        return None
    question = _question(request, _state(request, delegation.inquiry))
    return Part(question, delegation, _state_of_part(delegation, request))


def _request(request_id: str) -> Any:
    if not _ID.fullmatch(request_id):
        return None
    is_order = request_id.startswith("PR")
    model, paths = (FulfillmentRequest, _ORDER) if is_order else (TierConfigRequest, _CONFIG)
    rows: Any = model.objects.visible_to(Actor.system()).select_related(*paths)
    return rows.filter(pk=request_id).first()


def _number(request: Any, code: str) -> int:
    """The inquiry that the code belongs to; earlier ones may have asked another contact."""
    if number := inquiries.matching_number(request, code):
        return number
    told = Event.objects.about(request).filter(data__has_keys=["inquiry", "email"])
    rows = told.values_list("data__inquiry", "data__email").distinct()
    earlier = [(number, email) for number, email in rows if isinstance(number, int)]
    return inquiries.matching_number(request, code, earlier)


def _question(request: Any, state: str) -> Question:
    if isinstance(request, FulfillmentRequest):
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


def _state_of_part(delegation: Delegation, request: Any) -> str:
    if delegation.answered_at:
        return ANSWERED
    if request.state != "inquiring":
        return CLOSED
    if delegation.inquiry != request.inquiry_number:
        return REPLACED
    if delegation.ended_at:
        return WITHDRAWN
    return EXPIRED if inquiries.expired(request) else OPEN
