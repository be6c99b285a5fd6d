"""Ids as people type and paste them, whole or from the front, and the rows they mean."""

from __future__ import annotations

import re

from django.db.models import Model, Q

from customers import identifiers
from customers.models import TierAccountRequest
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
#: Programs put other dashes into texts that are copied.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_AROUND = " \t'\"„“”«»()[]<>.,;:#"
_ID = re.compile(r"([A-Z]+)-[\d-]*", re.ASCII)


def typed(text: str) -> str:
    """The id, or the beginning of one, that was meant; "" when `text` is something else."""
    meant = text.translate(_DASHES).strip(_AROUND).upper()
    found = _ID.fullmatch(meant)
    return meant if found and found[1] in PREFIXES else ""


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
