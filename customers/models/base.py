"""What models share: who sees rows that are somebody's own, and what lifecycle objects carry."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin

from .. import actors

#: (model, primary key) of a row that must be locked before an object's own row.
LockKey = tuple[type[models.Model], str]


class OfPartner(models.QuerySet[Any]):
    def visible_to(self, actor: actors.Actor | None) -> Any:
        """The partner's own, by the column `partner`; what its members may see is the same."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is not None:
            return self.filter(partner=actor.partner)
        return self.none()


class OfVendor(models.QuerySet[Any]):
    def visible_to(self, actor: actors.Actor | None) -> Any:
        """The vendor's own, by the column `product`; others see only what is made of them."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.VENDOR:
            return self.filter(product__owner=actor.partner)
        return self.none()


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
