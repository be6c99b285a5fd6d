"""Answers that are files: streamed, never shown by a browser, named after what they hold.

How much one person may take is limited: rows per file, and files in ten minutes. Files are written
while they are sent, so a big one keeps a thread busy for some seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.spreadsheets import CONTENT_TYPES, CSV, JSON, XLSX, Sheet, write

from ..lists.keyset import Keyset

FORMATS = {XLSX: gettext_lazy("Excel (XLSX)"), CSV: "CSV", JSON: "JSON"}
#: Rows of a file at most.
MOST = 100_000
#: Rows read at a time.
CHUNK = 5_000
WINDOW, FILES = 600, 60


def download(form: str, name: str, sheets: Sequence[Sheet]) -> StreamingHttpResponse:
    return attachment(form, name, write(form, sheets))


def attachment(
    form: str, name: str, pieces: Iterator[bytes], *, day: date | None = None
) -> StreamingHttpResponse:
    """The file, to be kept and not shown; its name has `day`, by default the present one."""
    answer = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[form])
    day = day or timezone.localdate()
    file_name = f"{slugify(name) or 'export'}-{day:%Y-%m-%d}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store, private"
    return answer


def pages(
    view: Any, keyset: Keyset, build: Callable[[], QuerySet[Any]], paths: set[str]
) -> Iterator[list[Any]]:
    """All rows, `CHUNK` at a time; each chunk is judged by what the actor may see by then."""
    after, more = "", True
    while more:
        # Trees may be renumbered, and rights withdrawn, while a file is written.
        view.actor.memo.clear()
        page = keyset.page(build, CHUNK, after, "", paths)
        if page.rows:
            yield page.rows
            after = keyset.key(page.rows[-1])
        more = page.older and bool(page.rows)


def _slot(seconds: int) -> int:
    """The number of the present span of so many seconds."""
    return int(time.time()) // seconds


def refused(request: HttpRequest, rows: QuerySet[Any]) -> bool:
    """Whether the file may not be had, now or at all; the reason is told on the next page."""
    if rows.order_by().values("pk")[: MOST + 1].count() > MOST:
        text = _("A file holds at most %(most)s rows. Narrow the list by filters or a tab.")
        messages.error(request, text % {"most": number_format(MOST, use_l10n=True)})
        return True
    key = f"exports:{_slot(WINDOW)}:{request.user.pk}"
    count = cache.get(key, 0)
    if count >= FILES:
        messages.error(request, _("You took many files just now. Please wait a few minutes."))
        return True
    cache.set(key, count + 1, WINDOW)
    return False
