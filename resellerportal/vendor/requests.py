"""What the vendor decides about account changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.models import TierAccountRequest
from customers.services import requests

from ..customers.differences import words
from ..customers.requests import RequestMixin
from ..forms import PortalForm
from ..generic import Fact, PortalActionView
from ..queue.onward import Onward


class RequestDecision(Onward, RequestMixin, PortalActionView):
    """What both decisions show, and where they lead: back to the request."""

    roles = (VENDOR,)
    decided: Any = ""

    def get_facts(self) -> list[Fact]:
        request = self.object
        return [
            Fact(_("Account"), request.account.name),
            Fact(_("Changed"), words(request.changed)),
            Fact(_("Product"), request.product.name),
            Fact(_("From"), request.provider.name),
        ]

    def get_success_message(self, result: TierAccountRequest) -> str:
        return str(self.decided) % {"name": self.object.account.name}


class RequestAccept(RequestDecision):
    """Take the change over."""

    step = "accept"
    service = staticmethod(requests.accept_request)
    title: Any = gettext_lazy("Accept the change")
    question = gettext_lazy("You confirm that you have taken over the new data of this account.")
    submit_label = gettext_lazy("Accept")
    decided = gettext_lazy("The change of %(name)s is accepted.")


class IgnoreForm(PortalForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The distributor and the reseller read it; 255 characters at most."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 255}),
    )


class RequestIgnore(RequestDecision):
    """Skip the change, with the reason why."""

    step = "ignore"
    service = staticmethod(requests.ignore_request)
    form_class = IgnoreForm
    title: Any = gettext_lazy("Ignore the change")
    question = gettext_lazy("The account keeps its new data; you only say that you skip it.")
    style = "danger"
    submit_label = gettext_lazy("Ignore")
    decided = gettext_lazy("The change of %(name)s is ignored.")
