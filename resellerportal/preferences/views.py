"""The page of choices, for each partner one acts for, and the public page that stops a kind."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from customers.models import Membership
from customers.services import notices

from ..access import EVERYONE, RoleRequiredMixin, memberships
from ..notifications import stopping
from .forms import ChoicesForm


class NotificationChoices(RoleRequiredMixin, TemplateView):
    """Of the acting partner, or of another of one's own by its id."""

    roles = EVERYONE
    template_name = "preferences/notifications.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.member is None:
            return self.page(None)
        given = notices.choices_of(self.member)
        modes = {kind.key: given.get(kind.key, notices.Mode.EACH) for kind in self.form().kinds}
        return self.page(self.form(initial=modes))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.member is None:
            raise Http404
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        notices.choose(self.member, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(request.path)

    @cached_property
    def member(self) -> Membership | None:
        """The user's own membership; none for who acts as administrator of the platform."""
        wanted = self.kwargs.get("partner", self.actor.partner_id)
        own = {row.partner_id: row for row in memberships(self.request)}
        if "partner" in self.kwargs and wanted not in own:
            raise Http404
        return own.get(wanted)

    def form(self, *data: Any, **kwargs: Any) -> ChoicesForm:
        assert self.member is not None
        return ChoicesForm(*data, member=self.member, **kwargs)

    def page(self, form: ChoicesForm | None, status: int = 200) -> HttpResponse:
        tabs = [
            {
                "label": row.partner.name,
                "url": reverse("notifications-of", args=[row.partner_id]),
                "current": row == self.member,
                "count": "",
            }
            for row in memberships(self.request)
        ]
        context = self.get_context_data(
            title=_("Notifications"), form=form, member=self.member, tabs=tabs
        )
        return self.render_to_response(context, status=status)


@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(View):
    """The address in a mail's headers and foot. GET asks, POST stops: mail programs send it by
    themselves when their user says so (RFC 8058), without cookies. It says nothing of the reader.
    """

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(stopping.opened(token), stopped=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = stopping.opened(token)
        if found is not None:
            notices.stop(*found)
        return self._page(found, stopped=True)

    def _page(self, found: tuple[Membership, str] | None, *, stopped: bool) -> HttpResponse:
        context = {"kind": stopping.label(found[1]) if found else "", "stopped": stopped}
        status = 200 if found else 404
        return render(self.request, "preferences/unsubscribe.html", context, status=status)
