"""The Customers list at once: streamed, of as many accounts as a file of a list may hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.models import TierAccount
from fulfillment.reporting import reading
from fulfillment.reporting.kinds import CUSTOMERS
from fulfillment.reporting.told import Told

from ..access import RoleRequiredMixin, ScopedMixin
from ..reports.forms import ReportForm
from . import files


class CustomersReport(RoleRequiredMixin, ScopedMixin, TemplateView):
    """The form, and the file when the form was sent; both by GET, so that it can be kept."""

    template_name = "portal/report.html"
    model = TierAccount
    title = gettext_lazy("Customers List")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = request.GET if "format" in request.GET else None
        form = ReportForm(sent, actor=self.actor, kind=CUSTOMERS)
        if form.is_valid():
            wanted = form.cleaned_data
            told = Told(self.actor, timezone.now())
            if not files.refused(request, CUSTOMERS.found(wanted["params"], told)):
                sheet = reading.sheet(CUSTOMERS, wanted["params"], told)
                return files.download(wanted["format"], "customers-list", [sheet])
        context = self.get_context_data(
            form=form,
            title=self.title,
            crumbs=[(_("Customers"), ""), (_("Directory"), self.url("account-list"))],
            cancel_url=self.url("account-list"),
        )
        return self.render_to_response(context, status=422 if form.errors else 200)
