"""A preview that its vendor placed: the vendor holds the rights of the buying side there, too."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fulfillment.services import requests as orders
from tests import factories
from tests.factories import steps
from tests.fulfillment.trials import VALUES, placed, trial
from tierconfig.services import configs
from tierconfig.services import requests as setups

PLACERS = ("vendor", "distributor")
STATES = ("inquiring", "pending")
__all__ = ["trial"]


def write(request, actor):
    """Store the value that the buying side is asked for, as somebody who processes it."""
    name = VALUES["order" if hasattr(request, "subscription") else "setup"]
    service = orders.update_request if name == "mailbox" else setups.update_request
    return service(request, actor=actor, values={name: "it"}).params[name]["value"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("placer", PLACERS)
@pytest.mark.parametrize("kind", VALUES)
def test_a_vendor_fills_in_all_values_of_what_it_placed_itself(cast, trial, kind, placer, state):
    request = placed(cast, trial, kind, placer)
    assert (request.environment, request.state) == ("preview", "inquiring")
    if state == "pending":
        pend = orders.pend_request if kind == "order" else setups.pend_request
        request = pend(request, actor=cast.actor("vendor"))
    if placer == "vendor":
        assert write(request, cast.actor("vendor")) == "it"
    else:
        with pytest.raises(ValidationError, match="other side"):
            write(request, cast.actor("vendor"))
    for name, level in (("vendor2", None), ("distributor", None), ("vendor", "viewer")):
        with pytest.raises(PermissionDenied):
            write(request, cast.actor(name, level))


def test_in_production_the_buying_sides_values_are_never_the_vendors(cast, trial):
    real = cast.order(product=cast.plain)
    cast.order()
    vendor = cast.actor("vendor")
    for service, request, name in (
        (orders.update_request, real, "mailbox"),
        (setups.update_request, steps.setup(2), "tier2_vat"),
    ):
        assert (request.environment, request.state) == ("production", "inquiring")
        with pytest.raises(ValidationError, match="other side"):
            service(request, actor=vendor, values={name: "it"})


def test_what_a_vendor_filled_in_itself_it_approves_without_an_inquiry(cast, trial):
    vendor = cast.actor("vendor")
    request = orders.pend_request(placed(cast, trial, "order", "vendor"), actor=vendor)
    with pytest.raises(ValidationError):
        steps.fulfil(request, vendor)
    done = steps.fulfil(request, vendor, values={"mailbox": "it"})
    assert (done.state, done.subscription.state) == ("approved", "active")
    assert done.subscription.params["mailbox"]["value"] == "it"


def test_a_vendor_sets_up_the_accounts_of_its_own_previews_for_its_own_products(cast, trial):
    root, _customer = trial
    foreign = factories.product(cast.partners["vendor2"], authorization_level=1)
    factories.parameter(foreign, "tier1", "vat")
    factories.offer(foreign, cast.partners["distributor"])
    place = {"tier_level": 1, "connection": None, "marketplace": cast.market}
    wrong = (
        ("vendor", cast.product, cast.nordlicht),
        ("vendor2", cast.product, root),
        ("vendor", foreign, root),
        ("vendor2", foreign, root),
        ("reseller", cast.product, root),
    )
    for name, product, account in wrong:
        with pytest.raises(PermissionDenied):
            configs.begin_setup(product=product, account=account, actor=cast.actor(name), **place)
    viewer = cast.actor("vendor", "viewer")
    with pytest.raises(PermissionDenied):
        configs.begin_setup(product=cast.product, account=root, actor=viewer, **place)
    made = configs.begin_setup(
        product=cast.product, account=root, actor=cast.actor("vendor"), **place
    )
    assert (made.environment, made.state, made.is_own_preview) == ("preview", "inquiring", True)
    with pytest.raises(ValidationError, match="previews only"):
        configs.begin_setup(
            product=cast.product,
            account=root,
            actor=cast.actor("vendor"),
            **{**place, "connection": cast.connection},
        )
