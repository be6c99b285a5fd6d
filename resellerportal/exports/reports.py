"""The Customers List report: the accounts the reader sees, in columns other systems expect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.actors import VENDOR
from customers.models import Partner, TierAccount
from customers.services.participation import SCOPES, in_scope, scopes_of
from customers.spreadsheets import Sheet

from ..access import RoleRequiredMixin, ScopedMixin
from ..forms import PortalForm
from ..keyset import Keyset
from . import files

#: The titles are part of the format.
TITLES = (
    "Account ID",
    "External ID",
    "Customer Scope",
    "Tier 1 Scope",
    "Tier 2 Scope",
    "Provider ID",
    "Provider Name",
    "Name",
    "Tax ID",
    "Address line 1",
    "Address line 2",
    "City",
    "State",
    "Postal Code",
    "Country",
    "Contact First Name",
    "Contact last Name",
    "Contact Email",
    "Contact Phone number",
    "Extended Information",
)
ADDRESS = ("address_line1", "address_line2", "city", "state", "postal_code", "country")
CONTACT = ("contact_first_name", "contact_last_name", "contact_email")
PHONE = ("phone_country_code", "phone_area_code", "phone_number", "phone_extension")
OWN = ("name", "tax_id", *ADDRESS, *CONTACT)
MISSING = "-"
TIERS = (
    ("customer", gettext_lazy("Customer")),
    ("tier1", gettext_lazy("Tier 1")),
    ("tier2", gettext_lazy("Tier 2")),
)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class ReportForm(PortalForm):
    start = _day(gettext_lazy("Created from"))
    end = _day(gettext_lazy("Created until"))
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tier type"),
        choices=TIERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Accounts that are one of these in a subscription; none: all."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=list(files.FORMATS.items()),
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and start > end:
            self.add_error("end", _("This is before the first day."))
        return data


class CustomersReport(RoleRequiredMixin, ScopedMixin, TemplateView):
    """The form, and the file when the form was sent; both by GET, so that it can be kept."""

    template_name = "portal/report.html"
    model = TierAccount
    title = gettext_lazy("Customers List")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = request.GET if "format" in request.GET else None
        form = ReportForm(sent, actor=self.actor)
        if form.is_valid() and not files.refused(request, self.found(form.cleaned_data)):
            sheet = Sheet("Customers", TITLES, self.rows(form.cleaned_data), keys())
            return files.download(form.cleaned_data["format"], "customers-list", [sheet])
        context = self.get_context_data(
            form=form,
            title=self.title,
            crumbs=[(_("Customers"), ""), (_("Directory"), self.url("account-list"))],
            cancel_url=self.url("account-list"),
        )
        return self.render_to_response(context, status=422 if form.errors else 200)

    @cached_property
    def vendor(self) -> Partner | None:
        """A vendor is told its own subscriptions' scopes."""
        return self.actor.partner if self.actor.role == VENDOR else None

    def found(self, wanted: dict[str, Any]) -> QuerySet[Any]:
        rows = self.get_queryset()
        if start := wanted["start"]:
            rows = rows.filter(created_at__gte=datetime.combine(start, time.min, UTC))
        if end := wanted["end"]:
            rows = rows.filter(created_at__lte=datetime.combine(end, time.max, UTC))
        if wanted["tiers"]:
            first, *others = (in_scope(scope, self.vendor) for scope in wanted["tiers"])
            for each in others:
                first |= each
            rows = rows.filter(first)
        return rows

    def rows(self, wanted: dict[str, Any]) -> Iterator[list[Any]]:
        paths = {"external_id", *OWN, *PHONE, "provider__name"}
        keyset = Keyset(TierAccount, "-created_at")
        for page in files.pages(self, keyset, lambda: self.found(wanted), paths):
            scopes = scopes_of([account.pk for account in page], self.vendor)
            for account in page:
                yield [value or MISSING for value in _values(account, scopes.get(account.pk, []))]


def keys() -> list[str]:
    return [title.lower().replace(" ", "_") for title in TITLES]


def _values(account: Any, scopes: list[str]) -> list[Any]:
    phone = TierAccount.phone.fget(account)  # type: ignore[attr-defined]
    return [
        account.pk,
        account.external_id,
        *("Yes" if scope in scopes else MISSING for scope in SCOPES),
        account.provider.pk,
        account.provider.name,
        *(getattr(account, path) for path in OWN),
        phone,
        "Available",
    ]
