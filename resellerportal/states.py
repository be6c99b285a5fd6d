"""What a state means to the eye, and where in its life an object is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_fsm import FSMField

WAITING, DONE, STOP, PARKED, QUIET = "waiting", "done", "stop", "parked", "quiet"

#: State value -> (class, Font Awesome icon). Values mean the same in every machine.
MEANING: dict[str, tuple[str, str]] = {
    "draft": (QUIET, "fa-pen"),
    "pending": (WAITING, "fa-hourglass-half"),
    "inquiring": (WAITING, "fa-circle-question"),
    "processing": (WAITING, "fa-rotate"),
    "revoking": (WAITING, "fa-rotate-left"),
    "terminating": (WAITING, "fa-rotate-left"),
    "tiers_setup": (PARKED, "fa-layer-group"),
    "scheduled": (PARKED, "fa-calendar"),
    "suspended": (PARKED, "fa-pause"),
    "accepted": (DONE, "fa-check"),
    "approved": (DONE, "fa-check"),
    "active": (DONE, "fa-check"),
    "published": (DONE, "fa-check"),
    "ignored": (QUIET, "fa-forward"),
    "unsupported": (QUIET, "fa-ban"),
    "revoked": (QUIET, "fa-rotate-left"),
    "endofsale": (QUIET, "fa-ban"),
    "terminated": (STOP, "fa-ban"),
    "failed": (STOP, "fa-xmark"),
    "uploaded": (QUIET, "fa-file-arrow-up"),
    "checking": (PARKED, "fa-rotate"),
    "checked": (WAITING, "fa-list-check"),
    "applying": (PARKED, "fa-rotate"),
    "applied": (DONE, "fa-check"),
    "undoing": (PARKED, "fa-rotate-left"),
    "undone": (QUIET, "fa-rotate-left"),
    "discarded": (QUIET, "fa-ban"),
}


def meaning(state: str) -> tuple[str, str]:
    return MEANING.get(state, (QUIET, "fa-circle"))


def state_field(model: type[Model]) -> str:
    """Name of the field the badge shows: the lifecycle field, else `status`, else nothing.

    TierAccount.state is a region of an address, therefore the type decides, not the name.
    """
    found = next((f.name for f in model._meta.fields if isinstance(f, FSMField)), "")
    return found or next((f.name for f in model._meta.fields if f.name == "status"), "")


def badge(obj: Any, language: str | None = None) -> SafeString:
    """`<span class="state waiting">…` of an object or a light row; built once per language."""
    model = getattr(type(obj), "row_of", type(obj))
    name = _field_of(model)
    if not name:
        return SafeString()
    return _badge(model, getattr(obj, name), language or get_language())


def label(model: type[Model], field: str, value: Any) -> str:
    """The text of a choice, as `get_<field>_display()` has it."""
    return labels(model, field).get(value, str(value))


def labels(model: type[Model], field: str) -> dict[Any, str]:
    """The texts of all choices of a field by value; written once per language."""
    return _labels(model, field, get_language())


@lru_cache(maxsize=256)
def _labels(model: type[Model], field: str, language: str | None) -> dict[Any, str]:
    choices: Any = model._meta.get_field(field)
    return {value: str(text) for value, text in choices.flatchoices}


_field_of = lru_cache(maxsize=64)(state_field)


@lru_cache(maxsize=512)
def _badge(model: type[Model], state: str, language: str | None) -> SafeString:
    return badge_of(state, state_label(model, state))


def badge_of(state: str, label: str) -> SafeString:
    css, icon = meaning(state)
    return format_html(
        '<span class="state {}"><i class="fa-solid {}" aria-hidden="true"></i>{}</span>',
        css,
        icon,
        label,
    )


def state_label(model: type[Model], state: str) -> str:
    return label(model, _field_of(model), state)


@dataclass(frozen=True)
class Stage:
    """One stop of the lifecycle strip: `been`, `here` or ahead (neither)."""

    label: str
    icon: str = ""
    css: str = ""
    since: Any = None


def lifecycle(obj: Model, events: Iterable[Any], never: Collection[str] = ()) -> list[Stage]:
    """Stages of `obj`: where it has been (from its events), where it is, what may follow.

    Later states follow the order of the State enum; final ones share one stop ("A or B").
    Nothing is led to `never`, states that this object does not come to.
    """
    model, here = type(obj), getattr(obj, _field_of(type(obj)))
    order, edges = _machine(model)
    been = [e.to_state for e in sorted(events, key=lambda e: e.at) if e.to_state]
    stages = [
        Stage(state_label(model, state), "fa-check", "been")
        for state in dict.fromkeys(been)
        if state != here and state in order
    ]
    css, icon = meaning(here)
    stages.append(
        Stage(state_label(model, here), icon, f"here {css}", getattr(obj, "state_since", None))
    )
    edges = {state: to.difference(never) for state, to in edges.items()} if never else edges
    ahead = _reachable(edges, here) - {here}
    later = [state for state in order if state in ahead and edges.get(state)]
    later = [state for state in later if order.index(state) > order.index(here)]
    stages += [Stage(state_label(model, state)) for state in later]
    final = [
        state_label(model, state) for state in order if state in ahead and not edges.get(state)
    ]
    if final:
        joined = final[0]
        for label in final[1:]:
            joined = _("%(one)s or %(other)s") % {"one": joined, "other": label.lower()}
        stages.append(Stage(joined))
    return stages


@lru_cache(maxsize=64)
def _machine(model: type[Model]) -> tuple[list[str], dict[str, set[str]]]:
    """States in the order of their enum, and the steps between them."""
    field = model._meta.get_field(_field_of(model))
    edges: dict[str, set[str]] = {}
    for step in field.get_all_transitions(model):  # type: ignore[union-attr]
        sources = (
            [value for value, _label in field.flatchoices] if step.source in "*+" else [step.source]
        )
        for source in sources:
            if step.target and step.target != source:
                edges.setdefault(str(source), set()).add(str(step.target))
    return [str(value) for value, _label in field.flatchoices], edges


def _reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        for target in edges.get(todo.pop(), ()):
            if target not in found:
                found.add(target)
                todo.append(target)
    return found
