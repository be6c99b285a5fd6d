"""Parameters: what a product asks and stores."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import Actor
from tierconfig.models import Parameter
from tierconfig.presentation import FLAGS as RULED
from tierconfig.services.definitions import dependencies
from tierconfig.services.definitions import parameters as services
from tierconfig.services.definitions.shape import FLAGS

from ..errors import ApiError
from .bodies import Text
from .children import Child, Children, given, holding, removed
from .definitions import ParameterFilters, ParameterRendering, readable

WORDS = ("title", "description", "hint", "placeholder")
#: Constraints that are stored under their own names.
KEPT = (
    "readonly",
    "reconciliation",
    "shared",
    "min_length",
    "max_length",
    "choices",
    "level",
    "display_content",
)
FIELDS = {
    **{name: f"constraints.{name}" for name in (*FLAGS, *KEPT)},
    **{name: f"constraints.dependency.{name}" for name in ("values", "flags")},
    "on": "constraints.dependency.parameter",
}


class ParameterBody(serializers.Serializer[Any]):
    title = Text()
    description = Text()
    hint = Text()
    placeholder = Text()
    default = serializers.JSONField(required=False)
    constraints = serializers.DictField(required=False)


class NewParameterBody(ParameterBody):
    name = Text(required=True)
    title = Text(required=True)
    type = Text()
    phase = Text(required=True)
    scope = Text(required=True)


class Parameters(Children):
    """What the product asks and stores, as far as the reader may know of it."""

    model = Parameter
    filters = ParameterFilters
    rendering = ParameterRendering
    body = NewParameterBody
    fields = FIELDS

    def rows(self) -> QuerySet[Any]:
        return readable(super().rows(), self.actor)

    def post(self, request: Request, **ids: str) -> Response:
        """Add a parameter behind all others."""
        product = self.own()
        data = self.sent()
        sent = data.get("constraints") or {}
        with transaction.atomic():
            made = services.add_parameter(
                product,
                actor=self.actor,
                name=data["name"],
                type=data.get("type") or Parameter.Type.TEXT,
                phase=data["phase"],
                scope=data["scope"],
                constraints=_stored({}, data),
                **{name: given(data, name, "") for name in WORDS},
                **{name: _flag(sent, name, False) for name in FLAGS},
            )
            _rule(self.actor, made, sent)
        return self.shown(made, 201)


class ParameterDetail(Child):
    """Name, type, phase and scope stay as they are, whatever is sent of them."""

    model = Parameter
    rendering = ParameterRendering
    body = ParameterBody
    fields = FIELDS

    def rows(self) -> QuerySet[Any]:
        return readable(super().rows(), self.actor)

    @holding
    def put(self, request: Request, **ids: str) -> Response:
        parameter = self.own_row()
        data = self.sent()
        sent = data.get("constraints") or {}
        changed = services.change_parameter(
            parameter,
            actor=self.actor,
            constraints=_stored(parameter.constraints, data),
            **{name: given(data, name, getattr(parameter, name)) for name in WORDS},
            **{name: _flag(sent, name, getattr(parameter, name)) for name in FLAGS},
        )
        _rule(self.actor, changed, sent)
        return self.shown(changed)

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove a parameter that nobody holds a value of and no other depends on."""
        services.remove_parameter(self.own_row(), actor=self.actor)
        return removed()


def _stored(present: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """The constraints of the service: those that are there, with those that were sent over them."""
    sent = data.get("constraints") or {}
    found = {name: value for name, value in present.items() if name != "dependency"}
    found |= {name: sent[name] for name in KEPT if name in sent}
    if "default" in data:
        found["default"] = data["default"]
    if found.get("shared") == "none":
        found["shared"] = None
    for name in ("level", "min_length", "max_length"):
        if isinstance(value := found.get(name), str) and value.isdecimal() and len(value) < 6:
            found[name] = int(value)
    return found


def _flag(sent: dict[str, Any], name: str, present: bool) -> bool:
    value = sent.get(name, present)
    if value is not None and not isinstance(value, bool):
        raise ApiError(_("constraints.%(name)s: true or false is expected.") % {"name": name})
    return bool(value)


def _rule(actor: Actor, parameter: Parameter, sent: dict[str, Any]) -> None:
    """Set or take away the dependency, when one was sent; null takes it away."""
    if "dependency" not in sent:
        return
    wanted = sent["dependency"] or {}
    problem = ApiError(
        _("constraints.dependency: an object with parameter and values is expected.")
    )
    if not isinstance(wanted, dict):
        raise problem
    source, values = wanted.get("parameter") or {}, wanted.get("values") or []
    flags = {name: wanted[name] for name in RULED if isinstance(wanted.get(name), bool)}
    if not isinstance(source, dict) or not isinstance(values, list):
        raise problem
    if not all(isinstance(value, str) for value in values):
        raise problem
    dependencies.set_dependency(
        parameter, actor=actor, on=_name_of(parameter, source, actor), values=values, flags=flags
    )


def _name_of(parameter: Parameter, source: dict[str, Any], actor: Actor) -> str:
    """The name of the parameter that is meant, "" for none; the service knows which there are."""
    if not source.get("id"):
        return str(source.get("name") or "")
    rows = Parameter.objects.visible_to(actor).filter(product=parameter.product_id)
    found = rows.filter(pk=str(source["id"])).first()
    return found.name if found is not None else str(source["id"])
