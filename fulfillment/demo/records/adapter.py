"""Which function loads which recorded file, in the order they build on one another."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from . import catalogue, configurations, customers, holdings, orders
from .reader import Record

LOADERS: dict[str, Callable[[Record], None]] = {
    "product": catalogue.product,
    "parameters": catalogue.parameters,
    "templates": catalogue.templates,
    "marketplace": catalogue.marketplace,
    "tier_account": customers.tier_account,
    "account_requests": customers.account_requests,
    "account_request_ignored": customers.account_request_ignored,
    "tier_config": configurations.tier_config,
    "config_request": configurations.config_request,
    "config_request_approved": configurations.config_request_approved,
    "purchase": orders.purchase,
    "purchase_inquiring": orders.purchase_inquiring,
}


@transaction.atomic
def load() -> dict[str, Record]:
    """Write all recorded objects; the records come back with their placed values noted."""
    done = {}
    for name, loader in LOADERS.items():
        done[name] = Record(name)
        loader(done[name])
    holdings.complete()
    return done
