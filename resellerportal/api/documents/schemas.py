"""JSON schemas of shapes: each TypedDict is a component, `package.Name` without its "Shape"."""

from __future__ import annotations

import types
import typing
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

Schema = dict[str, Any]
PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "object", "nullable": True},
    Any: {},
    dict: {"type": "object"},
    list: {"type": "array", "items": {}},
}


class Components:
    """Schemas by name, filled with what is asked for and all that it is made of."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    def of(self, hint: Any) -> Schema:
        """The schema of a type hint; TypedDicts are referred to."""
        if typing.is_typeddict(hint):
            return self._component(hint)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (NotRequired, Required):
            return self.of(arguments[0])
        if origin is Literal:
            return {"type": "string", "enum": [str(each) for each in arguments]}
        if origin in (list, tuple):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        return dict(PLAIN.get(hint, {}))

    def _component(self, hint: Any) -> Schema:
        name = name_of(hint)
        if name not in self.schemas:
            self.schemas[name] = {}  # a shape may hold itself
            hints = typing.get_type_hints(hint, include_extras=True)
            made: Schema = {
                "type": "object",
                "properties": {key: self.of(inner) for key, inner in hints.items()},
            }
            if required := sorted(_required(hint, hints)):
                made["required"] = required
            if hint.__doc__ and not hint.__doc__.startswith("dict("):
                made["description"] = " ".join(hint.__doc__.split())
            self.schemas[name] = made
        return {"$ref": f"#/components/schemas/{name}"}

    def _union(self, arguments: Any) -> Schema:
        present = [each for each in arguments if each is not type(None)]
        made = self.of(present[0]) if len(present) == 1 else {"anyOf": [*map(self.of, present)]}
        if len(present) == len(arguments):
            return made
        return {"nullable": True, **({"allOf": [made]} if "$ref" in made else made)}


def _required(hint: Any, hints: dict[str, Any]) -> list[str]:
    """Names that are always there; `__required_keys__` cannot see NotRequired in annotations that
    are texts, as all of ours are."""
    told = {name: get_origin(inner) for name, inner in hints.items()}
    return [name for name in hint.__required_keys__ if told[name] is not NotRequired]


def name_of(cls: Any) -> str:
    """`tier_accounts.TierAccount`: packages have parts of the same name."""
    package = cls.__module__.removeprefix("resellerportal.api.").partition(".")[0]
    return f"{package}.{cls.__name__.removesuffix('Shape')}"
