"""What the page of an object shows of its thread, and what its reader may add to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch
from django.utils.crypto import get_random_string

from customers.models.notes import SUBJECTS
from customers.services.notes import kinds

from .forms import NoteForm
from .thread import Thread


@dataclass(frozen=True)
class Talk:
    """The thread with the form for notes and the button of a watcher; "" for what is not offered.

    `watch` is where the button sends: to the page that ends the watch while there is one. The form
    `tells` colleagues on a page of its own, so that not every page has to read who they are.
    """

    thread: Thread
    form: NoteForm | None = None
    add: str = ""
    watch: str = ""
    watching: bool = False
    token: str = ""
    tells: bool = False


def talk(view: Any, thread: Thread) -> Talk:
    """What `view`, a detail page whose object was read with `watched`, says below its thread."""
    obj, actor = view.object, view.actor
    if obj._meta.model_name not in SUBJECTS:
        return Talk(thread)
    watching = bool(getattr(obj, "watched", False))
    add = _page(view, "note") if kinds(obj, actor) else ""
    follows = actor.partner is not None and (actor.may_act or watching)
    return Talk(
        thread,
        form=NoteForm(actor=actor, obj=obj, colleagues=False) if add else None,
        tells=actor.partner is not None,
        add=add,
        watch=_page(view, "unwatch" if watching else "watch") if follows else "",
        watching=watching,
        token=get_random_string(22),
    )


def _page(view: Any, step: str) -> str:
    try:
        return str(view.url(f"{view.name}-{step}", view.object.pk))
    except NoReverseMatch:
        return ""
