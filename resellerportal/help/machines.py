"""The machines as the help shows them: read from the models, so that they cannot be out of date."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.models.base import Lifecycle

from ..drawing import diagrams
from ..states import badge_of, label, meaning
from . import meanings

#: Parts of the names of permissions -> who that is.
WHO = {
    "vendor": gettext_lazy("vendor"),
    "administrator_of": gettext_lazy("administrator of the vendor"),
    "distributor": gettext_lazy("distributor"),
    "reseller": gettext_lazy("reseller"),
    "contact": gettext_lazy("technical contact"),
    "distributor_in_preview": gettext_lazy("distributor in previews"),
    "creator": gettext_lazy("who began it"),
    "creator_in_preview": gettext_lazy("vendor in previews it began"),
    "owner": gettext_lazy("who uploaded it"),
    "system": gettext_lazy("the platform"),
}
#: In the order in which people meet them.
ORDER = (
    "tierconfigrequest",
    "tierconfig",
    "fulfillmentrequest",
    "subscription",
    "tieraccountrequest",
    "product",
    "importbatch",
)


@dataclass(frozen=True)
class Taken:
    """A step as the table beside the drawing says it; `note` is what the model says of it."""

    source: SafeString
    target: SafeString
    label: str
    who: str
    note: str


@dataclass(frozen=True)
class Machine:
    name: str
    title: str
    intro: Any
    drawing: diagrams.Drawing
    states: list[tuple[SafeString, Any]]
    steps: list[Taken]


def models() -> list[type[Model]]:
    """Every model with a lifecycle; what ORDER does not name stands last."""
    found = [model for model in apps.get_models() if issubclass(model, Lifecycle)]
    places = {name: place for place, name in enumerate(ORDER)}
    return sorted(found, key=lambda model: places.get(_name(model), len(places)))


def find(name: str) -> type[Model] | None:
    return next((model for model in models() if _name(model) == name), None)


def title(model: type[Model]) -> str:
    return str(meanings.TITLES.get(_name(model), model._meta.verbose_name))


def machine(model: type[Model]) -> Machine:
    return _machine(model, get_language())


@lru_cache(maxsize=64)
def _machine(model: type[Model], language: str | None) -> Machine:
    """Drawn once per language and process."""
    name = _name(model)
    field: Any = model._meta.get_field("state")
    order = [str(value) for value, _text in field.flatchoices]
    steps = [step for step in _steps(field, model, order) if step.target]
    moved = {str(end) for step in steps for end in (step.source, step.target)}
    told = meanings.STATES.get(name, {})
    return Machine(
        name=name,
        title=title(model),
        intro=meanings.INTROS.get(name, ""),
        drawing=diagrams.draw(
            [_state(model, each) for each in order if each in moved], _joined(steps)
        ),
        states=[(_badge(model, each), told.get(each, "")) for each in order],
        steps=[_taken(model, step) for step in steps],
    )


def _name(model: type[Model]) -> str:
    return str(model._meta.model_name)


def _steps(field: Any, model: type[Model], order: list[str]) -> list[Any]:
    """In the order of their sources, then of their targets."""
    found = field.get_all_transitions(model)
    return sorted(
        found, key=lambda step: (order.index(step.source), order.index(step.target), step.name)
    )


def _joined(steps: list[Any]) -> Iterator[diagrams.Step]:
    """One line for all steps between the same two states; dashed where only the platform goes."""
    ways: dict[tuple[str, str], list[Any]] = {}
    for step in steps:
        ways.setdefault((str(step.source), str(step.target)), []).append(step)
    for (source, target), same in ways.items():
        texts = []
        for step in same:
            texts += [diagrams.Text(words(step)), diagrams.Text(who(step), quiet=True)]
        own = all(_platform(step) for step in same)
        yield diagrams.Step(source, target, tuple(texts), "own" if own else "")


def _platform(step: Any) -> bool:
    return bool(step.permission.__name__ == "by_system")


def words(step: Any) -> str:
    """The button's text; of the platform's steps the name, which their events carry too."""
    return str(step.custom.get("label") or _(step.name.replace("_", " ").capitalize()))


def who(step: Any) -> str:
    names = step.permission.__name__.replace("by_", "").split("_or_")
    return ", ".join(str(WHO.get(name, name)) for name in names)


def _state(model: type[Model], state: str) -> diagrams.State:
    return diagrams.State(state, label(model, "state", state), meaning(state)[0])


def _badge(model: type[Model], state: str) -> SafeString:
    return badge_of(state, label(model, "state", state))


def _taken(model: type[Model], step: Any) -> Taken:
    method = getattr(model, step.name)
    note = inspect.cleandoc(method.__doc__) if method.__doc__ else ""
    return Taken(
        _badge(model, str(step.source)),
        _badge(model, str(step.target)),
        words(step),
        who(step),
        _(" ".join(note.split())) if note else "",
    )
