"""Invented companies for preview accounts: plausible data of a country, kept to the rules of ours.

Pure: nothing is read or stored, and nobody lives at the addresses.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import phonenumbers
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from .cleaning import countries
from .matching import fold, name_key

#: Where a country has several, the one most of its companies use.
_PREFERRED = {
    "BE": "nl_BE",
    "CA": "en_CA",
    "CH": "de_CH",
    "DZ": "fr_DZ",
    "ES": "es_ES",
    "IN": "en_IN",
    "LU": "de_LU",
    "NG": "en_NG",
    "PH": "en_PH",
}
_OTHERWISE = "en_US"
_chance = random.SystemRandom()


def choose_country(codes: Iterable[str]) -> str:
    """One of a marketplace's countries, any country of the world when it names none."""
    known = countries()
    return _chance.choice([code for code in codes if code in known] or list(known))


def sample(country: str) -> dict[str, str]:
    """The typed data of an invented company: every field but type, ids and tax id.

    In the language of the country where names and addresses of it can be invented, else in
    English. `phone` is one text. All values pass `clean_account`.
    """
    locale = _locale(country)
    fake = _faker(locale)
    first, last, company = fake.first_name(), fake.last_name(), fake.company()
    street, *_more = fake.street_address().splitlines()
    return {
        "name": company[:255],
        "country": country,
        "state": _state(fake) if locale != _OTHERWISE or country == "US" else "",
        "city": fake.city()[:100],
        "postal_code": _postcode(fake),
        "address_line1": street[:255],
        "address_line2": "",
        "contact_first_name": first[:100],
        "contact_last_name": last[:100],
        "contact_email": f"{_word(last, 'contact')}@{_word(company, 'company')}.example",
        "phone": _phone(country),
    }


def _locale(country: str) -> str:
    found = sorted(each for each in AVAILABLE_LOCALES if each.endswith(f"_{country}"))
    return _PREFERRED.get(country) or next(iter(found), _OTHERWISE)


@lru_cache(maxsize=20)
def _faker(locale: str) -> Any:
    # Without weights some locales cannot invent a name.
    return Faker(locale)


def _state(fake: Any) -> str:
    for name in ("administrative_unit", "state", "region"):
        if hasattr(fake, name):
            return str(getattr(fake, name)())[:100]
    return ""


def _postcode(fake: Any) -> str:
    return str(fake.postcode())[:50] if hasattr(fake, "postcode") else "00000"


def _word(text: str, otherwise: str) -> str:
    """Letters and digits of a name as part of an address; names of other scripts have none."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(name_key(text))).strip("-")
    return plain[:40].strip("-") or otherwise


def _phone(country: str) -> str:
    """A number of the country's form, nothing where no form is known."""
    example = phonenumbers.example_number(country)
    if example is None:
        return ""
    digits = str(example.national_number)
    for _attempt in range(20):
        number = phonenumbers.PhoneNumber()
        number.merge_from(example)
        number.national_number = int(digits[:-4] + f"{_chance.randrange(10_000):04d}")
        if phonenumbers.is_valid_number(number):
            break
    else:
        number = example
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
