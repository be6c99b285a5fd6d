"""XLSX files, read without trusting them."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHEET_MAIN_NS

from .fields import WORKBOOK_SHEET
from .read import Line, Table, check_header, fitted, refuse

#: The rows a sheet can have.
LAST_ROW = 1_048_576
#: Bytes of a part that is read at once: all but the sheets and the texts. A style costs 40 µs and
#: a sheet 400 µs, so a small file of nothing else would keep a process busy for minutes.
PART = 2**20
#: Characters of a sheet's title that are looked at: `ImportBatch.sheet` holds no more.
LONGEST_TITLE = 64
#: Distinct texts of a workbook.
TEXTS = 3_000_000


def open_xlsx(content: bytes, sheet: str = "") -> Table:
    """Read the header of one sheet: the one named, else "Customers", else the first."""
    _check_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = _Reader(content)
            reader.read()
            book = reader.wb
    except ValidationError:
        raise
    except Exception as error:  # openpyxl answers a broken file with whatever comes up inside
        raise _unreadable() from error
    # As they are stored; a title may be longer, and may be there twice, whatever spreadsheets do.
    names = [each.title[:LONGEST_TITLE] for each in book.worksheets]
    if not names:
        raise _unreadable()
    wanted = sheet or (WORKBOOK_SHEET if WORKBOOK_SHEET in names else names[0])
    if wanted not in names:
        raise refuse(_("The file has no sheet “%(name)s”."), name=sheet[:64])
    lines = _lines(book.worksheets[names.index(wanted)])
    head = next(lines, None)
    if head is None:
        raise refuse(_("The sheet “%(name)s” is empty."), name=wanted)
    header = check_header(list(head.cells))
    return Table("xlsx", header, fitted(lines, len(header)), sheet=wanted, sheets=names)


class _Archive(zipfile.ZipFile):
    """Gives away small members only; sheets and texts are opened and read bit by bit."""

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name).file_size > PART:
            raise refuse(
                _("The file carries too many styles, names or sheets; copy the table alone.")
            )
        return super().read(name, pwd)


class _Reader(ExcelReader):  # type: ignore[misc]
    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), read_only=True, keep_links=False)
        self.archive = _Archive(io.BytesIO(content))

    def read_strings(self) -> None:
        """As openpyxl does, in a quarter of the time: a table of accounts has a million texts."""
        part = self.package.find(_TEXTS_PART)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            texts = _Texts()
            texts.parser.ParseFile(source)
            self.shared_strings = texts.found


_TEXTS_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_SI, _T, _RPH = (f"{SHEET_MAIN_NS} {name}" for name in ("si", "t", "rPh"))


class _Texts:
    """The shared texts, of all their runs, without what says how they are pronounced."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse  # so there are no entities either
        self.spoken = 0

    def start(self, name: str, _attributes: Any) -> None:
        if name == _T and not self.spoken:
            self.parser.CharacterDataHandler = self.parts.append
        self.spoken += name == _RPH

    def end(self, name: str) -> None:
        self.parser.CharacterDataHandler = None
        self.spoken -= name == _RPH
        if name == _SI:
            self.found.append("".join(self.parts).replace("x005F_", ""))
            self.parts.clear()
            if len(self.found) > TEXTS:
                raise refuse(_("The file has too many different texts; split it into several."))

    def refuse(self, *_declaration: Any) -> None:
        raise _unreadable()


def _unreadable() -> Exception:
    return refuse(_("This XLSX file cannot be read; open it in a spreadsheet and save it again."))


def _check_archive(content: bytes) -> None:
    """Refuse what unpacks to too much before anything is unpacked.

    The sizes are those the archive states; no more than stated is ever unpacked of a member.
    """
    limit = settings.IMPORT_LIMITS["unpacked"]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, OverflowError) as error:
        raise _unreadable() from error
    if len(members) > settings.IMPORT_LIMITS["members"] or any(m.flag_bits & 1 for m in members):
        raise _unreadable()
    if sum(member.file_size for member in members) > limit:
        raise refuse(
            _("Unpacked the file has more than %(limit)d MiB; split it."), limit=limit // 2**20
        )


def _lines(sheet: Any) -> Iterator[Line]:
    # What the file says of its size may be wrong, in both directions.
    sheet.reset_dimensions()
    widest = settings.IMPORT_LIMITS["columns"]
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > LAST_ROW:
                raise refuse(_("The sheet has more rows than a spreadsheet can have."))
            if not row:
                continue
            faults: dict[int, str] = {}
            cells = tuple(
                _text(place, cell, faults) for place, cell in enumerate(row[: widest + 1])
            )
            if any(cells) or faults:
                yield Line(number, cells, faults or None)
    except ValidationError:
        raise
    except Exception as error:  # as above
        raise _unreadable() from error


def _text(place: int, cell: Any, faults: dict[int, str]) -> str:
    """What the cell shows. Formulas and error values are faults: nobody calculated them for us."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        faults[place] = _("This cell holds a formula; paste its value instead.")
        return str(value)
    if cell.data_type == "e":
        faults[place] = _("This cell shows an error (%(value)s).") % {"value": value}
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime):
        plain = value.time() == time()
        return value.date().isoformat() if plain else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: int | float, form: Any) -> str:
    """Numbers as they are shown: without exponent, with the leading zeros of a format 00000."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        whole = value.is_integer() and abs(value) < 1e15
        text = str(int(value)) if whole else format(value, ".15g")
    else:
        text = str(value)
    if isinstance(form, str) and form and set(form) == {"0"} and text.isdigit():
        return text.zfill(len(form))
    return text
