"""What is sent beyond what a body has changes nothing, whoever sends it; nor does what is another's.

Clients send back whole objects they read: with every field changed that is not theirs to write.
"""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Event, Membership, Product
from tests import factories
from tests.factories import steps
from tests.security import bodies
from tests.security.test_api_hostile_input import ROLES, ids_of, objects, unlimited
from tierconfig.models import TierConfigRequest

__all__ = ["objects", "unlimited"]

pytestmark = pytest.mark.django_db

#: Other words for what an object says of itself.
OTHERS = {
    "id": "TA-9999-9999-9999",
    "status": "approved",
    "state": "active",
    "environment": "preview",
    "version": 99,
    "revision": 99,
    "owner": {"id": "PA-999-999", "name": "Eve"},
    "events": {"created": {"at": "2001-01-01T00:00:00+00:00", "by": {"id": "UR-1", "name": "E"}}},
    "approved": True,
    "is_superuser": True,
    "provider_id": "PA-999-999",
}
#: Changes by itself.
MOVING = ("updated", "modified_at", "revision", "sli")


def foreign(answer: Any, schema: dict[str, Any]) -> Any:
    """The answer with other values wherever the body's schema has no such field."""
    own = bodies.resolved(schema)
    if isinstance(answer, list):
        return [foreign(each, own.get("items", {})) for each in answer]
    if not isinstance(answer, dict) or "properties" not in own:
        return answer
    kept = {
        name: foreign(answer[name], inner)
        for name, inner in own["properties"].items()
        if name in answer
    }
    extra = {name: _other(value) for name, value in answer.items() if name not in kept}
    return {**{name: value for name, value in OTHERS.items() if name not in kept}, **kept, **extra}


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 7
    if isinstance(value, dict):
        return {name: _other(inner) for name, inner in value.items()}
    return [] if isinstance(value, list) else "other"


def still(answer: Any) -> Any:
    """The answer without what changes by itself."""
    if isinstance(answer, list):
        return [still(each) for each in answer]
    if isinstance(answer, dict):
        return {name: still(each) for name, each in answer.items() if name not in MOVING}
    return answer


@pytest.mark.parametrize("name", ROLES)
def test_sent_back_with_all_else_changed_nothing_is(name, api, objects):
    client, tried = api(name), 0
    for method, path, operation in bodies.operations():
        if method != "PUT":
            continue
        for filled in ids_of(path, objects):
            before = client.get(filled)
            if before.status_code != 200:
                continue
            body = foreign(before.json(), bodies.body_schema(operation))
            answer = client.put(filled, body)
            after = client.get(filled)
            assert answer.status_code in (200, 400, 403, 405), (filled, answer.content)
            assert still(after.json()) == still(before.json()), (filled, body)
            tried += answer.status_code == 200
    assert tried > 0


@pytest.fixture
def asked(cast: Any) -> TierConfigRequest:
    """An inquiry of tier 1 with a value of each side, and one that its buyer does not see."""
    sold = factories.product(cast.partners["vendor"], authorization_level=1)
    factories.offer(sold, cast.partners["distributor"])
    factories.item(sold)
    factories.parameter(sold, "tier1", "vat", required=True)
    factories.parameter(sold, "tier1", "secret", hidden=True)
    factories.parameter(sold, "tier1", "fixed", constraints={"readonly": True})
    factories.parameter(sold, "tier1", "tenant", phase="fulfillment")
    factories.template(sold, "tier1")
    cast.order(product=sold)
    return steps.setup(1, configuration__product=sold)


#: What of a parameter the buying side may not send, with the name of the field that says so.
NOT_THEIRS = (
    {"id": "secret", "value": "x"},
    {"id": "fixed", "value": "x"},
    {"id": "tenant", "value": "x"},
    {"id": "vat", "value_error": "Nonsense"},
    {"id": "vat", "constraints": {"required": False}},
    {"id": "vat", "constraints": {"hidden": True}},
)


@pytest.mark.parametrize("name", ["distributor", "reseller"])
def test_the_buying_side_writes_its_own_values_alone(name, api, asked):
    path = f"/tier/config-requests/{asked.pk}"
    buyer, vendors = api(name), api("vendor").get(path).json()
    events = Event.objects.count()
    for sent in NOT_THEIRS:
        for method, at in (("PUT", path), ("POST", f"{path}/pend")):
            answer = buyer.send(method, at, {"params": [sent]})
            assert answer.status_code == 400, (sent, method, answer.content)
            assert answer.json()["errors"][0].startswith(f"params.{sent['id']}: "), answer.content
    assert still(api("vendor").get(path).json()) == still(vendors)
    assert Event.objects.count() == events


def test_an_agent_s_key_switches_no_capability_and_keeps_no_secret(api, cast):
    vendor = api("vendor")
    Membership.objects.filter(user=cast.users["vendor"]).update(level="agent")
    path = f"/products/{cast.product.pk}"
    before = Product.objects.values().get(pk=cast.product.pk)
    capabilities = vendor.get(path).json()["capabilities"]
    capabilities["tiers"]["updates"] = not capabilities["tiers"]["updates"]
    for method, at, body in (
        ("PUT", path, {"capabilities": capabilities}),
        ("POST", f"{path}/actions/regeneratesecret", {}),
    ):
        answer = vendor.send(method, at, body)
        assert answer.status_code == 403, (at, answer.content)
    assert Product.objects.values().get(pk=cast.product.pk) == before
    Membership.objects.filter(user=cast.users["vendor"]).update(level="viewer")
    assert vendor.put(path, {"name": "Mine"}).status_code == 403
    assert vendor.get(path).status_code == 200


def test_a_purchase_brings_nothing_but_what_an_order_has(api, cast):
    product, item = cast.plain, cast.plain.items.first()
    factories.parameter(product, "asset", "secret", hidden=True)
    factories.parameter(product, "asset", "tenant", phase="fulfillment")
    asset = {
        "id": "AS-9999-9999-9999",
        "status": "active",
        "product": {"id": product.pk, "name": "Other"},
        "connection": {"id": product.connections.first().pk, "type": "production"},
        "items": [{"id": item.pk, "quantity": 5, "old_quantity": 3, "mpn": item.mpn, "price": 0}],
        "tiers": {"customer": {"id": cast.kirlin.pk, "name": "Renamed"}},
        "params": [],
        "template": {"id": "TL-1"},
    }
    body = {**OTHERS, "type": "purchase", "status": "approved", "asset": asset}
    body |= {"assignee": {"id": cast.users["vendor"].pk}, "reason": "x", "answered": True}
    for name in ("distributor", "reseller"):
        made = api(name).post("/requests", body)
        assert made.status_code == 201, made.content
        told = made.json()
        assert told["status"] == "pending"
        assert (told["asset"]["status"], told["reason"], told["answered"]) == (
            "processing",
            "",
            False,
        )
        seen = api("vendor").get(f"/requests/{told['id']}").json()
        assert seen["assignee"] == ""
        assert told["asset"]["id"] != asset["id"]
        assert told["id"] != body["id"]
        for hidden in ("secret", "tenant"):
            asset_with = {**asset, "params": [{"id": hidden, "value": "x"}]}
            refused = api(name).post("/requests", {**body, "asset": asset_with})
            assert refused.status_code == 400, (hidden, refused.content)
            assert refused.json()["errors"][0].startswith(f"asset.params.{hidden}: ")
    cast.kirlin = type(cast.kirlin).objects.get(pk=cast.kirlin.pk)
    assert cast.kirlin.name == "Kirlin LLC"


@pytest.mark.parametrize("name", ROLES)
def test_a_viewer_s_key_writes_nothing_whatever_its_rights(name, api, cast, objects):
    client = api(name)
    Membership.objects.filter(user=cast.users[name]).update(level="viewer")
    events = Event.objects.count()
    for method, path, _operation in bodies.operations():
        for filled in [] if method == "GET" else list(ids_of(path, objects))[:1]:
            answer = client.send(method, filled, {})
            assert answer.status_code == 403, (method, filled, answer.content)
    assert Event.objects.count() == events
