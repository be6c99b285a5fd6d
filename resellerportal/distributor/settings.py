"""What a distributor decides about its portal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR
from customers.models import Partner
from customers.services.partners import may_set, save_settings

from .. import history
from ..forms import PortalForm
from ..generic import PortalFormView


class SettingsForm(PortalForm):
    fieldsets = ((gettext_lazy("Known companies"), ("tells_known",)),)
    tells_known = forms.BooleanField(
        label=gettext_lazy("Tell resellers when a company is known to us already"),
        required=False,
        help_text=gettext_lazy(
            "A reseller who enters a company that you have elsewhere is told that it is already "
            "known to its distributor. It does not learn to whom it belongs, how many there are, "
            "or what was recognised. Switched off, it learns nothing."
        ),
    )


class KnownCompanies(PortalFormView):
    """Everybody of the distributor reads them, its administrators change them."""

    roles = (DISTRIBUTOR,)
    model = Partner
    name = "settings"
    template_name = "distributor/settings.html"
    title = gettext_lazy("Known companies")
    form_class = SettingsForm
    service = staticmethod(save_settings)
    success_message = gettext_lazy("Saved.")

    @cached_property
    def object(self) -> Any:
        return self.actor.partner

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object is None:  # an administrator of the platform has no settings of its own
            return redirect("admin:customers_partner_changelist")
        return super().get(request, *args, **kwargs)

    def check(self) -> None:
        writes = self.request.method == "POST"
        if writes and (self.object is None or not may_set(self.object, self.actor)):
            raise PermissionDenied

    def get_form(self, *data: Any) -> PortalForm:
        form = super().get_form(*data)
        for field in form.fields.values():
            field.disabled = not may_set(self.object, self.actor)
        return form

    def get_initial(self) -> dict[str, Any]:
        return {"tells_known": self.object.tells_known}

    def get_success_url(self, result: Any) -> str:
        return self.url("settings-known")

    def get_cancel_url(self) -> str:
        return ""

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Settings"), self.url("settings"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = history.events_of(self.object, before=Q(verb="partner.settings"))
        hint = _("Only administrators of %(name)s change these settings.")
        return super().get_context_data(
            hint="" if may_set(self.object, self.actor) else hint % {"name": self.object.name},
            thread=history.thread(events, self.actor),
            **kwargs,
        )
