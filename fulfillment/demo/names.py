"""Invented companies at real addresses."""

from __future__ import annotations

import random
import re
import unicodedata
import uuid
from functools import cache
from typing import Any

from faker import Faker

from customers.cleaning import split_phone

from .places import COUNTRIES, City

#: How often a country comes up.
WEIGHTS = {
    "DE": 24,
    "FR": 14,
    "GB": 12,
    "US": 14,
    "ES": 9,
    "TR": 8,
    "SE": 7,
    "JP": 6,
    "NL": 4,
    "PL": 4,
}
#: Letters that Unicode does not take apart.
_PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"}
)


@cache
def _faker(country: str) -> Any:
    return Faker(COUNTRIES[country].locale, use_weighting=False)


class Names:
    """A stream of companies; the same seed gives the same stream."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self._used: set[str] = set()

    def country(self) -> str:
        return self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]

    def company(self, kind: str, *, country: str = "", name: str = "") -> dict[str, Any]:
        """The columns of an account of type `kind`, except ids and place in the tree.

        `name` overrules the invented one, which comes up once per stream.
        """
        country = country or self.country()
        city = self.rng.choice(COUNTRIES[country].cities)
        name = name or self._company_name(kind, country, city)
        return {
            "type": kind,
            "name": name,
            "external_uid": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            "tax_id": "",
            **self.address(country, city),
            **self.contact(country, city, name),
        }

    def address(self, country: str, city: City | None = None) -> dict[str, str]:
        city = city or self.rng.choice(COUNTRIES[country].cities)
        street = self.rng.choice(COUNTRIES[country].streets).format(self.rng.randint(1, 199))
        second = self.rng.random() < 0.12
        return {
            "address_line1": street,
            "address_line2": f"{self.rng.randint(1, 9)}. OG" if second and country == "DE" else "",
            "city": city.name,
            "state": city.state,
            "postal_code": city.postal_code,
            "country": country,
        }

    def contact(self, country: str, city: City | None, company: str) -> dict[str, str]:
        """A person with a mail address in the reserved domain .example and a telephone."""
        city = city or self.rng.choice(COUNTRIES[country].cities)
        fake = self._source(country)
        first, last = fake.first_name(), fake.last_name()
        mailbox = slug(first)[:1] + "." + slug(last) if slug(last) else "it"
        return {
            "contact_first_name": first,
            "contact_last_name": last,
            "contact_email": f"{mailbox}@{domain(company)}",
            **split_phone(self.digits(city.phone), country),
        }

    def person(self, country: str) -> str:
        fake = self._source(country)
        return f"{fake.first_name()} {fake.last_name()}"

    def digits(self, pattern: str) -> str:
        """`pattern` with each # replaced by a digit."""
        return re.sub("#", lambda _match: str(self.rng.randrange(10)), pattern)

    def _company_name(self, kind: str, country: str, city: City) -> str:
        there = COUNTRIES[country]
        for _attempt in range(20):
            trade = self.rng.choice(there.resellers if kind == "reseller" else there.trades)
            name = trade.format(self._source(country).last_name(), city.name)
            if name not in self._used:
                break
        else:
            name = f"{name} {len(self._used)}"
        self._used.add(name)
        return name

    def _source(self, country: str) -> Any:
        fake = _faker(country)
        fake.random = self.rng
        return fake


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits of `text`; empty for scripts that have none."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")


def domain(company: str) -> str:
    """A domain below .example that looks like the company's."""
    label = slug(company)[:40].strip("-")
    return f"{label or 'kaisha-' + format(sum(map(ord, company)), 'd')}.example"
