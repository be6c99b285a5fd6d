"""Configurations: values of the parameters that are the same for all who use a product."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.services.definitions import parameters as services
from tierconfig.services.definitions.shape import CHOOSING, FLAGS

from ...processing.values import reads_passwords
from ..errors import ApiError, NotFound
from ..rql import FLAG, RANGE, TEXT, custom, field
from ..shaping import Events
from .bodies import Named, Text
from .children import ChildFilters, Children, events_of, holding
from .definitions import ParameterRendering, ParameterShape, constrained, readable
from .parameters import FIELDS, WORDS


class ConfigurationShape(TypedDict):
    """There is one value for all items and marketplaces, so neither is named.

    Without a value there is neither `value` nor `structured_value`.
    """

    parameter: ParameterShape
    value: NotRequired[str]
    structured_value: NotRequired[dict[str, Any]]
    events: Events


class ConfigurationRendering(ParameterRendering):
    shape = ConfigurationShape

    def one(self, parameter: Parameter) -> dict[str, Any]:
        found: dict[str, Any] = {"parameter": super().one(parameter)}
        found |= parameters.constant(parameter)
        secret = parameter.type == Parameter.Type.PASSWORD and not reads_passwords(self.actor)
        if secret and "value" in found:
            found["value"] = parameters.MASK
        return found | {"events": events_of(parameter)}


class ConfigurationFilters(ChildFilters):
    MODEL = Parameter
    FILTERS = [
        field("parameter.id", "id", order=True),
        field("parameter.name", "name"),
        field("parameter.title", "title", order=True),
        field("parameter.scope", "scope"),
        field("parameter.constraints.required", "required"),
        custom("parameter.constraints.shared", lookups=TEXT | RANGE),
        custom("parameter.constraints.reconciliation", lookups=FLAG),
    ]

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        return constrained(name, value)


class ConfigurationBody(serializers.Serializer[Any]):
    parameter = Named()
    value = Text()
    structured_value = serializers.JSONField(required=False, allow_null=True)
    item = Named(required=False, allow_null=True)
    marketplace = Named(required=False, allow_null=True)


class Configurations(Children):
    """A value that is sent takes the place of the one that is there; null takes it away."""

    model = Parameter
    filters = ConfigurationFilters
    rendering = ConfigurationRendering
    body = ConfigurationBody
    fields = {**FIELDS, "default": "value", "choices": "value"}

    def rows(self) -> QuerySet[Any]:
        rows = super().rows().filter(phase=Parameter.Phase.CONFIGURATION)
        return readable(rows, self.actor).exclude(type__in=Parameter.DISPLAY_ONLY)

    @holding
    def post(self, request: Request, **ids: str) -> Response:
        data = self.sent()
        if data.get("item") or data.get("marketplace"):
            raise ApiError(
                _("A constant has one value here, for all items and on all marketplaces.")
            )
        try:
            parameter = self.visible(self.rows(), data["parameter"]["id"])
        except NotFound as error:
            raise ApiError(_("parameter.id: there is no such constant.")) from error
        raw = data.get("structured_value") or data.get("value")
        changed = services.change_parameter(
            parameter,
            actor=self.actor,
            constraints=_with_value(parameter, raw),
            **{name: getattr(parameter, name) for name in (*WORDS, *FLAGS)},
        )
        return self.shown(changed, 201)


def _with_value(parameter: Parameter, raw: Any) -> dict[str, Any]:
    """The constraints, in which the value is what forms would begin with."""
    try:
        stored = parameters.clean_value(parameter, raw) if raw else {}
    except ValidationError as error:
        raise ValidationError({"default": error}) from error
    structured = stored.get("structured_value")
    if parameter.type not in CHOOSING:
        rest = {name: each for name, each in parameter.constraints.items() if name != "default"}
        value = stored.get("value") if parameter.type == Parameter.Type.PHONE else None
        value = value or structured or stored.get("value")
        return {**rest, "default": value} if value else rest
    ticked = {key for key, on in (structured or {}).items() if on} | {stored.get("value")}
    choices = [
        {"value": value, "label": label} | ({"default": True} if value in ticked else {})
        for value, label in parameter.choices
    ]
    return {**parameter.constraints, "choices": choices}
