"""Races of orders themselves: placed, planned, drafted, moved and ended at once."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import Event, Product, TierAccount
from customers.services.accounts import edit_account, move_account
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, drafts, schedule
from fulfillment.services import requests as orders
from fulfillment.services.orders import draft_purchase
from fulfillment.services.purchases import Purchase
from tests import factories
from tests.factories import steps
from tests.races.test_orders import ROUNDS, place, several, states
from tests.races.test_orders import offered as offered
from tests.races.threads import POLITE, refusals, together
from tierconfig.models import TierConfigRequest
from tierconfig.services import requests as setups

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_an_order_that_is_sent_twice_is_placed_once(cast, consistent):
    for number in range(ROUNDS):
        order = partial(cast.order, product=cast.plain, external_uid=f"X-{number}")
        [refused] = refusals(together([order] * 2))
        assert set(refused.error_dict) == {"external_uid"}
    assert Subscription.objects.count() == ROUNDS
    consistent()


def test_one_request_is_open_however_many_are_made_at_once(cast, consistent):
    """The reseller changes, the distributor cancels, the vendor adjusts: one is first."""
    reseller, distributor, vendor = map(cast.actor, ("reseller", "distributor", "vendor"))
    item, text = cast.plain.items.get().pk, cast.plain.templates.get()
    for _round in range(ROUNDS):
        active = steps.subscribe(cast)
        results = together(
            [
                partial(changes.request_change, active, actor=reseller, items={item: 6}),
                partial(changes.request_cancel, active, actor=distributor),
                partial(changes.request_adjustment, active, actor=vendor, values={}, template=text),
            ]
        )
        found = refusals(results)
        assert [each.code for each in found] == ["open_request"] * 2
        assert active.requests.filter(state="pending").count() == 1
    consistent()


def test_a_planned_date_is_dealt_with_once_by_several_workers(cast, consistent):
    """And the distributor, asking it back at that moment, comes before or after."""
    Product.objects.filter(pk=cast.plain.pk).update(schedules_purchases=True)
    vendor, text = cast.actor("vendor"), cast.plain.templates.get()
    later = timezone.now() + timedelta(hours=1)
    for _round in range(ROUNDS):
        order = schedule.schedule_request(
            cast.order(product=Product.objects.get(pk=cast.plain.pk)),
            actor=vendor,
            planned_date=later,
            template=text,
            automatic=True,
        )
        work = partial(schedule.planned_dates, now=later)
        asked_back = partial(
            schedule.revoke_request, order, actor=cast.actor("distributor"), reason="Wait."
        )
        results = together([work, work, asked_back])
        state = FulfillmentRequest.objects.get(pk=order.pk).state
        dealt = sum(each for each in results[:2])
        assert (state, dealt) in [("approved", 1), ("revoking", 0)]
    consistent()


def test_a_draft_sent_twice_is_submitted_once(cast, offered, consistent):
    for _round in range(ROUNDS):
        product = offered("tier1", "tier2")
        bought = Purchase(
            product=product,
            customer=cast.kirlin,
            items={product.items.get().pk: 1},
            marketplace=cast.market,
            connection=product.connections.get(),
        )
        draft = draft_purchase(bought, actor=cast.actor("reseller"))
        send = partial(drafts.submit_request, draft, actor=cast.actor("reseller"))
        assert len(refusals(together([send] * 3))) == 2
        assert states(product) == ["tiers_setup"]
    consistent()


def test_editing_while_ordering(cast, offered, consistent):
    distributor = cast.actor("distributor")
    product = offered("tier1", "tier2")

    def edit(account, word):
        for number in range(8):
            edit_account(account, actor=distributor, data={"city": f"{word} {number}"})

    together(
        [
            partial(several, cast, product, 8),
            partial(edit, cast.kirlin, "Kiel"),
            partial(edit, cast.nordlicht, "Bremen"),
            partial(edit, cast.umbrella, "Köln"),
        ]
    )
    assert TierAccount.objects.get(pk=cast.kirlin.pk).version == 9
    consistent()


def test_moving_the_reseller_while_ordering(cast, offered, consistent):
    """An order is of the old chain or of the new one, never of a mixture."""
    distributor = cast.actor("distributor")
    product = offered("tier1", "tier2")
    rival = factories.account(cast.partners["distributor"], name="Rival")

    def move():
        for number in range(6):
            target = cast.umbrella if number % 2 else rival
            move_account(cast.nordlicht, actor=distributor, parent=target)

    def order():
        for _number in range(8):
            try:
                place(cast, product)
            except ValidationError as refused:
                if refused.code != "busy":
                    raise

    together([move, order, order])
    for order in FulfillmentRequest.objects.select_related("subscription"):
        needed = {config.account_id for config in order.required_configurations.all()}
        sold = order.subscription
        assert needed == {sold.tier1_id, sold.tier2_id}
    assert FulfillmentRequest.objects.count() > 4
    consistent()


def test_everything_at_once(cast, offered, consistent):
    """Orders, answers, approvals, rejections, edits and withdrawals on one chain."""
    vendor, distributor = cast.actor("vendor"), cast.actor("distributor")
    product = cast.product

    def decide(level):
        for number in range(10):
            for request in TierConfigRequest.objects.filter(
                configuration__tier_level=level, state__in=["inquiring", "pending"]
            ):
                try:
                    if number % 4 == 3:
                        setups.fail_request(request, actor=vendor, reason="No contract.")
                    else:
                        steps.configure(level, vendor)
                except POLITE:
                    continue

    def edit():
        for number in range(10):
            edit_account(cast.nordlicht, actor=distributor, data={"city": f"City {number}"})

    together(
        [
            partial(decide, 2),
            partial(decide, 1),
            partial(decide, 2),
            edit,
            *[partial(several, cast, product, 6)] * 2,
        ]
    )
    consistent()
    for level in (2, 1):
        for request in TierConfigRequest.objects.filter(
            configuration__tier_level=level, state__in=["inquiring", "pending"]
        ):
            steps.configure(level, vendor, pk=request.pk)
    assert set(states(product)) <= {"failed", "pending"}


def test_withdrawing_an_order_while_its_last_configuration_is_approved(cast, offered, consistent):
    """It is taken back parked, or released first and then the vendor's alone."""
    vendor, buyer = cast.actor("vendor"), cast.actor("distributor")
    for _round in range(ROUNDS + 2):
        product = offered("tier1")
        order = place(cast, product)
        request = steps.setup(1, configuration__product=product)
        back = partial(orders.withdraw_request, order, actor=buyer, reason="Twice.")
        refused = refusals(together([back, partial(steps.approve, request, vendor)]))
        assert states(product) == (["pending"] if refused else ["failed"])
        verbs = Event.objects.filter(object_id=order.pk).values_list("verb", flat=True)
        last = "release" if refused else "withdraw"
        assert sorted(verbs) == ["fulfillmentrequest.created", f"fulfillmentrequest.{last}"]
    consistent()
