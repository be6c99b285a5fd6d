"""Taking an account out of use: what forbids it, what ends with it, what it leaves."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from customers.lifecycle import StaleForm
from customers.models import AccountAccess, Event, Hub, TierAccount
from customers.services.access import grant_access
from customers.services.accounts import edit_account, move_account
from customers.services.decommission import decommission_account
from customers.services.participation import leave
from resellerportal.pickers.scopes import SCOPES
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def distributor(cast):
    return cast.actor("distributor")


@pytest.fixture
def leaf(cast):
    return factories.account(cast.partners["distributor"], cast.umbrella, name="Leaf GmbH")


def test_it_ends_every_access_and_disappears_from_all_choices(cast, distributor, leaf):
    AccountAccess.objects.filter(account=cast.nordlicht).update(account=leaf)
    grant_access(leaf, actor=distributor, partner=cast.partners["parent"], kind="sees")
    assert leaf in TierAccount.objects.visible_to(cast.actor("reseller"))
    ended = decommission_account(leaf, actor=distributor, version=1)
    assert ended.decommissioned_at is not None
    assert ended.version == 1
    assert not AccountAccess.objects.current().filter(account=leaf).exists()
    assert leaf not in TierAccount.objects.visible_to(cast.actor("reseller"))
    for scope, rows in SCOPES.items():
        assert leaf not in rows(distributor), scope
    event = Event.objects.get(object_id=leaf.pk, verb="tieraccount.decommission")
    assert (event.actor_name, event.data) == ("Distributor", {"ended": 2})


def test_nothing_can_be_done_with_it_afterwards(cast, distributor, leaf):
    decommission_account(leaf, actor=distributor)
    attempts = [
        lambda: edit_account(leaf, actor=distributor, data={"city": "Kiel"}),
        lambda: move_account(leaf, actor=distributor, parent=None),
        lambda: move_account(cast.kirlin, actor=distributor, parent=leaf),
        lambda: factories.account(cast.partners["distributor"], leaf),
        lambda: decommission_account(leaf, actor=distributor),
        lambda: grant_access(
            leaf, actor=distributor, partner=cast.partners["reseller"], kind="sees"
        ),
        lambda: cast.order(customer=leaf),
    ]
    for attempt in attempts:
        with pytest.raises(ValidationError, match="decommissioned"):
            attempt()


def test_live_subscriptions_forbid_it_and_are_counted(cast, distributor):
    orders = [cast.order(product=cast.plain) for _number in range(2)]
    with pytest.raises(ValidationError, match="takes part in 2 live subscriptions"):
        decommission_account(cast.kirlin, actor=distributor)
    for order in orders:
        leave(order.subscription_id)
    assert decommission_account(cast.kirlin, actor=distributor).decommissioned_at


def test_accounts_in_use_below_forbid_it_and_ended_ones_do_not(cast, distributor):
    with pytest.raises(ValidationError, match="1 account in use hangs below"):
        decommission_account(cast.nordlicht, actor=distributor)
    decommission_account(cast.kirlin, actor=distributor)
    assert decommission_account(cast.nordlicht, actor=distributor).decommissioned_at


def test_a_configuration_stays_on_record_and_forbids_nothing(cast, distributor):
    order = cast.order()
    leave(order.subscription_id)
    decommission_account(cast.kirlin, actor=distributor)
    ended = decommission_account(cast.nordlicht, actor=distributor)
    assert ended.participations.filter(kind="configuration").exists()
    assert ended in TierAccount.objects.visible_to(cast.actor("vendor"))


def test_the_master_of_an_account_ends_it_and_an_old_page_does_not(cast, distributor, leaf):
    edit_account(leaf, actor=distributor, data={"city": "Kiel"})
    with pytest.raises(StaleForm):
        decommission_account(leaf, actor=distributor, version=1)
    hub = Hub.objects.create(pk="HB-9", name="OA", type="OA", provider=leaf.provider)
    kept = factories.account(leaf.provider, hub=hub)
    with pytest.raises(ValidationError, match="master"):
        decommission_account(kept, actor=distributor)


@pytest.mark.parametrize("who", ["reseller", "parent", "vendor", "distributor2"])
def test_only_its_distributor_decommissions(cast, leaf, who):
    with pytest.raises(PermissionDenied):
        decommission_account(leaf, actor=cast.actor(who))
    with pytest.raises(PermissionDenied):
        decommission_account(leaf, actor=cast.actor("distributor", level="viewer"))


def test_an_administrator_decommissions_on_a_page_that_names_what_is_refused(client, cast, leaf):
    client.force_login(cast.users["admin"])
    page = client.get(reverse("admin:customers_tieraccount_change", args=[leaf.pk]))
    address = reverse("admin:customers_tieraccount_step", args=["decommission"])
    assert f"{address}?id={leaf.pk}" in page.content.decode()
    page = client.get(address, {"id": [leaf.pk, cast.umbrella.pk]})
    assert "2 accounts in use hang below it" in page.content.decode()
    client.post(f"{address}?id={leaf.pk}", {f"{leaf.pk}-revision": ""})
    leaf = TierAccount.objects.get(pk=leaf.pk)
    assert leaf.decommissioned_at is not None
    assert Event.objects.get(object_id=leaf.pk, verb="tieraccount.decommission").role == "admin"
