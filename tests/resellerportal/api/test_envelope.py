"""What holds for every address of the API: keys, lists, errors, bodies."""

import gzip
import json

import pytest
from django.urls import reverse

from customers import identifiers
from customers.models import Hub
from resellerportal.api.query import DEEPEST, LONGEST


def hub(cast, owner="distributor", name="Elsewhere"):
    return identifiers.insert(Hub, "HB", provider=cast.partners[owner], name=name)


@pytest.fixture
def hubs(cast):
    made = [hub(cast, name=f"Post {number}") for number in range(4)]
    return sorted({*made, cast.connection.hub}, key=lambda each: each.name)


def test_without_a_key_nothing_is_said(api, hubs):
    for path in ("/hubs", f"/hubs/{hubs[0].pk}", "/nothing/here"):
        answer = api(None).get(path)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
        assert answer["WWW-Authenticate"] == "ApiKey"
        assert answer.json()["error_code"] == "AUTH_001"
        assert list(answer.json()) == ["error_code", "errors"]


def test_a_list_is_a_bare_array_with_its_range(api, hubs):
    answer = api("distributor").get("/hubs")
    assert answer["Content-Type"] == "application/json"
    assert [row["id"] for row in answer.json()] == [each.pk for each in hubs]
    assert answer["Content-Range"] == f"items 0-{len(hubs) - 1}/{len(hubs)}"


@pytest.mark.parametrize(
    ("query", "rows", "said"),
    [
        ("limit=0", 0, "items 0-0/5"),
        ("limit=0&offset=3", 0, "items 0-0/5"),
        ("limit=2&offset=1", 2, "items 1-2/5"),
        ("limit=2&offset=4", 1, "items 4-4/5"),
        ("limit=2&offset=50", 0, "items 50-50/5"),
        ("eq(name,nobody)&limit=100&offset=0", 0, "items 0-0/0"),
        ("limit=5000", 5, "items 0-4/5"),
    ],
)
def test_pages_say_which_part_of_how_many_they_are(api, hubs, query, rows, said):
    answer = api("distributor").get("/hubs", query)
    assert (len(answer.json()), answer["Content-Range"]) == (rows, said)


def test_a_slash_at_the_end_is_no_other_address(api, hubs):
    client = api("distributor")
    plain, slashed = client.get(f"/hubs/{hubs[0].pk}"), client.get(f"/hubs/{hubs[0].pk}/")
    assert plain.status_code == slashed.status_code == 200
    assert plain.json() == slashed.json()


def test_what_does_not_exist_and_what_is_another_s_look_alike(api, cast, hubs):
    foreign = hub(cast, "distributor2")
    client = api("distributor")
    answers = [client.get(f"/hubs/{pk}") for pk in (foreign.pk, "HB-1111-2222", "x", "%00", "é")]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["error_code"] for answer in answers} == {"NFND_000"}
    assert answers[0].json()["errors"] == [f"Object `{foreign.pk}` not found."]
    assert answers[1].json()["errors"] == ["Object `HB-1111-2222` not found."]
    for path in ("/nothing", "", "/"):
        assert client.get(path).json()["error_code"] == "NFND_000"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("eq(name,Post%201)", {"Post 1"}),
        ("name=Post%201", {"Post 1"}),
        ("name=eq=Post%201", {"Post 1"}),
        ("ilike(name,*POST%201*)", {"Post 1"}),
        ("like(name,Post%20*)&ne(name,Post%201)", {"Post 0", "Post 2", "Post 3"}),
        ("in(name,(Post%201,Post%202))", {"Post 1", "Post 2"}),
        ("name__in=Post%201,Post%202", {"Post 1", "Post 2"}),
        ("((name=Post%201)%7C(name=Post%203))", {"Post 1", "Post 3"}),
        ("or(eq(name,Post%201),eq(name,Post%202))", {"Post 1", "Post 2"}),
        ("and(like(name,Post%20*),not(eq(name,Post%200)))", {"Post 1", "Post 2", "Post 3"}),
        ("like(name,%22Post%20*%22)&instance.type=api", {"Post 0", "Post 1", "Post 2", "Post 3"}),
        ("like(name,Post%20*)&instance__type=OA", set()),
        ("instance.type=nonsense", set()),
    ],
)
def test_filters_in_all_the_forms_clients_send(api, hubs, query, names):
    answer = api("distributor").get("/hubs", query + "&limit=100&offset=0")
    assert answer.status_code == 200, answer.content
    assert {row["name"] for row in answer.json()} == names


def test_search_is_contained_anywhere_and_a_plus_is_a_blank(api, hubs):
    pk = hubs[0].pk
    found = api("distributor").get("/hubs", f"search={pk[3:]}&limit=5")
    assert [row["id"] for row in found.json()] == [pk]
    assert api("distributor").get("/hubs", "search=no+such%20thing").json() == []


def test_ordering_is_by_declared_names_only(api, hubs):
    backwards = api("distributor").get("/hubs", "ordering(-name)")
    assert [row["id"] for row in backwards.json()] == [each.pk for each in reversed(hubs)]
    assert api("distributor").get("/hubs", "ordering(stats)").status_code == 400


def test_branches_are_left_out_by_select(api, hubs):
    row = api("distributor").get("/hubs", "select(-stats,-instance.type)").json()[0]
    assert "stats" not in row
    assert list(row["instance"]) == ["id"]
    refused = api("distributor").get("/hubs", "select(-secret)")
    assert refused.status_code == 400


def test_unknown_filters_are_ignored_and_named(api, hubs):
    answer = api("distributor").get("/hubs", "eq(provider.secret,x)&eq(name,Post%201)")
    assert ([row["name"] for row in answer.json()], answer["Ignored-Filters"]) == (
        ["Post 1"],
        "provider.secret",
    )
    answer = api("distributor").get("/hubs", "eq(version,null())&eq(name,Post%201)")
    assert [row["name"] for row in answer.json()] == ["Post 1"]
    assert answer["Ignored-Filters"] == "version"


@pytest.mark.parametrize(
    "query",
    [
        "eq(name",
        "not(and(eq(name,a),eq(name,b)))",
        "eq(name,)",
        "in(name,())",
        "limit=abc",
        "limit=-1",
        "offset=99999999999999999999",
        "gt(name,a)",
        "eq(name,%00)",
        "eq(name,%ff)",
        "like(name,*a*b*c*d*e*f*)",
        "ordering(name)&ordering(-name)",
        "select(-stats)&select(-company)",
        "(" * (DEEPEST + 1) + "name=a" + ")" * (DEEPEST + 1),
        "&".join(["eq(name,a)"] * (LONGEST // 10)),
        "&".join(["name=a"] * 450),
    ],
)
def test_a_bad_query_is_the_client_s_fault(api, hubs, query):
    answer = api("distributor").get("/hubs", query)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error_code"] == "BAD_000"
    assert all(isinstance(text, str) and text for text in answer.json()["errors"])


def test_a_role_without_rows_sees_an_empty_list(api, hubs):
    answer = api("vendor").get("/hubs")
    assert (answer.json(), answer["Content-Range"]) == ([], "items 0-0/0")


def test_a_key_opens_what_it_has_a_right_for(api, hubs):
    refused = api("distributor", {"customers": "write"}).get("/hubs")
    assert refused.status_code == 403
    assert refused.json() == {
        "error_code": "PER_001",
        "errors": ["The key has no right to read “Account”."],
    }
    reader = api("distributor", {"account": "read"})
    assert reader.get("/hubs").status_code == 200
    assert reader.post("/hubs", {}).json()["errors"] == ["The key has no right to write “Account”."]


def test_other_methods_are_named_as_such(api, hubs):
    answer = api("distributor").send("PATCH", "/hubs")
    assert answer.status_code == 405
    assert answer.json()["errors"] == ['Method "PATCH" not allowed.']


def test_the_methods_that_are_named_are_there(api, hubs):
    client = api("distributor")
    for path in ("/hubs", f"/hubs/{hubs[0].pk}", "/requests/PR-1/approve"):
        answer = client.send("OPTIONS", path)
        assert (answer.status_code, answer.content) == (204, b"")
        named = answer["Allow"].split(", ")
        asked = {each: client.send(each, path).status_code for each in ("GET", "HEAD", "DELETE")}
        assert [each for each in asked if asked[each] != 405] == [
            each for each in asked if each in named
        ]
    assert api(None).send("OPTIONS", "/hubs").status_code == 401


def test_a_mark_of_byte_order_is_no_part_of_the_body(api, hubs):
    made = api("distributor").post("/hubs", b'\xef\xbb\xbf{"name": "Marked"}')
    assert (made.status_code, made.json()["name"]) == (201, "Marked")


def test_packed_bodies_are_refused_as_such(api, hubs):
    sent = gzip.compress(b'{"name": "Packed"}')
    answer = api("distributor").post("/hubs", sent, Content_Encoding="gzip")
    assert answer.status_code == 415
    assert answer.json() == {
        "error_code": "BAD_000",
        "errors": ["Content-Encoding: send the body as it is, not packed."],
    }


def test_every_answer_carries_the_id_of_its_request(api, hubs):
    answer = api("distributor").get("/hubs", X_Request_ID="partner-4711-abc")
    assert answer["X-Request-ID"] == "partner-4711-abc"
    assert answer["Cache-Control"] == "no-store, private"


def test_the_portal_s_session_is_no_key(client, cast, hubs):
    client.force_login(cast.users["distributor"])
    assert client.get("/public/v1/hubs").status_code == 401


def test_the_api_is_below_the_root_of_its_host():
    assert reverse("api:hubs").startswith("/public/v1/hubs")


def test_no_error_says_what_clients_misread(api, hubs):
    for answer in (api(None).get("/hubs"), api("distributor").get("/hubs", "eq(")):
        assert not {"detail", "message", "status_code"} & set(json.loads(answer.content))
    assert Hub.objects.count() == len(hubs)
