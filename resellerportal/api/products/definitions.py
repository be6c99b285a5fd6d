"""Definitions of parameters as the API shows them (domain 2.6), and who reads which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

from django.db.models import Q, QuerySet

from customers.actors import DISTRIBUTOR, VENDOR, Actor
from tierconfig.models import Parameter
from tierconfig.presentation import FLAGS, depends_on
from tierconfig.services.definitions.shape import SHARED

from ..rql import FLAG, RANGE, TEXT, custom, field
from ..shaping import Events, Rendering
from .children import ChildFilters, events_of

ParameterType = Literal[
    "text",
    "dropdown",
    "password",
    "email",
    "checkbox",
    "subdomain",
    "domain",
    "address",
    "phone",
    "object",
    "url",
    "choice",
    "heading",
    "content",
]
ParameterScope = Literal[
    "asset", "tier1", "tier2", "product", "item", "marketplace", "item_marketplace"
]


class DefinitionChoice(TypedDict):
    label: str
    value: str
    default: NotRequired[bool]


class DependencySource(TypedDict):
    id: str
    name: str


class ParameterDependency(TypedDict):
    """While the other parameter has one of `values`, these flags count instead of its own."""

    parameter: DependencySource
    values: list[str]
    required: NotRequired[bool]
    hidden: NotRequired[bool]
    readonly: NotRequired[bool]


class DefinitionConstraints(TypedDict):
    """`shared` is view, edit or null: what the distributor reads of what the vendor fills in."""

    required: bool
    hidden: bool
    unique: bool
    readonly: bool
    reconciliation: bool
    shared: str | None
    min_length: NotRequired[int]
    max_length: NotRequired[int]
    choices: NotRequired[list[DefinitionChoice]]
    level: NotRequired[str]
    display_content: NotRequired[str]
    dependency: NotRequired[ParameterDependency]


class ParameterShape(TypedDict):
    """Requests and configurations call a parameter by its `name`, not by its `id`.

    `default` is what forms begin with; of constants it is the value.
    """

    id: str
    name: str
    title: str
    description: str
    type: ParameterType
    scope: ParameterScope
    phase: Literal["ordering", "fulfillment", "configuration"]
    hint: str
    placeholder: str
    default: NotRequired[Any]
    constraints: DefinitionConstraints
    position: int
    events: Events


def readable(rows: QuerySet[Parameter], actor: Actor) -> QuerySet[Parameter]:
    """Narrowed to the definitions the actor reads, as pages show them.

    The vendor reads its own; others what will be asked, and a distributor also what is shared
    with it.
    """
    if actor.role == VENDOR:
        return rows
    asked = Q(phase=Parameter.Phase.ORDERING, hidden=False)
    if actor.role == DISTRIBUTOR:
        asked |= Q(constraints__has_key="shared") & Q(constraints__shared__in=SHARED)
    return rows.filter(asked).exclude(type__in=Parameter.DISPLAY_ONLY)


class ParameterRendering(Rendering[Parameter]):
    shape = ParameterShape

    def prepare(self, objects: Sequence[Parameter]) -> None:
        wanted = {depends_on(each) for each in objects} - {""}
        self.sources: dict[tuple[str, str], str] = {}
        if wanted:
            rows = readable(Parameter.objects.visible_to(self.actor), self.actor)
            products = {each.product_id for each in objects}
            rows = rows.filter(product__in=products, name__in=wanted)
            for pk, product, name in rows.values_list("pk", "product", "name"):
                self.sources[product, name] = pk

    def one(self, parameter: Parameter) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": parameter.pk,
            "name": parameter.name,
            "title": parameter.title,
            "description": parameter.description,
            "type": parameter.type,
            "scope": parameter.scope,
            "phase": parameter.phase,
            "hint": parameter.hint,
            "placeholder": parameter.placeholder,
        }
        if "default" in parameter.constraints:
            found["default"] = parameter.constraints["default"]
        found["constraints"] = self.constraints(parameter)
        return found | {"position": parameter.position, "events": events_of(parameter)}

    def constraints(self, parameter: Parameter) -> dict[str, Any]:
        stored = parameter.constraints
        found: dict[str, Any] = {
            "required": parameter.required,
            "hidden": parameter.hidden,
            "unique": parameter.unique,
            "readonly": parameter.readonly,
            "reconciliation": bool(stored.get("reconciliation")),
            "shared": stored.get("shared") or None,
        }
        for name in ("min_length", "max_length", "display_content"):
            if name in stored:
                found[name] = stored[name]
        if "level" in stored:
            found["level"] = str(stored["level"])
        if stored.get("choices"):
            found["choices"] = _choices(parameter)
        if dependency := self.dependency(parameter):
            found["dependency"] = dependency
        return found

    def dependency(self, parameter: Parameter) -> dict[str, Any] | None:
        """Its rule, as long as the reader may know of the other parameter."""
        name = depends_on(parameter)
        pk = self.sources.get((parameter.product_id, name))
        if pk is None:
            return None
        rule = parameter.constraints["dependency"]
        flags = {flag: rule[flag] for flag in FLAGS if flag in rule}
        return {"parameter": {"id": pk, "name": name}, "values": rule.get("values", []), **flags}


def _choices(parameter: Parameter) -> list[dict[str, Any]]:
    preselected = {
        str(each.get("value"))
        for each in parameter.constraints["choices"]
        if isinstance(each, dict) and each.get("default")
    }
    return [
        {"label": label, "value": value} | ({"default": True} if value in preselected else {})
        for value, label in parameter.choices
    ]


class ParameterFilters(ChildFilters):
    MODEL = Parameter
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True, search=True),
        field("title", order=True, search=True),
        field("type", order=True),
        field("phase", order=True),
        field("scope", order=True),
        field("position", order=True),
        field("constraints.required", "required", lookups=FLAG | {"in", "out"}),
        field("constraints.hidden", "hidden"),
        field("constraints.unique", "unique"),
        custom("constraints.reconciliation", lookups=FLAG),
        custom("constraints.shared", lookups=TEXT | RANGE),
        field("events.created.at", "created_at", order=True),
        field("events.updated.at", "updated_at", order=True),
    ]

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        return constrained(name, value)


def constrained(name: str, value: str) -> Q:
    """Whether a constraint that is stored beside the columns has this value."""
    key = name.rpartition(".")[2]
    there = Q(constraints__has_key=key)
    if key == "shared":
        if value in ("null()", "none"):
            return ~there
        return there & Q(constraints__shared=value)
    if value.casefold() not in ("true", "false"):
        raise ValueError("true or false is expected")
    return there if value.casefold() == "true" else ~there
