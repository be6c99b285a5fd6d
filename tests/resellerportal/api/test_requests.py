"""Fulfillment requests through the API: reading, and every step of their machine."""

import pytest

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest, Subscription
from tests import factories

NULL_CONNECTION = {"id": "CT-0000-0000-0000", "type": "preview"}


@pytest.fixture
def asked(cast):
    """The plain product asks for a domain and a seat key, and keeps a secret of its vendor's."""
    product = cast.plain
    factories.parameter(product, "asset", "domain", type="domain", required=True)
    factories.parameter(
        product, "asset", "tenant", phase="fulfillment", required=True, title="Tenant"
    )
    factories.template(product, "asset", "inquire", body="Fill in [the form]({{ activation_form_url }})")
    return product


def purchase(cast, product=None, **asset):
    product = product or cast.plain
    item = product.items.first()
    return {
        "type": "purchase",
        "marketplace": {"id": cast.market.pk},
        "asset": {
            "product": {"id": product.pk, "status": "published"},
            "connection": {"id": product.connections.first().pk, "type": "production"},
            "external_id": 4711,
            "external_uid": "order-1",
            "items": [{"id": item.local_id, "quantity": "5"}],
            "params": [],
            "tiers": {"customer": {"id": cast.kirlin.pk}, "tier2": {}},
            **asset,
        },
    }


def full(account, **changes):
    """An account as clients send it with an order."""
    return {
        "name": account["name"],
        "type": "customer",
        "external_id": "7",
        "external_uid": account["external_uid"],
        "contact_info": {
            "address_line1": "Way 1",
            "address_line2": None,
            "city": "Bremen",
            "postal_code": "28195",
            "country": "de",
            "contact": {
                "first_name": "Ada",
                "last_name": "Berg",
                "email": "ada@new.example",
                "phone_number": {"country_code": "", "area_code": "", "phone_number": ""},
            },
        },
    } | changes


def test_an_order_is_placed_answered_filled_in_and_approved(api, cast, asked):
    buyer, vendor = api("distributor"), api("vendor")
    made = buyer.post("/requests", purchase(cast))
    assert made.status_code == 201, made.content
    request = made.json()
    address = f"/requests/{request['id']}"
    assert (request["status"], request["asset"]["status"]) == ("inquiring", "processing")
    assert request["asset"]["external_id"] == "4711"
    assert request["asset"]["items"][0]["quantity"] == "5"
    assert request["asset"]["items"][0]["old_quantity"] == "0"
    assert request["params_form_url"].count(request["id"]) == 1
    assert request["params_form_url"] in request["template"]["message"]
    theirs = vendor.get(address).json()
    assert "params_form_url" not in theirs
    assert request["params_form_url"] not in str(theirs)

    values = {"params": [{"id": "domain", "value": "kirlin.example", "value_error": ""}]}
    filled = buyer.put(address, {"asset": values, "note": "Soon, please"})
    assert (filled.status_code, filled.json()["status"]) == (200, "inquiring"), filled.content
    assert filled.json()["note"] == "Soon, please"
    pended = buyer.post(f"{address}/pend").json()
    assert (pended["status"], pended["answered"]) == ("pending", True)

    refused = vendor.post(f"{address}/approve", {"template_id": _template(cast).pk})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "PR_003")
    assert refused.json()["errors"] == ["asset.params.tenant: Enter a value."]
    put = vendor.put(address, {"asset": {"params": [{"id": "tenant", "value": "t-9"}]}})
    assert _value(put.json(), "tenant") == "t-9"
    done = vendor.post(
        f"{address}/approve",
        {"template_id": _template(cast).pk, "effective_date": "2026-01-02T03:04:05+00:00"},
    )
    assert done.status_code == 200, done.content
    assert done.json()["status"] == "approved"
    assert done.json()["activation_key"] == "# Welcome\n"
    assert done.json()["effective_date"] == "2026-01-02T03:04:05+00:00"
    assert done.json()["asset"]["status"] == "active"
    assert done.json()["assignee"]["name"] == "Vendor"
    assert buyer.get(address).json()["assignee"] == ""
    assert "tenant" not in [each["id"] for each in buyer.get(address).json()["asset"]["params"]]
    again = vendor.post(f"{address}/approve", {"template_id": _template(cast).pk})
    assert (again.status_code, again.json()["error_code"]) == (400, "PR_001")


def _template(cast):
    return cast.plain.templates.get(type="fulfillment")


def _value(request, name):
    return next(each["value"] for each in request["asset"]["params"] if each["id"] == name)
