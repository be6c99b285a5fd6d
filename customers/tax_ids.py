"""Whether a tax id has the form of its country; pure, asks nobody.

A form that does not fit is a warning and never an error: registers disagree with each other, and
what is known about a country may be old.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from django.utils.translation import gettext as _
from stdnum import get_cc_module

from .cleaning import countries
from .matching import tax_key

#: What companies of a country give as their tax id beside the number that stdnum calls its VAT.
_OTHERS = {
    "AT": ("tin",),
    "AU": ("acn", "tfn"),
    "BR": ("cpf",),
    "CH": ("uid",),
    "DE": ("stnr", "idnr"),
    "ES": ("cif", "nie"),
    "FI": ("ytunnus",),
    "FR": ("siren", "siret"),
    "GB": ("utr",),
    "IE": ("pps",),
    "IN": ("pan",),
    "IT": ("codicefiscale",),
    "MX": ("curp",),
    "NL": ("bsn",),
    "NO": ("orgnr",),
    "PL": ("regon",),
    "SE": ("orgnr",),
    "UA": ("edrpou", "rntrc"),
    "US": ("ein", "tin"),
}
#: Prefixes of the number that are not the country's code.
_PREFIXES = {"GR": "EL", "GB": "XI"}
Check = Callable[[str], bool]


@lru_cache(maxsize=300)
def _checks(country: str) -> tuple[Check, ...]:
    """The forms known for a country, by its code of two capital letters; importing costs time."""
    code = country.lower()
    found = [get_cc_module(code, "vat")]
    package = getattr(found[0], "__package__", "") or f"stdnum.{code}"
    for name in _OTHERS.get(country, ()):
        try:
            found.append(import_module(f"{package}.{name}"))
        except ImportError:  # a name that this version of stdnum does not have
            continue
    return tuple(module.is_valid for module in found if module is not None)


def looks_right(tax_id: str, country: str) -> bool | None:
    """Whether the id has a form that `country` gives out; None where nothing is known about it.

    Case, punctuation and the country's prefix do not matter. An empty id is None, too.
    """
    number = tax_key(tax_id)
    checks = _checks(country) if number else ()
    if not checks:
        return None
    if not number.isascii():
        return False
    bare = number.removeprefix(_PREFIXES.get(country, country)).removeprefix(country)
    return any(_fits(check, each) for check in checks for each in dict.fromkeys((number, bare)))


def warning(tax_id: str, country: str) -> str:
    """What to tell somebody about the tax id of an account, nothing when it looks right."""
    if looks_right(tax_id, country) is not False:
        return ""
    return _("“%(number)s” does not look like a tax ID of %(country)s; please check it.") % {
        "number": tax_id,
        "country": countries().get(country, country),
    }


def _fits(check: Check, number: str) -> bool:
    try:
        return check(number)
    except (ValueError, IndexError, KeyError):  # of letters where a module expects digits
        return False
