"""Pages about what has a secret: who opens them, the switch, and the secret, shown once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from customers.services.endpoints import may_manage

from .forms import PortalForm
from .generic import PortalActionView
from .once import remember


class AdministratorsOnly:
    """Found or not first (404), then the right (403): administrators acting for the partner."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check_right()
        answer: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check_right()
        page: Any = self
        send = getattr(super(), "post", page.http_method_not_allowed)
        answer: HttpResponse = send(request, *args, **kwargs)
        return answer

    def _check_right(self) -> None:
        page: Any = self
        if "pk" in page.kwargs:
            _found = page.object
        if not may_manage(page.actor):
            raise PermissionDenied


class SwitchForm(PortalForm):
    """What the page offered, so that one that was left open does not switch the other way."""

    on = forms.TypedChoiceField(
        choices=(("on", ""), ("off", "")),
        coerce=lambda wanted: wanted == "on",
        widget=forms.HiddenInput,
    )


class Switch(PortalActionView):
    """Off if it is on, and on if it is off; `titles` and `questions` by what it is now."""

    form_class = SwitchForm
    success_message = gettext_lazy("Saved.")
    titles: dict[bool, Any]
    questions: dict[bool, Any]

    def is_on(self) -> bool:
        return bool(self.object.active)

    def get_initial(self) -> dict[str, Any]:
        return {"on": "off" if self.is_on() else "on"}

    def get_title(self) -> str:
        return str(self.titles[self.is_on()])

    def get_question(self) -> str:
        return str(self.questions[self.is_on()])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"submit_label": self.get_title()}


def shown_once(
    page: Any,
    value: str,
    title: str,
    name: str,
    *,
    template: str,
    back: str = "",
    **more: Any,
) -> HttpResponse:
    """A secret on a page that nobody can come back to; a second sending goes on where it leads.

    `title` takes %(name)s. `template` extends portal/secret.html and gets `more`. `back`: where it
    leads, instead of where the page's form did.
    """
    back = back or page.get_cancel_url()
    remember(page.request, back)
    context = {
        "title": title % {"name": name},
        "secret": value,
        "back": back,
        "crumbs": page.get_crumbs(),
        **more,
    }
    answer = render(page.request, template, context)
    answer["Cache-Control"] = "no-store, private"
    return answer
