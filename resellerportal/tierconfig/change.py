"""Asking for other values of an active configuration."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lifecycle import StaleState
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import configs as services

from .. import chains
from ..generic import PortalFormView
from .forms import ChangeForm


class ConfigChange(PortalFormView):
    model = TierConfig
    name = "config"
    select_related = ("account", "product", "connection")
    template_name = "tierconfig/config_change.html"
    service = staticmethod(services.request_change)
    form_class = ChangeForm
    title = gettext_lazy("Request a change")
    submit_label = gettext_lazy("Send the request")

    def check(self) -> None:
        super().check()
        if not services.may_request_change(self.object, self.actor):
            raise PermissionDenied
        if self.object.state != TierConfig.State.ACTIVE:
            raise StaleState(self.object, "process")

    def refuse(self, stale: StaleState) -> HttpResponse:
        """Names the open request that has to be decided first, if there is one."""
        opened = (
            TierConfigRequest.objects.visible_to(self.actor)
            .filter(configuration=self.object, state__in=TierConfigRequest.OPEN)
            .first()
        )
        if opened is None:
            return super().refuse(stale)
        context = {
            "title": self.get_title(),
            "object": self.object,
            "opened": opened,
            "url": chains.address(self.url, "config-request-detail", opened.pk),
            "back": self.get_cancel_url(),
        }
        return render(self.request, "tierconfig/config_blocked.html", context, status=409)

    def get_success_message(self, result: Any) -> str:
        return _("%(id)s was opened. The values stay as they are until it is approved.") % {
            "id": result.pk
        }

    def get_success_url(self, result: Any) -> str:
        return self.url("config-request-detail", result.pk)
