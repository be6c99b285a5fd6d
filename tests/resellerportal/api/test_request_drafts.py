"""Drafts of requests through the API."""

from customers.outbound import Answer
from customers.sealing import Sealed
from fulfillment.models import FulfillmentRequest
from tests.resellerportal.api.test_request_steps import active as active
from tests.resellerportal.api.test_request_steps import asked as asked
from tests.resellerportal.api.test_request_steps import pending as pending
from tests.resellerportal.api.test_request_steps import step
from tests.resellerportal.api.test_request_steps import template as template
from tierconfig.models import Webhook
from tierconfig.services import validation


def test_a_draft_is_its_maker_s_until_it_is_submitted(api, cast, asked):
    buyer = api("distributor")
    item = asked.items.first()
    body = {
        "type": "purchase",
        "status": "draft",
        "note": "First try",
        "asset": {
            "product": {"id": asked.pk},
            "tiers": {"customer": {"id": cast.kirlin.pk}},
            "params": [{"id": "domain", "value": "kirlin.example"}],
        },
    }
    made = buyer.post("/requests", body)
    assert made.status_code == 201, made.content
    draft, asset = made.json(), made.json()["asset"]
    assert (draft["status"], asset["status"], asset["items"]) == ("draft", "draft", [])
    request = FulfillmentRequest.objects.get(pk=draft["id"])
    for name in ("vendor", "reseller"):
        assert api(name).get(f"/requests/{request.pk}").status_code == 404
        assert api(name).get("/assets").json() == []
        assert api(name).get("/requests", "asset.status=draft").json() == []
    early = step(buyer, request, "purchase")
    assert early.json()["errors"] == ["asset.items: Order at least one item."]
    items = {"items": [{"id": item.pk, "quantity": 3}]}
    put = buyer.put(f"/requests/{request.pk}", {"asset": items})
    assert put.status_code == 200, put.content
    assert put.json()["asset"]["items"][0]["quantity"] == "3"
    assert put.json()["note"] == "First try"
    assert put.json()["asset"]["params"][0]["value"] == "kirlin.example"
    checked = step(buyer, request, "validate", {"asset": {"params": []}})
    assert (checked.status_code, checked.json()["status"]) == (200, "draft")
    sent = step(buyer, request, "submit")
    assert (sent.json()["status"], sent.json()["asset"]["status"]) == ("pending", "processing")
    assert step(buyer, request, "submit").json()["error_code"] == "PR_001"


def test_the_vendor_s_service_looks_at_drafts_and_can_be_overruled(api, cast, asked, monkeypatch):
    said = {"asset": {"params": [{"id": "domain", "value_error": "Taken"}]}}
    told = []
    monkeypatch.setattr(
        validation, "post_json", lambda url, body, **more: told.append(body) or Answer(200, said)
    )
    asked.validates_orders = True
    asked.save()
    Webhook.objects.create(
        pk="WB-1",
        product=asked,
        type=Webhook.Type.PURCHASE,
        external_url="https://service.example/",
        jwt_secret=Sealed.of("a secret of thirty-two characters"),
    )
    body = {
        "type": "purchase",
        "asset": {
            "items": [{"id": asked.items.first().pk, "quantity": 1}],
            "tiers": {"customer": {"id": cast.kirlin.pk}},
        },
    }
    buyer = api("distributor")
    draft = buyer.post("/requests", body).json()
    assert draft["status"] == "draft"
    request = FulfillmentRequest.objects.get(pk=draft["id"])
    values = {"asset": {"params": [{"id": "domain", "value": "kirlin.example"}]}}
    checked = step(buyer, request, "validate", values)
    assert checked.status_code == 200, checked.content
    assert checked.json()["asset"]["params"][0]["value_error"] == "Taken"
    assert told[0]["asset"]["params"][0]["value"] == "kirlin.example"
    refused = step(buyer, request, "purchase")
    assert (refused.status_code, refused.json()["errors"]) == (400, ["asset.params.domain: Taken"])
    assert step(buyer, request, "purchase", {"insist": True}).json()["status"] == "pending"


def test_a_draft_of_a_change_keeps_what_is_not_sent(api, cast, asked, active):
    body = {
        "type": "change",
        "status": "draft",
        "asset": {"id": active.pk, "items": [{"id": "SKU1", "quantity": 6}]},
    }
    made = api("distributor").post("/requests", body).json()
    assert made["status"] == "draft"
    address = f"/requests/{made['id']}"
    values = {"params": [{"id": "domain", "value": "next.example"}]}
    found = api("distributor").put(address, {"asset": values}).json()
    assert found["asset"]["items"][0]["quantity"] == "6"
    assert found["asset"]["params"][0]["value"] == "next.example"
    sent = api("distributor").post(f"{address}/purchase")
    assert sent.json()["status"] == "pending", sent.content
