"""Writing a note, following an object, and the list of what one follows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.models import Note, TierAccount, Watch
from customers.models.notes import SUBJECTS
from customers.services import notes, watches

from ..access import EVERYONE, RoleRequiredMixin, local_address
from ..cells import age, value
from ..frame.search import PLACES, Place
from ..generic import Fact, PortalActionView, PortalFormView
from ..once import token_of
from .forms import NoteForm

#: Lines of the list of what one follows.
PAGE = 50


def _place(name: str) -> Place:
    """How rows of a model, by its name, are called and where they lead."""
    return next(place for place in PLACES if place.model._meta.model_name == name)


class NoteAdd(PortalFormView):
    """A note about one object; the address binds `model` and `name`."""

    model: Any = TierAccount
    name = "account"
    form_class = NoteForm
    title = gettext_lazy("Write a note")
    submit_label = gettext_lazy("Add the note")

    def check(self) -> None:
        super().check()
        if not notes.kinds(self.object, self.actor):
            raise PermissionDenied

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """With `more` nothing is written yet: the short form of a page sends what was typed."""
        return self.get(request) if "more" in request.POST else super().post(request)

    def get_initial(self) -> dict[str, Any]:
        names = ("text", "kind") if "more" in self.request.POST else ()
        return {name: self.request.POST[name] for name in names if name in self.request.POST}

    def perform(self, form: Any) -> Note:
        token = token_of(self.request)
        return notes.add_note(self.object, actor=self.actor, once=token, **form.cleaned_data)

    def get_success_message(self, result: Note) -> str:
        if result.kind == Note.Kind.PRIVATE:
            return _("The note is added for your colleagues.")
        return _("The message is added.")

    def get_success_url(self, result: Any) -> str:
        return f"{super().get_success_url(result)}#history"


class WatchChange(PortalActionView):
    """Back to the page the button stood on, the object's own by default."""

    model: Any = TierAccount
    name = "account"

    def get_facts(self) -> list[Fact]:
        place = _place(self.object._meta.model_name)
        return [Fact(_("Company"), value(place.title)(self.object))]

    def get_success_url(self, result: Any) -> str:
        wanted = local_address(self.request, self.request.POST.get("next", ""))
        return wanted or super().get_success_url(result)


class WatchStart(WatchChange):
    """Follow the object."""

    service = staticmethod(watches.watch)
    title = gettext_lazy("Watch this")
    question = gettext_lazy("You get an e-mail when this is changed, decided or written about.")
    submit_label = gettext_lazy("Watch")
    success_message = gettext_lazy("You watch this now and hear of what happens by e-mail.")

    def check(self) -> None:
        super().check()
        if self.actor.partner is None:  # one watches as a member
            raise PermissionDenied


class WatchStop(WatchChange):
    """Stop following it; viewers may, too: they may have been more when they began."""

    service = staticmethod(watches.unwatch)
    title = gettext_lazy("Stop watching this")
    question = gettext_lazy("You get no more e-mail about this, except when you are mentioned.")
    submit_label = gettext_lazy("Stop watching")
    success_message = gettext_lazy("You no longer watch this.")

    def check(self) -> None:
        _visible = self.object


class WatchList(RoleRequiredMixin, TemplateView):
    """What the user watches for the acting partner and still sees, the latest first."""

    roles = EVERYONE
    template_name = "portal/watching.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Watch.objects.visible_to(self.actor).order_by("-pk")
        before = self.request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) < 19:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: PAGE + 1])
        lines = self._lines(found[:PAGE])
        older = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
        return super().get_context_data(title=_("Watching"), lines=lines, older=older, **kwargs)

    def _lines(self, found: list[Watch]) -> list[dict[str, Any]]:
        lines = {}
        for name, subject in SUBJECTS.items():
            keys = [row.object_id for row in found if row.object_type == name]
            place = _place(name)
            rows = subject.model._default_manager.visible_to(self.actor).filter(pk__in=keys)
            for obj in rows.select_related(*place.related) if keys else ():
                lines[obj.pk] = {
                    "pk": obj.pk,
                    "title": value(place.title)(obj),
                    "kind": capfirst(subject.model._meta.verbose_name),
                    "note": value(place.note)(obj),
                    "url": self._page(f"{place.page}-detail", obj.pk),
                    "stop": self._page(f"{place.page}-unwatch", obj.pk),
                }
        known = [row for row in found if row.object_id in lines]
        return [{**lines[row.object_id], "since": age(row.started_at)} for row in known]

    def _page(self, name: str, pk: str) -> str:
        try:
            return self.url(name, pk)
        except NoReverseMatch:
            return ""
