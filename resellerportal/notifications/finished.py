"""Mail to who asked for a report or an import, and waited for long: it is done, or was not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from customers.jobs import TELL, actor_of
from customers.models import Event, ImportBatch, Job, Report

from .letters import Message

#: Kind of a job -> what its end is called.
_DONE: dict[str, Any] = {
    "import.check": gettext_lazy("The file is checked: %(name)s"),
    "import.apply": gettext_lazy("The import is done: %(name)s"),
    "import.undo": gettext_lazy("The import is undone: %(name)s"),
}
#: Name of an input of jobs -> what it names, model part of the URL names.
_ABOUT: dict[str, tuple[Any, str]] = {
    "report": (Report, "report"),
    "batch": (ImportBatch, "import"),
}


def letters(event: Event) -> Iterator[Message]:
    """To who asked, if he still acts for the partner and sees what he asked for."""
    jobs = Job.objects.visible_to(Actor.system()).select_related("user", "partner")
    job = jobs.filter(pk=event.object_id).first()
    actor = _asker(job) if job else None
    if job is None or actor is None or actor.user is None or actor.partner is None:
        return
    for argument, (model, page) in _ABOUT.items():
        rows = model.objects.visible_to(actor)
        about = rows.filter(pk=job.args.get(argument)).first() if argument in job.args else None
        if about is None:
            continue
        title = _DONE.get(job.kind, _("Your report is ready: %(name)s"))
        if job.error:
            title = _("This could not be done: %(name)s")
        heading = title % {"name": getattr(about, "file_name", about)}
        path = reverse(f"{actor.role}:{page}-detail", args=[about.pk])
        context = {
            "heading": heading,
            "intro": job.error or (_by_itself() if TELL in job.args else _asked()),
            "facts": [],
            "link": (f"{settings.PUBLIC_URL}{path}", _("Open it")),
        }
        subject = f"{heading} ({about.pk})"
        yield Message(actor.user.email, "notice", subject, context, actor.partner.pk)


def _asked() -> str:
    return _("You asked for it a while ago.")


def _by_itself() -> str:
    return _("It was made as you asked for it, by the calendar. Its schedule is among the reports.")


def _asker(job: Job) -> Actor | None:
    try:
        return actor_of(job)
    except ValidationError:
        return None
