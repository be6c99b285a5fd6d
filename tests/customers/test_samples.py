"""Invented companies pass the rules of real ones, whatever the country."""

import pytest

from customers.cleaning import clean_account, countries
from customers.samples import choose_country, sample


def test_every_country_gives_an_account_that_is_accepted():
    for country in countries():
        values = clean_account({**sample(country), "type": "reseller"})
        assert values["country"] == country
        assert values["contact_email"].endswith(".example")


def test_two_samples_differ_and_speak_the_language_of_their_country():
    assert len({sample("DE")["name"] for _number in range(10)}) > 1
    assert all(sample("JP")["contact_last_name"].isascii() is False for _number in range(5))


@pytest.mark.parametrize(
    ("codes", "allowed"),
    [(["DE"], {"DE"}), (["XX", "FR", "SE"], {"FR", "SE"}), ([], None), (["XX"], None)],
)
def test_the_country_is_one_of_the_marketplace_or_any(codes, allowed):
    chosen = {choose_country(codes) for _number in range(30)}
    assert chosen <= (allowed or set(countries()))
