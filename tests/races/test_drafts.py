"""Drafts and unique values while others do the same: one winner, and nothing left behind."""

from functools import partial

import pytest

from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.factories import steps
from tests.races.threads import refusals, together
from tierconfig.models import TierConfig, TierConfigRequest, UniqueValue
from tierconfig.services import configs, drafts

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.fixture
def product(cast):
    cast.product.validates_setups = True
    cast.product.save()
    return cast.product


def begin(cast, account):
    return configs.begin_setup(
        product=cast.product,
        account=account,
        tier_level=1,
        connection=cast.connection,
        marketplace=None,
        actor=cast.actor("distributor"),
        values={"tier1_vat": "DE1"},
    )


def fresh_customer(cast):
    reseller = factories.account(cast.partners["distributor"], cast.umbrella)
    return reseller, factories.account(cast.partners["distributor"], reseller, type="customer")


@pytest.mark.parametrize("step", [drafts.discard_request, drafts.submit_request])
def test_an_order_beside_the_end_of_the_draft_it_meets(cast, product, consistent, step):
    for _round in range(ROUNDS):
        reseller, customer = fresh_customer(cast)
        draft = begin(cast, reseller)
        results = together(
            [
                partial(cast.order, customer=customer),
                partial(step, draft, actor=cast.actor("distributor")),
            ]
        )
        assert not refusals(results[:1])
        order = FulfillmentRequest.objects.get(pk=results[0].pk)
        assert order.state == "tiers_setup"
        setup = steps.setup(1, configuration__account=reseller)
        assert setup.state in ("tiers_setup", "inquiring", "pending")
        assert order.required_configurations.filter(pk=setup.configuration_id).exists()
    consistent()


def test_two_begin_the_same_setup_at_once(cast, consistent):
    for _round in range(ROUNDS):
        reseller, _customer = fresh_customer(cast)
        results = together([partial(begin, cast, reseller), partial(begin, cast, reseller)])
        assert [each.code for each in refusals(results)] == ["open_request"]
        assert TierConfig.objects.filter(account=reseller).count() == 1
    consistent()


def test_two_orders_want_the_same_unique_value_at_once(cast, consistent):
    factories.parameter(cast.plain, "asset", "one", unique=True)
    factories.parameter(cast.plain, "asset", "two", unique=True)
    for number in range(ROUNDS):
        values = {"asset": {"one": f"a{number}", "two": f"b{number}"}}
        backwards = {"asset": dict(reversed(values["asset"].items()))}
        orders = [
            partial(cast.order, product=cast.plain, values=each) for each in (values, backwards)
        ]
        results = together(orders)
        lost = refusals(results)
        assert len(lost) == 1
        assert {errors[0].code for errors in lost[0].error_dict.values()} == {"unique"}
    assert UniqueValue.objects.count() == 2 * ROUNDS
    assert FulfillmentRequest.objects.count() == ROUNDS
    consistent()


def test_two_submit_the_same_draft_at_once(cast, product, consistent):
    reseller, _customer = fresh_customer(cast)
    draft = begin(cast, reseller)
    actor = cast.actor("distributor")
    submit = partial(drafts.submit_request, draft, actor=actor, revision=draft.revision)
    results = together([submit, submit])
    assert len(refusals(results)) == 1
    assert TierConfigRequest.objects.get(pk=draft.pk).state == "tiers_setup"
    consistent()


@pytest.mark.parametrize("drafts_first", [False, True])
def test_setups_of_both_tiers_beside_orders_that_need_them(cast, consistent, drafts_first):
    cast.product.validates_setups = drafts_first
    cast.product.save()
    place = {"product": cast.product, "connection": cast.connection, "marketplace": None}
    actor = cast.actor("distributor")
    for _round in range(2):
        root = factories.account(cast.partners["distributor"])
        reseller = factories.account(cast.partners["distributor"], root)
        customer = factories.account(cast.partners["distributor"], reseller, type="customer")
        beginnings = [
            partial(configs.begin_setup, account=account, tier_level=level, actor=actor, **place)
            for account, level in ((reseller, 1), (root, 2), (reseller, 1))
        ]
        results = together([*beginnings, *[partial(cast.order, customer=customer)] * 2])
        assert not refusals(results[3:])
        assert {each.code for each in refusals(results)} <= {"open_request"}
        for account in (root, reseller):
            config = TierConfig.objects.get(account=account)
            assert config.requests.get().state in ("inquiring", "tiers_setup")
        consistent()
