"""Fulfillment requests, rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR, Actor
from fulfillment.models import FulfillmentRequest
from fulfillment.services.payloads import lines_of
from tierconfig.models import ServiceLevel
from tierconfig.rendering import fill_address, without_address
from tierconfig.services import levels

from ... import reasons
from ...notifications.asking import question_address
from ...processing.values import told
from ..assets.parts import Assets
from ..shaping import NO_CONTRACT, NO_MARKETPLACE, Rendering, named, ref, stamp
from ..shared.inquiries import may_answer
from ..shared.previous import Previous
from ..shared.templates import template_shape
from .shapes import RequestReference, RequestShape

ENTITY = ServiceLevel.Entity.ORDER
State, Type = FulfillmentRequest.State, FulfillmentRequest.Type


class RequestRendering(Rendering[FulfillmentRequest]):
    """Items and values of the asset are those the request asks for, over those in force."""

    shape = RequestShape
    optional = ("asset.product.capabilities",)
    related = ("subscription",)

    def prepare(self, objects: Sequence[FulfillmentRequest]) -> None:
        asked = self.branches.wants
        subscriptions = [each.subscription for each in objects]
        self.assets = Assets(subscriptions, self.actor, self.branches, "asset.")
        self.wants_template = asked("template")
        if self.wants_template:
            prefetch_related_objects(objects, "template")
        if self.assets.has_items:
            prefetch_related_objects(objects, "items__item")
        self.reads_vendor = self.actor.role == VENDOR
        if self.reads_vendor:
            prefetch_related_objects(objects, "assignee")
        self.unsaid = reasons.unsaid(objects, self.actor)
        later = [each for each in objects if each.type != Type.PURCHASE]
        shown = later if asked("previous_approved_request") else []
        self.previous = Previous(shown, "subscription", self.actor)
        self.levels: dict[str, levels.Levels] = {}
        if asked("sli") and self.actor.role != RESELLER:
            self.levels = levels.levels({each.vendor_id for each in objects})

    def one(self, request: FulfillmentRequest) -> dict[str, Any]:
        market = named(request.subscription.marketplace, NO_MARKETPLACE)
        text = message_of(request, self.actor)
        approved = request.state == State.APPROVED
        before = self.previous.before(request)
        found: dict[str, Any] = {
            "id": request.pk,
            "type": request.type,
            "status": request.state,
            "created": stamp(request.created_at),
            "updated": stamp(request.updated_at),
            "note": request.note,
            "reason": "" if request.pk in self.unsaid else request.reason,
            "activation_key": text if approved else "",
            "answered": request.answered,
            "assignee": self._assignee(request),
            "asset": self._asset(request),
            "marketplace": market,
            "contract": {**NO_CONTRACT},
            "effective_date": _stamp(request.effective_date),
            "planned_date": _stamp(request.planned_date),
            "previous_approved_request": {"id": before} if before else None,
        }
        if self.wants_template and request.template is not None:
            found["template"] = template_shape(request.template, text, key="message")
        if request.state == State.INQUIRING and may_answer(request, self.actor):
            found["params_form_url"] = question_address(request)
        stay = levels.stay(
            self.levels.get(request.vendor_id, {}), ENTITY, request.state, request.state_since
        )
        if stay is not None:
            found["sli"] = {"zone": int(stay.zone), "days": stay.days}
        return found

    def _asset(self, request: FulfillmentRequest) -> dict[str, Any]:
        subscription = request.subscription
        found = self.assets.one(subscription)
        if self.assets.has_items:
            found["items"] = lines_of(request.items.all(), subscription.items.all())
        if self.assets.has_params:
            known = told(request, self.actor.role)
            found["params"] = self.assets.params(subscription, known, request.presentation)
        return found

    def _assignee(self, request: FulfillmentRequest) -> Any:
        if not self.reads_vendor or request.assignee is None:
            return ""
        user = request.assignee
        return {"id": user.pk, "name": user.name, "email": user.email}


class ReferenceRendering(Rendering[FulfillmentRequest]):
    """Requests within the list of their asset's."""

    shape = RequestReference
    related = ("template",)

    def one(self, request: FulfillmentRequest) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": request.pk,
            "type": request.type,
            "status": request.state,
            "created": stamp(request.created_at),
            "updated": stamp(request.updated_at),
            "effective_date": _stamp(request.effective_date),
        }
        return found | ({"template": ref(request.template)} if request.template else {})


def message_of(request: FulfillmentRequest, actor: Actor) -> str:
    """What its customer's control panel says, in Markdown; with the address of the form for who
    may answer."""
    text = request.template_text
    if not text or request.state != State.INQUIRING:
        return text
    if may_answer(request, actor):
        return fill_address(text, question_address(request))
    return without_address(text, _("(the link is in the mail to the contact)"))


def _stamp(at: Any) -> str | None:
    return stamp(at) if at else None
