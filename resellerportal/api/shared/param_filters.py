"""Filters by parameters, `params.id` and `params.value`: only by what the reader may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Func, Q, TextField

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR, Actor
from tierconfig.models import Parameter

from ..rql import NOTHING
from .matching import matches


class TextOf(Func):
    """The text of the value of a parameter: of the values in a JSON column, by name."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "jsonb_extract_path_text(%(expressions)s, 'value')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Names of parameters hold neither quotes nor blanks.
        template, joiner = "json_extract(%(expressions)s || '\".value')", ", '$.\"' || "
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **context)


@dataclass(frozen=True)
class Place:
    """Where the rows of a list have their product, the scope of their parameters, their values."""

    product: Any
    scope: Any
    values: Any


def param_condition(actor: Actor, place: Place, name: str, lookup: str, value: str) -> Q:
    """The rows that have a parameter of this id (`…params.id`), or with this text as its value."""
    rows = Parameter.objects.value_holding().order_by()
    rows = rows.annotate(text=TextOf(place.values, F("name")))
    rows = rows.filter(_readable(actor), product=place.product, scope=place.scope)
    if name.endswith("params.id"):
        return Q(Exists(rows.filter(matches("name", lookup, value))))
    if actor.role != VENDOR:
        # By a password only its vendor finds anything: only the vendor reads it.
        rows = rows.exclude(type=Parameter.Type.PASSWORD)
    return Q(Exists(rows.filter(matches("text", lookup, value))))


def _readable(actor: Actor) -> Q:
    """The same parameters as tierconfig.parameters.readable, in SQL."""
    if actor.role == VENDOR:
        return Q()
    ordering = Q(phase=Parameter.Phase.ORDERING)
    if actor.role == DISTRIBUTOR:
        return ordering | Q(constraints__shared__in=("view", "edit"))
    if actor.role == RESELLER:
        shown = Q(hidden=False) | Q(text__gt="")
        return ordering & shown & ~Q(type=Parameter.Type.OBJECT)
    return NOTHING
