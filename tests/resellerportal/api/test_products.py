"""Products and what they have, as each side reads them."""

import json

import jwt
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Category
from customers.services.icons import set_icon
from tests import factories
from tests.resellerportal.test_icons import picture
from tierconfig.models import TierConfigRequest
from tierconfig.services.definitions import actions, messages
from tierconfig.services.definitions.embedding import new_secret, save_embedding

#: What a client dies without when it exports a product.
EXPORTED = """
    id name icon short_description detailed_description owner.id owner.name category.name
    customer_ui_settings.description customer_ui_settings.getting_started
    customer_ui_settings.download_links customer_ui_settings.documents
    capabilities.ppu capabilities.reservation.consumption capabilities.cart.validation
    capabilities.inquiring.validation capabilities.tiers.validation capabilities.tiers.configs
    capabilities.tiers.updates capabilities.subscription.hold capabilities.subscription.schema
    capabilities.subscription.change.editable_ordering_parameters events.created.at
"""


def at(shape, path):
    for part in path.split("."):
        shape = shape[part]
    return shape


@pytest.fixture
def boss(cast):
    return cast.actor("vendor", "administrator")


@pytest.fixture
def furnished(cast, boss):
    """The product with everything that is for its vendor only, too."""
    product = cast.product
    save_embedding(
        product,
        actor=boss,
        description="Backups for all",
        getting_started="Sign in",
        download_links=[
            {"title": "Setup", "url": "https://vendor.example/", "visible_for": "admin"}
        ],
        documents=[{"title": "Manual", "url": "https://vendor.example/m"}],
        action_url="https://vendor.example/action",
    )
    factories.parameter(product, "tier1", "secret_code", hidden=True)
    factories.parameter(product, "asset", "node", phase="fulfillment")
    shared = {"shared": "view", "reconciliation": True}
    factories.parameter(product, "asset", "login", phase="fulfillment", constraints=shared)
    constant = {"shared": "view", "default": "eu-1"}
    factories.parameter(product, "product", "region", phase="configuration", constraints=constant)
    factories.parameter(product, "product", "token", phase="configuration")
    messages.add_message(product, actor=boss, external_id="vat", value="No VAT ID")
    actions.add_action(
        product, actor=boss, action="desk", name="Desk", description="Tickets", scope="tier1"
    )
    return product


def names(answer):
    assert answer.status_code == 200, answer.content
    return {row.get("name") or row.get("id") for row in answer.json()}


def test_a_product_has_what_clients_export_and_its_picture_needs_no_key(
    api, cast, boss, client, furnished
):
    category = Category.objects.create(pk="CAT-12345", name="Backup")
    cast.product.category = category
    cast.product.save()
    secret = new_secret(cast.product, actor=boss)
    answer = api("vendor").get(f"/products/{cast.product.pk}")
    shape = answer.json()
    for path in EXPORTED.split():
        at(shape, path)
    assert shape["category"] == {"id": "CAT-12345", "name": "Backup"}
    assert shape["capabilities"]["tiers"]["configs"]["level"] == 2
    assert shape["customer_ui_settings"]["action"] == {"url": "https://vendor.example/action"}
    assert secret not in answer.content.decode()
    assert client.get(shape["icon"])["Content-Type"] == "image/png"
    set_icon(cast.product, actor=boss, content=picture())
    icon = api("vendor").get(f"/products/{cast.product.pk}").json()["icon"]
    assert icon.endswith(".png")
    assert icon != shape["icon"]
    assert client.get(icon).status_code == 200


@pytest.mark.parametrize("name", ["distributor", "reseller"])
def test_others_read_of_a_product_what_its_pages_show_them(api, cast, furnished, name):
    client, address = api(name), f"/products/{furnished.pk}"
    shape = client.get(address).json()
    assert shape["visibility"] == {
        "owner": False, "listing": True, "syndication": False, "catalog": False
    }  # fmt: skip
    assert "action" not in shape["customer_ui_settings"]
    assert set(shape["events"]) == {"created", "updated"}
    asked = {"tier1_vat", "tier2_vat"}
    shared = {"login", "region"} if name == "distributor" else set()
    assert names(client.get(f"{address}/parameters")) == asked | shared
    assert names(client.get(f"{address}/items")) == {"Seats 1"}
    assert names(client.get(f"{address}/actions")) == {"Desk"}
    assert client.get(f"{address}/templates").json() == []
    assert client.get(f"{address}/messages").json() == []
    configured = client.get(f"{address}/configurations").json()
    assert [row["value"] for row in configured] == (["eu-1"] if name == "distributor" else [])
    connected = [] if name == "reseller" else [cast.connection.pk]
    assert [row["id"] for row in client.get(f"{address}/connections").json()] == connected
    hidden = furnished.parameters.get(name="secret_code")
    text = furnished.templates.first()
    for path in (
        f"{address}/parameters/{hidden.pk}",
        f"{address}/templates/{text.pk}",
        f"{address}/templates/{text.pk}/preview",
        f"/templates/{text.pk}/render",
    ):
        assert client.get(path).status_code == 404


def test_a_stranger_finds_nothing_of_a_product_at_any_address(api, cast, furnished):
    kinds = "parameters templates items actions connections configurations media messages versions"
    for name in ("vendor2", "distributor2"):
        assert api(name).get("/products").json() == []
        for kind in ("", *(f"/{each}" for each in kinds.split())):
            answer = api(name).get(f"/products/{furnished.pk}{kind}")
            assert (answer.status_code, answer.json()["error_code"]) == (404, "NFND_000")
    assert api("vendor").get("/products/PRD-000-000-000/items").status_code == 404
    elsewhere = cast.plain.items.get()
    assert api("vendor").get(f"/products/{furnished.pk}/items/{elsewhere.pk}").status_code == 404


PRODUCTS = [
    ("and(eq(visibility.owner,true),eq(version,null()))", {"Backup 360", "Mail Guard"}),
    ("or(eq(visibility.listing,true),eq(visibility.syndication,true))", set()),
    ("ilike(name,*BACK*)", {"Backup 360"}),
    ("in(status,(published,draft))&like(name,M*)", {"Mail Guard"}),
    ("status=Published&search=guard", {"Mail Guard"}),
    ("eq(category.id,null())&eq(category.id,CAT-00000)", {"Backup 360", "Mail Guard"}),
    ("lt(events.created.at,2020-01-01T00:00:00+00:00)", set()),
    ("events.published.at=null()&purchase_model=subscription", {"Backup 360", "Mail Guard"}),
    ("not(purchase_model=subscription)", set()),
]


def test_products_are_found_by_what_clients_send(api, cast):
    client = api("vendor")
    answers = [(query, names(client.get("/products", query))) for query, _found in PRODUCTS]
    assert answers == PRODUCTS


def test_a_distributor_finds_its_products_as_clients_ask_for_them(api, cast):
    query = "or(eq(visibility.listing,true),eq(visibility.syndication,true))&ordering(-name)"
    found = [row["name"] for row in api("distributor").get("/products", query).json()]
    assert found == ["Mail Guard", "Backup 360"]
    refused = api("distributor").get("/products", "visibility.owner=perhaps")
    assert refused.json()["errors"] == ["visibility.owner: true or false is expected"]


CHILDREN = [
    ("parameters", "scope=tier1&phase=ordering", 2),
    ("parameters", "and(eq(name,tier1_vat),eq(scope,tier1))", 1),
    ("parameters", "eq(constraints.required,true)", 2),
    ("parameters", "constraints.hidden=true", 1),
    ("parameters", "eq(constraints.reconciliation,true)", 1),
    ("parameters", "constraints.reconciliation=false", 6),
    ("parameters", "ne(constraints.reconciliation,true)", 6),
    ("parameters", "eq(constraints.shared,view)", 2),
    ("parameters", "ne(constraints.shared,view)", 5),
    ("parameters", "constraints.shared=null()", 5),
    ("parameters", "ge(position,60000)&ordering(-position)", 2),
    ("templates", "scope=asset&type=fulfillment", 1),
    ("templates", "type=null()&ordering(name)", 2),
    ("items", "item_type=reservation&dynamic=false&eq(display_name,Seats%201)", 1),
    ("items", "eq(dynamic,true)", 0),
    ("items", "search=sku1", 1),
    ("actions", "scope=tier1", 1),
    ("actions", "eq(scope,asset)", 0),
    ("connections", "hub.name=nowhere", 0),
    ("connections", "product_version_type=public&type=production", 1),
    ("configurations", "parameter.scope=product", 2),
    ("configurations", "ne(parameter.constraints.shared,view)", 1),
    ("messages", "external_id=vat", 1),
]


def test_what_a_product_has_is_found_by_what_clients_send(api, furnished):
    client, found = api("vendor"), []
    for kind, query, _count in CHILDREN:
        answer = client.get(f"/products/{furnished.pk}/{kind}", f"{query}&limit=100")
        assert (answer.status_code, "Ignored-Filters" in answer) == (200, False), answer.content
        found.append((kind, query, len(answer.json())))
    assert found == CHILDREN


def test_a_definition_says_all_of_its_constraints(api, cast, furnished):
    choices = ["plain", {"value": "b", "label": "Bee", "default": True}]
    source = factories.parameter(
        furnished, "tier1", "kind", type="dropdown", constraints={"choices": choices}
    )
    rule = {"parameter": "kind", "values": ["b"], "required": True}
    shown = {"min_length": 2, "max_length": 9, "dependency": rule, "readonly": True}
    made = factories.parameter(furnished, "tier1", "more", constraints=shown, hint="Why")
    client = api("vendor")
    first = client.get(f"/products/{furnished.pk}/parameters/{source.pk}").json()
    assert first["constraints"]["choices"] == [
        {"label": "plain", "value": "plain"},
        {"label": "Bee", "value": "b", "default": True},
    ]
    second = client.get(f"/products/{furnished.pk}/parameters/{made.pk}").json()
    assert second["constraints"] == {
        "required": False, "hidden": False, "unique": False, "readonly": True,
        "reconciliation": False, "shared": None, "min_length": 2, "max_length": 9,
        "dependency": {
            "parameter": {"id": source.pk, "name": "kind"}, "values": ["b"], "required": True
        },
    }  # fmt: skip
    source.hidden = True
    source.save()
    told = api("distributor").get(f"/products/{furnished.pk}/parameters/{made.pk}").json()
    assert "dependency" not in told["constraints"]


def test_the_only_version_is_a_copy_that_is_read(api, furnished):
    client, address = api("vendor"), f"/products/{furnished.pk}"
    assert client.get(f"{address}/versions").json() == [client.get(address).json()]
    assert client.get(f"{address}/versions/1").json()["version"] == 1
    copied = client.get(f"{address}/versions/1/parameters").json()
    assert copied == client.get(f"{address}/parameters").json()
    assert client.get(f"{address}/versions/2/parameters").status_code == 404
    assert client.post(f"{address}/versions/1/items", {"name": "x", "mpn": "y"}).status_code == 405
    assert client.get(f"{address}/media").json() == []


def test_a_template_is_rendered_with_samples_or_with_a_request_s_values(api, cast, boss):
    cast.order()
    setup = TierConfigRequest.objects.get(configuration__tier_level=1)
    setup.params = {"tier1_vat": {"value": "DE 1*1"}}
    setup.save()
    text = cast.product.templates.get(scope="tier1")
    text.body = "VAT: {{ tier1_vat }}, form: {{ activation_form_url }}."
    text.save()
    client = api("vendor")
    sample = client.get(f"/products/{cast.product.pk}/templates/{text.pk}/preview")
    assert sample.json().startswith("VAT: \\[Tier1 vat\\]")
    answer = client.get(f"/templates/{text.pk}/render", f"request_id={setup.pk}")
    assert answer["Content-Type"].startswith("text/markdown")
    assert answer.content.decode().startswith("VAT: DE 1\\*1, form: (the link")
    wrong = [f"request_id={pk}" for pk in ("TCR-000-000-000-001", "x", "TCR-%00", "PR-1")]
    other = TierConfigRequest.objects.get(configuration__tier_level=2)
    answers = [
        client.get(f"/templates/{text.pk}/render", each)
        for each in (*wrong, f"request_id={other.pk}")
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({json.dumps(answer.json()) for answer in answers}) == 1
    narrow = api("vendor", {"products": "read"})
    refused = narrow.get(f"/templates/{text.pk}/render", f"request_id={setup.pk}")
    assert refused.status_code == 403


def test_a_button_is_pressed_for_what_the_key_may_act_for(api, cast, boss, furnished):
    secret = new_secret(furnished, actor=boss)
    cast.order()
    config = TierConfigRequest.objects.get(configuration__tier_level=1).configuration
    button = furnished.actions.get()
    path = f"/products/{furnished.pk}/actions/{button.pk}/actionLink"
    client = api("reseller")
    early = client.get(path, f"tier_config_id={config.pk}")
    assert early.json()["errors"] == ["Nothing is approved yet."]
    config.configured_at = config.created_at
    config.save()
    link = client.get(path, f"tier_config_id={config.pk}").json()["link"]
    address, token = link.split("?jwt=")
    told = jwt.decode(token, secret, algorithms=["HS256"])
    assert address == "https://vendor.example/action"
    assert (told["action_id"], told["tier_config_id"]) == ("desk", config.pk)
    assert client.get(path).json()["errors"] == ["Name an asset_id or a tier_config_id."]
    foreign = api("parent").get(path, f"tier_config_id={config.pk}")
    unknown = api("parent").get(path, "tier_config_id=TC-000-000-000")
    assert (foreign.status_code, foreign.json()) == (400, unknown.json())
    for rights in ({"products": "read", "tier_config": "read"}, {"products": "write"}):
        assert api("reseller", rights).get(path, f"tier_config_id={config.pk}").status_code == 403


def test_lists_cost_the_same_for_one_and_for_thirty(api, cast, furnished):
    client = api("vendor")
    paths = ["/products", "/localization/translations"]
    paths += [f"/products/{furnished.pk}/{kind}" for kind in ("parameters", "templates", "items")]
    counts = []
    for _turn in range(2):
        counts.append([])
        for path in paths:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert client.get(path).status_code == 200
            counts[-1].append(len(seen))
        for number in range(30):
            factories.product(cast.partners["vendor"], name=f"More {number}")
            rule = {"dependency": {"parameter": "tier1_vat", "values": ["x"], "hidden": True}}
            factories.parameter(furnished, "tier1", constraints=rule)
            factories.template(furnished, "tier1")
            factories.item(furnished)
    first, again = counts
    # A dependency asks once which parameter it is of.
    assert [b - a for a, b in zip(first, again, strict=True)] == [0, 0, 1, 0, 0]


def test_categories_are_everybody_s_and_there_are_no_agreements(api, cast):
    Category.objects.create(pk="CAT-12345", name="Backup")
    for name in ("vendor", "distributor", "reseller"):
        answer = api(name).get("/categories", "ilike(name,back*)")
        assert answer.json() == [{"id": "CAT-12345", "name": "Backup"}]
        none = api(name).get("/agreements", "eq(type,service)")
        assert (none.json(), none["Content-Range"]) == ([], "items 0-0/0")
    assert api("vendor").get("/categories/CAT-12345/").json()["name"] == "Backup"
    assert api("vendor").get("/agreements/AGP-1").status_code == 404
    assert api("vendor", {"account": "read"}).get("/categories").status_code == 403
