"""Views of lists that a member keeps, and those its colleagues share.

They hold an address and nothing else; whoever opens one sees what he may see anyway. One's own
are changed by oneself, at any level; to share takes an agent or administrator. What others share
is changed by administrators of the partner, also when its author has gone.

Each writer locks the row of the member whose views it counts or names, then that of the view.
`SavedView.DoesNotExist` is raised for what was deleted meanwhile.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ..actors import ADMINISTRATOR, Actor
from ..cleaning import clean_text
from ..errors import field_error
from ..models import SavedView, User

#: Views one member keeps of one list.
MOST = 50
#: Characters of an address.
LONGEST = 2000


def views_of(actor: Actor, name: str) -> QuerySet[SavedView]:
    """What the actor finds beside a list, by title; `starts` marks the one it begins with."""
    mine = SavedView.starts.through.objects.filter(savedview=OuterRef("pk"), user=actor.user)
    rows = SavedView.objects.visible_to(actor).filter(list=name)
    return rows.annotate(begins=Exists(mine)).order_by("title", "pk")


def may_change(view: SavedView, actor: Actor) -> bool:
    """Whether the view is the actor's to rename, share, overwrite or delete."""
    if actor.user is None or view.partner_id != actor.partner_id:
        return False
    return view.user_id == actor.user.pk or (view.shared and actor.level == ADMINISTRATOR)


@transaction.atomic
def save_view(
    *, actor: Actor, list: str, query: str, title: str, shared: bool = False
) -> SavedView:
    """Keep an address of a list under a name; one's own of that name is overwritten by none.

    Raises PermissionDenied for who acts for no partner or shares as a viewer, and
    ValidationError on field `title`, or without a field when there are too many.
    """
    if actor.user is None or actor.partner is None or (shared and not actor.may_act):
        raise PermissionDenied
    _one_at_a_time(actor.user.pk)
    own = SavedView.objects.filter(partner=actor.partner, user=actor.user, list=list)
    if own.count() >= MOST:
        raise ValidationError(_("Keep at most %(n)d views of a list.") % {"n": MOST}, code="many")
    return SavedView.objects.create(
        partner=actor.partner,
        user=actor.user,
        list=list,
        title=_title(title, own),
        query=query[:LONGEST],
        shared=shared,
    )


@transaction.atomic
def edit_view(view: SavedView, *, actor: Actor, title: str, shared: bool = False) -> SavedView:
    """Give it another name, share it or no longer."""
    _one_at_a_time(view.user_id)
    held = _held(view, actor)
    if shared and not held.shared and not actor.may_act:
        raise PermissionDenied
    own = SavedView.objects.filter(partner=held.partner_id, user=held.user_id, list=held.list)
    held.title, held.shared = _title(title, own.exclude(pk=held.pk)), shared
    held.save()
    if not shared:
        # Whoever began with it can no longer see it.
        held.starts.remove(*held.starts.exclude(pk=held.user_id))
    return held


@transaction.atomic
def overwrite_view(view: SavedView, *, actor: Actor, query: str) -> SavedView:
    """Let it lead to another address of its list."""
    held = _held(view, actor)
    held.query = query[:LONGEST]
    held.save()
    return held


@transaction.atomic
def copy_view(view: SavedView, *, actor: Actor) -> SavedView:
    """A private view of one's own, to begin from; anybody may who sees it."""
    if actor.user is None:
        raise PermissionDenied
    _one_at_a_time(actor.user.pk)
    own = SavedView.objects.filter(user=actor.user, partner=actor.partner, list=view.list)
    taken = set(own.values_list("title", flat=True))
    stem = _("Copy of %(title)s") % {"title": view.title}
    names = (stem[:60] if n == 1 else f"{stem[:58]} {n}" for n in range(1, MOST + 2))
    title = next(name for name in names if name not in taken)
    return save_view(actor=actor, list=view.list, query=view.query, title=title)


@transaction.atomic
def delete_view(view: SavedView, *, actor: Actor) -> None:
    _held(view, actor).delete()


@transaction.atomic
def start_view(view: SavedView, *, actor: Actor, starts: bool = True) -> None:
    """Begin the list with it, or no longer; each member for itself, with one view of a list."""
    if actor.user is None:
        raise PermissionDenied
    _one_at_a_time(actor.user.pk)
    held = SavedView.objects.select_for_update(of=("self",), no_key=True).get(pk=view.pk)
    through = SavedView.starts.through.objects
    through.filter(
        Q(savedview__list=view.list, savedview__partner=view.partner_id), user=actor.user
    ).delete()
    if starts:
        held.starts.add(actor.user)


def _one_at_a_time(member_id: str) -> None:
    """What a member keeps is written by one after the other: names and numbers stay right."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=member_id)


def _held(view: SavedView, actor: Actor) -> SavedView:
    held: SavedView = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    if not may_change(held, actor):
        raise PermissionDenied
    return held


def _title(raw: str, others: QuerySet[SavedView]) -> str:
    try:
        title = clean_text(raw, max_length=64)
    except ValidationError as error:
        raise ValidationError({"title": error}) from error
    if not title:
        raise field_error("title", _("Give the view a name."), "required")
    if others.filter(title=title).exists():
        raise field_error("title", _("You have a view of this name."), "duplicate")
    return title
