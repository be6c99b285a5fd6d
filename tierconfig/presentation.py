"""How definitions count for one request at one moment. Pure: no database, no request.

A definition says what usually holds. A vendor may change it for a single request (its
`presentation`), and a dependency changes it while another parameter has one of certain values.
Everything that asks, offers, checks or shows goes through `presented()` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .cleaning import Definition, Stored, Values, pairs

#: Flags that a dependency or a presentation may change.
FLAGS = ("required", "hidden", "readonly")


@dataclass(frozen=True)
class Presented:
    """A definition as it counts now; what cleaning and forms read of a Parameter, and `choices`.

    `rule` is the dependency that decided it, None without one; `source` the definition itself.
    """

    name: str
    title: str
    type: str
    phase: str
    scope: str
    required: bool
    hidden: bool
    readonly: bool
    unique: bool
    description: str = ""
    hint: str = ""
    placeholder: str = ""
    constraints: dict[str, Any] = field(default_factory=dict)
    rule: Mapping[str, Any] | None = None
    source: Any = None

    @property
    def choices(self) -> list[tuple[str, str]]:
        return pairs(self.constraints.get("choices"))

    def __str__(self) -> str:
        return self.title or self.name


def presented(
    definitions: Iterable[Definition],
    values: Values,
    presentation: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Presented]:
    """The definitions as they count with these values, in the same order.

    The vendor's presentation for the request wins over a dependency, and that over the definition.
    """
    overrides = presentation or {}
    return [_presented(each, values, overrides.get(each.name, {})) for each in definitions]


def possible(
    definitions: Iterable[Definition],
    values: Values,
    presentation: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Presented]:
    """As `presented`, but not hidden where another value, typed into the same form, may show it.

    What forms are made of; what was sent is judged by `presented` with the values sent.
    """
    overrides = presentation or {}
    found = presented(definitions, values, overrides)
    return [
        replace(each, hidden=False, required=False)
        if each.hidden and "hidden" not in overrides.get(each.name, {}) and _may_show(each)
        else each
        for each in found
    ]


def depends_on(definition: Definition) -> str:
    """Name of the parameter whose value decides about this one, "" for none."""
    rule = definition.constraints.get("dependency") or {}
    return str(rule.get("parameter") or "")


def applies(rule: Mapping[str, Any], values: Values) -> bool:
    """Whether the parameter that the rule names has one of its values; of checkboxes, any box."""
    wanted = {str(value) for value in rule.get("values") or []}
    return bool(wanted & set(chosen(values.get(str(rule.get("parameter") or "")))))


def chosen(stored: Stored | None) -> list[str]:
    """The value as rules compare it: its text, or the ticked boxes."""
    structured = (stored or {}).get("structured_value")
    if isinstance(structured, dict) and any(on is True for on in structured.values()):
        return [str(key) for key, on in structured.items() if on is True]
    text = (stored or {}).get("value")
    return [str(text)] if text else []


def _presented(source: Definition, values: Values, override: Mapping[str, Any]) -> Presented:
    flags: dict[str, bool] = {name: bool(getattr(source, name)) for name in FLAGS}
    rule = source.constraints.get("dependency") or None
    ruled = rule if rule and applies(rule, values) else {}
    flags |= {name: bool(ruled[name]) for name in FLAGS if name in ruled}
    if rule and "hidden" in rule and flags["hidden"] and "required" not in ruled:
        # What other values leave out of the question is not missing either.
        flags["required"] = False
    flags |= {name: bool(override[name]) for name in FLAGS if name in override}
    constraints = dict(source.constraints)
    if override.get("choices"):
        constraints["choices"] = list(override["choices"])
    return Presented(
        name=source.name,
        title=getattr(source, "title", ""),
        type=source.type,
        phase=source.phase,
        scope=getattr(source, "scope", ""),
        unique=bool(getattr(source, "unique", False)),
        description=getattr(source, "description", ""),
        hint=getattr(source, "hint", ""),
        placeholder=getattr(source, "placeholder", ""),
        constraints=constraints,
        rule=rule,
        source=source,
        **flags,
    )


def _may_show(each: Presented) -> bool:
    """Hidden by itself and shown by its rule, or shown by itself and hidden by its rule."""
    if each.rule is None or "hidden" not in each.rule:
        return False
    return not each.rule["hidden"] or not each.source.hidden
