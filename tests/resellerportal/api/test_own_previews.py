"""A vendor tries its product out through the API, as the test library of the field does it:
inquiries are taken back first, the values that were asked for are PUT afterwards."""

import pytest

from tests.resellerportal.api.test_request_placing import NULL_CONNECTION, full
from tests.resellerportal.api.test_requests import asked, purchase

__all__ = ["asked"]

SETUPS = "/tier/config-requests"


@pytest.fixture
def vendor(api):
    return api("vendor")


def value(request, name):
    return next(each.get("value") for each in request["params"] if each["id"] == name)


def test_a_vendor_answers_its_own_preview_after_it_took_the_inquiry_back(cast, vendor):
    tiers = {"customer": full("Try AG", "c-9"), "tier1": full("Try Reseller", "r-9")}
    body = purchase(cast, cast.product, tiers=tiers, connection=NULL_CONNECTION)
    made = vendor.post("/requests", body).json()
    assert made["status"] == "tiers_setup"
    (setup,) = vendor.get(SETUPS, "eq(environment,preview)").json()
    assert setup["status"] == "inquiring"
    path = f"{SETUPS}/{setup['id']}"
    assert vendor.post(f"{path}/pend").status_code == 204
    sent = {"params": [{"id": "tier1_vat", "value": "DE1", "value_error": ""}]}
    filled = vendor.put(path, sent).json()
    assert (filled["status"], value(filled, "tier1_vat")) == ("pending", "DE1")
    text = cast.product.templates.get(scope="tier1").pk
    assert vendor.post(f"{path}/approve", {"template": {"id": text}}).status_code == 200
    assert vendor.get(f"/requests/{made['id']}").json()["status"] == "pending"


def test_a_vendor_fills_in_its_own_order_while_it_is_pending(cast, vendor, api, asked):
    tiers = {"customer": full("Try AG", "c-9"), "tier1": full("Try Reseller", "r-9")}
    body = purchase(cast, tiers=tiers, connection=NULL_CONNECTION)
    path = f"/requests/{vendor.post('/requests', body).json()['id']}"
    vendor.post(f"{path}/pend")
    for sent in ("first.example", "second.example"):
        params = [{"id": "domain", "value": sent}]
        answer = vendor.put(path, {"asset": {"params": params}})
        assert (answer.status_code, value(answer.json()["asset"], "domain")) == (200, sent)
    other = {"external_id": "2", "external_uid": "order-2"}
    real = api("distributor").post("/requests", purchase(cast, **other)).json()
    refused = vendor.put(f"/requests/{real['id']}", {"asset": {"params": params}})
    assert (refused.status_code, refused.json()["errors"]) == (
        400,
        ["asset.params.domain: The other side fills in this value."],
    )


def test_a_vendor_sets_up_an_invented_reseller(cast, vendor, api):
    body = {
        "type": "setup",
        "status": "pending",
        "configuration": {
            "status": "active",
            "account": {**full("Try Reseller", "r-9"), "type": "reseller"},
            "product": {"id": cast.product.pk, "status": "published"},
            "tier_level": 1,
            "marketplace": {"id": cast.market.pk},
            "params": [],
        },
        "marketplace": {"id": cast.market.pk},
    }
    made = vendor.post(SETUPS, body)
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["status"], found["environment"]) == ("inquiring", "preview")
    assert found["configuration"]["connection"]["id"] == "CT-0000-0000-0000"
    account = vendor.get(f"/tier/accounts/{found['configuration']['account']['id']}").json()
    assert (account["environment"], account["external_uid"]) == ("preview", "r-9")
    own = {"account": {"id": account["id"]}, "product": {"id": cast.product.pk}, "tier_level": 1}
    assert api("vendor2").post(SETUPS, {"configuration": own}).status_code == 400
    real = {**own, "account": {"id": cast.nordlicht.pk}}
    cast.order()
    assert vendor.post(SETUPS, {"configuration": real}).status_code == 403
