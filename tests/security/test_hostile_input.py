"""No input gives a server error, and nothing typed comes back as markup (promise 6).

Every address of the portals that shows a form gets hostile values in every field of it; every
address that is read gets them in its query. `HOSTILE_EVERY=1` sends every value to every field;
a plain run sends each form and address a share of them, another one to its neighbour, and each
page to one of the two databases. There the members of a portal take turns with addresses; the
second opens every third page with a form, and tries only those that the first did not get.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import product as combined
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pytest
from django.contrib.admin import site
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from customers.services.accounts import edit_account
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.conftest import Cast, make_cast
from tests.resellerportal.test_access_table import (
    PORTALS,
    Address,
    about_one,
    addresses,
    path_of,
    sign_in,
)
from tests.security import scene
from tests.security.forms import FORM, HOSTILE, MISSING, UNESCAPED, body, forms_of
from tests.support import halves, stage
from tierconfig import inquiries
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db

EVERY = int(os.environ.get("HOSTILE_EVERY", "150"))
#: Who tries the pages of a portal.
MEMBERS = {
    "vendor": ("vendor",),
    "distributor": ("distributor", "admin"),
    "reseller": ("reseller", "parent"),
}
#: Names any page may read from its address.
QUERY = (
    *("q", "tab", "order", "size", "at", "after", "before", "from", "to", "next"),
    *("product", "vendor", "provider", "state", "status", "tier", "type", "country", "created"),
    *("parent", "environment", "authorization", "customer", "external_id", "name", "revision"),
)
#: What stands in an address instead of an id.
IDS = ("NUL", "no UTF-8", "long", "markup", "path", "SQL", "bidi")


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


@stage.maker("crowded")
def crowd() -> tuple[Cast, dict[str, list[Any]]]:
    made = make_cast()
    return made, scene.objects(made)


@pytest.fixture
def crowded(db: None) -> tuple[Cast, dict[str, list[Any]]]:
    return stage.ready("crowded")


@pytest.fixture
def cast(crowded: Any) -> Cast:
    return crowded[0]


@pytest.fixture
def objects(crowded: Any) -> dict[str, list[Any]]:
    return crowded[1]


@pytest.fixture
def browser(client: Client) -> Client:
    client.raise_request_exception = False
    return client


def paths(space: str, objects: dict[str, list[Any]]) -> Iterator[tuple[Address, str]]:
    for each in addresses(space):
        if not about_one(each):
            yield each, path_of(each, {})
            continue
        part = max((name for name in objects if each.name.startswith(name)), key=len)
        for obj in objects[part]:
            yield each, path_of(each, {part: obj})


def own_half(pages: Iterable[Any]) -> list[Any]:
    """The pages a plain run tries on this database; the others are for the other one."""
    return list(pages) if EVERY == 1 else halves.own_half(pages)


def judge(answer: Any, what: Any) -> None:
    """No server error; nothing of the hostile markup came back unescaped."""
    error = getattr(answer, "exc_info", None)
    assert answer.status_code < 500, (what, error and error[1])
    # Files, whatever they hold, are shown by no browser as pages.
    if not answer.get("Content-Disposition", "").startswith("attachment"):
        page = answer.content.decode(errors="replace")
        assert not any(each in page for each in UNESCAPED), what


def try_values(client: Client, path: str, tried: set[Any] | None = None) -> int:
    """Send hostile values to the fields of the forms at `path`; how many sendings.

    Forms in `tried` are left out of a plain run; those of this page join it.
    """
    page = client.get(path)
    judge(page, path)
    if page.status_code != 200 or page.streaming:
        return 0
    sent = 0
    for form in forms_of(page.content.decode(), path):
        if tried is not None and EVERY > 1:
            if (path, *form.fields) in tried:
                continue
            tried.add((path, *form.fields))
        shots = [(name, label) for name in form.fields for label in HOSTILE]
        begin = crc32(path.encode())
        chosen = shots[begin % min(EVERY, len(shots)) :: EVERY]
        # All fields at once too.
        few = max(EVERY // 10, 1)
        chosen += [("", label) for label in list(HOSTILE)[begin % few :: few]]
        for name, label in chosen:
            bad = HOSTILE[label]
            fields = {**form.fields, name: bad} if name else dict.fromkeys(form.fields, bad)
            if name != "revision" and "revision" in form.fields and bad is not MISSING:
                fields["revision"] = form.fields["revision"]
            fields.pop("", None)
            with transaction.atomic():
                answer = client.post(path, body(fields), content_type=FORM)
                judge(answer, (path, name, label))
                if answer.status_code == 302:
                    judge(client.get(answer.url), (path, name, label, answer.url))
                transaction.set_rollback(True)
            sent += 1
    return sent


@pytest.mark.parametrize("space", PORTALS)
def test_every_field_of_every_form(space, browser, cast, objects):
    sent = 0
    tried: set[Any] = set()
    for member, share in zip(MEMBERS[space], (1, min(EVERY, 3)), strict=False):
        sign_in(browser, cast, member)
        for _address, path in own_half(list(paths(space, objects))[::share]):
            sent += try_values(browser, path, tried)
    assert sent > 20


@pytest.mark.parametrize("space", ["distributor", "reseller"])
def test_every_field_of_every_step(space, browser, cast, objects):
    sign_in(browser, cast, space)
    product = objects["product"][2]
    item = product.items.get()
    good = {
        "accounts": [
            ("type", {"type": "customer"}),
            ("parent", {"parent": cast.nordlicht.pk}),
            ("data", factories.account_data(contact_email="it@company.example")),
        ],
        "orders": [
            ("product", {"product": product.pk}),
            ("customer", {"customer": cast.kirlin.pk}),
            ("items", {f"quantity-{item.pk}": "2"}),
            ("parameters", {f"asset-asset_{scene.ASKED}": "10"}),
        ],
    }
    for wizard, answers in good.items():
        for step, data in answers:
            path = f"/{space}/{wizard}/add/{step}/"
            assert try_values(browser, path) > 0
            assert browser.post(path, data).status_code == 302, path
        assert try_values(browser, f"/{space}/{wizard}/add/summary/") > 0


@pytest.mark.parametrize("space", PORTALS)
def test_every_query(space, browser, cast, objects):
    pages = own_half(paths(space, objects))
    own = [path for address, path in pages if not address.name.endswith("-add")]
    asked = ["/search/", "/account-search/?scope=parents&field=parent", *own]
    members = MEMBERS[space]
    for turn, member in enumerate(members):
        sign_in(browser, cast, member)
        for number, path in enumerate(asked):
            if EVERY > 1 and number % len(members) != turn:
                continue
            for label in list(HOSTILE)[number % min(EVERY, 10) :: min(EVERY, 10)]:
                bad = HOSTILE[label]
                names = [*QUERY, "scope", "field", "but", "parent_q", "empty", "é", "\0"]
                query = body({name: bad for name in names if name != "field"}).decode()
                joint = "&" if "?" in path else "?"
                judge(browser.get(f"{path}{joint}{query[:4000]}"), (path, label))


def test_every_id(browser, cast, objects):
    for space in PORTALS:
        sign_in(browser, cast, space)
        for number, address in enumerate(own_half(filter(about_one, addresses(space)))):
            path = path_of(address, {part: Named("WORD") for part in objects})
            for label in IDS[number % min(EVERY, 3) :: min(EVERY, 3)]:
                bad = path.replace("WORD", quote(HOSTILE[label][:500], safe=""))
                for method in (browser.get, browser.post):
                    answer = method(bad)
                    judge(answer, bad)
                    assert answer.status_code in (404, 405), bad


class Named:
    def __init__(self, pk: str) -> None:
        self.pk = pk


def test_what_nobody_signed_in_may_send(browser, cast, objects):
    asked = TierConfigRequest.objects.filter(state="inquiring")
    links = [f"/inquiry/{each.pk}/{inquiries.code(each)}/" for each in asked]
    assert links
    for path in (*links, "/accounts/login/", "/accounts/password/reset/"):
        cache.clear()
        assert try_values(browser, path) > 0, path


def test_other_types_of_content(browser, cast):
    sign_in(browser, cast, "vendor")
    order = cast.order(product=cast.plain)
    kinds = ("application/json", "text/plain", "multipart/form-data", "x", "")
    bodies = (b"", b"{}", b'{"a": [', b"\0\xff", b"--b\r\n", b"a=%zz&=&&=")
    for step, kind, sent in combined(("approve", "inquire", "fail"), kinds, bodies):
        path = f"/vendor/orders/{order.pk}/{step}/"
        judge(browser.generic("POST", path, sent, content_type=kind), (path, kind, sent))
    assert FulfillmentRequest.objects.get(pk=order.pk).state == "pending"


def test_more_fields_than_any_form_has(browser, cast):
    sign_in(browser, cast, "vendor")
    path = f"/vendor/orders/{cast.order(product=cast.plain).pk}/fail/"
    answer = browser.post(path, body({f"f{n}": "" for n in range(1100)}), content_type=FORM)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["{% nonsense %}", "{{ 7|add:7 }} {{ request.session.flush }}"])
def test_the_name_of_a_company_is_no_template(name, browser, cast):
    product = scene.product(cast, "asset")
    data = {"name": name}
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data=data)
    sign_in(browser, cast, "distributor")
    add = "/distributor/orders/add/"
    browser.post(f"{add}product/", {"product": product.pk})
    browser.post(f"{add}customer/", {"customer": cast.kirlin.pk})
    browser.post(f"{add}items/", {f"quantity-{product.items.get().pk}": "2"})
    page = browser.get(f"{add}parameters/")
    assert page.status_code == 200
    shown = unescape(page.content.decode())
    assert f"<legend>For the subscription of {name}</legend>" in shown
    assert browser.get("/distributor/").status_code == 200


def test_the_lists_of_the_administration(browser, cast, objects):
    sign_in(browser, cast, "admin")
    lists = [
        reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist")
        for m in site._registry
    ]
    pairs = combined(("NUL", "huge number", "markup"), ("q", "p", "state__exact", "id__exact"))
    for number, (path, (label, name)) in enumerate(combined(lists, pairs)):
        if number % min(EVERY, 5):
            continue
        query = body({name: HOSTILE[label]}).decode()
        judge(browser.get(f"{path}?{query}", follow=True), (path, query))
