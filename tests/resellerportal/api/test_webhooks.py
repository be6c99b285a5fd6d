"""Webhooks of products over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Event, Membership
from tests.tierconfig import services
from tests.tierconfig.services import running
from tierconfig.models import Webhook

PATH = "/notifications/webhooks"
SECRET = "s" * 32


@pytest.fixture
def body(cast):
    return {
        "type": "draft_tcr_t1_val",
        "object_class": "tier_config_request",
        "label": "Checks",
        "product_id": cast.product.pk,
        "external_url": "https://v.example/hook",
        "http_method": "POST",
        "headers": {},
        "data": {},
    }


def made(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()


def errors(answer):
    assert (answer.status_code, answer.json()["error_code"]) == (400, "VAL_001")
    return answer.json()["errors"]


def test_a_webhook_is_added_with_a_secret_that_is_never_shown_again(api, cast, body):
    client = api("vendor")
    found = made(client.post(PATH, body))
    hook = Webhook.objects.get()
    assert found.pop("jwt_secret") == hook.jwt_secret.open()
    assert (found["id"], found["object_class"]) == (hook.pk, "tier_config_request")
    assert found["product"]["id"] == cast.product.pk
    assert found["account"] == {"id": cast.partners["vendor"].pk, "name": "Vendor"}
    assert client.get(f"{PATH}/{hook.pk}").json() == found
    assert client.get(PATH, f"product_id={cast.product.pk}&active=true").json() == [found]
    assert client.get(PATH, "type=validator").json() == []
    given = body | {"type": "validator", "jwt_secret": SECRET, "product": {"id": cast.plain.pk}}
    del given["product_id"]
    second = made(client.post(PATH, given | {"active": False}))
    assert "jwt_secret" not in second
    assert (second["object_class"], second["active"]) == ("fulfillment_request", False)
    assert Webhook.objects.get(pk=second["id"]).jwt_secret.open() == SECRET


def test_what_is_wrong_with_a_webhook_is_said_by_field(api, cast, body):
    client = api("vendor")
    made(client.post(PATH, body))
    assert errors(client.post(PATH, body)) == ["type: Another webhook of this type is active."]
    assert errors(client.post(PATH, {})) == [
        "Field 'type' is required.",
        "Field 'label' is required.",
        "Field 'external_url' is required.",
    ]
    for change, field in (
        ({"type": "event"}, "type: "),
        ({"label": ""}, "label: "),
        ({"external_url": "http://v.example/"}, "external_url: "),
        ({"jwt_secret": "short"}, "jwt_secret: Between 32 and 100"),
        ({"product_id": "PRD-000-000-000"}, "product_id: Object `PRD-000-000-000` not found."),
    ):
        said = errors(client.post(PATH, body | {"type": "draft_tcr_t2_val"} | change))
        assert said[0].startswith(field)
    del body["product_id"]
    assert errors(client.post(PATH, body)) == ["Field 'product_id' is required."]
    assert Webhook.objects.count() == 1


def test_a_webhook_is_changed_in_part_and_removed(api, cast, body):
    client = api("vendor")
    hook = made(client.post(PATH, body))
    where = f"{PATH}/{hook['id']}"
    answer = client.put(where, {"label": "New", "active": False, "jwt_secret": SECRET})
    assert answer.status_code == 200
    assert (answer.json()["label"], answer.json()["active"]) == ("New", False)
    assert "jwt_secret" not in answer.json()
    fresh = Webhook.objects.get()
    assert (fresh.jwt_secret.open(), fresh.external_url) == (SECRET, body["external_url"])
    # All of it or nothing: the type is fixed.
    refused = client.put(where, {"label": "Newer", "type": "validator"})
    assert errors(refused) == ["type: This cannot be changed."]
    assert errors(client.put(where, {"product": {"id": cast.plain.pk}}))
    assert Webhook.objects.get().label == "New"
    assert client.put(where, body | {"label": "Same"}).json()["label"] == "Same"
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    verbs = list(Event.objects.about(cast.product).order_by("at").values_list("verb", flat=True))
    assert verbs[0] == "product.webhook_added"
    assert verbs[-1] == "product.webhook_removed"


def test_only_administrators_of_the_vendor_write_webhooks(api, cast, body):
    hook = made(api("vendor").post(PATH, body))["id"]
    where = f"{PATH}/{hook}"
    assert api("distributor").get(PATH).status_code == 403
    assert api("vendor2").get(PATH).json() == []
    for call in (api("vendor2").get, api("vendor2").delete):
        assert call(where).status_code == 404
    assert api("vendor2").put(where, {}).status_code == 404
    foreign = api("vendor2").post(PATH, body)
    assert errors(foreign) == [f"product_id: Object `{cast.product.pk}` not found."]
    reader = api("vendor", {"webhooks": "read"})
    assert reader.get(where).status_code == 200
    client = api("vendor")
    for level in ("agent", "administrator"):
        Membership.objects.filter(user=cast.users["vendor"]).update(level=level)
        key = client if level == "agent" else reader
        assert key.post(PATH, body).status_code == 403
        assert key.put(where, {"label": "x"}).status_code == 403
        assert key.delete(where).status_code == 403
        assert key.post(f"{where}/trigger").status_code == 403


def test_a_webhook_is_triggered_and_its_answer_told(api, cast, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with running() as service:
        hook = services.webhook(cast.product, "draft_tcr_t1_val", service)
        answer = api("vendor").post(f"{PATH}/{hook.pk}/trigger")
        assert answer.status_code == 200
        assert answer.json() == {"status": "success", "params": {}, "errors": []}
        assert len(service.asked) == 1
    failed = api("vendor").post(f"{PATH}/{hook.pk}/trigger").json()
    assert failed["status"] == "failure"
    assert "cannot be reached" in failed["errors"][0]
    told = api("vendor").get(f"{PATH}/{hook.pk}").json()
    assert told["last_success"]["status"] == "success"
    assert "cannot be reached" in told["last_failure"]["errors"]


def test_many_webhooks_cost_what_one_costs(api, cast, body):
    client = api("vendor")
    made(client.post(PATH, body))
    with CaptureQueriesContext(connection) as few:
        client.get(PATH)
    for kind in ("validator", "change_validator", "draft_tcr_t2_val"):
        made(client.post(PATH, body | {"type": kind}))
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(PATH).json()) == 4
    assert len(many) == len(few)
