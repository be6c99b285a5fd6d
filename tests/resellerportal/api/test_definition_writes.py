"""Parameters, items, templates and constants of a product are written through the API."""

from fulfillment.models import Item
from tests import factories
from tests.resellerportal.api.test_product_writes import at as at
from tests.resellerportal.api.test_product_writes import errors, verbs
from tierconfig.models import Parameter


def test_a_parameter_is_added_changed_in_part_and_removed(api, cast, at):
    client = api("vendor")
    choices = ["a", {"value": "b", "label": "Bee"}]
    first = client.post(
        f"{at}/parameters",
        {
            "name": "kind",
            "title": "Kind",
            "type": "dropdown",
            "phase": "ordering",
            "scope": "tier1",
            "constraints": {"choices": choices, "shared": None},
        },
    )
    assert first.status_code == 201, first.content
    sent = {
        "name": "court",
        "title": "Court",
        "phase": "ordering",
        "scope": "tier1",
        "hint": "As registered",
        "default": "Kiel",
        "constraints": {
            "max_length": 40,
            "dependency": {
                "parameter": {"id": first.json()["id"]}, "values": ["b"], "required": True
            },
        },
    }  # fmt: skip
    row = client.post(f"{at}/parameters", sent).json()
    assert (row["type"], row["default"], row["hint"]) == ("text", "Kiel", "As registered")
    assert row["constraints"]["dependency"]["parameter"]["name"] == "kind"
    address = f"{at}/parameters/{row['id']}"
    changed = client.put(
        address,
        {
            "title": "The court",
            "type": "email",
            "scope": "asset",
            "constraints": {"required": True},
        },
    ).json()
    assert changed == {
        **row,
        "title": "The court",
        "constraints": {**row["constraints"], "required": True},
        "events": changed["events"],
    }
    bare = client.put(address, {"hint": None, "constraints": {"dependency": None}}).json()
    assert (bare["hint"], "dependency" in bare["constraints"]) == ("", False)
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert verbs(cast.product)[-1] == "product.parameter_removed"


def test_what_no_parameter_can_be_is_said_by_its_field(api, cast, at):
    client = api("vendor")
    good = {"name": "x", "title": "X", "phase": "ordering", "scope": "tier1"}
    taken = {**good, "name": "tier1_vat"}
    for sent, text in (
        ({}, "Field 'title' is required."),
        (taken, "name: Another parameter of this product has this ID."),
        ({**good, "scope": "product"}, "scope: This scope does not go with this phase."),
        ({**good, "type": "tea"}, "type: Choose one of the values offered."),
        ({**good, "type": "choice"}, "constraints.choices: This type needs choices."),
        ({**good, "constraints": {"required": "yes"}}, "constraints.required: true or false"),
        ({**good, "constraints": {"min_length": -1}}, "constraints.min_length: Enter a number"),
        ({**good, "constraints": {"dependency": {"parameter": {"id": "PRM-1"}, "values": ["a"]}}},
         "constraints.dependency.parameter: There is no such parameter."),
        ({**good, "constraints": {"dependency": ["x"]}}, "constraints.dependency: an object"),
        ({**good, "constraints": []}, "constraints: Expected a dictionary"),
    ):  # fmt: skip
        assert errors(client.post(f"{at}/parameters", sent))[0].startswith(text), sent
    assert Parameter.objects.filter(product=cast.product).count() == 2


def test_an_item_keeps_what_orders_were_made_with(api, cast, at):
    client = api("vendor")
    sent = {
        "name": "Disk",
        "mpn": "D-1",
        "type": "reservation",
        "period": "yearly",
        "unit": {"id": "GB"},
        "precision": "Integer",
        "commitment": {"count": 1},
        "product_version": 1,
    }
    row = client.post(f"{at}/items", sent).json()
    assert [row[name] for name in ("type", "period", "local_id")] == [
        "reservation",
        "yearly",
        "D-1",
    ]
    assert row["unit"]["title"] == "GB"
    address = f"{at}/items/{row['id']}"
    assert client.put(address, {**row, "name": "Disks"}).json()["name"] == "Disks"
    said = errors(client.put(address, {"period": "Monthly", "unit": {"id": "TB"}}))
    assert said == ["period: this cannot be changed.", "unit.id: this cannot be changed."]
    assert errors(client.post(f"{at}/items", {**sent, "mpn": "D-2", "precision": "Decimal(2)"}))
    assert errors(client.post(f"{at}/items", {**sent, "commitment": {"count": 12}}))
    assert errors(client.post(f"{at}/items", sent)) == ["local_id: Another item has this ID."]
    assert client.post(f"{address}/endsale").json()["status"] == "endofsale"
    seats = f"{at}/items/{cast.seats.pk}"
    assert errors(client.post(f"{seats}/endsale"))[0].startswith("status: It is the last item")
    assert client.post(f"{address}/resumesale").json()["status"] == "published"
    cast.order()
    assert errors(client.delete(seats)) == ["It was ordered already. End its sale instead."]
    assert client.delete(address).status_code == 204
    assert verbs(cast.product)[-1] == "product.item_removed"
    assert list(Item.objects.filter(product=cast.product)) == [cast.seats]


def test_templates_actions_and_messages_come_and_go(api, cast, at):
    client = api("vendor")
    kinds = {
        "templates": ({"title": "Ready", "body": "# Hi", "scope": "tier1"}, {"body": "# Ho"}),
        "actions": (
            {
                "action": "desk",
                "name": "Desk",
                "scope": "tier2",
                "description": "d",
                "type": "button",
            },
            {"name": "The desk"},
        ),
        "messages": ({"external_id": "vat", "value": "Bad"}, {"value": "Worse"}),
    }
    for kind, (sent, change) in kinds.items():
        made = client.post(f"{at}/{kind}", sent)
        assert made.status_code == 201, made.content
        address = f"{at}/{kind}/{made.json()['id']}"
        assert {**client.get(address).json(), **sent} == client.get(address).json()
        changed = client.put(address, change).json()
        old = {**made.json(), **change, "events": changed["events"]}
        assert changed == old | {name: changed[name] for name in ("title",) if name in changed}
        assert client.delete(address).status_code == 204
        assert client.delete(address).status_code == 404
        assert errors(client.post(f"{at}/{kind}", {}))[0].startswith("Field '")
    last = cast.product.templates.get(scope="tier1")
    assert errors(client.delete(f"{at}/templates/{last.pk}"))[0].startswith("Nothing of this scope")
    assert errors(client.post(f"{at}/templates", {**kinds["templates"][0], "type": "inquire"})) == [
        "type: Templates of subscriptions, and only those, have one."
    ]
    secret = client.post(f"{at}/actions/regeneratesecret").json()["jwt_secret"]
    assert len(secret) > 32
    assert secret not in client.get(at).content.decode()


def test_a_constant_gets_its_value_and_loses_it(api, cast, at):
    client = api("vendor")
    region = factories.parameter(cast.product, "product", "region", phase="configuration")
    boxes = factories.parameter(
        cast.product,
        "marketplace",
        "boxes",
        phase="configuration",
        type="checkbox",
        constraints={"choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]},
    )

    def send(parameter, **value):
        return client.post(f"{at}/configurations", {"parameter": {"id": parameter.pk}, **value})

    assert send(region, value="eu-1").json()["value"] == "eu-1"
    ticked = send(boxes, structured_value={"a": False, "b": True}).json()
    assert ticked["structured_value"] == {"a": False, "b": True}
    listed = client.get(f"{at}/configurations").json()
    assert [row["value"] for row in listed] == ["eu-1", "b"]
    assert send(region, value=None).status_code == 201
    assert "value" not in client.get(f"{at}/configurations").json()[0]
    assert errors(send(boxes, value="no such box"))[0].startswith("value: ")
    asked = cast.product.parameters.get(name="tier1_vat")
    assert errors(send(asked, value="x")) == ["parameter.id: there is no such constant."]
    assert errors(send(region, value="x", item={"id": "I"}))[0].startswith("A constant has one")
