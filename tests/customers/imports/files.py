"""Small files to import, and the way from a file to its rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from customers.imports import services
from customers.imports.fields import WORKBOOK
from customers.jobs import run_pending
from customers.models import ImportBatch, ImportRow

HEADER = [
    "id",
    "external_id",
    "type",
    "name",
    "parent_id",
    "parent_external_id",
    "tax_id",
    "address_line1",
    "city",
    "postal_code",
    "country",
    "contact_first_name",
    "contact_last_name",
    "contact_email",
    "phone",
]
BASE = {
    "type": "customer",
    "address_line1": "Kai 1",
    "city": "Hamburg",
    "postal_code": "20457",
    "country": "DE",
    "contact_first_name": "Jens",
    "contact_last_name": "Petersen",
}


def row(name: str, **values: Any) -> dict[str, Any]:
    """A complete row of a company nobody else resembles."""
    mail = f"it@{name.lower().replace(' ', '-')}.test"
    return {**BASE, "name": name, "contact_email": mail, **values}


def table(rows: list[dict[str, Any]], header: list[str] | None = None) -> str:
    head = header or [*HEADER, *sorted({key for each in rows for key in each} - set(HEADER))]
    out = io.StringIO()
    writer = csv.DictWriter(out, head, extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def xlsx(rows: list[list[Any]], sheet: str = "Sheet") -> bytes:
    book = Workbook()
    page = book.active
    page.title = sheet
    for each in rows:
        page.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: dict[str, Any]) -> bytes:
    """The Customers workbook; rows by the names of its columns."""
    cells = [[each.get(title, "-") for title in WORKBOOK] for each in rows]
    return xlsx([list(WORKBOOK), *cells], "Customers")


def upload(actor: Any, provider: Any, content: Any, name: str = "list.csv") -> ImportBatch:
    if isinstance(content, list):
        content = table(content)
    if isinstance(content, str):
        content = content.encode()
    return services.upload(actor=actor, provider=provider, name=name, content=content)


def check(actor: Any, provider: Any, content: Any, **options: Any) -> ImportBatch:
    """Upload a file and have it checked."""
    batch = upload(actor, provider, content)
    if options:
        mapping = batch.mapping
        batch = services.set_mapping(batch, actor=actor, mapping=mapping, options=options)
    services.check_batch(batch, actor=actor)
    return run(batch)


def run(batch: ImportBatch) -> ImportBatch:
    """Let the worker do what was asked for."""
    while run_pending():
        pass
    return ImportBatch.objects.get(pk=batch.pk)


def apply(batch: ImportBatch, actor: Any) -> ImportBatch:
    services.apply_batch(batch, actor=actor)
    return run(batch)


def undo(batch: ImportBatch, actor: Any) -> ImportBatch:
    services.undo_batch(batch, actor=actor)
    return run(batch)


def outcomes(batch: ImportBatch) -> list[str]:
    return list(
        ImportRow.objects.filter(batch=batch).order_by("number").values_list("outcome", flat=True)
    )


def errors(batch: ImportBatch) -> dict[int, dict[str, list[str]]]:
    rows = ImportRow.objects.filter(batch=batch).exclude(errors={})
    return dict(rows.values_list("number", "errors"))
