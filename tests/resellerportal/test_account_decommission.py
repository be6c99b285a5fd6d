"""The page that takes an account out of use, and where the account is found afterwards."""

import pytest

from customers.models import TierAccount
from tests import factories
from tests.resellerportal.test_accounts import as_, show, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaf(cast):
    return factories.account(cast.partners["distributor"], cast.nordlicht, name="Leaf GmbH")


def test_the_effect_is_counted_before_it_happens(client, cast, leaf):
    client = as_(client, cast, "distributor")
    address = show(leaf, "distributor", "decommission/")
    assert address in client.get(show(leaf, "distributor")).content.decode()
    page = client.get(address)
    assert "Live subscriptions 0" in text(page)
    assert TierAccount.objects.get(pk=leaf.pk).decommissioned_at is None
    page = client.post(address, {"revision": "1", "token": "once"}, follow=True)
    assert "Leaf GmbH is decommissioned." in text(page)
    assert address not in page.content.decode()
    page = client.get(show(leaf, "distributor", "edit/"))
    assert "was decommissioned; it can no longer be changed" in text(page)
    again = client.post(address, {"revision": "1", "token": "once"})
    assert again.headers["Location"] == show(leaf, "distributor")


def test_what_forbids_it_is_said_instead_of_a_button(client, cast):
    cast.order(product=cast.plain)
    client = as_(client, cast, "distributor")
    page = client.get(show(cast.nordlicht, "distributor", "decommission/"))
    assert "takes part in 1 live subscription;" in text(page)
    assert "1 account in use hangs below it" in text(page)
    for tab in ("subscriptions", "hierarchy"):
        assert show(cast.nordlicht, "distributor", f"{tab}/") in page.content.decode()
    assert "btn-danger" not in page.content.decode()
    page = client.post(show(cast.nordlicht, "distributor", "decommission/"), {"revision": "1"})
    assert page.status_code == 422
    assert TierAccount.objects.get(pk=cast.nordlicht.pk).decommissioned_at is None


def test_the_directory_keeps_decommissioned_accounts_apart(client, cast, leaf):
    client = as_(client, cast, "distributor")
    client.post(show(leaf, "distributor", "decommission/"), {"revision": "1"}, follow=True)
    assert "Leaf GmbH" not in text(client.get("/distributor/accounts/"))
    assert "Leaf GmbH" not in text(client.get("/distributor/accounts/?tab=resellers"))
    page = client.get("/distributor/accounts/?tab=decommissioned")
    assert "Leaf GmbH" in text(page)
    assert "Kirlin" not in text(page)


def test_who_may_not_is_refused_and_offered_nothing(client, cast, leaf):
    page = as_(client, cast, "reseller").get(show(leaf, "reseller"))
    assert "Decommission" not in text(page)
    cast.users["distributor"].memberships.update(level="viewer")
    client = as_(client, cast, "distributor")
    assert client.get(show(leaf, "distributor", "decommission/")).status_code == 403
    assert client.post(show(leaf, "distributor", "decommission/")).status_code == 403
    assert "Decommission" not in text(client.get(show(leaf, "distributor")))
