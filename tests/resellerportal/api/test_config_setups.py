"""Setups of configurations that are begun through the API."""

from customers.models import TierAccount
from tests.factories import steps
from tests.resellerportal.api.test_config_requests import LIST, refusal, values


def setup_body(cast, **more):
    return {
        "configuration": {
            "product": {"id": cast.product.pk},
            "account": {"external_uid": str(cast.nordlicht.external_uid)},
            "tier_level": 1,
            **more,
        }
    }


def test_a_setup_is_begun_without_an_order(api, cast):
    """The only connection is taken; the tier 2 configuration above is begun with it."""
    client = api("distributor")
    body = setup_body(cast, params=[{"id": "tier1_vat", "value": "DE 1"}])
    answer = client.post(LIST, body)
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert (found["type"], found["status"]) == ("setup", "tiers_setup")
    assert found["configuration"]["connection"]["id"] == cast.connection.pk
    assert found["parent_configuration"]["id"] == steps.config(2).pk
    assert values(answer) == {"tier1_vat": "DE 1"}
    again = client.post(LIST, body)
    assert refusal(again)[0] == "TCR_004"
    assert again.json()["params"] == {"request_id": found["id"]}


def test_a_setup_brings_the_account_that_is_not_there_yet(api, cast):
    """As orders do; all of it or nothing."""
    contact = {"first_name": "Momme", "last_name": "Jensen", "email": "momme@koog.example"}
    place = {"address_line1": "Deich 1", "city": "Husum", "postal_code": "25813", "country": "DE"}
    account = {
        "name": "Koog IT",
        "type": "reseller",
        "external_uid": "5f4dcc3b-5aa7-465d-8132-7deb882cf99a",
        "contact_info": {**place, "contact": contact},
    }
    client = api("distributor")
    nowhere = setup_body(cast, account=account, connection={"id": "CT-1"})
    assert client.post(LIST, nowhere).status_code == 400
    lacking = {**account, "contact_info": {**place, "contact": {**contact, "email": "no"}}}
    said = client.post(LIST, setup_body(cast, account=lacking)).json()["errors"]
    assert said[0].startswith("configuration.account.contact_info.contact.email: ")
    assert not TierAccount.objects.filter(name="Koog IT").exists()
    answer = client.post(LIST, setup_body(cast, account=account))
    assert answer.status_code == 201, answer.content
    made = TierAccount.objects.get(name="Koog IT")
    assert (made.type, made.provider, made.parent) == (
        "reseller",
        cast.partners["distributor"],
        None,
    )
    assert answer.json()["configuration"]["account"]["id"] == made.pk
    assert client.post(LIST, setup_body(cast, account=account)).json()["error_code"] == "TCR_004"
    assert TierAccount.objects.filter(name="Koog IT").count() == 1


#: What is said of setups that lack something or name what is not there.
WRONG = [
    ({"tier_level": None}, "Field 'configuration.tier_level' is required."),
    ({"tier_level": 3}, "configuration.tier_level: This product does not authorise"),
    ({"product": {}}, "Field 'configuration.product.id' is required."),
    ({"product": {"id": "PRD-1"}}, "configuration.product.id: Object `PRD-1` not found."),
    ({"account": {"id": "TA-1"}}, "configuration.account.id: Object `TA-1` not found."),
    ({"connection": {"id": "CT-1"}}, "configuration.connection.id: Object `CT-1` not found."),
    ({"parent_account": {"id": "TA-1"}}, "configuration.parent_account.id: This is not"),
    ({"params": [{"id": "x", "value": 1}]}, "params.x: There is no such parameter here."),
    ({"params": [{"value": 1}]}, "Field 'configuration.params[0].id' is required."),
]


def test_what_is_wrong_with_a_setup_names_its_place(api, cast):
    for more, said in WRONG:
        code, (text,) = refusal(api("distributor").post(LIST, setup_body(cast, **more)))
        assert (code, text[: len(said)]) == ("VAL_001", said)


def test_a_preview_is_set_up_on_its_marketplace(api, cast):
    body = setup_body(cast, connection={"type": "preview"}, marketplace={"id": cast.market.pk})
    found = api("distributor").post(LIST, body).json()
    assert found["environment"] == "preview"
    assert found["configuration"]["connection"]["id"] == "CT-0000-0000-0000"
    assert api("vendor").post(LIST, body).status_code == 403


def test_a_draft_is_filled_in_validated_and_submitted(api, cast):
    cast.product.validates_setups = True
    cast.product.save()
    below = api("reseller")
    found = below.post(LIST, setup_body(cast)).json()
    assert (found["status"], found["configuration"]["status"]) == ("draft", "processing")
    path = f"{LIST}/{found['id']}"
    assert api("vendor").get(path).status_code == 404
    assert below.get(f"/tier/configs/{found['configuration']['id']}").status_code == 404
    sent = {"params": [{"id": "tier1_vat", "value": "DE 1"}]}
    assert values(below.put(path, sent)) == {"tier1_vat": "DE 1"}
    checked = below.post(f"{path}/validate", below.get(path).json())
    assert (checked.status_code, checked.json()["status"]) == (200, "draft")
    done = below.post(f"{path}/submit")
    assert (done.status_code, done.json()["status"]) == (200, "tiers_setup")
    assert refusal(below.post(f"{path}/submit"))[0] == "TCR_001"
