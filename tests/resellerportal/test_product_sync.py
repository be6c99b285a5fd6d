"""The switch Tier Accounts Sync: who may turn it, what it says, what it leaves alone."""

import pytest

from customers.models import Event, Membership, Product, TierAccountRequest
from tests.resellerportal.test_account_requests import change
from tests.resellerportal.test_accounts import as_, text
from tests.resellerportal.test_bulk import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, cast):
    """The vendor's administrator, and the address of the switch."""
    Membership.objects.filter(user=cast.users["vendor"]).update(level="administrator")
    cast.order()
    return as_(client, cast, "vendor"), f"/vendor/products/{cast.product.pk}/sync/"


def synced(cast):
    return Product.objects.get(pk=cast.product.pk).tier_accounts_sync


def test_switching_off_says_what_stays_and_counts_for_later_changes_only(cast, boss):
    client, address = boss
    (before,) = change(cast)
    product = f"/vendor/products/{cast.product.pk}/"
    assert address in client.get(product).content.decode()
    asked = client.get(address)
    assert "1 request that waits now stays as it is" in text(asked)
    assert synced(cast)
    page = text(client.post(address, hidden(asked), follow=True))
    assert "Tier Accounts Sync is off for changes from now on." in page
    assert "Vendor switched Tier Accounts Sync off" in page.replace(
        "You switched", "Vendor switched"
    )
    (after,) = change(cast, city="Lübeck")
    states = dict(TierAccountRequest.objects.values_list("pk", "state"))
    assert states == {before.pk: "pending", after.pk: "unsupported"}
    asked = client.get(address)
    client.post(address, hidden(asked))
    (again,) = change(cast, city="Bremen")
    assert again.state == "pending"
    assert list(Event.objects.about(cast.product).order_by("at").values_list("verb", "vendor")) == [
        ("product.sync_off", cast.partners["vendor"].pk),
        ("product.sync_on", cast.partners["vendor"].pk),
    ]


def test_a_page_left_open_never_switches_back(cast, boss):
    client, address = boss
    fields = hidden(client.get(address))
    for token in ("first", "second"):
        client.post(address, {**fields, "token": token})
    assert not synced(cast)
    assert Event.objects.about(cast.product).count() == 1


@pytest.mark.parametrize(
    ("who", "level", "status"),
    [
        ("vendor", "agent", 403),
        ("vendor", "viewer", 403),
        ("vendor2", "administrator", 404),
        ("distributor", "administrator", 403),
        ("reseller", "administrator", 403),
    ],
)
def test_nobody_else_switches_it(client, cast, boss, who, level, status):
    address = boss[1]
    Membership.objects.filter(user=cast.users[who]).update(level=level)
    as_(client, cast, who)
    assert client.get(address).status_code == status
    assert client.post(address, {"on": "off"}).status_code == status
    assert synced(cast)
    if who == "vendor":
        page = client.get(f"/vendor/products/{cast.product.pk}/")
        assert address not in page.content.decode()


@pytest.mark.parametrize("sent", ["", "maybe", "\0", "true"])
def test_a_broken_form_switches_nothing(cast, boss, sent):
    client, address = boss
    assert client.post(address, {"on": sent}).status_code == 422
    assert synced(cast)
