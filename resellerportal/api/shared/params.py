"""Values of parameters as the reader may see them (domain 2.7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from customers.actors import Actor
from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.presentation import Presented, presented
from tierconfig.services.payloads import param

from ...processing.values import reads_passwords

Presentation = Mapping[str, Mapping[str, Any]]


class ChoiceShape(TypedDict):
    value: str
    label: str


class ConstraintsShape(TypedDict):
    required: bool
    hidden: bool
    readonly: bool
    unique: bool
    reconciliation: bool
    shared: NotRequired[str]
    min_length: NotRequired[int]
    max_length: NotRequired[int]
    choices: NotRequired[list[ChoiceShape]]


class ParamShape(TypedDict):
    """`id` is the definition's name. `name` and `value_choices` are there in scope asset only."""

    id: str
    name: NotRequired[str]
    title: str
    description: str
    hint: str
    type: str
    scope: str
    phase: str
    constraints: ConstraintsShape
    value: NotRequired[str]
    structured_value: NotRequired[dict[str, Any]]
    value_error: NotRequired[str]
    structured_error: NotRequired[dict[str, Any]]
    value_choices: NotRequired[list[ChoiceShape]]


class Params:
    """Values of many objects with their definitions, which are read in one query.

    `scopes` are (product id, scope) pairs of all the objects.
    """

    def __init__(self, actor: Actor, scopes: Iterable[tuple[str, str]]) -> None:
        self.actor = actor
        self.definitions = Parameter.objects.of_scopes(set(scopes))
        self.plain: dict[str, dict[str, Any]] = {}

    def of(
        self,
        scope: tuple[str, str],
        values: parameters.Values,
        presentation: Presentation | None = None,
        *,
        only: Collection[str] | None = None,
    ) -> list[dict[str, Any]]:
        """What the actor reads of `values`; with `only`, of parameters of these names."""
        own: list[Any] = self.definitions[scope]
        if presentation or any("dependency" in each.constraints for each in own):
            own = presented(own, values, presentation)
        return [
            self._one(each, values.get(each.name))
            for each in parameters.readable(own, values, self.actor.role)
            if only is None or each.name in only
        ]

    def _one(self, each: Any, stored: parameters.Stored | None) -> dict[str, Any]:
        stored = self._seen(each, stored)
        if isinstance(each, Presented):
            return param(each, stored)
        if each.pk not in self.plain:
            self.plain[each.pk] = param(each, None)
        found = {**self.plain[each.pk]}
        if stored:
            found.update(stored)
        return found

    def _seen(self, each: Any, stored: parameters.Stored | None) -> parameters.Stored | None:
        """Passwords are masked as on the pages."""
        if not stored or each.type != Parameter.Type.PASSWORD or reads_passwords(self.actor):
            return stored
        return {**stored, "value": parameters.MASK} if stored.get("value") else stored


def constants_of(products: Iterable[str], actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """What the actor reads of the constants of products, by product id; one query."""
    rows = Parameter.objects.visible_to(actor).constants_of(products)
    shown = Params(actor, ())
    shown.definitions = {(product, ""): own for product, own in rows.items()}
    return {
        product: shown.of((product, ""), {each.name: parameters.constant(each) for each in own})
        for product, own in rows.items()
    }
