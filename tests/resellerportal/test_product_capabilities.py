"""Capabilities of a product: who sets them, what is said first, what they leave alone."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import Event, Membership, Product, TierAccountRequest
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes
from tests import factories
from tests.resellerportal.test_account_requests import change
from tests.resellerportal.test_accounts import as_, text
from tests.resellerportal.test_bulk import hidden
from tierconfig.services.definitions.capabilities import SWITCHES

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, cast):
    """The vendor's administrator, and the address of the form."""
    Membership.objects.filter(user=cast.users["vendor"]).update(level="administrator")
    return as_(client, cast, "vendor"), f"/vendor/products/{cast.product.pk}/capabilities/edit/"


def fields(product, page, **changes):
    """The form as it was shown, with other values for some switches."""
    values = {name: getattr(product, name) for name in SWITCHES} | changes
    sent = {name: "on" if value is True else value for name, value in values.items()}
    return hidden(page) | {name: value for name, value in sent.items() if value is not False}


def fresh(cast):
    return Product.objects.get(pk=cast.product.pk)


def test_switching_sync_off_says_what_stays_and_counts_for_later_changes_only(cast, boss):
    client, address = boss
    cast.order()
    (before,) = change(cast)
    tab = f"/vendor/products/{cast.product.pk}/capabilities/"
    assert address in client.get(tab).content.decode()
    form = client.get(address)
    asked = client.post(address, fields(cast.product, form, tier_accounts_sync=False))
    assert asked.status_code == 422
    assert "1 request that waits now stays as it is" in text(asked)
    assert fresh(cast).tier_accounts_sync
    sent = fields(cast.product, asked, tier_accounts_sync=False)
    assert "It counts from now on." in text(client.post(address, sent, follow=True))
    (after,) = change(cast, city="Lübeck")
    states = dict(TierAccountRequest.objects.values_list("pk", "state"))
    assert states == {before.pk: "pending", after.pk: "unsupported"}
    assert "switched Tier Accounts Sync off" in text(
        client.get(f"/vendor/products/{cast.product.pk}/")
    )
    verbs = Event.objects.about(cast.product).values_list("verb", "vendor")
    assert list(verbs) == [("product.sync_off", cast.partners["vendor"].pk)]


def test_a_page_left_open_changes_nothing_that_was_set_since(cast, boss):
    client, address = boss
    left_open = client.get(address)
    asked = client.post(address, fields(cast.product, left_open, validates_updates=True))
    client.post(address, fields(cast.product, asked, validates_updates=True))
    late = client.post(address, fields(cast.product, left_open, remind_after_days=9))
    assert late.status_code == 422
    assert "Somebody changed this in the meantime" in text(late)
    assert (fresh(cast).validates_updates, fresh(cast).remind_after_days) == (True, 3)


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
def test_nobody_else_sets_them(client, cast, boss, who, level, status):
    address = boss[1]
    Membership.objects.filter(user=cast.users[who]).update(level=level)
    as_(client, cast, who)
    assert client.get(address).status_code == status
    assert client.post(address, {"authorization_level": "0"}).status_code == status
    assert fresh(cast).authorization_level == 2
    if who == "vendor":
        page = client.get(f"/vendor/products/{cast.product.pk}/capabilities/")
        assert address not in page.content.decode()
        assert "Only administrators of Vendor change them." in text(page)


@pytest.mark.parametrize(
    "sent",
    [
        {"authorization_level": "3"},
        {"authorization_level": "\0"},
        {"remind_after_days": "91"},
        {"escalate_after_days": "-1"},
        {"remind_after_days": "x"},
    ],
)
def test_a_broken_form_sets_nothing(cast, boss, sent):
    client, address = boss
    form = client.get(address)
    answer = client.post(address, fields(cast.product, form) | sent)
    assert answer.status_code == 422
    assert not Event.objects.about(cast.product).exists()


def test_authorization_is_not_taken_from_a_tier_that_is_in_use(cast, boss):
    client, address = boss
    cast.order()
    form = client.get(address)
    answer = client.post(address, fields(cast.product, form, authorization_level=0))
    page = text(answer)
    assert "Remove the parameters of tier 1 first: tier1_vat." in page
    assert "Remove the parameters of tier 2 first: tier2_vat." in page
    assert "Decide the open requests of tier 2 first: TCR-" in page
    assert fresh(cast).authorization_level == 2


def test_raising_the_level_says_so_and_brings_the_template_it_needs(cast, boss):
    client, _address = boss
    address = f"/vendor/products/{cast.plain.pk}/capabilities/edit/"
    cast.order(product=cast.plain)
    factories.parameter(cast.plain, "tier1", "vat")
    form = client.get(address)
    asked = client.post(address, fields(cast.plain, form, authorization_level=1))
    assert "Orders from now on wait for a configuration of tier 1." in text(asked)
    assert "1 open order stays as it is." in text(asked)
    client.post(address, fields(cast.plain, asked, authorization_level=1))
    product = Product.objects.get(pk=cast.plain.pk)
    assert product.authorization_level == 1
    assert product.templates.filter(scope="tier1").count() == 1
    thread = text(client.get(f"/vendor/products/{cast.plain.pk}/"))
    assert "changed the capabilities" in thread
    assert "authorization level: 0 → 1" in thread


def test_validation_without_a_webhook_is_pointed_out(cast, boss):
    client, address = boss
    form = client.get(address)
    asked = client.post(address, fields(cast.product, form, validates_setups=True))
    assert "There is no active webhook yet for: Drafts of tier 1 setups" in text(asked)


def test_what_goes_on_as_it_is_is_counted_when_orders_lose_a_capability(cast, boss):
    client, address = boss
    on = {"administrative_hold": True, "schedules_suspends": True, "validates_orders": True}
    asked = client.post(address, fields(cast.product, client.get(address), **on))
    assert "There is no active webhook yet for: Drafts of purchases." in text(asked)
    assert "active subscriptions can be suspended from now on" in text(asked)
    client.post(address, fields(cast.product, asked, **on))
    order = cast.order()
    Subscription.objects.filter(pk=order.subscription_id).update(state="suspended")
    FulfillmentRequest.objects.filter(pk=order.pk).update(
        type="suspend", state="scheduled", planned_date=timezone.now()
    )
    held = fresh(cast)
    assert (held.administrative_hold, held.schedules_suspends) == (True, True)
    off = {"administrative_hold": False, "schedules_suspends": False}
    page = text(client.post(address, fields(held, client.get(address), **off)))
    assert "1 subscription is suspended now; it can still be resumed." in page
    assert "1 open request to suspend stays as it is." in page
    assert "Scheduling of suspensions: 1 request that is scheduled keeps its date." in page


def test_what_was_suspended_can_be_resumed_whatever_the_switch_says(cast):
    order = cast.order(product=cast.plain)
    FulfillmentRequest.objects.update(state="approved", decided_at=timezone.now())
    subscription = Subscription.objects.filter(pk=order.subscription_id)
    subscription.update(state="active")
    buyer = cast.actor("distributor")
    with pytest.raises(ValidationError) as refused:
        changes.request_suspend(subscription.get(), actor=buyer)
    assert refused.value.code == "capability"
    subscription.update(state="suspended")
    assert changes.request_resume(subscription.get(), actor=buyer).state == "pending"
