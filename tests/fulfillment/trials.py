"""Previews: who places them, for an invented reseller of the vendor's and its customer."""

from __future__ import annotations

import pytest

from customers.models import TierAccount
from tests import factories
from tierconfig.models import TierConfigRequest

#: What is asked for, by what is placed.
VALUES = {"order": "mailbox", "setup": "tier1_vat"}


@pytest.fixture
def trial(cast):
    """An invented reseller of the vendor's, and a customer below it."""
    home = cast.partners["distributor"]
    factories.parameter(cast.plain, "asset", "mailbox", required=True)
    root = factories.account(home, name="Invented")
    customer = factories.account(home, root, name="Invented too", type="customer")
    TierAccount.objects.filter(pk__in=[root.pk, customer.pk]).update(
        environment="preview", owner=cast.partners["vendor"]
    )
    return TierAccount.objects.get(pk=root.pk), TierAccount.objects.get(pk=customer.pk)


def placed(cast, trial, kind, placer):
    """An order, or the setup of tier 1 that an order brought; it lacks the value of VALUES."""
    product = cast.plain if kind == "order" else cast.product
    where = {"customer": trial[1], "connection": None}
    order = cast.order(product=product, actor=cast.actor(placer), **where)
    if kind == "order":
        return order
    return TierConfigRequest.objects.get(configuration__account=order.subscription.tier1)
