"""Products as the command line tool writes them: icon and data in one form, units, items."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from customers.models import Event, ProductIcon
from customers.services.icons import MAX_BYTES
from tests.resellerportal.test_icons import picture
from tierconfig.models import Embedding


@pytest.fixture
def at(cast):
    return f"/products/{cast.product.pk}"


def form(body, **files):
    """The parts of a form, `body` as JSON unless it is a text already."""
    text = body if isinstance(body, str) else json.dumps(body)
    return encode_multipart(BOUNDARY, {"body": text, **files})


def upload(client, method, path, body, **files):
    return client.send(method, path, form(body, **files), Content_Type=MULTIPART_CONTENT)


def icon(content):
    return SimpleUploadedFile("any name.png", content, "image/png")


def test_data_and_icon_come_in_one_form(api, cast, at):
    client = api("vendor")
    panel = json.dumps({"description": "Shown beside it", "download_links": []})
    sent = {**client.get(at).json(), "name": "Renamed", "customer_ui_settings": panel}
    answer = upload(client, "PUT", at, sent, icon=icon(picture()))
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert (shown["name"], shown["customer_ui_settings"]["description"]) == (
        "Renamed",
        "Shown beside it",
    )
    assert "default" not in shown["icon"]
    assert client.client.get(shown["icon"]).status_code == 200
    made = upload(client, "POST", "/products", {"name": "With a face"}, icon=icon(picture()))
    assert made.status_code == 201
    assert ProductIcon.objects.filter(product=made.json()["id"]).exists()


def test_a_form_is_judged_like_a_body(api, cast, at):
    client = api("vendor")
    before = client.get(at).json()
    for body, files, status, said in (
        ({"name": "New"}, {"icon": icon(b"no picture")}, 400, "icon: This is no picture"),
        ({"name": "New"}, {"icon": icon(b"x" * (MAX_BYTES + 1))}, 400, "icon: Use a file"),
        ("[1]", {"icon": icon(picture())}, 400, "body: an object is expected."),
        ("{", {}, 400, "JSON parse error"),
        ('{"name": "a\\u0000b"}', {}, 400, "name: this is no text"),
        ({"customer_ui_settings": "{"}, {}, 400, "customer_ui_settings: This is no JSON."),
        ({"customer_ui_settings": "[" * 5000}, {}, 400, "customer_ui_settings: This is no JSON."),
        ({"customer_ui_settings": "[]"}, {}, 400, "customer_ui_settings: Invalid data."),
        ({"customer_ui_settings": '"\\u0000"'}, {}, 400, "customer_ui_settings: this is no text"),
    ):
        answer = upload(client, "PUT", at, body, **files)
        assert answer.status_code == status, (body, answer.content)
        assert answer.json()["errors"][0].startswith(said), (body, answer.content)
    assert client.get(at).json() == before
    assert upload(client, "PUT", at, {"name": "x"}, a=icon(b""), b=icon(b"")).status_code == 200


@pytest.mark.parametrize(("name", "status"), [("vendor2", 404), ("distributor", 403)])
def test_nobody_else_uploads(api, cast, at, name, status):
    answer = upload(api(name), "PUT", at, {"name": "Mine"}, icon=icon(picture()))
    assert answer.status_code == status
    assert not ProductIcon.objects.exists()
    assert not Event.objects.filter(verb="product.icon").exists()


def test_forms_are_for_products_only(api, cast):
    answer = upload(api("distributor"), "POST", "/hubs", {"name": "Post"}, icon=icon(b"x"))
    assert (answer.status_code, answer.json()["error_code"]) == (400, "BAD_000")


def test_units_are_words_that_items_use(api, cast, at):
    client = api("vendor")
    usual = {"id": "Licenses", "description": "Licenses", "type": "reservation", "unit": "Licenses"}
    assert client.get("/settings/units").json() == [usual]
    sent = {"description": "Seats", "type": "reservation", "unit": "unit"}
    made = client.post("/settings/units", sent)
    assert (made.status_code, made.json()["id"]) == (201, "Seats")
    item = {
        "name": "Chair",
        "mpn": "C-1",
        "type": "reservation",
        "period": "monthly",
        "precision": "integer",
        "unit": {"id": "Seats"},
        "commitment": {"count": 1},
        "ui": {"visibility": True},
    }
    row = client.post(f"{at}/items", item).json()
    assert (row["unit"]["name"], row["type"], row["period"]) == ("Seats", "reservation", "monthly")
    answer = client.get("/settings/units", "limit=1&offset=1")
    assert [each["id"] for each in answer.json()] == ["Seats"]
    assert answer["Content-Range"] == "items 1-1/2"
    assert api("vendor2").get("/settings/units").json() == [usual]
    for wrong in ({}, {"description": ""}, {"description": "x" * 65}):
        assert client.post("/settings/units", wrong).status_code == 400, wrong
    assert api("distributor").get("/settings/units").status_code == 403
    assert api("vendor", {"products": "read"}).post("/settings/units", sent).status_code == 403


@pytest.mark.parametrize("query", ["eq(period,monthly)", "in(period,(Monthly))", "search=month"])
def test_periods_are_found_as_they_are_answered(api, cast, at, query):
    assert [row["id"] for row in api("vendor").get(f"{at}/items", query).json()] == [cast.seats.pk]
    assert api("vendor").get(f"{at}/items", "eq(period,yearly)").json() == []


def test_what_was_read_may_be_sent_back_though_rules_are_stricter_now(api, cast, at):
    Embedding.objects.create(product=cast.product, action_url="http://old.example/act")
    client = api("vendor")
    shown = client.get(at).json()
    shown["customer_ui_settings"]["description"] = "New"
    assert client.put(at, shown).json()["customer_ui_settings"]["description"] == "New"
    shown["customer_ui_settings"]["action"]["url"] = "http://other.example/act"
    refused = client.put(at, shown)
    assert refused.status_code == 400
    assert refused.json()["errors"][0].startswith("customer_ui_settings.action.url: ")
