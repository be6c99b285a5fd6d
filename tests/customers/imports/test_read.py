"""Files as people and attackers make them."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from openpyxl import Workbook, load_workbook

from customers.imports.read import WHOLE, open_table
from tests.customers.imports.files import xlsx

LIMITS = {
    "bytes": 100_000,
    "unpacked": 200_000,
    "members": 20,
    "rows": 5,
    "columns": 4,
    "cell": 20,
}


def read(content, **options):
    table = open_table(content, **options)
    return table, list(table.lines)


def texts(content):
    return [line.cells for line in read(content)[1]]


def refusal(content, **options):
    with pytest.raises(ValidationError) as refused:
        read(content, **options)
    return refused.value.message_dict["file"][0]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"]
)
def test_umlauts_arrive_in_every_encoding_spreadsheets_write(encoding):
    text = "Name;Ort\nMüller & Söhne;Köln\n"
    content = text.encode(encoding)
    table, lines = read(content)
    assert table.header == ["Name", "Ort"]
    assert lines[0].cells == ("Müller & Söhne", "Köln")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    content = f"a{delimiter}b\n1;2{delimiter}3,4\n".encode()
    if delimiter in ",;":
        content = content.replace(b"1;2", b'"1;2"').replace(b"3,4", b'"3,4"')
    assert texts(content) == [("1;2", "3,4")]


def test_a_line_break_inside_quotes_belongs_to_the_cell_and_lines_are_counted_as_in_the_file():
    _table, lines = read(b'name,city\n"Alpha\nInc",Kiel\n\nBeta,Ulm\n')
    assert [(line.number, line.cells) for line in lines] == [
        (2, ("Alpha\nInc", "Kiel")),
        (5, ("Beta", "Ulm")),
    ]


def test_short_lines_are_filled_and_long_ones_are_named():
    _table, lines = read(b"a,b\n1\n1,2,3\n1,2,,\n")
    assert [line.cells for line in lines] == [("1", ""), ("1", "2"), ("1", "2")]
    assert WHOLE in lines[1].faults
    assert lines[2].faults is None


def test_a_nul_is_a_fault_of_its_cell_and_never_reaches_the_database():
    [line] = read(b"a,b\nx\0y,z\n")[1]
    assert line.cells == ("x\ufffdy", "z")
    assert "cannot be read" in line.faults[0]


def test_what_our_exports_quote_is_read_as_it_was():
    assert texts(b"a,b\n'+49 40,'=1\n") == [("+49 40", "=1")]


def test_a_quotation_mark_left_open_names_its_line():
    with override_settings(IMPORT_LIMITS={**LIMITS, "bytes": 10**7}):
        text = refusal(b'a,b\n1,2\n"3,' + b"x" * 200_000)
    assert "Line 3" in text


@pytest.mark.parametrize("content", [b"", b"  \n", b"%PDF-1.7 x", b"\xd0\xcf\x11\xe0 old"])
def test_what_is_no_table_is_refused(content):
    assert refusal(content)


@override_settings(IMPORT_LIMITS=LIMITS)
def test_limits_say_what_they_are():
    assert "at most 0 MiB" in refusal(b"a,b\n" + b"1,2\n" * 30_000)
    assert "more than 5 rows" in refusal(b"a,b\n" + b"1,2\n" * 6)
    assert "5 columns" in refusal(b"a,b,c,d,e\n1,2,3,4,5\n")
    [line] = read(b"a,b\n" + b"x" * 30 + b",1\n")[1]
    assert "30 characters" in line.faults[0]
    assert line.cells[0] == "x" * 20


def test_cells_of_a_spreadsheet_are_read_as_they_are_shown():
    book = Workbook()
    page = book.active
    page.append(["code", "zip", "share", "text", "yes"])
    page.append([7, 123, 1.5, "00123", True])
    page["B2"].number_format = "00000"
    out = io.BytesIO()
    book.save(out)
    assert texts(out.getvalue()) == [("7", "00123", "1.5", "00123", "TRUE")]


def test_a_formula_and_an_error_value_are_faults_of_their_cells():
    [line] = read(xlsx([["name", "city", "zip"], ["=1+1", "#N/A", "20457"]]))[1]
    assert "formula" in line.faults[0]
    assert "error" in line.faults[1]
    assert 2 not in line.faults


def test_the_sheet_asked_for_is_read():
    book = Workbook()
    book.active.append(["first"])
    other = book.create_sheet("Other")
    other.append(["second"])
    other.append(["x"])
    out = io.BytesIO()
    book.save(out)
    table, lines = read(out.getvalue(), sheet="Other")
    assert (table.header, table.sheets, len(lines)) == (["second"], ["Sheet", "Other"], 1)
    assert "no sheet" in refusal(out.getvalue(), sheet="Third")


def bomb(size, members=1):
    """An XLSX file whose sheet unpacks to `size` bytes."""
    good = xlsx([["name"], ["x"]])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            new.writestr(member, old.read(member))
        for number in range(members):
            new.writestr(f"xl/media/{number}.bin", b"\0" * size)
    return out.getvalue()


@override_settings(IMPORT_LIMITS={**LIMITS, "unpacked": 10_000_000, "members": 50})
def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    content = bomb(20_000_000)
    assert len(content) < 100_000
    assert "Unpacked" in refusal(content)
    assert "cannot be read" in refusal(bomb(10, members=60))


def test_entities_are_not_expanded():
    good = xlsx([["name"], ["x"]])
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            text = old.read(member)
            if member.startswith("xl/worksheets/"):
                text = evil + text.partition(b"?>")[2] if text.startswith(b"<?xml") else evil + text
            new.writestr(member, text)
    assert "cannot be read" in refusal(out.getvalue())


@pytest.mark.parametrize("cut", [100, 1000, -30])
def test_a_broken_archive_is_refused(cut):
    assert "cannot be read" in refusal(xlsx([["name"], ["x"]])[:cut])


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is():
    good = xlsx([["name", "city"], ["x", "y"]])
    assert load_workbook(io.BytesIO(good)).active.max_row == 2
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            text = old.read(member).replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            new.writestr(member, text)
    assert texts(out.getvalue()) == [("x", "y")]
