"""Ids as people type and paste them, whole or from the front, and the rows they mean."""

from __future__ import annotations

import re

from django.db.models import Model, Q

from customers import identifiers
from customers.models import Product, TierAccount, TierAccountRequest
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest

#: What begins with one of these and a dash is an id; "ERP-7781" is somebody's external id.
PREFIXES = {*identifiers.FORMATS, "TAR", "TCR", "PR", "PRM"}
#: Where rows hold the ids of what they are about, which their pages show as well.
RELATED: dict[type[Model], dict[str, str]] = {
    TierAccountRequest: {"TA": "account", "PRD": "product"},
    TierConfig: {"TA": "account", "PRD": "product"},
    TierConfigRequest: {
        "TC": "configuration",
        "TA": "configuration__account",
        "PRD": "configuration__product",
    },
    Subscription: {"TA": "customer", "PRD": "product"},
    FulfillmentRequest: {
        "AS": "subscription",
        "TA": "subscription__customer",
        "PRD": "subscription__product",
    },
}
#: What the ids of a kind begin with; requests have the digits of what they are about.
OWN: dict[type[Model], str] = {
    TierAccount: "TA",
    TierAccountRequest: "TAR",
    TierConfig: "TC",
    TierConfigRequest: "TCR",
    Subscription: "AS",
    FulfillmentRequest: "PR",
    Product: "PRD",
}
#: Programs put other dashes into texts that are copied.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_AROUND = " \t'\"„“”«»()[]<>.,;:#"
_ID = re.compile(r"([A-Z]+)-[\d-]*", re.ASCII)
_DIGITS = re.compile(r"\d{3,5}(?:-\d{1,5})+-?", re.ASCII)


def typed(text: str) -> str:
    """The id, or the beginning of one, that was meant; "" when `text` is something else."""
    meant = _meant(text)
    found = _ID.fullmatch(meant)
    return meant if found and found[1] in PREFIXES else ""


def by_digits(text: str, model: type[Model]) -> Q | None:
    """The rows whose id has these digits, where that may be what `text` is: an id without its
    beginning. It may be something else as well, a number of somebody's own."""
    digits, prefix = _meant(text), OWN.get(model)
    if prefix is None or not _DIGITS.fullmatch(digits):
        return None
    return Q(pk__startswith=f"{prefix}-{digits}")


def _meant(text: str) -> str:
    return text.translate(_DASHES).strip(_AROUND).upper()


def condition(typed_id: str, model: type[Model]) -> Q:
    """The rows of `model` that have the id, or are about what has it."""
    prefix = typed_id.partition("-")[0]
    path = RELATED.get(model, {}).get(prefix, "")
    if not path:
        return Q(pk__startswith=typed_id)
    # What is whole is looked up, which costs databases less than a beginning.
    lookup = "exact" if _is_whole(typed_id, prefix) else "startswith"
    return Q(**{f"{path}__pk__{lookup}": typed_id})


def _is_whole(typed_id: str, prefix: str) -> bool:
    groups = typed_id.split("-")[1:]
    return tuple(map(len, groups)) == identifiers.FORMATS.get(prefix)
