"""Who sees which rows: exact sets for every member of the cast."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import (
    AccountAccess,
    Event,
    Marketplace,
    Partner,
    Product,
    TierAccount,
    TierAccountRequest,
)
from customers.services.access import end_access, grant_access
from customers.services.accounts import edit_account, move_account
from fulfillment.models import FulfillmentRequest, Item, Subscription
from fulfillment.services.requests import withdraw_request
from tests import factories
from tests.factories import steps
from tierconfig.models import Parameter, Template, TierConfig, TierConfigRequest

MEMBERS = (
    "vendor",
    "distributor",
    "reseller",
    "parent",
    "vendor2",
    "distributor2",
    "reseller2",
    "admin",
    "system",
)
MODELS = (
    TierAccount,
    TierAccountRequest,
    TierConfig,
    TierConfigRequest,
    Subscription,
    FulfillmentRequest,
    Event,
    Product,
    Marketplace,
    Parameter,
    Template,
    Item,
    Partner,
)


@dataclass
class World:
    """Two chains that must not know of each other, and readable names for their rows."""

    cast: object
    names: dict[str, str]

    def name(self, label, obj):
        self.names[str(obj.pk)] = label

    def seen(self, model, who):
        actor = who if isinstance(who, Actor) or who is None else self.cast.actor(who)
        rows = model.objects.visible_to(actor)
        return {self.names.get(str(row.pk), str(row.pk)) for row in rows}

    def check(self, model, **expected):
        everything = {self.names.get(str(row.pk), str(row.pk)) for row in model.objects.all()}
        expected = {name: set(words.split()) for name, words in expected.items()}
        expected |= {"admin": everything, "system": everything}
        assert set(expected) == set(MEMBERS)
        assert {who: self.seen(model, who) for who in MEMBERS} == expected


@pytest.fixture
def world(cast):
    world = World(cast, {})
    home, away = cast.partners["distributor"], cast.partners["distributor2"]
    vault = factories.product(
        cast.partners["vendor2"], name="Vault", authorization_level=1, tier_accounts_sync=True
    )
    market2, connection2 = factories.offer(vault, away)
    seats2 = factories.item(vault)
    vat2 = factories.parameter(vault, "tier1", "vat", required=True)
    shop = factories.account(away, cast.stranger, name="Strange Shop", type="customer")
    hafen = factories.account(home, cast.nordlicht, name="Hafen KG", type="customer")
    order = cast.order()
    order2 = cast.order(
        actor=cast.actor("distributor2"),
        product=vault,
        customer=shop,
        marketplace=market2,
        connection=connection2,
    )
    _account, [change] = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    _account, [change2] = edit_account(
        cast.stranger, actor=cast.actor("distributor2"), data={"city": "Kiel"}
    )
    named = {
        "umbrella": cast.umbrella,
        "nordlicht": cast.nordlicht,
        "kirlin": cast.kirlin,
        "hafen": hafen,
        "stranger": cast.stranger,
        "shop": shop,
        "change": change,
        "change2": change2,
        "tc-umbrella": steps.config(2),
        "tc-nordlicht": steps.config(1, account=cast.nordlicht),
        "tc-stranger": steps.config(1, account=cast.stranger),
        "tcr-umbrella": steps.setup(2),
        "tcr-nordlicht": steps.setup(1, configuration__account=cast.nordlicht),
        "tcr-stranger": steps.setup(1, configuration__account=cast.stranger),
        "sub": order.subscription,
        "sub2": order2.subscription,
        "order": order,
        "order2": order2,
        "backup": cast.product,
        "mail": cast.plain,
        "vault": vault,
        "market": cast.market,
        "market2": market2,
        "tier1_vat": cast.product.parameters.get(name="tier1_vat"),
        "tier2_vat": cast.product.parameters.get(name="tier2_vat"),
        "vat": vat2,
        "seats": cast.seats,
        "mail-seats": cast.plain.items.get(),
        "seats2": seats2,
    }
    for label, obj in named.items():
        world.name(label, obj)
    return world


def test_accounts(world):
    world.check(
        TierAccount,
        vendor="umbrella nordlicht kirlin",
        distributor="umbrella nordlicht kirlin hafen",
        reseller="nordlicht kirlin hafen",
        parent="umbrella nordlicht kirlin hafen",
        vendor2="stranger shop",
        distributor2="stranger shop",
        reseller2="stranger shop",
    )


def test_account_requests(world):
    world.check(
        TierAccountRequest,
        vendor="change",
        distributor="change",
        reseller="change",
        parent="change",
        vendor2="change2",
        distributor2="change2",
        reseller2="change2",
    )


def test_configurations_of_children_stay_unseen(world):
    world.check(
        TierConfig,
        vendor="tc-umbrella tc-nordlicht",
        distributor="tc-umbrella tc-nordlicht",
        reseller="tc-nordlicht",
        parent="tc-umbrella",
        vendor2="tc-stranger",
        distributor2="tc-stranger",
        reseller2="tc-stranger",
    )
    world.check(
        TierConfigRequest,
        vendor="tcr-umbrella tcr-nordlicht",
        distributor="tcr-umbrella tcr-nordlicht",
        reseller="tcr-nordlicht",
        parent="tcr-umbrella",
        vendor2="tcr-stranger",
        distributor2="tcr-stranger",
        reseller2="tcr-stranger",
    )


@pytest.mark.parametrize(("model", "word"), [(Subscription, "sub"), (FulfillmentRequest, "order")])
def test_subscriptions_and_orders(world, model, word):
    first = dict.fromkeys(("vendor", "distributor", "reseller", "parent"), word)
    second = dict.fromkeys(("vendor2", "distributor2", "reseller2"), f"{word}2")
    world.check(model, **first, **second)


def test_the_catalogue(world):
    home = ("distributor", "reseller", "parent")
    away = ("vendor2", "distributor2", "reseller2")
    for model, ours, theirs in (
        (Product, "backup mail", "vault"),
        (Marketplace, "market", "market2"),
        (Parameter, "tier1_vat tier2_vat", "vat"),
        (Item, "seats mail-seats", "seats2"),
    ):
        world.check(model, **dict.fromkeys(("vendor", *home), ours), **dict.fromkeys(away, theirs))


def test_only_the_vendor_works_with_templates(world):
    def owners(who):
        rows = Template.objects.visible_to(world.cast.actor(who))
        return {row.product.owner.name for row in rows}

    found = {who: owners(who) for who in MEMBERS}
    outside = ("distributor", "reseller", "parent", "distributor2", "reseller2")
    nobody = {who: set() for who in outside}
    assert found == nobody | {
        "vendor": {"Vendor"},
        "vendor2": set(),
        "admin": {"Vendor"},
        "system": {"Vendor"},
    }


def test_events_belong_to_the_two_sides(world):
    def about(who):
        return {
            world.names.get(e.object_id) for e in Event.objects.visible_to(world.cast.actor(who))
        }

    requests = {"tc-umbrella", "tc-nordlicht", "tcr-umbrella", "tcr-nordlicht", "change"}
    assert about("vendor") == requests | {"sub", "order"}
    assert about("distributor") == about("vendor") | {"umbrella", "nordlicht", "kirlin", "hafen"}
    assert about("vendor2") == {"tc-stranger", "tcr-stranger", "change2", "sub2", "order2"}
    assert about("distributor2") == about("vendor2") | {"stranger", "shop"}
    for who in ("reseller", "parent", "reseller2"):
        assert about(who) == set()
    assert about("admin") == about("system") == about("distributor") | about("distributor2")


def test_a_partner_sees_itself(world):
    for who in MEMBERS[:7]:
        assert world.seen(Partner, who) == {world.cast.partners[who].pk}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_and_whoever_has_no_rule_sees_nothing(world, model):
    order = world.cast.order(product=world.cast.plain)
    for actor in (
        None,
        Actor(role="auditor", level="administrator"),
        Actor.contact("jens@company.example", order.pk),
        Actor(role="vendor"),
        Actor(role="distributor"),
        Actor(role="reseller"),
    ):
        assert world.seen(model, actor) == set()


def test_after_a_move_the_old_parent_loses_sight(world):
    cast = world.cast
    rival = factories.account(cast.partners["distributor"], name="Rival")
    newcomer = factories.partner("reseller")
    grant_access(
        rival, actor=cast.actor("distributor"), partner=newcomer, kind=AccountAccess.Kind.OPERATES
    )
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    for model, kept in (
        (TierAccount, {"umbrella"}),
        (TierAccountRequest, set()),
        (TierConfig, {"tc-umbrella"}),
        (TierConfigRequest, {"tcr-umbrella"}),
        (Subscription, set()),
        (FulfillmentRequest, set()),
    ):
        assert world.seen(model, "parent") == kept
    world.name("rival", rival)
    new_parent = Actor(role="reseller", partner=newcomer, level="agent")
    assert world.seen(TierAccount, new_parent) == {"rival", "nordlicht", "kirlin", "hafen"}
    new_parent = Actor(role="reseller", partner=newcomer, level="agent")
    assert world.seen(FulfillmentRequest, new_parent) == {"order"}
    assert world.seen(TierConfig, new_parent) == set()
    assert world.seen(FulfillmentRequest, "reseller") == {"order"}
    assert world.seen(TierAccount, "vendor") == {"umbrella", "nordlicht", "kirlin"}


def test_an_ended_access_shows_nothing_more(world):
    cast = world.cast
    access = AccountAccess.objects.get(partner=cast.partners["reseller"])
    end_access(access, actor=cast.actor("distributor"))
    for model in MODELS[:9]:
        assert world.seen(model, "reseller") == set()
    assert world.seen(TierAccount, "parent") == {"umbrella", "nordlicht", "kirlin", "hafen"}


def test_sees_opens_one_account_and_nothing_below_or_beside(world):
    cast = world.cast
    grant_access(
        cast.nordlicht,
        actor=cast.actor("distributor"),
        partner=cast.partners["reseller2"],
        kind=AccountAccess.Kind.SEES,
    )
    assert world.seen(TierAccount, "reseller2") == {"stranger", "shop", "nordlicht"}
    assert world.seen(TierConfig, "reseller2") == {"tc-stranger"}
    assert world.seen(FulfillmentRequest, "reseller2") == {"order2"}


def test_the_vendor_keeps_sight_of_what_has_ended(world):
    cast = world.cast
    order = steps.order(FulfillmentRequest.objects.get(subscription__customer=cast.kirlin).pk)
    withdraw_request(order, actor=cast.actor("distributor"), reason="Ordered twice.")
    assert world.seen(TierAccount, "vendor") == {"umbrella", "nordlicht", "kirlin"}
    assert world.seen(FulfillmentRequest, "vendor") == {"order"}


@pytest.mark.parametrize("creator", ["distributor", "reseller", "vendor"])
def test_drafts_are_seen_by_the_side_that_began_them(world, creator):
    cast = world.cast
    partner = cast.partners[creator]
    shared = {"vendor": cast.partners["vendor"], "provider": cast.partners["distributor"]}
    subscription = Subscription.objects.create(
        pk="AS-0000-0000-0001",
        state="draft",
        product=cast.plain,
        customer=cast.kirlin,
        tier1=cast.nordlicht,
        **shared,
    )
    order = FulfillmentRequest.objects.create(
        pk="PR-0000-0000-0001-001",
        type="purchase",
        state="draft",
        subscription=subscription,
        creator=partner,
        **shared,
    )
    config = steps.config(1, account=cast.nordlicht)
    TierConfigRequest.objects.filter(configuration=config).update(
        state="failed", reason="Restart.", decided_at=timezone.now()
    )
    request = TierConfigRequest.objects.create(
        pk="TCR-000-000-001-002",
        type="setup",
        state="draft",
        configuration=config,
        creator=partner,
        **shared,
    )
    for label, obj in (("d-sub", subscription), ("d-order", order), ("d-request", request)):
        world.name(label, obj)
    for model, label in (
        (Subscription, "d-sub"),
        (FulfillmentRequest, "d-order"),
        (TierConfigRequest, "d-request"),
    ):
        seers = {who for who in MEMBERS if label in world.seen(model, who)}
        assert seers == {creator, "admin", "system"}, model


def test_a_draft_configuration_is_shown_to_nobody_but_the_platform(world):
    TierConfig.objects.filter(tier_level=2).update(state="draft")
    seers = {who for who in MEMBERS if "tc-umbrella" in world.seen(TierConfig, who)}
    assert seers == {"system"}


def test_no_row_is_seen_twice(world):
    """A condition over several rows (operated accounts, creators) must not multiply."""
    cast = world.cast
    AccountAccess.objects.create(
        partner=cast.partners["parent"],
        account=cast.kirlin,
        kind=AccountAccess.Kind.OPERATES,
        started_at=timezone.now(),
    )
    for model in MODELS:
        for who in MEMBERS:
            keys = [row.pk for row in model.objects.visible_to(cast.actor(who))]
            assert len(keys) == len(set(keys))
