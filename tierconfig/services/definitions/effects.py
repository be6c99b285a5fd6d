"""What a change of a definition means for what is open and in force; said before it is made."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from customers.models import Product

from ... import parameters
from ...cleaning import clean_value
from ...models import Parameter, ProcessedRequest, TierConfig
from ...presentation import Presented, presented
from ...signals import open_requests_asked
from .shape import TIERS

#: More open requests than this are not looked through; the texts then say "at least".
MOST = 2_000


@dataclass
class Tally:
    """Ids of the open requests by what a change does to them."""

    seen: int = 0
    lacking: list[str] = field(default_factory=list)
    content: list[str] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def effects_of(product: Product, before: Parameter | None, after: Parameter | None) -> list[str]:
    """One sentence for each consequence of replacing `before` by `after`, counted.

    Without `before` a parameter is added, without `after` removed. Nothing open and nothing in
    force that is touched: no sentence.
    """
    either = after or before
    if either is None or either.phase == Parameter.Phase.CONFIGURATION:
        return []
    if either.type in Parameter.DISPLAY_ONLY:
        return []
    found = _of_requests(product, before, after, either)
    if either.scope in TIERS:
        found += _of_configurations(product, before, after, either)
    return found


def open_requests(product: Product, scope: str) -> Iterable[ProcessedRequest]:
    """At most MOST of the open requests that hold values of the scope, the oldest first.

    Drafts are their creator's own; they are judged when they are submitted.
    """
    left = MOST
    answers: Any = open_requests_asked.send(sender=Product, product=product, scope=scope)
    for _receiver, querysets in answers:
        for rows in querysets:
            sent = rows.exclude(state="draft")
            for row in sent.order_by("created_at", "pk")[:left]:
                left -= 1
                yield row


def _of_requests(
    product: Product, before: Parameter | None, after: Parameter | None, either: Parameter
) -> list[str]:
    own = Parameter.objects.of_scope(product.pk, either.scope)
    older = own
    newer = [copy(each) for each in own if each.pk != either.pk]
    if after is not None:
        newer.append(after)
    tally = Tally()
    for request in open_requests(product, either.scope):
        tally.seen += 1
        known = {**request.base_values(), **request.params}
        was = _one(presented(older, known, request.presentation), either) if before else None
        now = _one(presented(newer, known, request.presentation), either) if after else None
        _count(tally, request, known.get(either.name), was, now)
    return _sentences(tally)


def _one(found: list[Presented], wanted: Parameter) -> Presented | None:
    return next((each for each in found if each.name == wanted.name), None)


def _count(
    tally: Tally,
    request: ProcessedRequest,
    stored: parameters.Stored | None,
    was: Presented | None,
    now: Presented | None,
) -> None:
    lacked, lacks = _lacks(was, stored), _lacks(now, stored)
    if lacks and not lacked:
        tally.lacking.append(request.pk)
    elif lacked and not lacks:
        tally.content.append(request.pk)
    if _unfit(now, stored) and not _unfit(was, stored):
        tally.unfit.append(request.pk)
    if request.state == "inquiring" and _asks(was) and not _asks(now):
        tally.unasked.append(request.pk)


def _lacks(each: Presented | None, stored: parameters.Stored | None) -> bool:
    return each is not None and each.required and not parameters.has_value(stored)


def _asks(each: Presented | None) -> bool:
    return each is not None and not each.hidden and not each.readonly and each.phase == "ordering"


def _unfit(each: Presented | None, stored: parameters.Stored | None) -> bool:
    if each is None or not parameters.has_value(stored):
        return False
    try:
        clean_value(each, _raw(stored or {}))
    except ValidationError:
        return True
    return False


def _raw(stored: parameters.Stored) -> Any:
    return stored.get("structured_value") or stored.get("value")


#: What is said of the requests that a Tally keeps under a name.
SENTENCES = {
    "lacking": ngettext_lazy(
        "%(n)d open request will lack a value: it cannot be approved before it is given.",
        "%(n)d open requests will lack a value: they cannot be approved before it is given.",
        "n",
    ),
    "unfit": ngettext_lazy(
        "%(n)d open request holds a value that will not be accepted any more.",
        "%(n)d open requests hold a value that will not be accepted any more.",
        "n",
    ),
    "content": ngettext_lazy(
        "%(n)d open request will not need it any more.",
        "%(n)d open requests will not need it any more.",
        "n",
    ),
    "unasked": ngettext_lazy(
        "%(n)d form that waits for an answer will not ask for it any more.",
        "%(n)d forms that wait for an answer will not ask for it any more.",
        "n",
    ),
}


def _sentences(tally: Tally) -> list[str]:
    found = []
    for name, text in SENTENCES.items():
        if ids := getattr(tally, name):
            found.append(f"{text % {'n': len(ids)}} ({_named(ids)})")
    if found and tally.seen >= MOST:
        found.append(_("Only the oldest %(n)d open requests were looked at.") % {"n": MOST})
    return found


def _named(ids: list[str]) -> str:
    shown = ", ".join(ids[:3])
    return shown if len(ids) <= 3 else _("%(ids)s and others") % {"ids": shown}


def _of_configurations(
    product: Product, before: Parameter | None, after: Parameter | None, either: Parameter
) -> list[str]:
    """Configured resellers are never asked again by an order; the first parameter begins it all."""
    found = []
    level = TIERS.index(Parameter.Scope(either.scope)) + 1
    others = [
        each
        for each in Parameter.objects.of_scope(product.pk, either.scope)
        if each.pk != either.pk
    ]
    if not others and before is None:
        text = _("It is the first of tier %(tier)d: from now on orders wait for a configuration.")
        found.append(text % {"tier": level})
    if not others and after is None:
        text = _("It is the last of tier %(tier)d: from now on orders wait for no configuration.")
        found.append(text % {"tier": level})
    newly = after is not None and after.required and not (before and before.required)
    if newly and others:
        rows = TierConfig.objects.filter(product=product, tier_level=level)
        rows = rows.exclude(configured_at=None).exclude(params__has_key=either.name)
        if n := rows.count():
            text = ngettext(
                "%(n)d reseller that is configured already stays so without it.",
                "%(n)d resellers that are configured already stay so without it.",
                n,
            )
            found.append(text % {"n": n})
    return found
