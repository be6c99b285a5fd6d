"""Files to download: templates to fill in, and what became of each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views import View

from customers.cleaning import countries
from customers.imports.fields import FIELDS, WORKBOOK, WORKBOOK_SHEET
from customers.imports.result import result
from customers.models import ImportBatch, ImportRow, TierAccount
from customers.spreadsheets import CSV, XLSX, Sheet

from ..access import RoleRequiredMixin, ScopedMixin
from ..detailview import PortalObjectView
from ..exports import files
from ..lists.keyset import Keyset
from .workbench import ImportMixin

#: One made-up company: what belongs into which column.
EXAMPLE = {
    "external_id": "ERP-1001",
    "parent_external_id": "ERP-1000",
    "type": TierAccount.Type.CUSTOMER,
    "name": "Example Trading GmbH",
    "tax_id": "DE123456789",
    "address_line1": "Hauptstraße 1",
    "city": "Hamburg",
    "postal_code": "20095",
    "country": "DE",
    "contact_first_name": "Ada",
    "contact_last_name": "Example",
    "contact_email": "ada@example-trading.example",
    "phone": "+49 40 123456",
}
#: Fields that belong to the Customers workbook only.
WORKBOOK_ONLY = ("action", "parent_by", "parent_value")
ADDRESS = ("address_line1", "address_line2", "city", "state", "postal_code", "country")
CONTACT = ("contact_first_name", "contact_last_name", "contact_email")
PHONE = ("phone_country_code", "phone_area_code", "phone_number", "phone_extension")
READ = ("external_id", "external_uid", "type", "tax_id", "name", *ADDRESS, *CONTACT, *PHONE)


class ImportTemplate(RoleRequiredMixin, ScopedMixin, View):
    """A CSV file with one example, or the Customers workbook with the accounts there are."""

    model = TierAccount

    def get(self, request: HttpRequest, form: str) -> HttpResponseBase:
        if form == "csv":
            fields = [field for field in FIELDS if field.name not in WORKBOOK_ONLY]
            row = [EXAMPLE.get(field.name, "") for field in fields]
            sheet = Sheet("Accounts", [str(field.label) for field in fields], [row])
            return files.download(CSV, "accounts-template", [sheet])
        if form != "workbook":
            raise Http404
        if files.refused(request, self.accounts()):
            return HttpResponseRedirect(self.url("import-add"))
        known = sorted((name, code) for code, name in countries().items())
        sheets = [
            Sheet(WORKBOOK_SHEET, list(WORKBOOK), self.rows()),
            Sheet("Countries", ["Country", "Code"], known),
        ]
        return files.download(XLSX, "customers", sheets)

    def accounts(self) -> Any:
        return self.get_queryset().current()

    def rows(self) -> Iterator[list[Any]]:
        paths = {*READ, "hub_id", "parent_id"}
        for page in files.pages(self, Keyset(TierAccount, "pk"), self.accounts, paths):
            # A parent that is not one's own could not be found again.
            parents = {account.parent_id for account in page} - {None}
            seen = set(self.get_queryset().filter(pk__in=parents).values_list("pk", flat=True))
            for account in page:
                yield [value or "-" for value in _line(account, account.parent_id in seen)]


def _line(account: Any, hangs: bool) -> list[Any]:
    """One account in the columns of WORKBOOK, to be left as it is."""
    return [
        account.pk,
        account.external_id,
        account.external_uid,
        "-",
        account.hub_id,
        *(("id", account.parent_id) if hangs else ("-", "-")),
        account.type,
        account.tax_id,
        account.name,
        *(getattr(account, name) for name in ADDRESS),
        *(getattr(account, name) for name in CONTACT),
        TierAccount.phone.fget(account),  # type: ignore[attr-defined]
    ]


class ImportResult(ImportMixin, PortalObjectView):
    """The file as it was read, with what became of each row."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = kwargs["form"]
        if form not in (CSV, XLSX):
            raise Http404
        batch: ImportBatch = self.object
        rows = ImportRow.objects.visible_to(self.actor).filter(batch=batch)
        if files.refused(request, rows):
            return HttpResponseRedirect(self.url("import-detail", batch.pk))
        return files.attachment(form, f"{batch.pk} result", result(batch, form))
