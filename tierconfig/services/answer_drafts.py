"""What was typed for an inquiry and is not sent yet; one draft for each request.

Everybody who may answer types into the same draft, and a colleague into his part of it. All of it
is written under the lock of the request, whose revision grows with each saving: who saves or sends
a form that was shown before another one saved gets StaleForm.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import CONTACT, Actor
from customers.cleaning import clean_text
from customers.lifecycle import check, hold, touch

from .. import parameters
from ..cleaning import MAX_TEXT
from ..models import AnswerDraft, Delegation, Parameter, ProcessedRequest
from ..models.processing import INQUIRING
from ..presentation import Presented, possible

R = TypeVar("R", bound=ProcessedRequest)

#: Ways by which a value came, as drafts and events name them.
LINK, DELEGATION, PORTAL = "link", "delegation", "portal"
#: Most parts (ticked boxes, lines of an address) of one raw value.
MAX_PARTS = 200


def draft_of(request: ProcessedRequest) -> AnswerDraft | None:
    """The draft of the request's present inquiry."""
    if request.state != INQUIRING:
        return None
    drafts = AnswerDraft.objects.filter(pk=request.pk, inquiry=request.inquiry_number)
    found: AnswerDraft | None = drafts.first()
    return found


def answerable(request: ProcessedRequest) -> list[Presented]:
    """The parameters the form of an inquiry has; some only while another one has a value."""
    known = {**request.base_values(), **request.params}
    offered = possible(request.definitions(), known, request.presentation)
    return parameters.askable(offered, known)


def storable(parameter: parameters.Definition) -> bool:
    """Whether its value may be kept unsent, and passed on: of passwords it may not."""
    return parameter.type != Parameter.Type.PASSWORD and not parameter.readonly


@transaction.atomic
def save_draft(
    request: R,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    shown: Collection[str],
    revision: int | None = None,
) -> R:
    """Keep what was typed, valid or not, until it is sent.

    `values` are raw, by parameter name; of the `shown` fields those that are missing in it hold
    what the request has, and are not kept. Passwords are left out. Raises what an answer would
    for right, state and revision, and ValidationError by name for what no database takes.
    """
    held = hold(request)
    check(held, "answer", actor, revision)
    through = LINK if actor.role == CONTACT else PORTAL
    keep(held, values, shown, by=party(actor), through=through)
    return held


def keep(
    held: ProcessedRequest,
    values: Mapping[str, Any],
    shown: Collection[str],
    *,
    by: str,
    through: str,
) -> AnswerDraft:
    """Put the values into the draft of the held request, which becomes a new revision."""
    offered = [each for each in answerable(held) if storable(each)]
    raw = clean_raw(offered, values)
    draft = draft_of(held) or AnswerDraft(pk=held.pk, inquiry=held.inquiry_number)
    now = timezone.now()
    for name in {each.name for each in offered} & set(shown):
        if name not in raw:
            draft.values.pop(name, None)
            draft.given.pop(name, None)
        elif name not in draft.values or draft.values[name] != raw[name]:
            draft.values[name] = raw[name]
            draft.given[name] = {"by": by, "through": through, "at": now.isoformat()}
    draft.saved_by, draft.saved_at = by, now
    draft.save()
    touch(held)
    return draft


def clean_raw(offered: Iterable[Presented], values: Mapping[str, Any]) -> dict[str, Any]:
    """Raw values as JSON that both databases take; passwords are left out, unknown names refused.

    Texts, lists of texts and dicts of texts; whether they make a value of their type is not asked.
    """
    known = {each.name for each in offered}
    cleaned: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, raw in values.items():
        try:
            if name not in known:
                raise ValidationError(_("There is no such parameter here."), code="unknown")
            cleaned[name] = _clean(raw)
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return cleaned


def party(actor: Actor) -> str:
    """Who saved or asked, as others of the buying side and the link's holder may read it."""
    return str(actor.partner or actor)[:254]


def given_by(request: ProcessedRequest, values: Mapping[str, Any]) -> dict[str, Any]:
    """Who gave those of the raw `values` that are sent as they stand in the draft: {name: {by,
    through, at}}, for the event of the answer."""
    draft = draft_of(request)
    if draft is None:
        return {}
    same = [name for name, raw in values.items() if _same(draft.values.get(name), raw)]
    return {name: draft.given[name] for name in same if name in draft.given}


def stamp(draft: AnswerDraft | None, names: Iterable[str]) -> str:
    """Changes when another value of these parameters is saved; empty without one."""
    values = {} if draft is None else draft.values
    own = {name: values[name] for name in sorted(names) if name in values}
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:16] if own else ""


def carry_over(held: ProcessedRequest) -> None:
    """The same question got a new link: what was typed stays, links of colleagues die."""
    AnswerDraft.objects.filter(pk=held.pk, inquiry=held.inquiry_number - 1).update(
        inquiry=held.inquiry_number
    )


def discard(held: ProcessedRequest) -> None:
    """The inquiry of the held request ended: nothing unsent is kept, colleagues are not asked."""
    AnswerDraft.objects.filter(pk=held.pk).delete()
    open_delegations(held).update(ended_at=timezone.now())


def open_delegations(request: ProcessedRequest) -> Any:
    """Those of the present inquiry that wait for a colleague."""
    return Delegation.objects.filter(
        request=request.pk, inquiry=request.inquiry_number, answered_at=None, ended_at=None
    )


def _clean(raw: Any) -> Any:
    if isinstance(raw, Mapping):
        parts = dict(list(raw.items())[:MAX_PARTS])
        return {clean_text(key, max_length=100): _text(part) for key, part in parts.items()}
    if isinstance(raw, list | tuple):
        return [_text(part) for part in raw[:MAX_PARTS]]
    return _text(raw)


def _text(raw: Any) -> str:
    return clean_text(raw, max_length=MAX_TEXT, lines=True)


def _same(kept: Any, sent: Any) -> bool:
    """Whether a raw value is sent as it was kept, however its line breaks travelled."""
    try:
        return bool(kept == _clean(sent))
    except ValidationError:
        return False
