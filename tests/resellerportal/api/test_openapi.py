"""Our OpenAPI document beside the facts of the field's: paths, methods, fields, words.

`field_api.json` holds, for each operation of the part that is ours, the status of success, the
fields of body and answer down to the second level (`!` required, `=` the words of an enumeration)
and the filters. What differs is listed in `differences.py`, each with its reason.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from drf_spectacular.validation import validate_schema

from resellerportal.api.documents import document as making
from resellerportal.api.documents.document import document
from resellerportal.help.reference import resolved
from tests.resellerportal.api import differences

FIELD = json.loads((Path(__file__).parent / "field_api.json").read_text(encoding="utf-8"))


def read(packed: str) -> dict[str, tuple[bool, frozenset[str]]]:
    """Field -> required, words."""
    found = {}
    for each in packed.split():
        name, _equals, words = each.partition("=")
        required = name.endswith("!")
        found[name.rstrip("!")] = (required, frozenset(filter(None, words.split("|"))))
    return found


def fields(schema: dict[str, Any], depth: int = 2, path: str = "") -> dict[str, Any]:
    """Dotted field -> required, words, of our own schema."""
    whole = resolved(schema)
    if whole.get("type") == "array":
        return fields(whole.get("items", {}), depth, path)
    if ways := whole.get("anyOf", whole.get("oneOf")):
        return {k: v for each in reversed(ways) for k, v in fields(each, depth, path).items()}
    found = {}
    for name, inner in whole.get("properties", {}).items():
        own = resolved(inner)
        words = own.get("enum") or resolved(own.get("items", {})).get("enum") or ()
        dotted = f"{path}.{name}".lstrip(".")
        found[dotted] = (name in whole.get("required", ()), frozenset(map(str, words)))
        if "additionalProperties" in own or not own:
            found[f"{dotted}.*"] = (False, frozenset())
        if depth > 1:
            found |= fields(inner, depth - 1, dotted)
    return found


@cache
def ours() -> dict[str, dict[str, Any]]:
    found = {}
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            answer = next(
                (code, each)
                for code, each in operation["responses"].items()
                if code.startswith("2")
            )
            found[f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}"] = {
                "status": answer[0],
                "answer": fields(content(answer[1])),
                "body": fields(content(operation.get("requestBody", {}))),
                "filters": {
                    each["name"]
                    for each in operation.get("parameters", ())
                    if each["in"] == "query"
                },
                "summary": operation.get("summary"),
            }
    return found


def there(name: str, own: Any) -> bool:
    """Whether the field is there, or is one of those that an open object holds."""
    return name in own or f"{name.rpartition('.')[0]}.*" in own


def content(message: dict[str, Any]) -> dict[str, Any]:
    return message.get("content", {}).get("application/json", {}).get("schema", {})


def listed(table: dict[str, str], operation: str, name: str = "") -> bool:
    """Whether a table of differences names it: by operation, by field, or by both."""
    return any(
        re.fullmatch(pattern, text)
        for pattern in table
        for text in (operation, f"{operation} {name}")
    )


def both() -> list[str]:
    return sorted(set(FIELD) & set(ours()))


def test_every_operation_of_the_field_is_there_or_listed():
    missing = [each for each in FIELD if each not in ours() and not listed(differences.PATHS, each)]
    assert sorted(missing) == []


def test_success_has_the_same_status():
    wrong = {
        each: (FIELD[each]["status"], ours()[each]["status"])
        for each in both()
        if FIELD[each]["status"] != ours()[each]["status"]
        and not listed(differences.STATUSES, each)
    }
    assert wrong == {}


def test_every_field_of_an_answer_is_there_or_listed():
    missing = [
        f"{each} {name}"
        for each in both()
        for name in read(FIELD[each]["answer"])
        if not there(name, ours()[each]["answer"]) and not listed(differences.ANSWERS, each, name)
    ]
    assert missing == []


def test_what_the_field_always_answers_we_always_answer():
    wrong = [
        f"{each} {name}"
        for each in both()
        for name, (always, _words) in read(FIELD[each]["answer"]).items()
        if always
        and name in ours()[each]["answer"]
        and not ours()[each]["answer"][name][0]
        and not listed(differences.SOMETIMES, each, name)
    ]
    assert wrong == []


def test_every_field_of_a_body_is_read_or_listed():
    missing = [
        f"{each} {name}"
        for each in both()
        for name in read(FIELD[each]["body"])
        if not there(name, ours()[each]["body"]) and not listed(differences.BODIES, each, name)
    ]
    assert missing == []


def test_nothing_is_demanded_that_the_field_does_not_demand():
    wrong = [
        f"{each} {name}"
        for each in both()
        for name, (required, _words) in ours()[each]["body"].items()
        if required
        and FIELD[each]["body"]
        and not read(FIELD[each]["body"]).get(name, (False,))[0]
        and not listed(differences.DEMANDS, each, name)
    ]
    assert wrong == []


def test_words_of_enumerations_are_the_field_s():
    wrong = {}
    for each in both():
        for name, (_always, words) in read(FIELD[each]["answer"]).items():
            own = ours()[each]["answer"].get(name, (False, frozenset()))[1]
            if words and own and own - words and not listed(differences.WORDS, each, name):
                wrong[f"{each} {name}"] = sorted(own - words)
    assert wrong == {}


def test_every_filter_of_the_field_is_known_or_listed():
    missing = [
        f"{each} {name}"
        for each in both()
        for name in FIELD[each]["filters"].split()
        if each.startswith("GET")
        and name not in ours()[each]["filters"] | set(ours()[each]["answer"])
        and not listed(differences.FILTERS, each, name)
    ]
    assert missing == []


def test_the_document_is_one_of_openapi():
    assert document()["openapi"].startswith("3.0")
    validate_schema(document())


def test_two_who_ask_first_at_the_same_time_get_the_whole_document():
    before = json.dumps(document())
    making._document.cache_clear()
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _number: document(), range(2)))
    assert [json.dumps(each) for each in found] == [before, before]


def test_every_operation_says_in_a_sentence_what_it_does():
    assert [name for name, each in ours().items() if not each["summary"]] == []


def test_every_difference_has_a_reason_and_is_about_something():
    known = {*ours(), *FIELD}
    for each, facts in FIELD.items():
        names = {*read(facts["body"]), *read(facts["answer"]), *facts["filters"].split()}
        known |= {f"{each} {name}" for name in names | set(ours().get(each, {}).get("body", ()))}
    tables = [
        table
        for name, table in vars(differences).items()
        if name.isupper() and isinstance(table, dict)
    ]
    for table in tables:
        for pattern, reason in table.items():
            assert len(reason.split()) >= 3, pattern
            assert any(re.fullmatch(pattern, text) for text in known), pattern


def refused(status: int) -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if str(status) in operation["responses"]
    }


def test_each_refusal_stands_at_the_operations_that_give_it():
    """What they really answer is compared with the document in every test (conforming.py)."""
    every = {f"{m.upper()} {path}" for path, item in document()["paths"].items() for m in item}
    posts = {each for each in every if each.startswith("POST")}
    writes = posts | {each for each in every if each.startswith("PUT")}
    assert refused(401) == refused(403) == refused(429) == refused(503) == every
    assert refused(404) == posts | {each for each in every if "{" in each}
    assert refused(411) == refused(413) == writes
    assert refused(415) == {
        f"{method.upper()} {path}"
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if "requestBody" in operation
    }
    assert refused(422) == posts
    assert refused(409) == {
        "POST /notifications/webhooks/{id}/trigger",
        "POST /requests",
        *(f"POST /requests/{{id}}/{step}" for step in ("pend", "purchase", "submit", "validate")),
        *(f"POST /tier/config-requests/{{id}}/{step}" for step in ("pend", "submit", "validate")),
    }
    texts = "(requests|assets|configs)/{id}/render$|/media/{key}$|agreements/{id}$|/{message}$|/{number}$"
    assert every - refused(400) == {each for each in every if re.search(f"^GET .*({texts})", each)}


def test_a_text_is_read_without_a_query(api, cast):
    """Where 400 is not in the document, no query is bad."""
    order = cast.order()
    for path in (f"/requests/{order.pk}/render", f"/assets/{order.subscription_id}/render"):
        assert api("vendor").get(path, "select(-nonsense)&limit=x").status_code == 200


def test_what_goes_with_calls_is_told_of(api):
    answers = document()["components"]["responses"]
    assert set(answers["Busy"]["headers"]) >= {"Retry-After", "X-Request-ID"}
    assert "WWW-Authenticate" in answers["Unauthorized"]["headers"]
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            names = {each["name"] for each in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method == "post"), path
            success = next(each for each in operation["responses"] if each.startswith("2"))
            told = set(operation["responses"][success]["headers"])
            assert {"X-Request-ID", "RateLimit-Remaining"} <= told
            assert ("Idempotency-Replayed" in told) == (method == "post"), path
            assert ({"Content-Range", "Ignored-Filters"} <= told) == ("limit" in names), path


def test_the_document_is_served_without_a_key(client):
    for name, kind in (("openapi.yml", "text/yaml"), ("openapi.json", "application/json")):
        answer = client.get(f"/public/v1/{name}")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert b"/tier/accounts" in answer.content
