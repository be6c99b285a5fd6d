"""How a step of an import begins: the batch under its lock, and the job it asks for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from .. import jobs, lifecycle
from ..actors import Actor
from ..errors import field_error
from ..lifecycle import check_revision, hold
from ..models import ImportBatch
from ..permissions import by_owner


def held_for(batch: ImportBatch, step: str, actor: Actor, revision: int | None) -> ImportBatch:
    """The batch, locked, when the actor may take `step` now and no job is at it."""
    held = hold(batch)
    if not by_owner(held, actor):
        raise PermissionDenied
    lifecycle.check(held, step, actor)
    if held.busy:
        raise field_error("job", _("Wait until the present step has ended."), "busy")
    check_revision(held, revision)
    return held


def ask(held: ImportBatch, step: str, kind: str, actor: Actor) -> ImportBatch:
    """Take a step that a job of this kind carries out."""
    held.job = jobs.enqueue(kind, actor=actor, args={"batch": held.pk})
    return lifecycle.write(held, step, actor=actor)
