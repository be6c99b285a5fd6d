"""An id of another tenant in a body or a query of the API is answered like one that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from customers.models import Event, TierAccount
from customers.services.access import end_access
from tests import factories
from tests.security import bodies
from tests.security.test_api_hostile_input import ROLES, ids_of, known, objects, unlimited
from tests.security.test_foreign_ids import abroad, bogus, names_nothing
from tests.support.halves import own_half

__all__ = ["abroad", "known", "objects", "unlimited"]

pytestmark = pytest.mark.django_db

#: What stands before `.id`, or the name itself -> kinds of objects it may name.
KINDS = {
    "parent": ("account", "parent"),
    "account": ("account", "parent"),
    "parent_account": ("parent",),
    "access": ("provider", "vendor"),
    "customer": ("account",),
    "tier1": ("parent",),
    "tier2": ("parent",),
    "asset": ("subscription",),
    "items": ("item",),
    "template": ("template",),
    "template_id": ("template",),
    "product": ("product",),
    "connection": ("connection",),
    "marketplace": ("marketplace",),
    "configuration": ("config",),
    "hub": ("hub",),
    "parameter": ("parameter",),
}
IDS = ("id", "template_id", "global_id", "mpn", "external_id", "external_uid")


def kinds(at: bodies.Path) -> tuple[str, ...]:
    """Kinds of objects that may be named at a place of a body; () for other places."""
    words = [each for each in at if isinstance(each, str)]
    if not words or words[-1] not in IDS:
        return ()
    return KINDS.get(words[-1]) or (KINDS.get(words[-2], ()) if len(words) > 1 else ())


@pytest.fixture
def strangers(abroad: dict[str, Any]) -> dict[str, Any]:
    """Objects of the outsiders, those that a body may name too."""
    return {
        **abroad,
        "hub": abroad["connection"].hub,
        "parameter": abroad["product"].parameters.first(),
    }


def named(at: bodies.Path, obj: Any) -> str:
    """What stands for the object at the place."""
    column = {"mpn": "mpn", "external_id": "external_id", "external_uid": "external_uid"}
    return str(getattr(obj, column.get(str(at[-1]), "pk"), "") or "")


def told(answer: Any, pk: str) -> tuple[int, str]:
    return answer.status_code, answer.content.decode().replace(pk, "ID")


def tries(path: str, good: Any, strangers: dict[str, Any]) -> Iterator[tuple[Any, str, Any, Any]]:
    """Place, foreign id, the body with it, and the body with an id that nothing has."""
    for at in bodies.places(good):
        for kind in kinds(at):
            pk = named(at, strangers[kind])
            if pk:
                two = [bodies.changed(good, at, each) for each in (pk, bogus(pk))]
                yield at, pk, *two


@pytest.mark.parametrize("name", ROLES)
def test_in_every_body(name, api, objects, known, strangers):
    client, tried, found = api(name), 0, []
    known |= {"customer": {"id": "x", "external_id": "x", "external_uid": "x"}}
    known |= {"tier1": dict(known["customer"]), "tier2": dict(known["customer"])}
    writes = [each for each in bodies.operations() if each[0] in ("POST", "PUT")]
    before = events(strangers)
    for method, path, operation in own_half(writes):
        good = bodies.example(bodies.body_schema(operation), known)
        for filled in ids_of(path, objects):
            for at, pk, foreign, missing in tries(path, good, strangers):
                answers = []
                for body in (foreign, missing):
                    with transaction.atomic():
                        answers.append(client.send(method, filled, body))
                        transaction.set_rollback(True)
                tried += 1
                if told(answers[0], pk) != told(answers[1], bogus(pk)):
                    found.append((method, filled, at, *(each.content for each in answers)))
                assert names_nothing(answers[0]), (method, filled, at)
    assert not found
    assert tried > 20
    assert events(strangers) == before


def events(strangers: dict[str, Any]) -> int:
    return Event.objects.filter(object_id__in=[each.pk for each in strangers.values()]).count()


def test_external_ids_of_who_is_only_named_are_not_found_out_by_trying(api, cast):
    """A reseller is told id and name of the tier above it, and never hears more by asking."""
    TierAccount.objects.filter(pk=cast.umbrella.pk).update(external_id="U-1", external_uid="uid-1")
    product, config = cast.plain, {"product": {"id": cast.product.pk}, "tier_level": 1}
    config["account"] = {"id": cast.nordlicht.pk}
    asset = {
        "product": {"id": product.pk},
        "connection": {"id": product.connections.first().pk},
        "items": [{"id": product.items.first().pk, "quantity": 1}],
    }
    for key, own, other in (("external_id", "U-1", "U-2"), ("external_uid", "uid-1", "uid-2")):
        told = []
        for value in (own, other):
            tiers = {"customer": {"id": cast.kirlin.pk}, "tier2": {key: value}}
            order = {"type": "purchase", "asset": {**asset, "tiers": tiers}}
            setup = {"configuration": {**config, "parent_account": {key: value}}}
            for path, body in (("/requests", order), ("/tier/config-requests", setup)):
                answer = api("reseller").post(path, body)
                told.append((path, answer.status_code, answer.content))
                assert answer.status_code == 400, answer.content
        assert told[:2] == told[2:]
    named = {"customer": {"id": cast.kirlin.pk}, "tier2": {"id": cast.umbrella.pk}}
    order = {"type": "purchase", "asset": {**asset, "tiers": named}}
    assert api("reseller").post("/requests", order).status_code == 201


def test_a_taken_external_id_tells_nothing_of_the_order_that_has_it(api, cast, rival):
    item = cast.plain.items.first()
    asset = {
        "product": {"id": cast.plain.pk},
        "connection": {"id": cast.plain.connections.first().pk},
        "items": [{"id": item.pk, "quantity": 1}],
        "external_uid": "taken",
        "tiers": {"customer": {"id": cast.kirlin.pk}},
    }
    body = {"type": "purchase", "asset": asset}
    made = api("reseller").post("/requests", body)
    assert made.status_code == 201, made.content
    known = api("reseller").post("/requests", body).json()
    assert known["params"]["request_id"] == made.json()["id"]
    other = rival.access.get().partner
    cast.users["rival"] = factories.user(other, email="rival@people.example", name="Rival")
    below = factories.account(cast.partners["distributor"], rival, name="Buyer", type="customer")
    asset["tiers"] = {"customer": {"id": below.pk}}
    refused = api("rival").post("/requests", body)
    assert refused.status_code == 409
    assert refused.json() == {"error_code": known["error_code"], "errors": known["errors"]}


def test_a_key_reads_no_longer_than_its_partner_may(api, cast):
    key, path = api("reseller"), f"/tier/accounts/{cast.nordlicht.pk}"
    order = cast.order(product=cast.plain)
    assert key.get(path).status_code == 200
    assert key.get(f"/requests/{order.pk}").status_code == 200
    end_access(cast.nordlicht.access.get(), actor=cast.actor("distributor"))
    for gone in (path, f"/requests/{order.pk}", f"/conversations/{order.pk}"):
        assert key.get(gone).status_code == 404, gone
    for empty in ("/tier/accounts", "/requests", "/assets", "/tier/configs", "/conversations"):
        assert key.get(empty)["Content-Range"] == "items 0-0/0", empty
    assert key.put(path, {"name": "Mine"}).status_code == 404
