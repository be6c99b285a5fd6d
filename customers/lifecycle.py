"""The only way a state changes.

LOCK ORDER, for every service of every app (decision 19):

    import -> tree -> product -> account -> TAR -> TC -> TCR -> subscription -> order -> definitions

Within a rank tier 2 comes before tier 1, then the primary key decides. `hold(obj)` first locks
`obj.lock_parents()` (TCR: its TC; order: its subscription), then the object. A service that
touches several objects takes them all through `hold_all()`, which sorts. No service locks a TC
after a subscription, and nobody locks two account rows but an import, which has the tree locks
and takes them in the order of their keys. Definitions of a product (standstill.py) are taken with
what is judged by them, shared, and by whoever changes them right after the product, alone.

Order of checks: right (PermissionDenied), state (StaleState), input (ValidationError), act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.utils import NotSupportedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from .actors import Actor
from .events import record
from .models import Event
from .moments import dated
from .permissions import asking_once
from .standstill import keep_still

M = TypeVar("M", bound=models.Model)


class StaleState(Exception):
    """The object is no longer in a state that allows the step; somebody else was first.

    `obj` is the fresh object, `step` the refused transition, `event` the latest event of the
    object that changed its state (None when there is none).
    """

    def __init__(self, obj: models.Model, step: str) -> None:
        self.obj = obj
        self.step = step
        self.event = (
            Event.objects.filter(object_id=obj.pk).exclude(to_state="").order_by("-at").first()
        )
        super().__init__(self.message)

    @property
    def message(self) -> str:
        state = self.obj.get_state_display()  # type: ignore[attr-defined]
        if self.event is None:
            return _("%(id)s is already %(state)s.") % {"id": self.obj.pk, "state": state}
        return _("%(id)s is already %(state)s: %(who)s, %(when)s.") % {
            "id": self.obj.pk,
            "state": state,
            "who": self.event.actor_name,
            "when": dated(self.event.at),
        }


class StaleForm(ValidationError):
    """The form was filled from an older revision of the object."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody changed this in the meantime. What you entered is kept; compare it with "
                "the present values and send it again."
            ),
            code="stale",
        )


@dataclass(frozen=True)
class Step:
    """A transition an actor may take now."""

    name: str
    label: str
    target: str
    style: str


def hold_all(objects: Iterable[models.Model]) -> dict[str, Any]:
    """Lock the rows of `objects` and their lock parents in the lock order; fresh ones by pk.

    Must run in an atomic block. Rows that no longer exist are missing in the answer.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotSupportedError("hold() needs an atomic block")
    wanted: dict[Any, set[str]] = {}
    for obj in objects:
        for model, pk in [*obj.lock_parents(), (type(obj), obj.pk)]:  # type: ignore[attr-defined]
            wanted.setdefault(model, set()).add(pk)
    fresh: dict[str, Any] = {}
    for model in sorted(wanted, key=lambda each: each.lock_rank):
        rows = model._base_manager.select_for_update(of=("self",), no_key=True)
        for row in rows.filter(pk__in=wanted[model]).order_by(*model.lock_order):
            fresh[row.pk] = row
    judged = [row for row in fresh.values() if getattr(row, "lock_definitions", False)]
    keep_still(row.product_id for row in judged)
    return fresh


def hold(obj: M) -> M:
    """Lock `obj` (its lock parents first) and return it fresh; callers drop the one they had.

    Raises `obj.DoesNotExist` when it is gone.
    """
    fresh: M | None = hold_all([obj]).get(obj.pk)
    if fresh is None:
        raise type(obj).DoesNotExist  # type: ignore[attr-defined]
    return fresh


def check(obj: Any, name: str, actor: Actor, revision: int | None = None) -> None:
    """Refuse the step `name` of the held `obj`: PermissionDenied, StaleState or StaleForm."""
    step = getattr(obj, name)
    permission = next(iter(step._django_fsm.transitions.values())).permission
    if not permission(obj, actor):
        raise PermissionDenied
    if not can_proceed(step):
        raise StaleState(obj, name)
    check_revision(obj, revision)


def check_revision(obj: Any, revision: int | None) -> None:
    """Raise StaleForm when the caller worked from another revision of the held object."""
    if revision is not None and revision != obj.revision:
        raise StaleForm


def write(
    obj: M,
    name: str,
    *,
    actor: Actor,
    data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> M:
    """Take the checked step on the held object: step, save, record `<model>.<step>`.

    `kwargs` are the transition's own; a `reason` among them is written into the event too.
    """
    held: Any = obj
    source = held.state
    getattr(held, name)(**kwargs)
    held.state_since = timezone.now()
    touch(held)
    record(
        f"{held._meta.model_name}.{name}",
        held,
        actor=actor,
        from_state=source,
        to_state=held.state,
        reason=kwargs.get("reason", ""),
        data=data,
    )
    return obj


@transaction.atomic
def advance(
    obj: M,
    name: str,
    *,
    actor: Actor,
    revision: int | None = None,
    data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> M:
    """Run transition `name` of `obj` as `actor`; return the fresh, saved object."""
    held = hold(obj)
    check(held, name, actor, revision)
    return write(held, name, actor=actor, data=data, **kwargs)


def touch(obj: Any) -> None:
    """Save a held object as a new revision."""
    obj.revision += 1
    obj.updated_at = timezone.now()
    obj.save()


def available_steps(obj: Any, actor: Actor | None) -> list[Step]:
    """The steps `actor` may take from the present state, in the order the model declares them.

    Steps of the platform itself are never offered.
    """
    if actor is None:
        return []
    with asking_once(actor):
        steps = list(obj.get_available_user_state_transitions(actor))
    offered = [step for step in steps if "label" in step.custom]
    return [
        Step(
            name=step.name,
            label=str(step.custom["label"]),
            target=str(step.target),
            style=str(step.custom.get("style", "secondary")),
        )
        for step in sorted(offered, key=lambda step: step.method.__code__.co_firstlineno)
    ]
