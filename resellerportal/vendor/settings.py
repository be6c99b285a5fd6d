"""What a vendor decides about its portal: how long requests should stay in a state."""

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

from customers.actors import VENDOR
from customers.models import Partner
from customers.services.partners import may_set
from fulfillment.models import FulfillmentRequest
from tierconfig.models import ServiceLevel, TierConfigRequest
from tierconfig.services.levels import MOST, Level, defaults, levels, save_levels

from .. import history
from ..forms import PortalForm
from ..generic import PortalFormView
from ..states import state_label

MODELS = {
    ServiceLevel.Entity.CONFIG_REQUEST: TierConfigRequest,
    ServiceLevel.Entity.ORDER: FulfillmentRequest,
}


class LevelsForm(PortalForm):
    """Two numbers of days for each state, by kind of request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = list(defaults())
        parts: dict[str, list[str]] = {}
        for entity, state in self.keys:
            label = state_label(MODELS[ServiceLevel.Entity(entity)], state)
            for name, text in (
                ("late", _("%(state)s: late after days")),
                ("overdue", _("%(state)s: overdue after days")),
            ):
                field = f"{entity}-{state}-{name}"
                self.fields[field] = forms.IntegerField(
                    label=text % {"state": label},
                    min_value=0,
                    max_value=MOST,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
                )
                parts.setdefault(str(ServiceLevel.Entity(entity).label), []).append(field)
        self.fieldsets = tuple((legend, tuple(names)) for legend, names in parts.items())

    def clean(self) -> dict[str, Any]:
        typed = dict(super().clean() or self.cleaned_data)
        found = {}
        for entity, state in self.keys:
            late, overdue = (typed.get(f"{entity}-{state}-{name}") for name in ("late", "overdue"))
            if late is not None and overdue is not None:
                found[entity, state] = Level(late, overdue)
        return {"levels": found}


class VendorSettings(PortalFormView):
    """Everybody of the vendor reads them, its administrators change them."""

    roles = (VENDOR,)
    model = Partner
    name = "settings"
    template_name = "vendor/settings.html"
    title = gettext_lazy("Settings")
    form_class = LevelsForm
    service = staticmethod(save_levels)
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
        found = {}
        for (entity, state), level in levels([self.object.pk])[self.object.pk].items():
            found[f"{entity}-{state}-late"] = level.late
            found[f"{entity}-{state}-overdue"] = level.overdue
        return found

    def get_success_url(self, result: Any) -> str:
        return self.url("settings")

    def get_cancel_url(self) -> str:
        return ""

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = history.events_of(self.object, before=Q(verb="partner.service_levels"))
        hint = _("Only administrators of %(name)s change these settings.")
        return super().get_context_data(
            hint="" if may_set(self.object, self.actor) else hint % {"name": self.object.name},
            thread=history.thread(events, self.actor),
            **kwargs,
        )
