"""Names of countries as people write them in files, in any language."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

import pycountry

from .cleaning import countries


def code_of(name: str) -> str:
    """The ISO 3166 alpha-2 code of a country's name or alpha-3 code; "" when it is no country,
    or not the same one in all languages."""
    wanted = name.strip().casefold()
    return _own().get(wanted) or _foreign().get(wanted, "")


@cache
def _own() -> dict[str, str]:
    found = {country.alpha_3.casefold(): country.alpha_2 for country in pycountry.countries}
    return found | {name.casefold(): code for code, name in countries().items()}


@cache
def _foreign() -> dict[str, str]:
    """About 20,000 names; read once per process, when the first foreign name is met."""
    found: dict[str, str] = {}
    doubtful = set()
    for folder in sorted(Path(pycountry.LOCALES_DIR).iterdir()):
        try:
            words = gettext.translation(
                "iso3166-1", pycountry.LOCALES_DIR, languages=[folder.name]
            ).gettext
        except OSError:
            continue
        for country in pycountry.countries:
            for name in {country.name, getattr(country, "common_name", country.name)}:
                key = words(name).casefold()
                if found.setdefault(key, country.alpha_2) != country.alpha_2:
                    doubtful.add(key)
    return {name: code for name, code in found.items() if name not in doubtful}
