"""The parameters of reports: read strictly when one is asked for, and turned into conditions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Marketplace, Partner, Product
from customers.services.participation import SCOPES, in_scope

if TYPE_CHECKING:
    from .kind import Kind

#: Choices of one parameter at most.
MOST = 1_000


def cleaned(kind: Kind, params: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """The parameters as they are kept: days as ISO texts, lists of known values, nothing empty.

    Raises ValidationError by parameter; what the actor does not see is as unknown as what does
    not exist.
    """
    found: dict[str, Any] = {}
    errors: dict[str, ValidationError] = {}
    for name, offered in _offered(kind, params, actor).items():
        chosen = list(dict.fromkeys(params.get(name) or ()))
        if len(chosen) > MOST or not set(chosen) <= set(offered):
            errors[name] = ValidationError(_("Choose from what is offered."), code="unknown")
        elif chosen:
            found[name] = chosen
    for name in ("start", "end"):
        if day := params.get(name):
            found[name] = day.isoformat() if isinstance(day, date) else str(day)
            try:
                date.fromisoformat(found[name])
            except ValueError:
                errors[name] = ValidationError(_("Use a date such as 2026-01-31."), code="invalid")
    if not errors and found.get("start", "") > found.get("end", "9999"):
        errors["end"] = ValidationError(_("This is before the first day."), code="order")
    if errors:
        raise ValidationError(errors)
    return found


def _offered(kind: Kind, params: dict[str, Any], actor: Actor) -> dict[str, Collection[str]]:
    offered: dict[str, Collection[str]] = {}
    seen: dict[str, QuerySet[Any]] = {
        "product": Product.objects.visible_to(actor),
        "marketplace": Marketplace.objects.visible_to(actor),
    }
    for name, rows in seen.items():
        if getattr(kind, name):
            wanted = [pk for pk in params.get(name) or () if "\0" not in pk][: MOST + 1]
            found = rows.filter(pk__in=wanted).values_list("pk", flat=True)
            offered[name] = set(found) if wanted else ()
    if kind.types:
        offered["type"] = [value for value, _label in kind.types]
    if kind.states:
        offered["status"] = [value for value, _label in kind.states]
    if kind.tiers:
        offered["tiers"] = SCOPES
    return offered


def narrowed(
    rows: QuerySet[Any], kind: Kind, params: dict[str, Any], vendor: Partner | None
) -> QuerySet[Any]:
    """The rows that meet cleaned parameters; days count in UTC, by creation, both included."""
    if start := params.get("start"):
        rows = rows.filter(created_at__gte=_moment(start, time.min))
    if end := params.get("end"):
        rows = rows.filter(created_at__lte=_moment(end, time.max))
    for name in ("product", "marketplace"):
        if chosen := params.get(name):
            rows = rows.filter(**{f"{getattr(kind, name)}__in": chosen})
    if chosen := params.get("type"):
        rows = rows.filter(type__in=chosen)
    if chosen := params.get("status") or kind.usual:
        rows = rows.filter(state__in=chosen)
    if chosen := params.get("tiers"):
        first, *others = (in_scope(scope, vendor) for scope in chosen)
        for each in others:
            first |= each
        rows = rows.filter(first)
    return rows


def _moment(day: str, clock: time) -> datetime:
    return datetime.combine(date.fromisoformat(day), clock, UTC)
