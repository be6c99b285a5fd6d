"""What people write about an account or a request."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from .. import actors
from ..actors import Actor
from ..cleaning import clean_text
from ..events import record
from ..models import AccountAccess, Membership, Note, Partner, TierAccount, User
from ..models.notes import SUBJECTS
from . import attachments
from .watches import sees

LONGEST = 2000


def kinds(obj: models.Model, actor: Actor) -> list[str]:
    """The kinds of notes the actor may write about `obj`, the most private first.

    Empty for viewers and for objects that are not discussed; what is seen is not asked here. A
    message about a draft would be read by those who see what it becomes.
    """
    subject = SUBJECTS.get(obj._meta.model_name or "")
    if subject is None or not actor.may_act or actor.user is None:
        return []
    draft = getattr(obj, "private_drafts", False) and getattr(obj, "state", "") == "draft"
    if draft or (actor.role == actors.VENDOR and not subject.with_vendors):
        return [Note.Kind.PRIVATE.value]
    return [Note.Kind.PRIVATE.value, Note.Kind.MESSAGE.value]


def colleagues(actor: Actor) -> QuerySet[User]:
    """Who else may act for the acting partner now, by name."""
    if actor.partner is None or actor.user is None:
        return User.objects.none()
    members = Membership.objects.usable().filter(partner=actor.partner, user=OuterRef("pk"))
    return User.objects.filter(Exists(members)).exclude(pk=actor.user.pk).order_by("name", "pk")


@transaction.atomic
def add_note(
    obj: models.Model,
    *,
    actor: Actor,
    text: str,
    kind: str,
    mentioned: Collection[str] = (),
    files: Sequence[attachments.File] = (),
    once: str = "",
) -> Note:
    """Write a note about `obj`, to be told to the colleagues `mentioned` (user ids) and watchers.

    `once` names a sending: the second of the same name, even at the same moment, writes nothing
    and returns the note of the first. Line breaks stay, at most 2,000 characters. Raises
    PermissionDenied when the actor may not write or does not see the object, and ValidationError
    on `text`, `kind`, `mentioned` and `files` (attachments.py says which). Locks nothing.
    """
    offered = kinds(obj, actor)
    if not offered or not sees(actor, obj):
        raise PermissionDenied
    text, found, kept = _checked(text, kind, mentioned, files, offered, actor)
    note, fresh = Note.objects.get_or_create(
        pk=_key(obj, actor, once),
        defaults={
            "object_type": obj._meta.model_name or "",
            "object_id": str(obj.pk),
            "kind": kind,
            "text": text,
            "partner": actor.partner,
            "user": actor.user,
            "role": actor.role,
            "author_name": str(actor)[:254],
            "key_id": actor.key,
        },
    )
    if not fresh:
        return note
    note.mentioned.set(found)
    attachments.attach(note, kept)
    if kind == Note.Kind.MESSAGE:
        note.readers.set(_resellers(obj))
    # About the note, not about its object: who may read the event's object is not who may read it.
    data = {"note": str(note.pk), "kind": kind, "files": [file.name for file in kept]}
    record("note.created", note, actor=actor, data=data)
    return note


def _checked(
    text: str,
    kind: str,
    mentioned: Collection[str],
    files: Sequence[attachments.File],
    offered: Collection[str],
    actor: Actor,
) -> tuple[str, list[User], list[attachments.Checked]]:
    """Text, colleagues and files as they are kept; raises ValidationError by field."""
    errors: dict[str, Any] = {}
    try:
        said = clean_text(text.replace("\r\n", "\n"), max_length=LONGEST, lines=True)
        if not said:
            errors["text"] = ValidationError(_("Write something."), code="required")
    except ValidationError as error:
        errors["text"] = error
    if kind not in offered:
        errors["kind"] = ValidationError(_("Choose who reads the note."), code="unknown")
    wanted = [pk for pk in mentioned if "\0" not in pk]  # PostgreSQL refuses to compare with it
    found = list(colleagues(actor).filter(pk__in=wanted)) if wanted else []
    if len(found) != len(set(mentioned)):
        errors["mentioned"] = ValidationError(_("Choose some of your colleagues."), code="unknown")
    try:
        kept = attachments.checked(files)
    except ValidationError as error:
        errors["files"] = error
    if errors:
        raise ValidationError(errors)
    return said, found, kept


def _resellers(obj: Any) -> QuerySet[Partner]:
    """The reseller partners that see `obj` now."""
    operates, shown = AccountAccess.Kind.OPERATES, AccountAccess.Kind.SEES
    seeing = Q(kind=operates, account__in=obj.operators())
    if isinstance(obj, TierAccount):
        seeing |= Q(kind=shown, account=obj)
    access = AccountAccess.objects.current().filter(seeing)
    return Partner.objects.filter(pk__in=access.values("partner"))


def _key(obj: models.Model, actor: Actor, once: str) -> uuid.UUID:
    """The same for the same sending by the same user for the same partner about `obj`."""
    if not once:
        return uuid.uuid4()
    user = actor.user.pk if actor.user else ""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{user}/{actor.partner_id}/{obj.pk}/{once}")
