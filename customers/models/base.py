"""What every lifecycle object carries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin

#: (model, primary key) of a row that must be locked before an object's own row.
LockKey = tuple[type[models.Model], str]


class Stamped(models.Model):
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Lifecycle(ConcurrentTransitionMixin, Stamped):
    """An object with a state machine.

    `revision` grows by one with every write and travels hidden in forms, so that a form filled
    from an older state is noticed. `state_since` is the time of the last change of state.
    """

    #: Place in the lock order written at the head of customers/lifecycle.py.
    lock_rank: ClassVar[int]
    #: Order in which several rows of one model are locked.
    lock_order: ClassVar[tuple[str, ...]] = ("pk",)
    #: Whether the definitions of its product stand still while it is held.
    lock_definitions: ClassVar[bool] = False

    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now)

    class Meta:
        abstract = True

    def lock_parents(self) -> list[LockKey]:
        """Rows that `hold()` locks before this one."""
        return []
