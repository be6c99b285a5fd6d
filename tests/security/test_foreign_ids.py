"""An id of another tenant is answered like one that nobody has, wherever an id may be given.

Each list and each page is asked on one of the two databases.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from customers.models import Membership, Product, WebhookEndpoint
from fulfillment.models import FulfillmentRequest
from fulfillment.services import changes
from tests import factories
from tests.customers.receiver import endpoint
from tests.factories import steps
from tests.fulfillment.test_drafts import draft as prepared
from tests.resellerportal.test_access_table import addresses, path_of, sign_in
from tests.support.halves import own_half
from tierconfig import inquiries

pytestmark = pytest.mark.django_db

#: Kind of object, and the parameter of a list that may be given its id.
QUERIES = (
    *((kind, kind) for kind in ("product", "vendor", "provider", "parent")),
    *(("account", name) for name in ("parent", "q")),
    *((kind, "q") for kind in ("order", "subscription", "config-request", "config", "product")),
)
#: Changes from page to page without a meaning.
NOISE = re.compile(
    r'name="(csrfmiddlewaretoken|token)" value="\w+"|<time datetime="[^"]*" title="[^"]*">[^<]*'
    r"|<rect[^>]*>"
)


@pytest.fixture
def abroad(cast: Any) -> dict[str, Any]:
    """Objects of the outsiders, by what a field may ask for."""
    other = factories.product(cast.partners["vendor2"], name="Abroad Suite", authorization_level=1)
    market, connection = factories.offer(other, cast.partners["distributor2"])
    item = factories.item(other)
    factories.parameter(other, "tier1", "vat", required=True)
    template = factories.template(other, "asset", "fulfillment")
    factories.template(other, "tier1")
    customer = factories.account(
        cast.partners["distributor2"], cast.stranger, name="Foreign Ltd", type="customer"
    )
    order = cast.order(
        product=other, customer=customer, marketplace=market, actor=cast.actor("distributor2")
    )
    setup = steps.setup(1, configuration__product=other)
    return {
        "account": customer,
        "parent": cast.stranger,
        "product": other,
        "marketplace": market,
        "connection": connection,
        "item": item,
        "template": template,
        "order": order,
        "subscription": order.subscription,
        "config-request": setup,
        "config": setup.configuration,
        "vendor": cast.partners["vendor2"],
        "provider": cast.partners["distributor2"],
    }


def bogus(pk: Any) -> str:
    """An id of the same shape that nothing has."""
    return re.sub(r"\d", "9", str(pk))


def same(answer: Any, other: Any, pk: str) -> bool:
    """Whether two answers say the same, ids and tokens aside."""
    first, second = (NOISE.sub("", each.content.decode()) for each in (answer, other))
    return (answer.status_code, first.replace(pk, "ID")) == (
        other.status_code,
        second.replace(bogus(pk), "ID"),
    )


def names_nothing(answer: Any) -> bool:
    return not any(name in answer.content.decode() for name in ("Foreign Ltd", "Abroad Suite"))


@pytest.mark.parametrize("space", ["vendor", "distributor", "reseller"])
def test_in_the_query_of_a_list(space, client, cast, abroad):
    cast.order()
    sign_in(client, cast, space)
    lists = [path_of(each, {}) for each in addresses(space) if each.name.endswith("-list")]
    assert len(lists) > 4
    for path in own_half([*lists, "/search/"]):
        for kind, name in QUERIES:
            pk = abroad[kind].pk
            asked, missing = (client.get(path, {name: key}) for key in (pk, bogus(pk)))
            assert same(asked, missing, pk), (path, name, pk)
            assert names_nothing(asked)


@pytest.mark.parametrize("member", ["distributor", "reseller"])
def test_in_the_steps_of_an_order(member, client, cast, abroad):
    sign_in(client, cast, member)
    add = f"/{member}/orders/add/"
    seats = f"quantity-{cast.seats.pk}"
    walk = (
        ("product", {"product": cast.product.pk}, "product", abroad["product"].pk),
        ("customer", {"customer": cast.kirlin.pk}, "customer", abroad["account"].pk),
        ("items", {seats: "1"}, "quantity-{}", abroad["item"].pk),
    )
    for step, good, name, pk in walk:
        answers = [
            client.post(f"{add}{step}/", {name.format(key): "1" if "{" in name else key})
            for key in (pk, bogus(pk))
        ]
        assert [each.status_code for each in answers] == [422, 422], step
        assert same(*answers, pk), step
        assert client.post(f"{add}{step}/", good).status_code == 302
    more = {"marketplace": abroad["marketplace"].pk, "connection": abroad["connection"].pk}
    client.post(f"{add}parameters/", more)
    client.post(f"{add}summary/", {"token": "one", **more, "customer": abroad["account"].pk})
    order = FulfillmentRequest.objects.get(subscription__customer=cast.kirlin)
    assert order.subscription.marketplace == cast.market
    assert order.subscription.connection == cast.connection


@pytest.mark.parametrize("member", ["distributor", "reseller"])
def test_as_the_parent_of_an_account(member, client, cast, abroad):
    sign_in(client, cast, member)
    pk = abroad["parent"].pk
    client.post(f"/{member}/accounts/add/type/", {"type": "customer"})
    move = f"/{member}/accounts/{cast.kirlin.pk}/move/"
    for path in (f"/{member}/accounts/add/parent/", move):
        answers = [client.post(path, {"parent": key}) for key in (pk, bogus(pk))]
        assert [each.status_code for each in answers] == [422, 422], path
        assert same(*answers, pk), path
    shown, missing = (client.get(move, {"parent": key}) for key in (pk, bogus(pk)))
    assert same(shown, missing, pk)
    assert "Unknown company" in shown.content.decode()
    tree = f"/{member}/hierarchy/"
    for name in ("open", "for", "q"):
        shown, missing = (client.get(tree, {name: key}) for key in (pk, bogus(pk)))
        assert same(shown, missing, pk), name
    query = {"scope": "parents", "field": "parent", "parent_q": "Stranger", "but": pk}
    asked, missing = (
        client.get("/account-search/", {**query, "parent": key, "but": key})
        for key in (pk, bogus(pk))
    )
    assert same(asked, missing, pk)


def test_as_the_template_of_an_approval(client, cast, abroad):
    order = cast.order(product=cast.plain)
    sign_in(client, cast, "vendor")
    path = f"/vendor/orders/{order.pk}/approve/"
    pk = abroad["template"].pk
    for extra in ({}, {"preview": "1"}):
        answers = [client.post(path, {"template": key, **extra}) for key in (pk, bogus(pk))]
        assert same(*answers, pk)
    assert FulfillmentRequest.objects.get(pk=order.pk).state == "pending"


@pytest.mark.parametrize("space", ["vendor", "distributor", "reseller"])
def test_in_the_address_of_a_page(space, client, cast, abroad):
    sign_in(client, cast, space)
    for each in own_half(addresses(space)):
        part = max((name for name in abroad if each.name.startswith(name)), key=len, default="")
        if "pk" not in each.arguments or not part:
            continue
        pk = abroad[part].pk
        path = path_of(each, {part: abroad[part]})
        for method in (client.get, client.post, client.options, client.put):
            assert same(method(path), method(path.replace(pk, bogus(pk))), pk), path


@pytest.fixture
def running(cast: Any) -> dict[str, str]:
    """Addresses of forms about orders and subscriptions in every state that has one."""
    maker, vendor = cast.actor("distributor"), cast.actor("vendor")
    Product.objects.update(schedules_purchases=True)
    Membership.objects.update(level="administrator")
    item = cast.plain.items.get()
    factories.parameter(cast.plain, "asset", "site")
    active = steps.subscribe(cast, external_id="A-1")
    change = changes.request_change(
        steps.subscribe(cast), actor=maker, items={item.pk: 7}, draft=True
    )
    return {
        "active": active.pk,
        "order": cast.order(product=cast.plain).pk,
        "change": change.pk,
        "draft": prepared(cast, "distributor").pk,
        "hook": endpoint(vendor.partner, "https://partner.example/hook").pk,
    }


#: Member, address of a form with names of `running`, field with the kind of a foreign object.
FIELDS = (
    ("distributor", "distributor/subscriptions/{active}/change/", "quantity-{item}"),
    ("distributor", "distributor/orders/{draft}/edit/", "quantity-{item}"),
    ("distributor", "distributor/orders/{change}/edit/", "quantity-{item}"),
    ("distributor", "distributor/reports/create/orders/", "marketplace={marketplace}"),
    ("vendor", "vendor/reports/create/orders/", "product={product}"),
    ("vendor", "vendor/subscriptions/{active}/adjust/", "template={template}"),
    ("vendor", "vendor/orders/{order}/schedule/", "template={template}"),
    ("vendor", "vendor/orders/{order}/inquire/", "template={template}"),
    ("vendor", "vendor/orders/{order}/assign/", "user={user}"),
    ("vendor", "vendor/orders/bulk/approve/", "pk={order}"),
    ("vendor", "vendor/orders/bulk/assign/", "user={user}"),
    ("vendor", "vendor/webhooks/{hook}/edit/", "product={product}"),
    ("vendor", "vendor/holders/?product={product}", ""),
    ("vendor", "vendor/orders/{order}/?in=product%3D{product}", ""),
)


def test_in_the_forms_of_running_orders(cast, abroad, running):
    foreign = {name: str(each.pk) for name, each in abroad.items() if name not in running}
    foreign["user"] = str(cast.users["vendor2"].pk)
    for member, address, field in FIELDS:
        client = Client()  # that what was saved before is told on no page
        sign_in(client, cast, member)
        kind = re.findall(r"{(\w+)}", f"{address}{field}")[-1]
        pk = str(abroad[kind].pk) if kind in abroad else foreign[kind]
        answers = []
        for key in (pk, bogus(pk)):
            path = f"/{address}".format(**{**running, **({} if field else {kind: key})})
            name, _is, value = field.format(**{kind: key}).partition("=")
            data = {name: value or "1", "token": "t", "pk": running["order"]} if field else {}
            answers.append(client.post(path, data) if field else client.get(path))
        assert answers[0].status_code in (200, 302, 422), (address, answers[0].status_code)
        assert same(*answers, pk), address
        assert names_nothing(answers[0])
    drafts = FulfillmentRequest.objects.filter(pk__in=(running["draft"], running["change"]))
    assert not drafts.filter(items__item=abroad["item"]).exists()
    assert not WebhookEndpoint.objects.exclude(product=None).exists()


def test_a_link_opens_its_own_question_only(client, cast, abroad):
    cast.order()
    own, other = steps.setup(2), abroad["config-request"]
    code = inquiries.code(own)
    wrong = [
        f"/inquiry/{other.pk}/{code}/",
        f"/inquiry/{bogus(other.pk)}/{code}/",
        f"/inquiry/{own.pk}/{code[::-1]}/",
        f"/inquiry/{own.configuration.pk}/{code}/",
    ]
    answers = [method(path) for path in wrong for method in (client.get, client.post)]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1
    assert {each["Referrer-Policy"] for each in answers} == {"no-referrer"}
    assert {each["X-Frame-Options"] for each in answers} == {"DENY"}
    for method in (client.put, client.delete, client.patch, client.options):
        assert method(f"/inquiry/{own.pk}/{code}/").status_code == 405
