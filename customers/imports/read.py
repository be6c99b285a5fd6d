"""A file's bytes -> its header and lines. No database.

Everything a hostile or careless file can do ends in a ValidationError that says what is wrong,
or in a fault of the one cell concerned; nothing is read beyond the limits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TextIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..errors import field_error
from ..spreadsheets import restored

DELIMITERS = ",;\t|"
#: A fault of the whole line.
WHOLE = -1


class Line(NamedTuple):
    """`number` is where it begins in the file, from 1; `faults` {column: sentence} or None."""

    number: int
    cells: tuple[str, ...]
    faults: dict[int, str] | None


@dataclass
class Table:
    """What was found; `lines` can be read once."""

    format: str
    header: list[str]
    lines: Iterator[Line]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)


def refuse(sentence: str, **values: object) -> ValidationError:
    return field_error("file", sentence % values if values else sentence, "file")


def open_table(content: bytes, *, sheet: str = "") -> Table:
    """Read the header of a CSV or XLSX file; by its content, whatever its name says.

    Raises ValidationError on `file`; so may taking the lines.
    """
    limit = settings.IMPORT_LIMITS["bytes"]
    if len(content) > limit:
        raise refuse(
            _("The file has %(size)d MiB; at most %(limit)d MiB are read. Split it."),
            size=-(-len(content) // 2**20),
            limit=limit // 2**20,
        )
    if not content.strip():
        raise refuse(_("The file is empty."))
    if content.startswith(b"PK\x03\x04"):
        from .xlsx import open_xlsx

        return open_xlsx(content, sheet)
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"{\\rtf")):
        raise refuse(_("This is neither CSV nor XLSX. Save the table as one of the two."))
    return _open_csv(content)


def _open_csv(content: bytes) -> Table:
    text, encoding = decode(content)
    delimiter = sniff(text)
    del text  # decoded again piece by piece: a file may be large
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    lines = _csv_lines(stream, delimiter)
    head = next(lines, None)
    if head is None:
        raise refuse(_("The file is empty."))
    header = check_header(list(head.cells))
    return Table("csv", header, fitted(lines, len(header)), encoding, delimiter)


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding): UTF-8 and UTF-16 with or without a mark, else Windows-1252."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _strict(content, name), name
    start = content[:4000]
    for name, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
        if len(start) > 3 and zeros.count(0) > len(zeros) * 0.4:
            return _strict(content, name), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strict(content, "windows-1252"), "windows-1252"


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise refuse(
            _("The characters of this file cannot be read; save it as CSV in UTF-8.")
        ) from None


def sniff(text: str) -> str:
    """The delimiter that cuts the first lines into the most equal and most numerous columns."""
    start = io.StringIO(text[:20_000], newline="")
    sample = "".join(start.readlines()[:30])
    best = (0.0, 0)
    found = ","
    for delimiter in DELIMITERS:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row
            ]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (widths.count(widths[0]) / len(widths), widths[0])
        if score > best:
            best, found = score, delimiter
    return found


def _csv_lines(text: TextIO, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refuse(
                _("Line %(line)d cannot be read (%(why)s). Is a quotation mark left open?"),
                line=number,
                why=error,
            ) from error
        if any(cells):
            yield Line(number, tuple(cells), None)


def check_header(header: list[str]) -> list[str]:
    """The headings, without empty ones at the end. Raises ValidationError on `file`."""
    clean = [heading.replace("\0", "").strip()[:255] for heading in header]
    while clean and not clean[-1]:
        clean.pop()
    limit = settings.IMPORT_LIMITS["columns"]
    if not clean:
        raise refuse(_("The first row must hold the headings of the columns."))
    if len(clean) > limit:
        raise refuse(
            _("The file has %(count)d columns; at most %(limit)d are read."),
            count=len(clean),
            limit=limit,
        )
    return clean


def fitted(lines: Iterator[Line], width: int) -> Iterator[Line]:
    """The lines with exactly `width` cells, what is too much being a fault of its line.

    Raises ValidationError on `file` beyond the number of rows that is read.
    """
    rows, longest = settings.IMPORT_LIMITS["rows"], settings.IMPORT_LIMITS["cell"]
    for count, (number, cells, faults) in enumerate(lines, start=1):
        if count > rows:
            raise refuse(
                _("The file has more than %(limit)d rows; split it into several."), limit=rows
            )
        faults = dict(faults or {})
        if len(cells) < width:
            cells += ("",) * (width - len(cells))
        elif len(cells) > width:
            if any(cells[width:]):
                faults[WHOLE] = _("This line has more cells than the header has columns.")
            cells = cells[:width]
        cells = tuple(
            _cell(place, cell, longest, faults) if cell else "" for place, cell in enumerate(cells)
        )
        yield Line(number, cells, faults or None)


def _cell(place: int, cell: str, longest: int, faults: dict[int, str]) -> str:
    """The text of a cell as it may be stored; what our own export quoted is as it was."""
    if len(cell) > longest:
        faults[place] = _("This cell has %(length)d characters; at most %(limit)d are read.") % {
            "length": len(cell),
            "limit": longest,
        }
        cell = cell[:longest]
    if not cell.isprintable() and ("\0" in cell or _surrogate(cell)):
        faults[place] = _("This cell holds a character that cannot be read.")
        cell = storable(cell)
    return restored(cell) if cell[0] == "'" else cell


def storable(text: str) -> str:
    """Without what PostgreSQL keeps in no JSON: NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _surrogate(cell: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in cell)
