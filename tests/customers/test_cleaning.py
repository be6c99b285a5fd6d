"""Typed and imported account data: what is stored, what is refused and how."""

import pytest
from django.core.exceptions import ValidationError

from customers.cleaning import clean_account, clean_country, clean_text, countries, split_phone
from customers.models import TierAccount
from tests.factories import account_data


def errors(**data):
    """The fields that a change with `data` is refused for."""
    with pytest.raises(ValidationError) as refused:
        clean_account({**account_data(), **data})
    for messages in refused.value.message_dict.values():
        assert all(message.endswith(".") for message in messages)
    return set(refused.value.message_dict)


def test_good_data_are_trimmed_and_normalised():
    cleaned = clean_account(account_data("  Cafe\u0301 GmbH ", country="de", city=" Kiel "))
    assert (cleaned["name"], cleaned["country"], cleaned["city"]) == ("Café GmbH", "DE", "Kiel")


@pytest.mark.parametrize(
    "name", ["type", "name", "city", "country", "contact_email", "contact_last_name"]
)
def test_a_required_field_is_asked_for(name):
    assert errors(**{name: ""}) == {name}
    assert errors(**{name: None}) == {name}
    data = account_data()
    del data[name]
    with pytest.raises(ValidationError) as refused:
        clean_account(data)
    assert set(refused.value.message_dict) == {name}


@pytest.mark.parametrize(
    "text",
    [
        *("x" * 10_000, "a\x00b", "a\ud800", "zero\u200bwidth", "\ufeffbom", "\u202eabc"),
        *("two\nlines", "two\u2028lines", "\u3164", "a\u2800b", "\u115f\u1160", "\uffa0"),
    ],
    ids=ascii,
)
def test_hostile_names_are_refused(text):
    assert errors(name=text) == {"name"}


@pytest.mark.parametrize(
    "value",
    [["Nordlicht"], {"name": "Nordlicht"}, b"Nordlicht", 10**5000],
    ids=["list", "dict", "bytes", "int"],
)
def test_what_is_no_text_is_refused(value):
    assert errors(name=value) == {"name"}
    assert errors(city=value, contact_email=value) == {"city", "contact_email"}


@pytest.mark.parametrize("text", ["\u200d\u200c", "\ufe0f", "\u200d\ufe0e"], ids=ascii)
def test_a_name_of_joiners_only_is_no_name(text):
    assert errors(name=text) == {"name"}


def test_joiners_inside_a_name_are_kept():
    name = "می\u200cخواهم"
    assert clean_account(account_data(name))["name"] == name


def test_every_error_of_a_form_is_reported_at_once():
    found = errors(name="", country="XX", contact_email="jens", phone="call me", type="shop")
    assert found == {"name", "country", "contact_email", "phone", "type"}


@pytest.mark.parametrize("value", ["XX", "DEU", "Germany", "", "D\x00", "Đ", ["DE"]])
def test_unknown_countries_are_refused(value):
    with pytest.raises(ValidationError):
        clean_country(value)


def test_countries_are_sorted_by_name():
    names = list(countries().values())
    assert names == sorted(names)
    assert countries()["DE"] == "Germany"


@pytest.mark.parametrize(
    ("typed", "country", "parts"),
    [
        ("+49 40 123456", "", ("+49", "40", "123456", "")),
        ("040 / 12 34 56", "DE", ("+49", "40", "123456", "")),
        ("+1 (212) 555-0123 x45", "DE", ("+1", "212", "5550123", "45")),
        ("+4915112345678", "", ("+49", "", "15112345678", "")),
        ("+39 06 698 12345", "", ("+39", "06", "69812345", "")),
        ("", "DE", ("", "", "", "")),
        (None, "DE", ("", "", "", "")),
    ],
)
def test_phones(typed, country, parts):
    assert tuple(split_phone(typed, country).values()) == parts


@pytest.mark.parametrize(
    "typed", ["040 123456", "12", "+49", "a" * 61, "+49\x0040", ["+4940123456"]]
)
def test_what_is_no_phone(typed):
    with pytest.raises(ValidationError):
        split_phone(typed, "")


def test_an_unchanged_phone_is_not_judged_again():
    """Recorded data hold numbers that today's rules refuse; an edit of the city must go on."""
    current = TierAccount(country="US", phone_number="12", phone_country_code="+1")
    assert "phone_number" not in clean_account({"phone": "+1 12"}, current=current)
    with pytest.raises(ValidationError):
        clean_account({"phone": "+1 13"}, current=current)


def test_the_four_phone_parts_are_taken_as_given():
    cleaned = clean_account(account_data(phone_country_code="+1", phone_area_code="-"))
    assert (cleaned["phone_country_code"], cleaned["phone_area_code"]) == ("+1", "")
    assert errors(phone_number="1" * 26) == {"phone"}


def test_lengths_are_those_of_the_columns():
    for name in ("external_id", "tax_id", "postal_code", "contact_first_name", "address_line2"):
        longest = TierAccount._meta.get_field(name).max_length
        assert clean_account(account_data(**{name: "x" * longest}))[name] == "x" * longest
        assert errors(**{name: "x" * (longest + 1)}) == {name}


def test_text_of_several_lines_where_it_is_meant():
    assert clean_text("a\n\tb", lines=True) == "a\n\tb"
    with pytest.raises(ValidationError):
        clean_text("a\x0bb", lines=True)
