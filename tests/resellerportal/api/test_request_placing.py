"""Orders that are placed through the API: what they bring, and what is wrong with them."""

import json

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.resellerportal.api.test_requests import asked as asked
from tests.resellerportal.api.test_requests import purchase
from tierconfig.models import TierConfigRequest

NULL_CONNECTION = {"id": "CT-0000-0000-0000", "type": "preview"}


def full(name, uid, **changes):
    """An account as clients send it with an order."""
    return {
        "name": name,
        "type": "customer",
        "external_uid": uid,
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


def test_an_order_brings_accounts_that_are_not_known_yet(api, cast, asked):
    tiers = {
        "customer": full("New AG", "c-1", external_id=77),
        "tier1": full("New Reseller", "r-1", type="tier1"),
        "tier2": full("New Parent", "p-1", type="tier2"),
    }
    made = api("distributor").post("/requests", purchase(cast, tiers=tiers))
    assert made.status_code == 201, made.content
    asset = made.json()["asset"]
    assert [asset["tiers"][name]["name"] for name in tiers] == [
        "New AG",
        "New Reseller",
        "New Parent",
    ]
    assert [asset["tiers"][name]["type"] for name in tiers] == ["customer", "reseller", "reseller"]
    before = TierAccount.objects.count()
    again = purchase(cast, tiers=tiers, external_uid="order-2", external_id="4712")
    found = api("distributor").post("/requests", again).json()
    assert found["asset"]["tiers"]["customer"]["id"] == asset["tiers"]["customer"]["id"]
    below = {"customer": full("Other AG", "c-2"), "tier1": {"external_uid": "r-1"}, "tier2": {}}
    other = purchase(cast, tiers=below, external_uid="order-3", external_id="")
    found = api("distributor").post("/requests", other).json()
    assert found["asset"]["tiers"]["tier2"]["name"] == "New Parent"
    assert TierAccount.objects.count() == before + 1


WRONG = [
    ({"tiers": {}}, "Field 'asset.tiers.customer' is required."),
    (
        {"tiers": {"customer": {"id": "TA-0"}}},
        "asset.tiers.customer.id: Object `TA-0` not found.",
    ),
    (
        {"tiers": {"customer": {"id": "{stranger}"}}},
        "asset.tiers.customer.id: Object `{stranger}` not found.",
    ),
    (
        {"tiers": {"customer": {"id": "{kirlin}"}, "tier1": {"id": "{umbrella}"}}},
        "asset.tiers.tier1: This is not the account at this place of the hierarchy.",
    ),
    (
        {"tiers": {"customer": {"external_uid": "nobody"}}},
        "asset.tiers.customer.external_uid: Object `nobody` not found.",
    ),
    ({"product": {"id": "PRD-0"}}, "asset.product.id: Object `PRD-0` not found."),
    ({"connection": {"id": "CT-1"}}, "asset.connection.id: Object `CT-1` not found."),
    ({"items": []}, "asset.items: Order at least one item."),
    ({"items": [{"id": "nothing", "quantity": 1}]}, "asset.items: Object `nothing` not found."),
    ({"items": [{"quantity": 1}]}, "Field 'asset.items[0].id' is required."),
    (
        {"items": [{"id": "SKU1", "quantity": "many"}]},
        "asset.items[0].quantity: A whole number is expected.",
    ),
    (
        {"params": [{"id": "domain", "value": "no domain"}]},
        "asset.params.domain: Enter a domain such as company.example.",
    ),
    (
        {"params": [{"id": "tenant", "value": "t"}]},
        "asset.params.tenant: There is no such parameter here.",
    ),
]


def test_the_product_is_that_of_the_connection_or_of_the_item(api, cast, asked):
    cast.plain.items.update(local_id="SEAT-1")
    client, connection = api("distributor"), {"id": cast.plain_connection.pk}
    item, pk = {"id": "SEAT-1", "quantity": 1}, cast.plain.items.get().pk
    for number, (meant, said) in enumerate(
        (
            ({"connection": connection, "items": [item]}, ""),
            ({"connection": None, "items": [{"global_id": pk, "quantity": 1}]}, ""),
            ({"connection": None, "items": [{"id": pk, "quantity": 1}]}, ""),
            ({"connection": None, "items": [item]}, "Field 'asset.product.id' is required."),
            ({"connection": {"id": "CT-1"}, "items": [item]}, "Field 'asset.product.id' is requ"),
        )
    ):
        body = purchase(cast, external_uid=f"o-{number}", external_id=number, **meant)
        del body["asset"]["product"]
        answer = client.post("/requests", body)
        if said:
            assert answer.json()["errors"][0].startswith(said)
        else:
            assert answer.json()["asset"]["product"]["id"] == cast.plain.pk, answer.content
    body["asset"] |= {"connection": connection}
    assert api("distributor2").post("/requests", body).status_code == 400


def test_what_is_wrong_with_an_order_is_said_with_its_field(api, cast, asked):
    ids = {
        "{stranger}": cast.stranger.pk,
        "{kirlin}": cast.kirlin.pk,
        "{umbrella}": cast.umbrella.pk,
    }
    for changes, error in WRONG:
        text = json.dumps(changes)
        for name, pk in ids.items():
            text, error = text.replace(name, pk), error.replace(name, pk)
        refused = api("distributor").post("/requests", purchase(cast, **json.loads(text)))
        assert (refused.status_code, refused.json()["errors"]) == (400, [error])
    assert not FulfillmentRequest.objects.exists()


def test_an_order_that_is_there_already_is_named_to_who_sees_it(api, cast, asked):
    made = api("distributor").post("/requests", purchase(cast)).json()
    refused = api("distributor").post("/requests", purchase(cast))
    assert refused.status_code == 409
    assert refused.json()["params"] == {
        "request_status": "inquiring",
        "asset_status": "processing",
        "request_id": made["id"],
        "asset_id": made["asset"]["id"],
    }
    other = factories.account(cast.partners["distributor"], cast.umbrella, name="Elsewhere")
    buyer = factories.account(cast.partners["distributor"], other, type="customer")
    cast.kirlin.subscriptions.update(customer=buyer, tier1=other)
    refused = api("reseller").post("/requests", purchase(cast))
    assert (refused.status_code, "params" in refused.json()) == (409, False)


def test_orders_need_no_more_than_the_portal_asks(api, cast, asked):
    """A reseller names its customer and an item; what there is one of is taken."""
    body = {
        "type": "purchase",
        "asset": {
            "items": [{"global_id": asked.items.first().pk, "quantity": 2}],
            "tiers": {"customer": {"id": cast.kirlin.pk}},
            "params": [{"id": "domain", "value": "kirlin.example"}],
        },
    }
    made = api("reseller").post("/requests", body)
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "pending"
    assert made.json()["asset"]["connection"]["type"] == "production"
    viewer = api("reseller", {"subscriptions": "read"})
    assert viewer.post("/requests", body).status_code == 403


def test_values_for_tiers_travel_with_the_order(api, cast):
    body = purchase(cast, cast.product)
    body["asset"]["params"] = [
        {"id": "tier1_vat", "value": "DE1"},
        {"id": "tier2_vat", "value": "DE2"},
    ]
    made = api("distributor").post("/requests", body)
    assert made.json()["status"] == "tiers_setup", made.content
    said = TierConfigRequest.objects.order_by("-configuration__tier_level")
    assert [each.params for each in said] == [
        {"tier2_vat": {"value": "DE2"}},
        {"tier1_vat": {"value": "DE1"}},
    ]
    body["asset"] |= {"external_uid": "order-2", "external_id": ""}
    refused = api("reseller").post("/requests", body)
    assert refused.json()["errors"] == ["asset.params.tier2_vat: There is no such parameter here."]


def test_the_vendor_orders_previews(api, cast, asked):
    tiers = {"customer": full("Try AG", "c-9"), "tier1": full("Try Reseller", "r-9")}
    body = purchase(cast, tiers=tiers, connection=NULL_CONNECTION)
    made = api("vendor").post("/requests", body)
    assert made.status_code == 201, made.content
    asset = made.json()["asset"]
    assert asset["connection"]["id"] == "CT-0000-0000-0000"
    assert asset["connection"]["hub"] == {"id": "HB-0000-0000", "name": "None"}
    assert asset["tiers"]["customer"]["environment"] == "preview"
    found = api("vendor").get("/requests", "asset.connection.type=preview")
    assert len(found.json()) == 1
    foreign = purchase(cast, connection=NULL_CONNECTION, external_uid="o-2", external_id="2")
    assert api("vendor").post("/requests", foreign).status_code == 400
