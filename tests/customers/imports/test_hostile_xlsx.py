"""Workbooks that no spreadsheet writes: a refusal that can be read, soon, whatever is inside."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from customers.imports import xlsx as reader
from customers.imports.read import open_table
from tests.customers.imports.files import check, outcomes, xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'


def altered(**parts):
    """A workbook with parts changed: {path: what to make of its text}."""
    source = zipfile.ZipFile(io.BytesIO(xlsx([["name"], ["Alpha"]])))
    texts = {name: source.read(name).decode() for name in source.namelist()}
    for path, change in parts.items():
        texts[path] = change(texts.get(path, ""))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in texts.items():
            archive.writestr(path, text)
    return out.getvalue()


def sheet(*cells):
    rows = "".join(f'<row r="{n}">{cell}</row>' for n, cell in enumerate(cells, 2))
    return lambda _old: f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{rows}</sheetData></worksheet>'


def with_texts(texts, *cells, doctype=""):
    override = f'<Override PartName="/{TEXTS}" ContentType="{KIND}"/></Types>'
    return altered(
        **{
            SHEET: sheet(*cells),
            TEXTS: lambda _old: f'{doctype}<sst xmlns="{MAIN}">{texts}</sst>',
            "[Content_Types].xml": lambda old: old.replace("</Types>", override),
        }
    )


def refusal(content):
    with pytest.raises(ValidationError) as refused:
        list(open_table(content).lines)
    return refused.value.message_dict["file"][0]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" t="s"><v>99999</v></c>',
        '<c r="A2" s="999"><v>1</v></c>',
        '<c r="A2"><v>nan</v></c>',
        f'<c r="A2"><v>{"9" * 5000}</v></c>',
    ],
    ids=["no such text", "no such style", "no number", "huge number"],
)
def test_a_cell_that_refers_to_nothing_makes_the_file_unreadable_and_no_error_of_ours(cell):
    assert "cannot be read" in refusal(altered(**{SHEET: sheet(cell)}))


@pytest.mark.parametrize(
    ("path", "end", "one"),
    [
        ("xl/styles.xml", "</cellXfs>", '<xf numFmtId="0"/>'),
        ("xl/workbook.xml", "</sheets>", '<sheet name="a" sheetId="9" r:id="rId1"/>'),
    ],
)
def test_a_small_file_of_nothing_but_styles_or_sheets_is_refused_before_they_are_read(
    path, end, one
):
    many = one * (reader.PART // len(one) + 1)
    content = altered(**{path: lambda old: old.replace(end, many + end)})
    assert len(content) < 20_000
    assert "too many styles, names or sheets" in refusal(content)


def test_shared_texts_are_read_with_their_runs_and_without_their_pronunciation():
    texts = (
        "<si><t>a &amp; ü\nb</t></si>"
        '<si><r><t>A</t></r><r><rPr/><t xml:space="preserve"> B</t></r><rPh><t>no</t></rPh></si>'
    )
    cells = [f'<c r="A{n + 2}" t="s"><v>{n}</v></c>' for n in range(2)]
    lines = list(open_table(with_texts(texts, *cells)).lines)
    assert [line.cells for line in lines] == [("a & ü\nb",), ("A B",)]


def test_shared_texts_declare_no_entities_and_are_not_too_many(monkeypatch):
    cell = '<c r="A2" t="s"><v>0</v></c>'
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]>'
    assert "cannot be read" in refusal(with_texts("<si><t>&b;</t></si>", cell, doctype=bomb))
    assert "cannot be read" in refusal(with_texts("<si><t>", cell))
    monkeypatch.setattr(reader, "TEXTS", 2)
    assert "too many different texts" in refusal(with_texts("<si><t>a</t></si>" * 3, cell))


def test_a_sheet_with_a_long_name_is_found_again_when_its_rows_are_checked(cast):
    long = "A name that no spreadsheet allows " * 5
    content = altered(
        **{"xl/workbook.xml": lambda old: old.replace('name="Sheet"', f'name="{long}"')}
    )
    batch = check(cast.actor("distributor"), cast.partners["distributor"], content)
    assert (batch.state, batch.problem, outcomes(batch)) == ("checked", "", ["error"])
