"""Rules by which the value of one parameter decides about another (domain 2.6).

A rule is `constraints["dependency"] = {parameter, values, required?, hidden?, readonly?}`. It may
name a parameter of the same scope that chooses from what is offered, never itself, nor one that
depends on it in turn; what the buying side fills in depends on nothing that the vendor fills in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import field_error

from ...models import Parameter
from ...presentation import FLAGS, depends_on
from . import editing
from .shape import CHOOSING

Rule = dict[str, Any]


def candidates(parameter: Parameter, others: Iterable[Parameter]) -> list[Parameter]:
    """The parameters among `others`, all of the product, that it may depend on."""
    known = {each.name: each for each in others}
    return [
        each
        for each in known.values()
        if each.name != parameter.name and not _obstacle(parameter, each, known)
    ]


def rule_of(parameter: Parameter) -> Rule:
    """Its rule, {} without one."""
    return dict(parameter.constraints.get("dependency") or {})


@transaction.atomic
def set_dependency(
    parameter: Parameter,
    *,
    actor: Actor,
    on: str,
    values: Iterable[str],
    flags: Mapping[str, bool],
    seen: str = "",
) -> Parameter:
    """While parameter `on` has one of `values`, `flags` count instead of the definition's own.

    `flags` are some of required, hidden and readonly. Without `on` the rule is taken away.
    Recorded as a change of the parameter.
    """
    held = editing.hold_own(parameter.product, actor)
    fresh = Parameter.objects.get(pk=parameter.pk)
    editing.check_seen(fresh, seen)
    rule = clean_rule(fresh, on=on, values=values, flags=flags)
    before = rule_of(fresh)
    if rule != before:
        apart = {k: v for k, v in fresh.constraints.items() if k != "dependency"}
        fresh.constraints = {**apart, "dependency": rule} if rule else apart
        editing.save(fresh)
        changes = {"dependency": [before or None, rule or None]}
        editing.note("product.parameter_changed", held, fresh, actor=actor, changes=changes)
    return fresh


def clean_rule(
    parameter: Parameter, *, on: str, values: Iterable[str], flags: Mapping[str, bool]
) -> Rule:
    """The rule in the shape that is stored; raises ValidationError by `on`, `values`, `flags`."""
    if not on:
        return {}
    rows = Parameter.objects.filter(product=parameter.product_id)
    known = {each.name: each for each in rows}
    source = known.get(on)
    if source is None:
        raise field_error("on", _("There is no such parameter."), "unknown")
    if problem := _obstacle(parameter, source, known):
        raise field_error("on", problem, "dependency")
    offered = [value for value, _label in source.choices]
    wanted = set(values)
    if not wanted or wanted - set(offered):
        raise field_error("values", _("Choose one or more of its values."), "choice")
    set_to = {name: bool(flags[name]) for name in FLAGS if name in flags}
    if not set_to:
        raise field_error("flags", _("Say what the rule changes."), "required")
    return {"parameter": on, "values": [v for v in offered if v in wanted], **set_to}


def check_choices(parameter: Parameter, constraints: Mapping[str, Any]) -> None:
    """Refuse to take a choice away that a rule of another parameter compares with."""
    offered = {each["value"] for each in constraints.get("choices") or []}
    for each in Parameter.objects.filter(product=parameter.product_id):
        if depends_on(each) != parameter.name:
            continue
        gone = [value for value in rule_of(each).get("values", []) if value not in offered]
        if gone:
            text = _("%(name)s depends on “%(value)s”; change that first.")
            raise field_error("choices", text % {"name": each.name, "value": gone[0]}, "used")


def _obstacle(parameter: Parameter, source: Parameter, known: Mapping[str, Parameter]) -> str:
    """Why `parameter` cannot depend on `source`; "" when it can."""
    if parameter.phase == Parameter.Phase.CONFIGURATION or source.scope != parameter.scope:
        return _("Choose a parameter of the same scope.")
    if parameter.phase == Parameter.Phase.ORDERING and source.phase != parameter.phase:
        return _("What is asked cannot depend on what the vendor fills in later.")
    if source.type not in CHOOSING:
        return _("Only parameters with choices can decide about others.")
    seen = {parameter.name}
    step: Parameter | None = source
    while step is not None:
        if step.name in seen:
            return _("It would depend on itself.")
        seen.add(step.name)
        step = known.get(depends_on(step))
    return ""
