"""Conversations and their messages over the API."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Note, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.notes import add_note
from tests.factories import steps


@pytest.fixture
def order(cast):
    return cast.order()


def rows(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_every_object_that_is_discussed_answers_by_its_id(api, cast, order):
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"})
    change = TierAccountRequest.objects.get()
    config, setup = steps.config(2), steps.setup(2)
    for obj in (order, change, config, setup, cast.nordlicht):
        found = rows(api("vendor").get("/conversations", f"instance_id={obj.pk}"))
        assert [each["instance_id"] for each in found] == [obj.pk]
        assert found[0]["id"].partition("-")[2] == obj.pk.partition("-")[2]
        assert found[0]["id"].startswith("CO-")
        assert found[0]["status"] == "open"
        again = rows(api("distributor").get(f"/conversations/{obj.pk}"))
        assert again["id"] == found[0]["id"]
        assert rows(api("vendor").get(f"/conversations/{again['id']}"))["messages"]
    both = f"in(instance_id,({order.pk},{setup.pk}))&ordering(-created)"
    assert len(rows(api("vendor").get("/conversations", both))) == 2
    for query in (
        f"id={again['id']}",
        f"like(id,*{again['id'][3:]})",
        f"in(id,({again['id']},CO-1))",
    ):
        found = rows(api("vendor").get("/conversations", query))
        assert [each["instance_id"] for each in found] == [cast.nordlicht.pk]


def test_what_is_not_seen_has_no_conversation(api, cast, order):
    client = api("distributor2")
    assert rows(client.get("/conversations", f"instance_id={order.pk}")) == []
    known = rows(api("vendor").get(f"/conversations/{order.pk}"))["id"]
    for pk in (known, order.pk, "CO-000-000-000", "CO-x", "CO-", "PR-1", "x"):
        assert client.get(f"/conversations/{pk}").status_code == 404
        assert client.post(f"/conversations/{pk}/messages", {"text": "Hi"}).status_code == 404
    assert client.get(f"/conversations/{known}").json()["errors"] == [
        f"Object `{known}` not found."
    ]


def test_a_conversation_is_told_like_the_thread_of_the_portal(api, cast, order):
    add_note(order, actor=cast.actor("distributor"), text="When?\nToday?", kind="message")
    found = rows(api("vendor").get(f"/conversations/{order.pk}"))
    assert found["topic"] == f"Fulfillment request {order.pk}"
    assert [each["name"] for each in found["accounts"]] == ["Vendor", "Distributor"]
    assert found["creator"]["name"] == "Distributor"
    first, *_others, last = found["messages"]
    assert (first["type"], first["text"]) == ("state_change", "Placed the order")
    assert first["conversation"] == last["conversation"] == found["id"]
    assert (last["type"], last["text"]) == ("message", "When?\nToday?")
    assert last["account"]["id"] == cast.partners["distributor"].pk
    assert last["creator"] == {"id": cast.users["distributor"].pk, "name": "Distributor"}
    assert first["created"].endswith("+00:00")
    # A vendor reads no name of the reseller who wrote; a reseller no name of the other side's.
    add_note(order, actor=cast.actor("reseller"), text="We wait.", kind="message")
    written = rows(api("vendor").get(f"/conversations/{order.pk}"))["messages"][-1]
    assert written["text"] == "We wait."
    assert not {"creator", "account"} & set(written)
    read = rows(api("reseller").get(f"/conversations/{order.pk}"))["messages"]
    assert [each["creator"]["name"] for each in read[-2:]] == ["Distributor", "Reseller"]
    assert read[-2]["creator"]["id"] == cast.partners["distributor"].pk


def test_messages_are_written_as_in_the_portal(api, cast, order):
    path = f"/conversations/{order.pk}/messages"
    answer = api("vendor").post(path, {"text": "Hello"})
    assert answer.status_code == 201
    message = answer.json()
    assert re.fullmatch(r"ME-\d{3}-\d{3}-\d{3}", message["id"])
    assert message["creator"] == {"id": Note.objects.get().key_id, "name": "Key of vendor"}
    assert (message["type"], Note.objects.get().kind) == ("message", "message")
    assert rows(api("distributor").get(path))[-1]["text"] == "Hello"
    assert rows(api("vendor").get(f"{path}/{message['id']}")) == message
    assert api("vendor").put(f"{path}/{message['id']}", {"text": "No"}).status_code == 405
    api("vendor").post(path, {"text": "Ours", "type": "private"})
    assert rows(api("vendor").get(path))[-1]["type"] == "private"
    assert rows(api("distributor").get(path))[-1]["text"] == "Hello"
    assert api("vendor", {"conversations": "read"}).post(path, {"text": "Hi"}).status_code == 403
    for body, said in (
        ({}, "Field 'text' is required."),
        ({"text": " "}, "text: Write something."),
        ({"text": "x" * 2001}, "text: "),
        ({"text": "x", "type": "state_change"}, "type: Choose who reads the note."),
    ):
        refused = api("vendor").post(path, body)
        assert (refused.status_code, refused.json()["error_code"]) == (400, "VAL_001")
        assert refused.json()["errors"][0].startswith(said)


def test_what_a_vendor_writes_about_an_account_stays_with_its_colleagues(api, cast, order):
    path = f"/conversations/{cast.nordlicht.pk}/messages"
    assert api("vendor").post(path, {"text": "Careful"}).json()["type"] == "private"
    assert api("vendor").post(path, {"text": "x", "type": "message"}).status_code == 400
    assert "Careful" not in str(rows(api("distributor").get(path)))
    api("distributor").post(path, {"text": "Among us"})
    assert "Among us" in str(rows(api("reseller").get(path)))
    assert "Among us" not in str(rows(api("vendor").get(path)))


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("type=message", ["One", "Two"]),
        ("eq(type,message)&ordering(-created)&limit=1", ["Two"]),
        ("in(text,(One,Three))", ["One"]),
        ("and(ilike(text,*T*W*),ne(type,private))", ["Two"]),
        ("like(text,%22On*%22)&search=ONE", ["One"]),
        ("type=message&ge(created,2020-01-01T00:00:00+00:00)&lt(events.created.at,2020-02-01)", []),
        ("not(eq(type,state_change))&out(text,(One))&eq(topic,x)", ["Two"]),
        (
            "or(eq(text,One),eq(text,Two))&select(-events)&ordering(events__created__at)",
            ["One", "Two"],
        ),
        ("eq(events.created.by.id,null())&type=message", []),
        ("or(eq(topic,x),eq(text,One))&not(eq(topic,y))", ["One"]),
    ],
)
def test_messages_are_filtered_like_any_list(api, cast, order, query, texts):
    path = f"/conversations/{order.pk}/messages"
    for text in ("One", "Two"):
        add_note(order, actor=cast.actor("distributor"), text=text, kind="message")
    answer = api("distributor").get(path, query)
    assert [each["text"] for each in rows(answer)] == texts
    assert answer.get("Ignored-Filters") == ("topic" if "topic" in query else None)


@pytest.mark.parametrize(
    "query",
    [
        "gt(text,a)",
        "ge(created,now)",
        "gt(created,null())",
        "type=(text=One)",
        "like(text,**)",
        "like(text,*a*b*c*d*e*f*)",
        "ordering(text)",
        "ordering(created)&ordering(-created)",
        "select(-secret)",
        "eq(text",
    ],
)
def test_a_bad_query_of_messages_is_the_client_s_fault(api, cast, order, query):
    answer = api("distributor").get(f"/conversations/{order.pk}/messages", query)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "BAD_000")


def test_all_that_is_seen_is_listed_by_age_and_counted(api, cast, order):
    client = api("distributor")
    later = timezone.now() + timedelta(days=1)
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(created_at=later)
    answer = client.get("/conversations", "limit=2")
    assert rows(answer)[0]["instance_id"] == cast.kirlin.pk
    total = int(answer["Content-Range"].rpartition("/")[2])
    assert answer["Content-Range"] == f"items 0-1/{total}"
    every = rows(client.get("/conversations"))
    kinds = {each["instance_id"].partition("-")[0] for each in every}
    assert (len(every), kinds) == (total, {"TA", "TC", "TCR", "PR"})
    paged = [rows(client.get("/conversations", f"limit=3&offset={n}")) for n in range(0, total, 3)]
    assert [each for page in paged for each in page] == every
    turned = rows(client.get("/conversations", "ordering(created)"))
    assert turned[-1] == every[0]
    assert [each["created"] for each in turned] == sorted(each["created"] for each in every)
    recent = f"gt(created,{timezone.now():%Y-%m-%d}T00:00:00)&instance_id={cast.kirlin.pk}&x=1"
    answer = client.get("/conversations", recent)
    assert (len(rows(answer)), answer["Ignored-Filters"]) == (1, "x")
    assert client.get("/conversations", "ordering(topic)").status_code == 400


def test_reading_conversations_writes_nothing(api, cast, order):
    client = api("vendor")
    with CaptureQueriesContext(connection) as asked:
        for path in ("", f"/{order.pk}", f"/CO-{order.pk[3:]}", f"/{order.pk}/messages"):
            assert client.get(f"/conversations{path}").status_code == 200
    written = [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE"))]
    log = ("customers_apicall", "customers_serviceuser")
    assert written
    assert not [text for text in written if not any(table in text for table in log)]


def test_many_conversations_cost_what_one_costs(api, cast, order):
    client = api("distributor")
    with CaptureQueriesContext(connection) as few:
        assert len(rows(client.get("/conversations", "limit=4"))) == 4
    cast.order()
    with CaptureQueriesContext(connection) as many:
        assert len(rows(client.get("/conversations"))) >= 9
    assert len(many) == len(few)
