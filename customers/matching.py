"""Keys by which one company is found again under another spelling; pure, no database.

Two accounts of one distributor with an equal, non-empty key are probably the same company. The
keys are columns of TierAccount, which follow their sources by themselves whenever a row is
written through the model; who writes rows past it computes them here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

#: Key, the column of an account it is computed from.
SOURCES = {"name_key": "name", "tax_key": "tax_id", "email_domain": "contact_email"}

#: Where anybody has a mailbox: an equal domain says nothing about the company.
MAILBOXES = frozenset(
    word
    for line in (
        "163.com aol.com example.com example.net example.org free.fr gmail.com gmx.at gmx.ch",
        "gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.ru me.com msn.com",
        "outlook.com outlook.de proton.me protonmail.com qq.com t-online.de web.de yahoo.com",
        "yahoo.de yandex.ru",
    )
    for word in line.split()
)
#: Legal forms at the end of a name, as single words after folding.
_FORMS = frozenset(
    word
    for line in (
        "ab ag aps as bv bvba co company corp corporation eg ek ev gbr gesmbh gmbh inc",
        "incorporated kft kg kgaa limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pte pty sa",
        "sarl sas se sl spa srl sro ug zoo",
    )
    for word in line.split()
)
_NO_LETTER = re.compile(r"[\W_]+")
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})


def name_key(name: str) -> str:
    """The name without case, accents, punctuation and legal form: "Café Ems GmbH" -> "cafe ems"."""
    words = _NO_LETTER.sub(" ", fold(name)).split()
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _FORMS:
        kept.pop()
    return " ".join(kept)[:255]


def tax_key(tax_id: str) -> str:
    """Letters and digits only, upper case, digits of any script as 0-9."""
    if tax_id.isascii():
        return _NO_LETTER.sub("", tax_id).upper()
    folded = unicodedata.normalize("NFKC", tax_id)
    digits = "".join(str(int(char)) if char.isdecimal() else char for char in folded)
    return _NO_LETTER.sub("", digits).upper()[:100]


@lru_cache(maxsize=4096)
def _domain(domain: str) -> str:
    return "" if domain in MAILBOXES else domain


def email_domain(email: str) -> str:
    """The domain of an address, nothing for mailboxes that are anybody's."""
    return _domain(email.rpartition("@")[2].lower())


def fold(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.casefold()
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return "".join(char for char in lowered if not unicodedata.combining(char))


def keys(values: Mapping[str, str]) -> dict[str, str]:
    """All keys of an account with these values of their sources."""
    return {
        "name_key": name_key(values["name"]),
        "tax_key": tax_key(values["tax_id"]),
        "email_domain": email_domain(values["contact_email"]),
    }
