"""What a vendor changed about its product while a request was open, and what follows from it.

An open request is judged by the definitions of the moment of each step. Nobody is told twice what
was there already: only changes after its birth count, each parameter and template once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Event

from .. import parameters
from ..models import Parameter, ProcessedRequest, Template
from ..parameters import Definition
from ..presentation import presented
from .processing import known_values


class What(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """What happened to a parameter or a template since the request began.

    `fields` are the names of what was changed, `at` when it was last. `definition` is the
    parameter as it is now, None for templates and for what is gone.
    """

    kind: str
    what: What
    id: str
    title: str
    at: datetime
    fields: tuple[str, ...] = ()
    definition: Parameter | None = None


VERBS = {
    f"product.{kind}_{what}": (kind, what) for kind in ("parameter", "template") for what in What
}


def with_changes(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Requests that know whether anything of their product was changed since their birth."""
    found = Event.objects.filter(
        object_type="product",
        object_id=OuterRef(rows.model.product_path),
        verb__in=VERBS,
        at__gt=OuterRef("created_at"),
    )
    return rows.annotate(product_changed=Exists(found))


def changes(request: ProcessedRequest, own: Sequence[Parameter]) -> list[Change]:
    """What was changed since the birth of an open request, the latest last; at most two queries,
    none where nothing was, if it was read `with_changes`.

    `own` are the request's definitions as they are now.
    """
    if request.decided_at is not None or not vars(request).get("product_changed", True):
        return []
    product, scope = request.parameter_scope()
    rows = Event.objects.filter(
        object_type="product", object_id=product, verb__in=VERBS, at__gt=request.created_at
    )
    events = list(rows.order_by("at", "pk").values_list("verb", "data", "at"))
    if not events:
        return []
    mine = {str(each.pk): each for each in own}
    texts = {str(pk) for pk in _templates(request).values_list("pk", flat=True)}
    gone = {data["id"] for _verb, data, _at in events if data.get("scope") == scope}
    found: dict[str, Change] = {}
    for verb, data, at in events:
        kind, what = VERBS[verb]
        here = str(data.get("id", ""))
        if here in mine or here in texts or here in gone:
            _put(found, Change(kind, what, here, data.get("name", ""), at, _fields(data)), mine)
    return sorted(found.values(), key=lambda each: each.at)


def refused(request: ProcessedRequest, own: Sequence[Parameter]) -> tuple[list[Definition], bool]:
    """What an approval would refuse now: parameters without a required value, and whether there
    is no template to approve with. One query.
    """
    known = known_values(request)
    now = presented(own, known, request.presentation)
    lacking = parameters.missing(now, known, visible_ordering_only=False)
    return list(lacking), not _templates(request).exists()


def readable(found: Iterable[Change], request: ProcessedRequest, role: str) -> list[Change]:
    """Those of which `role` may know; templates and what is gone are the vendor's matter."""
    own = [each.definition for each in found if each.definition is not None]
    names = {each.name for each in parameters.readable(own, known_values(request), role)}
    if role in ("vendor", "admin"):
        return list(found)
    return [each for each in found if each.definition and each.definition.name in names]


def _put(found: dict[str, Change], change: Change, mine: dict[str, Parameter]) -> None:
    """Several changes of one thing are one: what was added and changed is new, what was added and
    removed never was."""
    before = found.get(change.id)
    if change.what == What.REMOVED and before and before.what == What.ADDED:
        del found[change.id]
        return
    what = change.what
    if before and before.what == What.ADDED and what == What.CHANGED:
        what = What.ADDED
    fields = tuple(dict.fromkeys((*(before.fields if before else ()), *change.fields)))
    now = mine.get(change.id)
    title = str(now) if now else change.title
    found[change.id] = Change(change.kind, what, change.id, title, change.at, fields, now)


def _fields(data: dict[str, Any]) -> tuple[str, ...]:
    # PostgreSQL keeps the keys of JSON in an order of its own.
    return tuple(sorted(data.get("changes") or {}))


def _templates(request: ProcessedRequest) -> Any:
    product, scope = request.parameter_scope()
    return Template.objects.filter(product=product, scope=scope, type=request.template_type)
