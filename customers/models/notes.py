"""What people say about an object, and who follows it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from ..visibility import NOTHING
from .accounts import TierAccount
from .partners import Partner, User
from .requests import TierAccountRequest


@dataclass(frozen=True)
class Subject:
    """A model whose rows are discussed and watched.

    `prefix` and `digits`, a regular expression, are what their ids look like.
    Without `with_vendors`, messages are between the distributor and its resellers; vendors who
    see the object may write for their own colleagues only. `above` names the key of the object
    whose watchers hear of it too, "" for none.
    """

    model: Any
    prefix: str
    digits: str
    with_vendors: bool
    above: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.prefix}-{self.digits}", re.ASCII)


#: By model name; apps above add theirs with `discuss`.
SUBJECTS: dict[str, Subject] = {}


def discuss(
    model: type[models.Model], prefix: str, digits: str, *, with_vendors: bool, above: str = ""
) -> None:
    """Let notes be written about rows of `model`, and let them be watched."""
    SUBJECTS[model._meta.model_name or ""] = Subject(model, prefix, digits, with_vendors, above)


discuss(TierAccount, "TA", r"\d{4}-\d{4}-\d{4}", with_vendors=False)
discuss(
    TierAccountRequest,
    "TAR",
    r"\d{4}-\d{4}-\d{4}-\d{3,}-\d{3,}",
    with_vendors=True,
    above="account_id",
)


def in_sight(subject: Subject, name: str, actor: actors.Actor, keys: Collection[str] | None) -> Q:
    """Rows with `object_type` and `object_id` about what the actor sees now, of `keys` if given."""
    rows = subject.model._default_manager.visible_to(actor).order_by()
    if keys is None:
        return Q(object_type=name) & Q(Exists(rows.filter(pk=OuterRef("object_id"))))
    return Q(object_type=name, object_id__in=rows.filter(pk__in=keys).values("pk"))


def _written_to(reseller: Partner) -> Q:
    readers = Note.readers.through._base_manager.filter(note=OuterRef("pk"), partner=reseller)
    return Q(Exists(readers))


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(
        self,
        actor: actors.Actor | None,
        about: Collection[str] | None = None,
        kinds: Collection[str] | None = None,
    ) -> NoteQuerySet:
        """Notes on what the actor sees now: messages meant for its side, and its partner's own.

        `about` are ids of objects: only their notes, and the database looks at no others; `kinds`
        are the names of their models, by default all there are.
        """
        kinds = SUBJECTS if kinds is None else kinds
        if about is not None:
            return self.filter(object_id__in=about)._visible_to(actor, about, kinds)
        return self._visible_to(actor, None, kinds)

    def _visible_to(
        self, actor: actors.Actor | None, about: Collection[str] | None, kinds: Collection[str]
    ) -> NoteQuerySet:
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is None:
            return self.none()
        found = NOTHING
        for name in kinds:
            subject = SUBJECTS[name]
            readable = Q(partner=actor.partner)
            if actor.role == actors.RESELLER:
                readable |= Q(kind=Note.Kind.MESSAGE) & _written_to(actor.partner)
            elif subject.with_vendors or actor.role != actors.VENDOR:
                readable |= Q(kind=Note.Kind.MESSAGE)
            found |= readable & in_sight(subject, name, actor, about)
        return self.filter(found)


class Note(models.Model):
    """One message about an account or a request, never changed; read beside its events.

    A private note is for the author's own partner. A message is for everybody who sees the
    object, except that vendors never read what the channel says about an account, and that of the
    resellers only those read it who saw the object when it was written: what was said to one
    reseller is not for the one that takes the account over.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        PRIVATE = "private", _("Only for colleagues")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    text = models.CharField(_("text"), max_length=2000)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=16)
    author_name = models.CharField(_("author"), max_length=254)
    key_id = models.CharField(_("key"), max_length=20, blank=True)
    mentioned = models.ManyToManyField(User, related_name="+", blank=True)
    readers = models.ManyToManyField(
        Partner, related_name="+", blank=True, verbose_name=_("resellers it was written to")
    )
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["object_id", "at"], name="note_of_object")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["message", "private"]), name="note_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name} on {self.object_id}"

    @property
    def actor_name(self) -> str:
        """The author under the name events have for it; both stand in one thread."""
        return self.author_name


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, actor: actors.Actor | None) -> WatchQuerySet:
        """What the user watches for the acting partner, nobody else's; not all is still seen."""
        if actor is None or actor.user is None or actor.partner is None:
            return self.none()
        return self.filter(user=actor.user, partner=actor.partner)


class Watch(models.Model):
    """A user, as a member of a partner, hears by mail what happens to an object."""

    user = models.ForeignKey(User, models.CASCADE, related_name="watches")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36)
    started_at = models.DateTimeField(_("since"), default=timezone.now)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [
            models.UniqueConstraint(fields=["user", "partner", "object_id"], name="watch_once")
        ]
        indexes = [models.Index(fields=["object_id"], name="watch_of_object")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.object_id}"
