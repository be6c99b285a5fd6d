"""Requests about a subscription that is there, and what is filled into requests that are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import CONTACT, RESELLER, VENDOR, Actor
from customers.lifecycle import StaleState, check
from customers.permissions import by_creator
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, drafts
from fulfillment.services import requests as services
from tierconfig import inquiries, parameters
from tierconfig.models import Template
from tierconfig.services.processing import known_values
from tierconfig.services.validation import validated_answer

from ..errors import ApiError
from ..shared.inquiries import may_answer
from ..shared.known import absent, known
from ..shared.params import Written, naming, read_params
from .bodies import DRAFT
from .placing import place, quantities

Sent = Mapping[str, Any]
Type, State = FulfillmentRequest.Type, FulfillmentRequest.State
PARAMS = "asset.params"
#: What needs no more than the subscription.
PLAIN = {
    Type.SUSPEND: changes.request_suspend,
    Type.RESUME: changes.request_resume,
    Type.CANCEL: changes.request_cancel,
}


def create(sent: Sent, actor: Actor) -> FulfillmentRequest:
    """A request of whatever type. Raises ApiError and what services do."""
    kind, asset = sent["type"], sent["asset"]
    if kind == Type.PURCHASE:
        return place(sent, actor)
    subscription = _subscription(asset, kind, actor)
    note = sent.get("note") or ""
    if kind in PLAIN:
        return PLAIN[kind](subscription, actor=actor, note=note)
    own = changes.held_definitions(subscription)
    given = read_params(
        asset.get("params") or [], own, actor=actor, known=subscription.params, path=PARAMS
    )
    with naming(own, PARAMS):
        if kind == Type.ADJUSTMENT:
            return changes.request_adjustment(
                subscription, actor=actor, values=given.values, note=note
            )
        return changes.request_change(
            subscription,
            actor=actor,
            items=quantities(asset.get("items") or [], subscription.product, actor),
            values=given.values,
            note=note,
            draft=(sent.get("status") or "").lower() == DRAFT,
        )


def _subscription(asset: Sent, kind: str, actor: Actor) -> Subscription:
    """By its id; that of an adjustment by an external one, too (7.6)."""
    rows = Subscription.objects.visible_to(actor).distinct()
    rows = rows.select_related("product", "customer", "connection")
    if asset.get("id") or kind != Type.ADJUSTMENT:
        if not asset.get("id"):
            raise absent("asset.id")
        return known(rows, asset["id"], "asset.id")
    if product := (asset.get("product") or {}).get("id"):
        rows = rows.filter(product=product)
    for key in ("external_uid", "external_id"):
        if text := asset.get(key):
            found = list(rows.filter(**{key: text})[:2])
            return known(rows, found[0].pk if len(found) == 1 else text, f"asset.{key}")
    raise absent("asset.id")


@transaction.atomic
def change(request: FulfillmentRequest, sent: Sent, actor: Actor) -> None:
    """What a PUT says: the vendor's values, complaints and ways of asking; what the buying side
    fills into an inquiry; all of a draft; the note."""
    asset = sent.get("asset") or {}
    note = sent.get("note")
    if request.state == State.DRAFT:
        edit_draft(request, asset, note, actor)
        return
    if asset.get("params") is not None:
        _set_values(request, asset["params"], actor)
    if note is not None and note != request.note:
        services.note_request(request, actor=actor, note=note)


def _set_values(request: FulfillmentRequest, sent: Sequence[Sent], actor: Actor) -> None:
    given = written(request, sent, actor)
    asked = set(given.values)
    if actor.role == VENDOR:
        known_now = known_values(request)
        own = {each.name for each in request.offered_to_vendor(request.presented(known_now))}
        # Of a preview that it ordered itself, the vendor is the buying side, too.
        asked = asked - own if may_answer(request, actor) else set()
    answers = {name: raw for name, raw in given.values.items() if name in asked}
    values = {name: raw for name, raw in given.values.items() if name not in asked}
    with naming(request.definitions(), PARAMS):
        if answers:
            services.fill_request(request, actor=actor, values=answers)
        if values or given.presentation or given.errors:
            services.update_request(
                request,
                actor=actor,
                values=values or None,
                presentation=given.presentation or None,
                errors=given.errors or None,
            )


def written(request: FulfillmentRequest, sent: Sequence[Sent], actor: Actor) -> Written:
    """What of the values sent is not so already."""
    return read_params(
        sent,
        request.definitions(),
        actor=actor,
        known=known_values(request),
        presentation=request.presentation,
        path=PARAMS,
    )


def edit_draft(
    request: FulfillmentRequest, asset: Sent, note: str | None, actor: Actor
) -> FulfillmentRequest:
    """Put what was sent into the draft; what was not stays as it is."""
    own = request.definitions()
    present = parameters.without_complaints(known_values(request))
    shown = {each.name for each in parameters.visible_ordering(request.presented(), present)}
    values = {name: raw_of(each) for name, each in present.items() if each and name in shown}
    values |= written(request, asset.get("params") or [], actor).values
    items = {line.item_id: line.quantity for line in request.items.all()}
    if asset.get("items") is not None:
        wanted = quantities(asset["items"], request.subscription.product, actor)
        items = wanted if request.type == Type.PURCHASE else {**items, **wanted}
    text = request.note if note is None else note
    with naming(own, PARAMS):
        if request.type == Type.PURCHASE:
            before = drafts.purchase_of(request)
            values = {**before.values, "asset": values}
            purchase = replace(before, items=items, values=values, note=text)
            return drafts.edit_draft(request, actor=actor, purchase=purchase)
        return drafts.edit_draft(request, actor=actor, items=items, values=values, note=text)


def raw_of(stored: parameters.Stored) -> Any:
    """A stored value as it may be sent again."""
    return stored.get("structured_value") or stored.get("value") or ""


def submit(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Hand a draft over, with the values that came along."""
    with transaction.atomic():
        if (sent.get("asset") or {}).get("params"):
            request = edit_draft(request, sent["asset"], None, actor)
        with naming(request.definitions(), PARAMS):
            insist = bool(sent.get("insist"))
            return drafts.submit_request(request, actor=actor, insist=insist)


def validate(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Have the vendor's service look at a draft, with the values that came along."""
    if not by_creator(request, actor) or request.state != State.DRAFT:
        check(request, "submit", actor)
    if (sent.get("asset") or {}).get("params"):
        request = edit_draft(request, sent["asset"], None, actor)
    found, _problems = drafts.validate_request(request, actor=actor)
    return found


def pend(request: FulfillmentRequest, sent: Sent, code: str, actor: Actor) -> FulfillmentRequest:
    """Back to pending: with values, or once nothing is asked any more, as the buying side's answer,
    with the code of the mailed link as the contact's; otherwise the inquiry is taken back."""
    params = (sent.get("asset") or {}).get("params") or sent.get("params") or []
    answering = actor
    if code:
        _check_code(request, code)
        answering = Actor.contact(request.inquiry_email, request.pk)
    elif not may_answer(request, actor) or not (params or _is_complete(request, actor)):
        return services.pend_request(request, actor=actor)
    values = written(request, params, _reading(answering)).values
    with naming(request.definitions(), PARAMS):
        return validated_answer(request, actor=answering, values=values, insist=True)


def _reading(actor: Actor) -> Actor:
    """The contact of a link fills in what a reseller would."""
    return replace(actor, role=RESELLER) if actor.role == CONTACT else actor


def _is_complete(request: FulfillmentRequest, actor: Actor) -> bool:
    """Whether the request may go as it is; a reseller cannot take an inquiry back."""
    values = known_values(request)
    lacking = parameters.missing(request.presented(values), values, visible_ordering_only=True)
    return actor.role == RESELLER or not (lacking or parameters.complaints(request.params))


def _check_code(request: FulfillmentRequest, code: str) -> None:
    if request.state != State.INQUIRING:
        raise StaleState(request, "answer")
    if not inquiries.matches(request, code) or inquiries.expired(request):
        raise ApiError(_("code: This is not the code of the present inquiry, or it has expired."))


def fail(request: FulfillmentRequest, reason: str, actor: Actor) -> FulfillmentRequest:
    """The vendor rejects; the buying side takes back what is parked or asked (decision 15)."""
    parked = request.state == State.TIERS_SETUP
    asked = request.state == State.INQUIRING and may_answer(request, actor)
    takes_back = actor.role == RESELLER or parked or asked
    service = services.withdraw_request if takes_back else services.fail_request
    return service(request, actor=actor, reason=reason)


def template_of(sent: Sent, actor: Actor) -> Template | None:
    """The template a body names in one of two ways, None when it does not. Raises ApiError."""
    for field, name in (
        ("template_id", sent.get("template_id")),
        ("template.id", (sent.get("template") or {}).get("id")),
    ):
        if name:
            return known(Template.objects.visible_to(actor), name, field)
    return None


def approve(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """With a template, or a text instead (7.34); what is missing among its values is PR_003."""
    own = request.definitions()
    try:
        return services.approve_request(
            request,
            actor=actor,
            template=template_of(sent, actor),
            text=sent.get("activation_tile") or "",
            effective_date=sent.get("effective_date"),
        )
    except ValidationError as error:
        names = {each.name for each in own} & set(getattr(error, "error_dict", ()))
        if not names:
            raise
        texts = error.message_dict
        raise ApiError(
            [f"{PARAMS}.{name}: {text}" for name in sorted(names) for text in texts[name]],
            code="PR_003",
        ) from error


def inquire(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Ask the contact for what was marked before; nothing need be (7.20)."""
    return services.inquire_request(
        request,
        actor=actor,
        errors={},
        message=sent.get("activation_tile") or "",
        template=template_of(sent, actor),
        wordless=True,
    )


def schedule(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Accept for a later date; the worker approves by itself only what the portal said so of."""
    return services.schedule_request(
        request,
        actor=actor,
        planned_date=sent["planned_date"],
        template=template_of(sent, actor),
    )
