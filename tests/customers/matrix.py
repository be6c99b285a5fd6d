"""Every state × every step × every member of the cast, against one set of what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from customers.actors import Actor
from customers.lifecycle import StaleState, available_steps
from customers.models import Event

MEMBERS = (
    "vendor",
    "distributor",
    "reseller",
    "parent",
    "vendor2",
    "distributor2",
    "reseller2",
    "admin",
    "system",
    "contact",
    "other contact",
    "viewer of vendor",
    "viewer of distributor",
    "viewer of reseller",
)

#: (member, state, step)
Allowed = set[tuple[str, str, str]]


class _Undo(Exception):
    pass


def rows(members: str, states: str, steps: str) -> Allowed:
    """Each member × each state × each step of three lists; members are separated by commas."""
    return {
        (member.strip(), state, step)
        for member in members.split(",")
        for state in states.split()
        for step in steps.split()
    }


def machine(model: type[models.Model]) -> set[tuple[str, str]]:
    """(source state, step) of every transition the model declares."""
    return {
        (str(each.source), each.name)
        for each in model._meta.get_field("state").get_all_transitions(model)
    }


def member(cast: Any, name: str, obj: models.Model) -> Actor:
    if name == "contact":
        return Actor.contact("jens@company.example", obj.pk)
    if name == "other contact":
        return Actor.contact("jens@company.example", "TCR-000-000-000-001")
    if name.startswith("viewer of "):
        return cast.actor(name.removeprefix("viewer of "), level="viewer")
    return cast.actor(name)


def outcome(call: Callable[[], Any]) -> tuple[str, str]:
    """(what came of the call, the state it led to); nothing of it stays."""
    result = ""
    try:
        with transaction.atomic():
            before = Event.objects.count()
            done = call()
            result = done.state if Event.objects.count() > before else "no event"
            raise _Undo
    except _Undo:
        return "done", result
    except PermissionDenied:
        return "denied", ""
    except StaleState:
        return "stale", ""


def check_machine(
    cast: Any,
    in_state: Callable[[str], Any],
    take: Callable[[Any, str, Actor], Any],
    allowed: Allowed,
) -> None:
    """Run the matrix.

    `in_state` gives the object in a state, `take` makes a member take a step. A member that may
    never take a step is denied, whether or not the step leads on from the state; one that may not
    now is told of the stale state.
    """
    wrong = []
    model = type(in_state(next(iter(allowed))[1]))
    targets = {
        (str(t.source), t.name): str(t.target)
        for t in model._meta.get_field("state").get_all_transitions(model)
    }
    rights = {(who, step) for who, _state, step in allowed}
    for state in model.State.values:
        obj = in_state(state)
        assert obj.state == state
        for name in MEMBERS:
            offered = {step.name for step in available_steps(obj, member(cast, name, obj))}
            may = {step for who, at, step in allowed if (who, at) == (name, state)}
            if name != "system" and offered != may:
                wrong.append(f"{name} in {state} is offered {offered}, may {may}")
            for step in _tried(name, state, targets, rights):
                found = outcome(partial(_take, cast, take, obj, step, name))
                if (name, state, step) in allowed:
                    expected = ("done", targets[state, step])
                else:
                    expected = ("stale" if (name, step) in rights else "denied", "")
                if found != expected:
                    wrong.append(f"{name}: {state} {step} -> {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def _tried(name: str, state: str, targets: Any, rights: set[tuple[str, str]]) -> set[str]:
    """Steps to try: each where the member has the right to it or where it leads on; where nothing
    leads on, all of them."""
    over = all(source != state for source, _step in targets)
    return {
        step
        for _source, step in targets
        if over or (name, step) in rights or (state, step) in targets
    }


def _take(cast: Any, take: Any, obj: Any, step: str, name: str) -> Any:
    return take(type(obj).objects.get(pk=obj.pk), step, member(cast, name, obj))


def check_completeness(model: type[models.Model], allowed: Iterable[tuple[str, str, str]]) -> None:
    """The set names every transition of the machine, and nothing that is none."""
    assert {(state, step) for _member, state, step in allowed} == machine(model)
