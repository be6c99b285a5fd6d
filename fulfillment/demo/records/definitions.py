"""Parameters and templates that recorded values carry along, and recorded stamps as events."""

from __future__ import annotations

from typing import Any

from customers.models import Event, Product
from tierconfig.models import Parameter, Template

from .parties import UNKNOWN, user_of
from .reader import Record


def parameter(of: Product, scope: str, name: str, title: str, **fields: Any) -> Parameter:
    number = of.parameters.count() + 1
    made, _new = Parameter.objects.get_or_create(
        product=of,
        name=name,
        defaults={
            "pk": f"PRM-{of.pk[4:]}-{number:04d}",
            "scope": scope,
            "title": title,
            "position": number * 10000,
            "created_at": UNKNOWN,
            "updated_at": UNKNOWN,
            **fields,
        },
    )
    return made


def recorded_parameter(record: Record, path: str, of: Product) -> Parameter:
    """The definition that a recorded value carries along."""
    fields = {
        name: record.take(f"{path}.{name}")
        for name in ("description", "type", "phase")
        if record.has(f"{path}.{name}")
    }
    for flag in ("required", "hidden", "unique"):
        if record.has(f"{path}.constraints.{flag}"):
            fields[flag] = record.take(f"{path}.constraints.{flag}")
    scope = record.take(f"{path}.scope", "asset")
    return parameter(of, scope, record.take(f"{path}.id"), record.take(f"{path}.title"), **fields)


def template(record: Record, path: str, of: Product, scope: str, kind: str, body: str) -> Template:
    made, _new = Template.objects.get_or_create(
        pk=record.take(f"{path}.id"),
        defaults={
            "product": of,
            "name": record.take(f"{path}.name"),
            "body": record.take(f"{path}.{body}"),
            "scope": scope,
            "type": kind,
            "created_at": UNKNOWN,
            "updated_at": UNKNOWN,
        },
    )
    return made


def event(record: Record, path: str, verb: str, obj: Any, role: str, **fields: Any) -> None:
    """A recorded stamp as an event that everybody was told of long ago."""
    at = record.time(f"{path}.at" if record.has(f"{path}.at") else path)
    who, name, key = None, "Tierdesk", ""
    if record.has(f"{path}.by.id"):
        name, pk = record.take(f"{path}.by.name"), record.take(f"{path}.by.id")
        who = user_of(record, f"{path}.by")
        key = "" if who else pk
    Event.objects.create(
        at=at,
        verb=f"{obj._meta.model_name}.{verb}",
        object_type=obj._meta.model_name,
        object_id=obj.pk,
        provider_id=getattr(obj, "provider_id", None),
        vendor_id=getattr(obj, "vendor_id", None),
        user=who,
        role=role,
        actor_name=name,
        key_id=key,
        told_at=at,
        next_attempt_at=at,
        **fields,
    )
