"""Tables as files: nothing is calculated, nothing is lost, and big ones need no memory."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta, timezone

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.spreadsheets import CSV, JSON, STARTS, XLSX, Sheet, harmless, restored, write

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
STARTED = st.builds(lambda start, rest: start + rest, st.sampled_from([*STARTS, "'"]), TEXTS)


def whole(form, *sheets):
    return b"".join(write(form, sheets))


def cells_of(data):
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


@given(TEXTS | STARTED)
def test_no_text_begins_a_formula_and_the_quote_can_be_taken_off(text):
    safe = harmless(text)
    assert safe == "-" or not safe.startswith(tuple(STARTS))
    assert restored(safe) == text


@given(st.lists(st.tuples(TEXTS | STARTED, st.integers() | st.none()), max_size=5))
def test_csv_and_json_say_what_they_were_given(rows):
    sheet = Sheet("Sheet", ["Text", "Number"], rows, ["text", "number"])
    found = json.loads(whole(JSON, sheet))
    assert [(restored(each["text"]), each["number"]) for each in found] == rows
    lines = list(csv.reader(io.StringIO(whole(CSV, sheet).decode("utf-8-sig"), newline="")))
    told = [(restored(text), number) for text, number in lines[1:]]
    # A reader may end a text at a NUL, so none is written.
    wanted = [(harmless(text).replace("\0", "\ufffd"), number) for text, number in rows]
    assert told == [(restored(text), "" if n is None else str(n)) for text, n in wanted]


@given(st.lists(TEXTS | STARTED, min_size=1, max_size=5))
def test_a_workbook_can_be_opened_whatever_is_in_it(texts):
    found = cells_of(whole(XLSX, Sheet("Sheet", ["Text"], [[text] for text in texts])))
    for [cell], text in zip(found["Sheet"][1:], texts, strict=True):
        shown = "" if cell is None else str(cell)
        assert not shown.startswith(tuple(STARTS)) or shown == "-"
        if text.isprintable():
            assert shown == harmless(text)


def test_numbers_stay_numbers_and_moments_are_utc():
    moment = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    sheet = Sheet("Sheet", list("abcde"), [[1, 2.5, None, moment, date(2026, 3, 1)]])
    assert cells_of(whole(XLSX, sheet))["Sheet"][1] == (
        1,
        2.5,
        None,
        "2026-02-28T23:30:00Z",
        "2026-03-01",
    )
    assert moment.astimezone(UTC).hour == 23


def test_a_workbook_holds_several_sheets_and_a_cell_no_more_than_it_can():
    first = Sheet("Customers & more <1>", ["=Head"], [["x" * 40_000]])
    found = cells_of(whole(XLSX, first, Sheet("Countries", ["Code"], [["DE"]])))
    assert list(found) == ["Customers & more <1>", "Countries"]
    assert found["Customers & more <1>"][0] == ("'=Head",)
    assert len(found["Customers & more <1>"][1][0]) == 32_767


@pytest.mark.parametrize("form", [CSV, JSON, XLSX])
def test_a_big_file_needs_no_memory(form):
    rows = ([f"TA-{number:012}", "Some company with a name", number] for number in range(20_000))
    tracemalloc.start()
    size = sum(len(piece) for piece in write(form, [Sheet("Sheet", ["a", "b", "c"], rows)]))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 100_000
    assert peak < 2_000_000
