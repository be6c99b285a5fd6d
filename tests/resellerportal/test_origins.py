"""Under each value stands who gave it, as far as its reader may know."""

import re

import pytest

from tests import factories
from tests.factories import steps
from tests.resellerportal.config_pages import BACKEND, main_of
from tierconfig.models import Delegation, TierConfigRequest
from tierconfig.services import answer_drafts, delegations, provenance
from tierconfig.services import requests as configs


@pytest.fixture
def asked(cast):
    """Umbrella's tier 2 setup with values of four kinds of origin."""
    factories.parameter(cast.product, "tier2", "mail")
    factories.parameter(cast.product, "tier2", "office")
    factories.parameter(cast.product, "tier2", "margin", phase="fulfillment")
    cast.order()
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def fresh(request):
    return TierConfigRequest.objects.get(pk=request.pk)


@pytest.fixture
def answered(cast, asked):
    """The VAT ID by a colleague, the mail by the reseller's draft, the office by the contact."""
    parent = cast.actor("parent")
    delegations.delegate(asked, actor=parent, email="bo@umbrella.example", names=["tier2_vat"])
    delegations.answer_delegation(
        Delegation.objects.get(),
        asked,
        values={"tier2_vat": "DE1"},
        shown=["tier2_vat"],
        stamp="",
        final=True,
    )
    answer_drafts.save_draft(
        asked, actor=parent, values={"mail": "a@umbrella.example"}, shown=["mail"]
    )
    values = {"tier2_vat": "DE1", "mail": "a@umbrella.example", "office": "Hafen 1"}
    steps.answer(fresh(asked), **values)
    configs.update_request(fresh(asked), actor=cast.actor("vendor"), values={"margin": "5"})
    return fresh(asked)


def page(client, cast, name, path):
    client.force_login(cast.users[name], backend=BACKEND)
    role = cast.partners[name].role
    response = client.get(f"/{role}/{path}/")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", main_of(response))


def test_each_value_has_one_origin(answered):
    found = provenance.of([answered.pk])
    assert {name: each.through for name, each in found.items()} == {
        "tier2_vat": "delegation",
        "mail": "portal",
        "office": "link",
        "margin": "vendor",
    }
    assert found["tier2_vat"].by == "bo@umbrella.example"


def test_no_event_holds_a_value(answered):
    from customers.models import Event

    data = str(list(Event.objects.values_list("data", flat=True)))
    for value in ("DE1", "a@umbrella.example", "Hafen 1"):
        assert value not in data


@pytest.mark.parametrize("name", ["vendor", "distributor"])
def test_vendor_and_distributor_read_who_it_was(client, cast, answered, name):
    text = page(client, cast, name, f"config-requests/{answered.pk}")
    assert "bo@umbrella.example, asked by the addressee," in text
    assert "Parent, in the portal," in text
    assert f"{answered.inquiry_email}, through the mailed link," in text


def test_a_reseller_reads_no_names_of_other_sides(client, cast, answered):
    text = page(client, cast, "parent", f"config-requests/{answered.pk}")
    assert "A colleague, asked by the addressee," in text
    assert "Parent, in the portal," in text
    assert "The technical contact, through the mailed link," in text
    assert "vendor@people.example" not in text


def test_the_configuration_says_it_of_the_values_in_force(client, cast, answered):
    steps.approve(answered, cast.actor("vendor"))
    path = f"configs/{answered.configuration_id}/parameters"
    assert "bo@umbrella.example, asked" in page(client, cast, "vendor", path)


def test_what_came_with_an_order_says_so(client, cast):
    factories.parameter(cast.plain, "asset", "size")
    order = cast.order(product=cast.plain, values={"asset": {"size": "XL"}})
    assert "With the order," in page(client, cast, "vendor", f"orders/{order.pk}")
