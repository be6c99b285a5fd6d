"""Products and what they have, written through the API: the services' rules, the API's words."""

import pytest
from django.core.exceptions import ValidationError

from customers import identifiers
from customers.models import Category, Connection, Event, Hub, Product, WebhookEndpoint
from fulfillment.services.products import remove_product
from resellerportal.api.products import capabilities
from tests.customers.receiver import endpoint
from tierconfig.services.definitions.products import add_product


@pytest.fixture
def at(cast):
    return f"/products/{cast.product.pk}"


def verbs(product):
    return list(
        Event.objects.filter(object_id=product.pk).order_by("at").values_list("verb", flat=True)
    )


def errors(answer, status=400):
    assert answer.status_code == status, answer.content
    return answer.json()["errors"]


def test_a_product_is_born_filled_published_and_taken_from_sale(api, cast):
    client = api("vendor")
    category = Category.objects.create(pk="CAT-12345", name="Backup")
    made = client.post("/products", {"name": "Vault", "external_id": 47, "noise": 1})
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["status"], row["external_id"], row["public"]) == ("draft", "47", False)
    address = f"/products/{row['id']}"
    sent = {
        "short_description": "Safe",
        "category": {"id": category.pk},
        "capabilities": {"ppu": None, "tiers": {"updates": True, "configs": {"level": "1"}}},
        "customer_ui_settings": {"getting_started": "Go", "action": {"url": "https://v.example/"}},
    }
    shape = client.put(address, sent).json()
    assert (shape["name"], shape["short_description"]) == ("Vault", "Safe")
    assert shape["category"] == {"id": "CAT-12345", "name": "Backup"}
    assert shape["capabilities"]["tiers"] == {
        "updates": True,
        "configs": {
            "level": 1,
            "setup": {"inquiring_validation": False},
            "update": {"validation": False, "inquiring_validation": False},
        },
        "validation": False,
    }
    assert shape["customer_ui_settings"]["action"] == {"url": "https://v.example/"}
    assert client.put(address, shape).json()["capabilities"] == shape["capabilities"]
    assert errors(client.post(f"{address}/versions/1/build")) == [
        "It has no published item, so there is nothing to order."
    ]
    client.post(f"{address}/items", {"name": "Seats", "mpn": "S-1"})
    published = client.post(f"{address}/versions/1/build").json()
    assert (published["status"], published["events"]["published"]["by"]["name"]) == (
        "published",
        "Key of vendor",
    )
    by = published["events"]["published"]["by"]["id"]
    for query in (
        f"events.published.by.id={by}&select(category.parent)",
        "ilike(events.published.by.name,*KEY*)",
        "ne(events.published.by.id,null())",
    ):
        found = client.get("/products", query).json()
        assert [each["id"] for each in found] == [row["id"]], query
        assert api("distributor").get("/products", query).json() == []
    assert client.post(f"{address}/endsale", {"end_of_sale_notes": "x"}).json()["status"] == (
        "endofsale"
    )
    again = client.post(f"{address}/endsale")
    assert (again.status_code, again.json()["error_code"]) == (400, "PRD_001")
    assert client.post(f"{address}/resumesale").json()["status"] == "published"
    gone = client.put(address, {"category": None, "external_id": None}).json()
    assert (gone["category"]["name"], gone["external_id"]) == ("None", "")


def test_every_switch_is_shown_where_it_is_read(cast):
    for path, switch in capabilities.PATHS.items():
        product = Product(authorization_level=1, **{switch: True})
        wanted = capabilities.wanted(capabilities.shown(product))
        assert [name for name, on in wanted.items() if on is True] == [switch], path
        assert wanted["authorization_level"] == 1


def test_nothing_of_a_bad_product_is_written(api, cast, at):
    client = api("vendor")
    before = client.get(at).json()
    sent = {
        "name": "Other",
        "customer_ui_settings": {"documents": [{"title": "x", "url": "http://vendor.example"}]},
    }
    said = errors(client.put(at, sent))
    assert said[0].startswith("customer_ui_settings.documents: Line 1: Enter an address")
    assert client.get(at).json() == before
    assert errors(client.post("/products", {})) == ["Field 'name' is required."]
    assert errors(client.post("/products", {"name": " "})) == ["name: Enter a text."]
    for sent, text in (
        ({"capabilities": {"tiers": []}}, "capabilities.tiers: an object is expected."),
        ({"capabilities": {"cart": {"validation": 3}}}, "capabilities.cart.validation: true or"),
        (
            {"capabilities": {"tiers": {"configs": {"level": 7}}}},
            "capabilities.tiers.configs.level",
        ),
        (
            {"capabilities": {"tiers": {"configs": None}}},
            "capabilities.tiers.configs.level: Remove",
        ),
        ({"category": {"id": "CAT-1"}}, "category.id: there is no such category."),
    ):
        assert errors(client.put(at, sent))[0].startswith(text)
    assert client.get(at).json() == before


def test_only_drafts_that_nothing_was_made_with_are_deleted(api, cast, at):
    actor = cast.actor("vendor", "administrator")
    draft = add_product(actor=actor, name="Short-lived")
    client = api("vendor")
    assert client.delete(f"/products/{draft.pk}").status_code == 204
    assert client.get(f"/products/{draft.pk}").status_code == 404
    assert verbs(draft)[-1] == "product.removed"
    assert client.delete(at).json()["error_code"] == "PRD_001"
    held = add_product(actor=actor, name="Connected")
    identifiers.insert(Connection, "CT", product=held, hub=cast.connection.hub)
    with pytest.raises(ValidationError, match="Something was made with it: connections"):
        remove_product(held, actor=actor)
    heard = add_product(actor=actor, name="Heard of")
    hook = endpoint(cast.partners["vendor"], "https://vendor.example/hook")
    WebhookEndpoint.objects.filter(pk=hook.pk).update(product=heard)
    assert errors(client.delete(f"/products/{heard.pk}")) == [
        "A webhook of your settings hears of this product only."
    ]
    assert Product.objects.filter(pk__in=[held.pk, heard.pk]).count() == 2


def test_a_connection_is_asked_for_by_its_hub_and_decided_by_its_vendor(api, cast, at):
    distributor, vendor = api("distributor"), api("vendor")
    hub = cast.connection.hub
    made = distributor.post(f"{at}/connections", {"hub": {"id": hub.pk}, "type": "test"})
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["status"], row["hub"]["instance"]) == ("pending", {"id": hub.pk, "type": "API"})
    foreign = identifiers.insert(Hub, "HB", provider=cast.partners["distributor2"], name="X")
    for pk in (foreign.pk, "HB-1111-1111"):
        said = errors(distributor.post(f"{at}/connections", {"hub": {"id": pk}}))
        assert said == ["hub.id: this hub is unknown."]
    address = f"{at}/connections/{row['id']}"
    assert distributor.put(address, {"status": "approved"}).status_code == 403
    assert vendor.post(f"{at}/connections", {"hub": {"id": hub.pk}}).status_code == 403
    assert vendor.put(address, {"note": "fine"}).json()["status"] == "pending"
    assert errors(vendor.put(address, {"status": "revoked"}))[0].startswith("status: approved or")
    assert vendor.put(address, {"status": "approved"}).json()["status"] == "approved"
    assert errors(vendor.put(address, {"status": "rejected"}))[0].startswith(
        f"{row['id']} is already"
    )


def test_who_may_not_write_is_told_so_before_what_was_sent_is_judged(api, cast, at):
    parameter = cast.product.parameters.first()
    template = cast.product.templates.first()
    writes = [
        ("POST", "/products"),
        ("PUT", at),
        ("DELETE", at),
        ("POST", f"{at}/endsale"),
        ("POST", f"{at}/resumesale"),
        ("POST", f"{at}/versions/1/build"),
        *(("POST", f"{at}/{kind}") for kind in ("parameters", "templates", "items", "actions")),
        *(("POST", f"{at}/{kind}") for kind in ("messages", "configurations")),
        ("POST", f"{at}/actions/regeneratesecret"),
        *((method, f"{at}/parameters/{parameter.pk}") for method in ("PUT", "DELETE")),
        *((method, f"{at}/templates/{template.pk}") for method in ("PUT", "DELETE")),
        *((method, f"{at}/items/{cast.seats.pk}") for method in ("PUT", "DELETE")),
        ("POST", f"{at}/items/{cast.seats.pk}/endsale"),
        ("POST", f"{at}/items/{cast.seats.pk}/resumesale"),
    ]
    stranger = api("vendor2")
    others = [api("vendor", {"products": "read"}), api("distributor"), api("reseller")]
    viewer = api("vendor")
    cast.users["vendor"].memberships.update(level="viewer")
    bad = {"name": {}, "scope": 3}
    for method, path in writes:
        if path != "/products":
            assert stranger.send(method, path, bad).status_code == 404, (method, path)
        for client in (viewer, *others):
            answer = client.send(method, path, bad)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "PER_001"), path


def test_capabilities_and_secrets_are_for_administrators(api, cast, at):
    client = api("vendor")
    cast.users["vendor"].memberships.update(level="agent")
    shape = client.get(at).json()
    assert client.put(at, {**shape, "name": "Renamed"}).json()["name"] == "Renamed"
    switched = {"capabilities": {"subscription": {"hold": True}}}
    assert client.put(at, switched).status_code == 403
    assert client.post(f"{at}/actions/regeneratesecret").status_code == 403
