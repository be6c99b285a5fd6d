"""Tax ids by the form of their country: a warning where one is known, silence elsewhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.cleaning import countries
from customers.tax_ids import looks_right, warning


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("DE811907980", "DE"),
        ("de 811.907-980", "DE"),
        ("811907980", "DE"),
        ("ATU13585627", "AT"),
        ("EL 094259216", "GR"),
        ("CHE-107.787.577 MWST", "CH"),
        ("CHE-107.787.577", "CH"),
        ("XI 980780684", "GB"),
        ("556188-8404", "SE"),
        ("12-3456789", "US"),
        ("DE٨١١٩٠٧٩٨٠", "DE"),
    ],
)
def test_the_ids_of_a_country_look_right_however_they_are_written(number, country):
    assert looks_right(number, country) is True
    assert warning(number, country) == ""


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("DE811907981", "DE"),  # the check digit
        ("ATU13585627", "DE"),  # of another country
        ("HRB 14407", "DE"),
        ("Ä" * 100, "DE"),
        ("556188-8405", "SE"),
    ],
)
def test_what_does_not_fit_is_said_with_the_country(number, country):
    assert looks_right(number, country) is False
    assert number in warning(number, country)
    assert countries()[country] in warning(number, country)


@pytest.mark.parametrize(("number", "country"), [("", "DE"), (" - ", "DE"), ("1", "ZW"), ("1", "")])
def test_where_nothing_is_known_nothing_is_said(number, country):
    assert looks_right(number, country) is None
    assert warning(number, country) == ""


@settings(max_examples=150)
@given(st.text(max_size=30), st.sampled_from(sorted(countries())))
def test_whatever_is_typed_gets_an_answer(number, country):
    assert looks_right(number, country) in (True, False, None)
