"""The vendor's own service, asked about values before they are submitted (domain 2.15, 2.19).

It is called outside of any transaction; what it answers is stored in a later one, if nothing was
changed meanwhile. A service that does not answer keeps nobody from going on: the problem is said,
and the user may insist.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.cleaning import clean_text
from customers.lifecycle import check, hold
from customers.models import Product
from customers.outbound import Answer, Unreachable, post_json
from customers.sealing import Unreadable

from .. import parameters
from ..models import ProcessedRequest, TierConfigRequest, Webhook
from . import payloads
from .processing import R, answer_request, judge_answer

#: Seconds the token of a call is good for.
TOKEN_SECONDS = 60
MAX_COMPLAINT = 500
#: Problems beyond this many are not told.
MAX_PROBLEMS = 10
DRAFT, ANSWER = "draft", "answer"
#: Types of webhooks by moment, whether it is about a setup, and tier.
_TYPES = {
    (DRAFT, True, 1): Webhook.Type.DRAFT_TIER_1,
    (DRAFT, True, 2): Webhook.Type.DRAFT_TIER_2,
    (DRAFT, False, 1): Webhook.Type.UPDATE_TIER_1,
    (DRAFT, False, 2): Webhook.Type.UPDATE_TIER_2,
    (ANSWER, True, 1): Webhook.Type.SETUP_INQUIRY_TIER_1,
    (ANSWER, True, 2): Webhook.Type.SETUP_INQUIRY_TIER_2,
    (ANSWER, False, 1): Webhook.Type.UPDATE_INQUIRY_TIER_1,
    (ANSWER, False, 2): Webhook.Type.UPDATE_INQUIRY_TIER_2,
}


@dataclass(frozen=True)
class Verdict:
    """What the service said: `errors` by parameter name, `problems` about all of it.

    `answered` is False when there was no usable answer. `why` is for the vendor alone: it may name
    its server.
    """

    errors: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    answered: bool = True
    why: str = ""


@dataclass(frozen=True)
class Subject:
    """How requests of one model are validated.

    `switch` names the capability of the product that wants it and `kind` the type of the webhook,
    for a request and a moment, "" for requests nobody validates; `payload` is the request as JSON
    with the values in question.
    """

    switch: Callable[[Any, str], str]
    kind: Callable[[Any, str], str]
    payload: Callable[[Any, parameters.Values], dict[str, Any]]


_subjects: dict[type[ProcessedRequest], Subject] = {}


def register(model: type[ProcessedRequest], subject: Subject) -> None:
    """Say how requests of a model are validated; those of others never are."""
    _subjects[model] = subject


def webhook_for(request: ProcessedRequest, moment: str) -> Webhook | None:
    """The active webhook that is asked about drafts (DRAFT) or answers (ANSWER) of this kind.

    None where the product does not validate them.
    """
    subject = _subjects.get(type(request))
    switch = subject.switch(request, moment) if subject else ""
    if subject is None or not switch:
        return None
    product = Product._base_manager.get(pk=request.held_product_id())
    if not getattr(product, switch):
        return None
    kind = subject.kind(request, moment)
    return Webhook.objects.filter(product=product, type=kind, active=True).first()


def ask(
    webhook: Webhook,
    request: ProcessedRequest,
    values: parameters.Values,
    shown: Sequence[parameters.Definition],
) -> Verdict:
    """Ask the vendor's service about `values`; `shown` are the parameters it may complain about.

    Runs outside of any transaction and notes the outcome on the webhook.
    """
    payload = _subjects[type(request)].payload(request, values)
    try:
        answer = post_json(
            webhook.external_url,
            payload,
            headers={"Authorization": f"Bearer {_token(webhook)}"},
        )
        verdict = _verdict(answer, {each.name for each in shown})
    except (Unreachable, Unreadable) as reason:
        text = _("The vendor's service gave no answer that can be used.")
        verdict = Verdict(problems=[text], answered=False, why=str(reason))
    _note(webhook, verdict)
    return verdict


def validated_answer(
    request: R,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    revision: int | None = None,
    insist: bool = False,
) -> R:
    """As answer_request, after the vendor's service has agreed where the product wants that.

    Raises what answer_request does, and ValidationError: by parameter name with code "vendor" for
    what the service complains about; with code "unvalidated" when it did not answer, or spoke of
    the whole, which `insist` overrides. Runs in no transaction of the caller's.
    """
    webhook = webhook_for(request, ANSWER)
    if webhook is None:
        return answer_request(request, actor=actor, values=values, revision=revision)
    with transaction.atomic():
        held: Any = hold(request)
        check(held, "answer", actor, revision)
        judged = judge_answer(held, values)
    verdict = ask(webhook, held, judged.known, judged.offered)
    if verdict.errors:
        raise ValidationError(
            {name: ValidationError(text, code="vendor") for name, text in verdict.errors.items()}
        )
    if verdict.problems and not insist:
        raise ValidationError(
            [ValidationError(text, code="unvalidated") for text in verdict.problems]
        )
    answered: R = answer_request(held, actor=actor, values=values, revision=held.revision)
    return answered


def _token(webhook: Webhook) -> str:
    now = int(time.time())
    claims = {
        "iss": settings.PUBLIC_URL,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "api_url": settings.PUBLIC_URL,
        "webhook_id": webhook.pk,
    }
    return jwt.encode(claims, webhook.jwt_secret.open(), algorithm="HS256")


def _verdict(answer: Answer, shown: set[str]) -> Verdict:
    """200 answers the request with `value_error` at its params, 400 may add `errors`.

    The values of an order are those of its asset.
    """
    if answer.status not in (200, 400):
        text = _("The vendor's service answered with status %(status)d.")
        return Verdict(problems=[text % {"status": answer.status}], answered=False)
    if not isinstance(answer.body, dict):
        return Verdict(
            problems=[_("The vendor's service answered something unreadable.")], answered=False
        )
    errors: dict[str, str] = {}
    problems = [_readable(each) for each in _list(answer.body.get("errors"))]
    asset = answer.body.get("asset")
    inner = asset.get("params") if isinstance(asset, dict) else None
    for each in [*_list(answer.body.get("params")), *_list(inner)]:
        if not isinstance(each, dict):
            continue
        text, name = _readable(each.get("value_error")), str(each.get("id") or "")
        if text and name in shown:
            errors[name] = text
        elif text:
            problems.append(text)
    told = [text for text in problems if text][:MAX_PROBLEMS]
    if answer.status == 400 and not errors and not told:
        told = [_("The vendor's service refused the values and gave no reason.")]
    return Verdict(errors, told)


def _switch(request: TierConfigRequest, moment: str) -> str:
    is_setup = request.type == TierConfigRequest.Type.SETUP
    switch = "validates_setup" if is_setup else "validates_update"
    return switch + ("s" if moment == DRAFT else "_inquiries")


def _kind(request: TierConfigRequest, moment: str) -> str:
    is_setup = request.type == TierConfigRequest.Type.SETUP
    return _TYPES[moment, is_setup, request.configuration.tier_level]


register(TierConfigRequest, Subject(_switch, _kind, payloads.of_request))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _readable(text: Any) -> str:
    """What a service wrote, "" when it cannot be shown."""
    if not isinstance(text, str):
        return ""
    try:
        return clean_text(text[:MAX_COMPLAINT], lines=True)
    except ValidationError:
        return ""


def _why(verdict: Verdict) -> str:
    return verdict.why or verdict.problems[0]


def _note(webhook: Webhook, verdict: Verdict) -> None:
    now = timezone.now()
    if verdict.answered:
        outcome: dict[str, Any] = {"last_success": now}
    else:
        outcome = {"last_failure": now, "last_problem": _why(verdict)[:255]}
    Webhook.objects.filter(pk=webhook.pk).update(**outcome)
