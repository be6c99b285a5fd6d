"""A cell of the readiness matrix says what ordering then does."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.lifecycle import StaleState
from customers.models import Listing, Product, TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services import readiness
from fulfillment.services.readiness import PREVIEW, TEST, Offer, Place, Refusal, State, verdict
from tests import factories
from tests.conftest import make_cast
from tests.factories import steps
from tierconfig.models import TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.configs import begin_setup
from tierconfig.services.waiting import Wait

HERE = Place()
OPEN = TierConfigRequest.OPEN


def cells(cast, actor="distributor", place=HERE, holders=True):
    found = cast.actor(actor)
    rows = TierAccount.objects.visible_to(found).resellers().select_related("parent")
    products = list(Product.objects.order_by("name"))
    return readiness.matrix(found, list(rows), products, place, holders=holders)


def cell(cast, actor="distributor", place=HERE):
    """Of Backup 360 for who buys from Nordlicht, below Umbrella."""
    return cells(cast, actor, place)[cast.nordlicht.pk, cast.product.pk]


def counted(cast, place=HERE):
    rows = TierAccount.objects.visible_to(cast.actor("distributor")).resellers()
    products = list(Product.objects.order_by("name"))
    return readiness.totals(cast.actor("distributor"), rows, products, place)


def test_what_was_never_asked_names_what_both_tiers_would_be_asked(cast):
    found = cell(cast)
    assert (found.state, found.asked, found.holder) == (
        State.NEVER,
        ("Tier2 vat", "Tier1 vat"),
        None,
    )
    assert cells(cast)[cast.nordlicht.pk, cast.plain.pk].state == State.NOT_NEEDED


def test_from_the_answer_to_the_approval_the_cell_names_who_holds_it(cast):
    cast.order()
    asked = cell(cast)
    assert (asked.state, asked.holder.wait) == (State.MISSING, Wait.ANSWER)
    assert asked.holder.party == cast.umbrella.contact_email
    steps.answer(steps.setup(2))
    waiting = cell(cast)
    assert (waiting.state, waiting.holder.party) == (State.WAITING, "Vendor")
    steps.approve(steps.setup(2), cast.actor("vendor"))
    assert cell(cast).holder.party == cast.nordlicht.contact_email
    steps.configure(1, cast.actor("vendor"))
    assert cell(cast).state == State.READY


def test_a_rejected_setup_is_told_from_one_that_never_was(cast):
    cast.order()
    setups.fail_request(steps.setup(2), actor=cast.actor("vendor"), reason="No contract.")
    found = cell(cast)
    assert (found.state, found.asked) == (State.REJECTED, ("Tier2 vat", "Tier1 vat"))


def test_a_reseller_reads_the_state_above_it_but_no_address_and_no_missing_value(cast):
    cast.order()
    found = cell(cast, "reseller")
    assert (found.state, found.holder.party) == (State.MISSING, "Umbrella Hanse")
    assert found.asked == ("Tier1 vat",)
    assert not found.holder.opens


def test_the_parent_is_not_told_what_its_reseller_left_out(cast):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    found = cell(cast, "parent")
    assert (found.state, found.asked) == (State.MISSING, ())
    assert found.holder.party == "Nordlicht Systemhaus GmbH"


def test_a_draft_is_there_for_those_only_who_began_it(cast):
    Product.objects.filter(pk=cast.product.pk).update(validates_setups=True)
    cast.product.refresh_from_db(fields=["validates_setups"])
    begin_setup(
        product=cast.product,
        account=cast.nordlicht,
        tier_level=1,
        connection=cast.connection,
        marketplace=cast.market,
        actor=cast.actor("distributor"),
    )
    own = {need.tier_level: need for need in cell(cast).needs}
    others = {need.tier_level: need for need in cell(cast, "reseller").needs}
    assert own[1].is_draft
    assert others[1].config is None
    assert counted(cast)[cast.product.pk] == {State.NEVER: 2}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            lambda c: Product.objects.filter(pk=c.product.pk).update(state="endofsale"),
            "not_on_sale",
        ),
        (lambda c: Listing.objects.filter(product=c.product).update(active=False), "not_listed"),
        (lambda c: c.product.connections.update(status="revoked"), "not_connected"),
        (lambda c: c.product.connections.update(type="test"), "not_connected"),
    ],
)
def test_what_cannot_be_ordered_says_why_and_ordering_is_refused(cast, change, refusal):
    change(cast)
    found = cell(cast)
    assert (found.state, found.offer.refusal) == (State.NOT_OFFERED, Refusal(refusal))
    assert counted(cast)[cast.product.pk] == {State.NOT_OFFERED: 2}
    if refusal != "not_connected":
        with pytest.raises(ValidationError):
            cast.order(product=Product.objects.get(pk=cast.product.pk), items={cast.seats.pk: 1})


def test_each_place_has_its_own_configurations(cast):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    assert cell(cast).state == State.READY
    assert cell(cast, place=Place(TEST)).state == State.NOT_OFFERED
    assert cell(cast, place=Place(PREVIEW)).state == State.NEVER


def test_a_matrix_costs_the_same_for_one_cell_and_for_many(cast, django_assert_max_num_queries):
    cast.order()
    for number in range(6):
        one = factories.account(cast.partners["distributor"], cast.umbrella)
        product = factories.product(cast.partners["vendor"], authorization_level=2)
        factories.offer(product, cast.partners["distributor"])
        factories.parameter(product, f"tier{number % 2 + 1}", required=True)
        assert one.parent == cast.umbrella
    with django_assert_max_num_queries(10):
        found = cells(cast)
    assert len(found) == 8 * 8


def test_a_place_is_read_from_an_address_and_nothing_else_gets_in():
    assert Place.of("test:HB-1234-5678") == Place("test", "HB-1234-5678")
    assert Place.of('production:"><script>') == Place.of("nonsense") == Place()
    assert Place.of("preview:HB-1234-5678") == Place("preview")


def test_the_verdict_names_what_stands_in_the_way_most():
    assert verdict([]) == State.NOT_NEEDED
    assert verdict(["configured", "configured"]) == State.READY
    assert verdict(["pending", "none"]) == State.NEVER
    assert verdict(["configured", "again"]) == State.REJECTED
    assert verdict(["tiers_setup", "inquiring"]) == State.MISSING
    assert verdict(["configured", "pending"]) == State.WAITING


# ---- random worlds: the cell, then the order ----

flags = st.fixed_dictionaries(
    {
        "required": st.booleans(),
        "hidden": st.booleans(),
        "phase": st.sampled_from(["ordering", "ordering", "fulfillment"]),
    }
)
definitions = st.fixed_dictionaries(
    {}, optional={scope: st.lists(flags, min_size=1, max_size=2) for scope in ("tier1", "tier2")}
)
steps_before = st.lists(
    st.sampled_from(["order", "answer", "approve", "fail", "begin", "other"]), max_size=8
)
worlds = st.fixed_dictionaries(
    {
        "level": st.sampled_from([0, 1, 2, 2]),
        "scopes": definitions,
        "asset": st.booleans(),
        "root": st.booleans(),
        "listed": st.sampled_from([True, True, True, False]),
        "preview": st.sampled_from([False, False, True]),
        "before": steps_before,
    }
)


class World:
    """One product of random shape, and a reseller with or without another above it."""

    def __init__(self, drawn):
        cast = self.cast = make_cast()
        self.vendor, self.distributor = cast.actor("vendor"), cast.actor("distributor")
        home = cast.partners["distributor"]
        self.product = factories.product(
            cast.partners["vendor"], authorization_level=drawn["level"]
        )
        factories.offer(self.product, home)
        self.item = factories.item(self.product)
        for scope, rows in drawn["scopes"].items():
            factories.template(self.product, scope)
            for fields in rows:
                factories.parameter(self.product, scope, **fields)
        if drawn["asset"]:
            factories.parameter(self.product, "asset", required=True)
        self.reseller = cast.umbrella if drawn["root"] else cast.nordlicht
        self.buyer = factories.account(home, self.reseller, type="customer")
        self.place = Place(PREVIEW) if drawn["preview"] else HERE
        for name in drawn["before"]:
            self.take(name)
        if not drawn["listed"]:
            Listing.objects.filter(product=self.product).update(active=False)

    def take(self, name):
        try:
            with transaction.atomic():
                getattr(self, name)()
        except (ValidationError, StaleState):
            return

    def order(self, customer=None):
        connection = None if self.place.kind == PREVIEW else self.product.connections.get()
        return self.cast.order(
            product=self.product,
            customer=customer or self.buyer,
            items={self.item.pk: 1},
            connection=connection,
        )

    def other(self):
        """Another reseller below the same parent buys: tier 2 may be known already."""
        home = self.cast.partners["distributor"]
        sibling = factories.account(home, self.cast.umbrella)
        self.order(factories.account(home, sibling, type="customer"))

    def begin(self):
        connection = None if self.place.kind == PREVIEW else self.product.connections.get()
        begin_setup(
            product=self.product,
            account=self.reseller,
            tier_level=1,
            connection=connection,
            marketplace=self.cast.market,
            actor=self.distributor,
        )

    def _oldest(self, state):
        rows = TierConfigRequest.objects.filter(state=state).order_by("created_at", "pk")
        if not rows:
            raise ValidationError("There is none.")
        return rows[0]

    def answer(self):
        steps.answer(self._oldest("inquiring"))

    def approve(self):
        request = self._oldest("pending")
        values = {
            each.name: "x"
            for each in request.definitions()
            if each.hidden or each.phase == "fulfillment"
        }
        steps.approve(request, self.vendor, values=values)

    def fail(self):
        pending = TierConfigRequest.objects.filter(state__in=["pending", "inquiring"])
        for request in pending.order_by("created_at", "pk")[:1]:
            setups.fail_request(request, actor=self.distributor, reason="No contract.")

    def cell(self):
        account = TierAccount.objects.select_related("parent").get(pk=self.reseller.pk)
        found = readiness.matrix(self.distributor, [account], [self.product], self.place)
        return found[account.pk, self.product.pk]


@settings(
    max_examples=40,
    # Shrinking takes minutes; what is drawn is small already.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=worlds)
def test_every_cell_says_what_the_order_then_does(db, drawn):
    with transaction.atomic():
        world = World(drawn)
        judge(world, world.cell())
        transaction.set_rollback(True)


def judge(world, found):
    product = Product.objects.get(pk=world.product.pk)
    rows = TierAccount.objects.filter(pk=world.reseller.pk)
    actor = world.distributor
    assert readiness.totals(actor, rows, [product], world.place)[product.pk] == {found.state: 1}
    for state in State:
        fits = readiness.narrowed(actor, rows, product, world.place, [state]).exists()
        assert fits == (state == found.state)
    if found.state == State.NOT_OFFERED:
        with pytest.raises(ValidationError), transaction.atomic():
            world.order()
        return
    before = set(TierConfigRequest.objects.values_list("pk", flat=True))
    order = world.order()
    born = TierConfigRequest.objects.exclude(pk__in=before)
    compare(found, order, {each.configuration.account_id: each for each in born})


def compare(found, order, born):
    """What the order did, against what the cell had said."""
    parked = order.state == FulfillmentRequest.State.TIERS_SETUP
    assert parked == (found.state in readiness.NOT_READY)
    required = {each.account_id for each in order.required_configurations.all()}
    assert required == {need.account.pk for need in found.needs}
    assert set(born) == {need.account.pk for need in found.needs if need.begins}
    assert bool(born) == (found.state in (State.NEVER, State.REJECTED))
    for need in found.needs:
        if not need.begins:
            continue
        asked = [str(each) for each in need.asked()]
        assert set(asked) <= set(found.asked)
        state = born[need.account.pk].state
        assert state == "tiers_setup" or (state == "inquiring") == bool(asked)
    if not found.needs:
        assert found.state == State.NOT_NEEDED
    inquiring = any(
        need.open_request and need.open_request.state == "inquiring" and not need.ready
        for need in found.needs
    )
    if found.state == State.MISSING:
        assert inquiring
        assert found.holder.wait == Wait.ANSWER
    if found.state == State.WAITING:
        assert found.holder.wait == Wait.VENDOR
        assert not inquiring
    assert found.offer == Offer(found.offer.marketplace, order.subscription.connection_id)
