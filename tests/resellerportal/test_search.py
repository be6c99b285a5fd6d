"""An id that is typed or pasted, whole or from the front, finds its page and what it belongs to."""

import pytest

from customers.models import TierAccountRequest
from customers.services.accounts import edit_account
from resellerportal.frame import ids
from tests.resellerportal.test_accounts import as_
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast):
    """One of each kind, and what the lists of the distributor call them."""
    order = cast.order()
    setup = TierConfigRequest.objects.get(configuration__tier_level=1)
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"})
    return {
        "order": order,
        "subscription": order.subscription,
        "account": cast.nordlicht,
        "request": TierAccountRequest.objects.get(),
        "config": setup.configuration,
        "config-request": setup,
        "product": cast.product,
    }


def listed(client, path, text):
    """Ids of the first cells of the list that the search narrows."""
    page = client.get(path, {"tab": "all", "q": text})
    assert page.status_code == 200
    html = page.content.decode()
    return [part.partition("</div>")[0] for part in html.split('</a><div class="id">')[1:]]


def test_whatever_way_an_id_is_pasted_into_the_search_it_opens_its_page(client, cast, world):
    as_(client, cast, "vendor")
    for page, obj in world.items():
        path = f"/vendor/{page}s/" if page != "request" else "/vendor/account-requests/"
        for text in (obj.pk, obj.pk.lower(), f"  {obj.pk} ", f"“{obj.pk}”,"):
            answer = client.get("/search/", {"q": text})
            assert answer.status_code == 302, (page, text)
            assert answer.url.endswith(f"/{obj.pk}/"), (page, text, path)
        dashed = client.get("/search/", {"q": obj.pk.replace("-", "‑")})
        assert dashed.url == client.get("/search/", {"q": obj.pk}).url
        part = client.get("/search/", {"q": obj.pk[:-2].lower()}).content.decode()
        assert f'<span class="id">{obj.pk}</span>' in part


def test_the_id_of_a_subscription_finds_its_order_and_that_of_an_account_what_it_has(
    client, cast, world
):
    as_(client, cast, "distributor")
    order, subscription = world["order"], world["subscription"]
    for text in (subscription.pk, f" {subscription.pk.lower()}", subscription.pk[:-3]):
        assert listed(client, "/distributor/orders/", text) == [order.pk]
        assert listed(client, "/distributor/subscriptions/", text) == [subscription.pk]
    assert listed(client, "/distributor/orders/", order.pk[:9].lower()) == [order.pk]
    assert listed(client, "/distributor/orders/", subscription.customer_id) == [order.pk]
    assert listed(client, "/distributor/subscriptions/", cast.product.pk) == [subscription.pk]
    assert listed(client, "/distributor/accounts/", f"{cast.nordlicht.pk} ") == [cast.nordlicht.pk]
    setups = listed(client, "/distributor/config-requests/", world["config"].pk)
    assert setups == [world["config-request"].pk]
    assert listed(client, "/distributor/configs/", cast.nordlicht.pk) == [world["config"].pk]
    asked = listed(client, "/distributor/account-requests/", cast.nordlicht.pk)
    assert asked == [world["request"].pk]


def test_the_digits_of_an_id_find_it_without_what_it_begins_with(client, cast, world):
    as_(client, cast, "distributor")
    digits = world["subscription"].pk.removeprefix("AS-")
    for text in (digits, digits[:-2], f" {digits}"):
        assert listed(client, "/distributor/orders/", text) == [world["order"].pk]
        assert listed(client, "/distributor/subscriptions/", text) == [world["subscription"].pk]
    found = client.get("/search/", {"q": digits}).content.decode()
    assert f'<span class="id">{world["order"].pk}</span>' in found
    account = cast.nordlicht.pk.removeprefix("TA-")
    assert listed(client, "/distributor/accounts/", account) == [cast.nordlicht.pk]
    cast.umbrella.external_id = f"ERP {account}"
    cast.umbrella.save()
    both = {cast.nordlicht.pk, cast.umbrella.pk}
    assert set(listed(client, "/distributor/accounts/", account)) == both
    as_(client, cast, "distributor2")
    assert listed(client, "/distributor/orders/", digits) == []


def test_an_id_finds_nothing_that_its_reader_does_not_see(client, cast, world):
    as_(client, cast, "distributor2")
    for obj in world.values():
        found = client.get("/search/", {"q": obj.pk})
        assert found.status_code == 200
        assert f'<span class="id">{obj.pk}' not in found.content.decode()
    for path in ("orders", "subscriptions", "configs", "config-requests", "account-requests"):
        for key in ("subscription", "account", "product", "config"):
            assert listed(client, f"/distributor/{path}/", world[key].pk) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("as-1234-5678-9012", "AS-1234-5678-9012"),
        ("(PR-1234-", "PR-1234-"),
        ("TAR–1234", "TAR-1234"),
        ("ERP-7781", ""),
        ("PR-Agentur Nord", ""),
        ("AS", ""),
        ("TA-١٢٣٤", ""),
    ],
)
def test_what_is_an_id_and_what_is_somebodys_name(text, meant):
    assert ids.typed(text) == meant
