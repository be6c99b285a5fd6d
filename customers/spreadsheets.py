"""Write tables as CSV, XLSX and JSON, piece by piece: the memory used does not grow with the rows.

Texts that a spreadsheet would take for a formula get a leading quote, in every format, because a
JSON or XLSX file is often turned into CSV by somebody else. Numbers stay numbers, moments are
written in UTC, everything else is text.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape

Row = Sequence[Any]
#: What spreadsheets take for the beginning of a formula, wide forms included.
STARTS = "=+-@\t\r\n\0＝＋－＠"
#: A dash alone says "nothing".
_FORMULA = re.compile(rf"(?!-\Z)[{re.escape(STARTS)}]")
_QUOTED = re.compile(rf"'+(?!-\Z)[{re.escape(STARTS)}]")
#: What no XML 1.0 document may hold.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: A cell of a spreadsheet holds no more.
LONGEST = 32_767
#: Bytes collected before they are handed on.
PIECE = 1 << 16

CSV, XLSX, JSON = "csv", "xlsx", "json"
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSON: "application/json",
}


@dataclass(frozen=True)
class Sheet:
    """One table: `head` are its titles, `keys` what JSON calls them (the titles without).

    Rows hold None, bool, int, float, date, datetime and text, as many values as titles.
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Row]
    keys: Sequence[str] = ()


def harmless(text: str) -> str:
    """`text` with a leading quote when a spreadsheet would calculate it."""
    return f"'{text}" if _FORMULA.match(text) or _QUOTED.match(text) else text


def restored(text: str) -> str:
    """What `harmless` was given: the text as it was before this program exported it."""
    return text[1:] if _QUOTED.match(text) else text


def plain(value: Any) -> Any:
    """A value as files hold it: None, a number, or a harmless text."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))


def moment(value: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(form: str, sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """The file in pieces. CSV and JSON hold the first sheet only."""
    if form == XLSX:
        return _xlsx(sheets)
    return {CSV: _csv, JSON: _json}[form](sheets[0])


def _csv(sheet: Sheet) -> Iterator[bytes]:
    """RFC 4180 with the mark that makes spreadsheets read UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in chain([sheet.head], sheet.rows):
        # A NUL inside of a text ends it for some readers.
        writer.writerow([_cell(value) for value in row])
        if buffer.tell() > PIECE:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    found = plain(value)
    return found.replace("\0", "\ufffd") if isinstance(found, str) else found


def _json(sheet: Sheet) -> Iterator[bytes]:
    """A list of objects, one a line."""
    keys = sheet.keys or sheet.head
    lines = ["["]
    size, between = 0, ""
    for row in sheet.rows:
        found = dict(zip(keys, map(plain, row), strict=True))
        lines.append(f"{between}\n{json.dumps(found, ensure_ascii=False)}")
        between, size = ",", size + len(lines[-1])
        if size > PIECE:
            yield "".join(lines).encode("utf-8", "replace")
            lines, size = [], 0
    yield "".join([*lines, "\n]\n"]).encode("utf-8", "replace")


class _Pieces(io.RawIOBase):
    """Where the archive is written to: hands on what it got, and cannot go back."""

    def __init__(self) -> None:
        self.found: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.found.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        found, self.found = b"".join(self.found), []
        return found


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: Two styles: 0 as it is, 1 bold for titles.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _xlsx(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """A workbook; texts stand in the cells, so that no table of them has to be kept."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for path, text in _parts(sheets).items():
            archive.writestr(path, text)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as member:
                for lines in _lines(sheet):
                    member.write(lines.encode())
                    if data := pieces.take():
                        yield data
    yield pieces.take()


def _parts(sheets: Sequence[Sheet]) -> dict[str, str]:
    """What stands around the sheets in the archive."""
    numbers = range(1, len(sheets) + 1)
    override = '<Override PartName="/xl/{}.xml" ContentType="{}.{}+xml"/>'
    kinds = [override.format("workbook", _KINDS, "sheet.main")]
    kinds.append(override.format("styles", _KINDS, "styles"))
    kinds += [override.format(f"worksheets/sheet{n}", _KINDS, "worksheet") for n in numbers]
    relation = '<Relationship Id="r{}" Type="' + _OFFICE + '/{}" Target="{}"/>'
    relations = [relation.format(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    relations.append(relation.format(0, "styles", "styles.xml"))
    around = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
    names = [
        f'<sheet name="{_text(sheet.name[:31])}" sheetId="{n}" r:id="r{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    ]
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/>{"".join(kinds)}</Types>',
        "_rels/.rels": around.format(relation.format(1, "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": around.format("".join(relations)),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f"{''.join(names)}</sheets></workbook>",
        "xl/styles.xml": _STYLES,
    }


def _lines(sheet: Sheet) -> Iterator[str]:
    """The XML of a sheet, some rows at a time; the row of titles stays in sight."""
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane '
        'ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols><col min="1" max="{max(len(sheet.head), 1)}" width="22" '
        'customWidth="1"/></cols><sheetData>'
    )
    titles = "".join(_xml(plain(title), ' s="1"') for title in sheet.head)
    lines, size = [f"<row>{titles}</row>"], 0
    for row in sheet.rows:
        lines.append(f"<row>{''.join([_xml(plain(value)) for value in row])}</row>")
        size += len(lines[-1])
        if size > PIECE:
            yield "".join(lines)
            lines, size = [], 0
    yield "".join([*lines, "</sheetData></worksheet>"])


def _xml(value: Any, style: str = "") -> str:
    if value is None or value == "":
        return "<c/>"
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{_text(value)}</t></is></c>'


def _text(value: str) -> str:
    return escape(_NO_XML.sub("\ufffd", value[:LONGEST]), {'"': "&quot;"})
