"""No input gives a server error, and nothing typed comes back as markup (promise 6).

Every address of the portals that shows a form gets hostile values in every field of it; every
address that is read gets them in its query. `HOSTILE_EVERY=1` sends every value to every field;
a plain run sends each field a share of them, another one for its neighbour.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import unescape
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
from tests import factories
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
from tierconfig import inquiries
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db

EVERY = int(os.environ.get("HOSTILE_EVERY", "60"))
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


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


@pytest.fixture
def objects(cast: Any) -> dict[str, list[Any]]:
    return scene.objects(cast)


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


def judge(answer: Any, what: Any) -> None:
    """No server error; nothing of the hostile markup came back unescaped."""
    error = getattr(answer, "exc_info", None)
    assert answer.status_code < 500, (what, error and error[1])
    page = answer.content.decode(errors="replace")
    assert not any(each in page for each in UNESCAPED), what


def try_values(client: Client, path: str) -> int:
    """Send hostile values to every field of the forms at `path`; how many sendings."""
    page = client.get(path)
    judge(page, path)
    if page.status_code != 200:
        return 0
    sent = 0
    for form in forms_of(page.content.decode(), path):
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
    for member in MEMBERS[space]:
        sign_in(browser, cast, member)
        for _address, path in paths(space, objects):
            sent += try_values(browser, path)
    assert sent > 40


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
    own = [path for address, path in paths(space, objects) if not address.name.endswith("-add")]
    asked = ["/search/", "/account-search/?scope=parents&field=parent", *own]
    for member in MEMBERS[space]:
        sign_in(browser, cast, member)
        for number, path in enumerate(asked):
            for shift, label in enumerate(HOSTILE):
                if (number + shift) % min(EVERY, 6):
                    continue
                bad = HOSTILE[label]
                names = [*QUERY, "scope", "field", "but", "parent_q", "empty", "é", "\0"]
                query = body({name: bad for name in names if name != "field"}).decode()
                joint = "&" if "?" in path else "?"
                judge(browser.get(f"{path}{joint}{query[:4000]}"), (path, label))


@pytest.mark.parametrize("label", ["NUL", "no UTF-8", "long", "markup", "path", "SQL", "bidi"])
def test_every_id(label, browser, cast, objects):
    bad = quote(HOSTILE[label][:500], safe="")
    for space in PORTALS:
        sign_in(browser, cast, space)
        for address in filter(about_one, addresses(space)):
            path = path_of(address, {part: Named("WORD") for part in objects})
            for method in (browser.get, browser.post):
                answer = method(path.replace("WORD", bad))
                judge(answer, path)
                assert answer.status_code in (404, 405), path


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


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "x", ""])
@pytest.mark.parametrize("sent", [b"", b"{}", b'{"a": [', b"\0\xff", b"--b\r\n", b"a=%zz&=&&="])
def test_other_types_of_content(kind, sent, browser, cast, objects):
    sign_in(browser, cast, "vendor")
    order = objects["order"][-1]
    for step in ("approve", "inquire", "fail"):
        path = f"/vendor/orders/{order.pk}/{step}/"
        judge(browser.generic("POST", path, sent, content_type=kind), (path, kind))


def test_more_fields_than_any_form_has(browser, cast, objects):
    sign_in(browser, cast, "vendor")
    path = f"/vendor/orders/{objects['order'][-1].pk}/fail/"
    answer = browser.post(path, body({f"f{n}": "" for n in range(1100)}), content_type=FORM)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["{% nonsense %}", "{{ 7|add:7 }} {{ request.session.flush }}"])
def test_the_name_of_a_company_is_no_template(name, browser, cast, objects):
    product = objects["product"][2]
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
    for path in lists:
        for label in ("NUL", "huge number", "markup"):
            for name in ("q", "p", "state__exact", "id__exact"):
                query = body({name: HOSTILE[label]}).decode()
                judge(browser.get(f"{path}?{query}", follow=True), (path, query))
