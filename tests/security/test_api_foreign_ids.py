"""An id of another tenant in a body or a query of the API is answered like one that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from customers.models import Event
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
