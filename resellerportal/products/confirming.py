"""Forms that say what they would do before they do it."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ..forms import PortalForm


class Unconfirmed(Exception):
    """The sender has not seen these effects yet."""

    def __init__(self, effects: list[str]) -> None:
        super().__init__("unconfirmed")
        self.effects = effects


class ConfirmedMixin:
    """For a PortalFormView whose input may have effects on what is open or sold.

    `get_effects` says them, one sentence each. The first sending shows them and saves nothing;
    the second one saves, unless the effects have become others in between.
    """

    template_name = "products/confirmed.html"
    effects: tuple[str, ...] = ()

    def get_effects(self, cleaned: dict[str, Any]) -> list[str]:
        return []

    def perform(self, form: PortalForm) -> Any:
        page: Any = self
        found = self.get_effects(form.cleaned_data)
        if found and page.request.POST.get("confirmed") != _mark(found):
            raise Unconfirmed(found)
        return super().perform(form)  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page: Any = self
        try:
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        except Unconfirmed as unconfirmed:
            self.effects = tuple(unconfirmed.effects)
            form = page.get_form(request.POST)
            form.is_valid()
            context = page.get_context_data(form=form)
            return page.render_to_response(context, status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        if self.effects:
            context["submit_label"] = _("Save with these effects")
        return {**context, "effects": self.effects, "confirmed": _mark(list(self.effects))}


def _mark(effects: list[str]) -> str:
    return hashlib.sha256("\n".join(effects).encode()).hexdigest()[:32]
