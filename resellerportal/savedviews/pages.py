"""Saving, renaming, sharing and deleting views of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from customers.models import SavedView
from customers.services import saved_views as services

from ..access import EVERYONE, RoleRequiredMixin
from ..forms import PortalForm, TextField
from ..generic import PortalFormView
from . import menu


class ViewForm(PortalForm):
    """A name, and for who may share whether colleagues see it."""

    title = TextField(label=gettext_lazy("Name"), max_length=64)
    shared = forms.BooleanField(
        label=gettext_lazy("Share with colleagues"),
        required=False,
        help_text=gettext_lazy("They open it with their own rights and see their own rows."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.actor.may_act:
            del self.fields["shared"]


class ViewPage(PortalFormView):
    """Viewers keep views, too; what they may not share the service refuses."""

    roles = EVERYONE
    model = SavedView
    form_class = ViewForm

    def check(self) -> None:
        _visible, _existing = self.object, self.listed
        if self.actor.partner is None:
            raise PermissionDenied

    @cached_property
    def listed(self) -> Any:
        """The list, as the address or the form asks for it."""
        sent = self.request.POST if "query" in self.request.POST else self.request.GET
        query = sent.get("query", "").lstrip("?")
        found = menu.list_of(self.request, self.actor, self.portal, self.get_list(), query)
        if found is None:
            raise Http404
        return found

    def get_list(self) -> str:
        return str(self.kwargs.get("list") or self.object.list)

    def get_success_url(self, result: Any) -> str:
        return self.url(f"{self.get_list()}-list") + f"?{result.query}"

    def get_cancel_url(self) -> str:
        query = menu.kept(self.listed)
        return self.url(f"{self.get_list()}-list") + (f"?{query}" if query else "")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(self.listed.title, self.get_cancel_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(query=menu.kept(self.listed), **kwargs)


class Views(ViewPage):
    """All views of a list, and a form that keeps the one the reader comes from."""

    template_name = "portal/saved_views.html"
    service = staticmethod(services.save_view)
    submit_label = gettext_lazy("Save this view")
    success_message = gettext_lazy("The view is saved.")

    def get_title(self) -> str:
        return _("Views of %(list)s") % {"list": self.listed.title}

    def perform(self, form: PortalForm) -> Any:
        query = menu.kept(self.listed)
        return services.save_view(
            actor=self.actor, list=self.get_list(), query=query, **form.cleaned_data
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.url(f"{self.get_list()}-list")
        tail = urlencode({"query": menu.kept(self.listed)})
        lines = [
            {
                "view": row,
                "url": f"{address}?{row.query}",
                "changes": services.may_change(row, self.actor),
                "edit": f"{reverse('saved-view', args=[row.pk])}?{tail}",
                "do": reverse("saved-view-do", args=[row.pk]),
                "mine": row.user == self.actor.user,
            }
            for row in services.views_of(self.actor, self.get_list()).select_related("user")
        ]
        return super().get_context_data(lines=lines, **kwargs)


class ViewEdit(ViewPage):
    """Another name, shared or not."""

    title: Any = gettext_lazy("Change the view")
    service = staticmethod(services.edit_view)
    success_message = gettext_lazy("The view is changed.")

    def check(self) -> None:
        super().check()
        if not services.may_change(self.object, self.actor):
            raise PermissionDenied

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.object.title, "shared": self.object.shared}

    def get_cancel_url(self) -> str:
        return reverse("saved-views", args=[self.object.list])

    def perform(self, form: PortalForm) -> Any:
        shared = {"shared": self.object.shared, **form.cleaned_data}
        return services.edit_view(self.object, actor=self.actor, **shared)


class ViewDo(RoleRequiredMixin, View):
    """One button of the page of views."""

    roles = EVERYONE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = get_object_or_404(SavedView.objects.visible_to(self.actor), pk=pk)
        query = request.POST.get("query", "").lstrip("?")
        found = menu.list_of(request, self.actor, self.portal, view.list, query)
        step = self.steps(menu.kept(found) if found else "").get(request.POST.get("do", ""))
        if step is None:
            raise Http404
        act, told = step
        try:
            act(view)
        except ObjectDoesNotExist:
            raise Http404 from None
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, told % {"title": view.title})
        tail = "?" + urlencode({"query": query}) if query else ""
        return redirect(reverse("saved-views", args=[view.list]) + tail)

    def steps(self, query: str) -> dict[str, tuple[Callable[[SavedView], Any], str]]:
        actor = self.actor
        return {
            "overwrite": (
                lambda view: services.overwrite_view(view, actor=actor, query=query),
                _("“%(title)s” leads to what you saw now."),
            ),
            "copy": (
                lambda view: services.copy_view(view, actor=actor),
                _("“%(title)s” is copied; the copy is yours."),
            ),
            "delete": (
                lambda view: services.delete_view(view, actor=actor),
                _("“%(title)s” is deleted."),
            ),
            "start": (
                lambda view: services.start_view(view, actor=actor),
                _("The list now opens with “%(title)s” for you."),
            ),
            "unstart": (
                lambda view: services.start_view(view, actor=actor, starts=False),
                _("The list no longer opens with “%(title)s”."),
            ),
        }
