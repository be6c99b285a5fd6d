"""Which stories happen to whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from customers.models import TierAccount
from tierconfig.models import TierConfig

from . import accounts, channel, configuring, living, stories
from .clock import Agenda, Story
from .world import World

#: Outcomes of the orders of a product without authorization.
PLAIN: tuple[str, ...] = (
    *("approved",) * 9,
    "order:pending",
    "order:pending",
    "order:failed",
    "order:withdrawn",
)
#: Outcomes per reseller of a product that asks tier 1.
LEVEL_1 = (
    "approved",
    "approved",
    "tier1:pending",
    "approved",
    "tier1:failed",
    "order:pending",
    "approved",
)
#: Outcomes per parent reseller of a product that asks tier 2 and tier 1.
LEVEL_2 = (
    "approved",
    "tier2:pending",
    "approved",
    "tier1:pending",
    "tier2:failed",
    "approved",
    "order:pending",
)
#: Open inquiries send a mail when the demo starts, so they are counted out one by one:
#: (distributor, product, outcome).
INQUIRING = (
    ("hanse", "archive", "tier2:inquiring"),
    ("hanse", "backup", "tier1:inquiring"),
    ("hanse", "mail", "order:inquiring"),
    ("hanse", "shield", "order:inquiring"),
    ("meridian", "identity", "tier1:inquiring"),
    ("meridian", "backup", "order:inquiring"),
)
#: (product, outcome of the change, who asks for it); one each per distributor.
CHANGES = (
    ("backup", "pending", "distributor"),
    ("backup", "approved", "reseller"),
    ("backup", "failed", "distributor"),
    ("archive", "inquiring", "distributor"),
    ("identity", "approved", "vendor"),
    ("shield", "pending", "distributor"),
    ("identity", "pending", "distributor"),
    ("shield", "failed", "distributor"),
)
EDITS = ("contact", "address", "name", "contact", "tax", "everything", "move")
EDIT_COUNT = 56
DECISIONS = ("accepted", "pending", "ignored", "accepted", "accepted", "pending")


#: Distributor -> orders of one product that wait for its vendor, none of which anybody opened.
CROWDS = {"hanse": 17, "meridian": 8}


class Pools:
    """The customers of one distributor that stories may use; named trees are left alone."""

    def __init__(self, world: World, key: str) -> None:
        self.rows = {each.pk: each for each in world.accounts[key]}
        named = {self.rows[pk].tree_id for pk in accounts.ROOTS if pk in self.rows}
        #: Reseller -> its customers.
        self.customers: dict[str, list[TierAccount]] = {}
        for each in self.rows.values():
            if each.type == TierAccount.Type.CUSTOMER and each.tree_id not in named:
                self.customers.setdefault(str(each.parent_id), []).append(each)

    def plain(self) -> Iterator[TierAccount]:
        """Customers, those of different resellers after one another."""
        queues = [list(each) for each in self.customers.values()]
        while any(queues):
            for queue in queues:
                if queue:
                    yield queue.pop(0)

    def per_reseller(self) -> Iterator[list[TierAccount]]:
        """The customers of one reseller after another."""
        yield from self.customers.values()

    def per_parent(self) -> Iterator[list[TierAccount]]:
        """Customers below one parent reseller after another, of a single reseller each."""
        seen = set()
        for reseller, customers in self.customers.items():
            parent = self.rows[reseller].parent_id
            if parent and parent not in seen:
                seen.add(parent)
                yield customers


def schedule(world: World, agenda: Agenda) -> None:
    """Put everything that happens on the agenda."""
    for key in world.markets:
        _schedule_orders(world, agenda, key, Pools(world, key))
        agenda.add(9.5, _spawn_changes(world, agenda, key))
        _schedule_edits(world, agenda, key)
    _schedule_named(world, agenda)
    _schedule_remainders(world, agenda)
    channel.schedule(world, agenda)
    configuring.schedule(world, agenda)
    living.schedule_all(world, agenda)
    for key, count in CROWDS.items():
        crowd = living.crowd(world, islice(Pools(world, key).plain(), len(PLAIN) + 4, None), count)
        agenda.add(2, crowd)


def _schedule_orders(world: World, agenda: Agenda, key: str, pools: Pools) -> None:
    rng = world.rng
    for product, outcomes in (("mail", PLAIN), ("meeting", PLAIN)):
        for outcome, customer in zip(outcomes, pools.plain(), strict=False):
            _order(world, agenda, product, customer, outcome)
    groups: dict[str, tuple[tuple[str, ...], Iterator[list[TierAccount]]]] = {
        "backup": (LEVEL_1, pools.per_reseller()),
        "shield": (LEVEL_1, pools.per_reseller()),
        "archive": (LEVEL_2, pools.per_parent()),
        "identity": (LEVEL_2, pools.per_parent()),
    }
    for product, (outcomes, places) in groups.items():
        extra = tuple(o for d, p, o in INQUIRING if (d, p) == (key, product))
        for outcome, customers in zip((*outcomes, *extra), places, strict=False):
            _order(world, agenda, product, customers[0], outcome)
            if outcome == "approved":
                for again in customers[1 : 1 + rng.randint(0, 2)]:
                    agenda.add(
                        rng.uniform(4, 12),
                        stories.buy(world, product, again, "approved", sent=("asset",)),
                    )
    for distributor, product, outcome in INQUIRING:
        if distributor == key and product in ("mail", "meeting"):
            customer = list(pools.plain())[len(PLAIN)]
            _order(world, agenda, product, customer, outcome)


def _order(world: World, agenda: Agenda, product: str, customer: TierAccount, outcome: str) -> None:
    closed = outcome == "approved" or outcome.endswith(":failed") or outcome.endswith("withdrawn")
    days = world.rng.uniform(14, 29) if closed else world.rng.uniform(3, 6)
    sent: tuple[str, ...] = ("asset",) if world.rng.random() < 0.6 else ()
    if outcome in ("order:inquiring", "order:withdrawn"):
        sent = ()
    agenda.add(days, stories.buy(world, product, customer, outcome, sent=sent))


def _schedule_named(world: World, agenda: Agenda) -> None:
    """What happened to the accounts that have names; Kirlin bought nothing yet."""
    rows = {each.pk: each for key in world.accounts for each in world.accounts[key]}

    def bought(days: float, product: str, customer: str, outcome: str = "approved") -> None:
        story = stories.buy(
            world, product, rows[customer], outcome, sent=("asset",), by_reseller=True
        )
        agenda.add(days, story)

    bought(27, "mail", accounts.ELBKONTOR)
    bought(26, "backup", accounts.REEDEREI)
    bought(15, "backup", accounts.ALSTERBLICK)
    bought(12, "mail", accounts.ALSTERBLICK)
    bought(2, "mail", accounts.REEDEREI, "order:pending")
    below = {
        pk: sorted(each.pk for each in rows.values() if each.parent_id == pk)
        for pk in (accounts.OSTSEE, accounts.WESERLAND, accounts.SVEA_NORD, accounts.IZMIR)
    }
    bought(24, "identity", below[accounts.OSTSEE][0])
    bought(5, "identity", below[accounts.WESERLAND][0], "tier1:pending")
    swedish = below[accounts.SVEA_NORD]
    bought(25, "backup", swedish[0])
    bought(4, "shield", swedish[1], "tier1:inquiring")
    bought(3, "archive", swedish[2], "tier2:pending")
    turkish = below[accounts.IZMIR]
    bought(23, "identity", turkish[0])
    bought(19, "mail", turkish[1])
    bought(4, "backup", turkish[1], "tier1:pending")


def _schedule_remainders(world: World, agenda: Agenda) -> None:
    """A request that lies too long, and the last orders of what is sold no more."""
    pools = Pools(world, "hanse")
    late = list(pools.per_reseller())[-1][0]
    agenda.add(17, stories.buy(world, "backup", late, "tier1:pending", sent=("asset",)))
    for days, customer in zip((28, 21), list(pools.plain())[-2:], strict=True):
        agenda.add(days, stories.buy(world, "fax", customer, "approved", sent=("asset",)))


def _spawn_changes(world: World, agenda: Agenda, key: str) -> Story:
    """Changes of configurations that are active by now, each of another one."""
    yield timedelta(minutes=1)
    used: set[str] = set()
    for product, outcome, who in CHANGES:
        active = TierConfig.objects.filter(
            provider=world.partners[key], product=world.products[product], state="active"
        ).exclude(account__in=(accounts.NORDLICHT, accounts.UMBRELLA))
        config = active.exclude(pk__in=used).order_by("pk").first()
        if config is not None:
            used.add(config.pk)
            days = world.rng.uniform(6, 9) if outcome in ("approved", "failed") else 4
            agenda.add(days, stories.change_config(world, config, outcome, by=who))


def _schedule_edits(world: World, agenda: Agenda, key: str) -> None:
    """Edits of accounts that take part in subscriptions, spread over the month."""
    for turn in range(EDIT_COUNT):
        days = 24 - turn * 23.8 / EDIT_COUNT
        decision = DECISIONS[turn % len(DECISIONS)]
        if decision == "pending" and days > 9:
            decision = "accepted"
        kind = EDITS[turn % len(EDITS)]
        agenda.add(days, stories.edit_somebody(world, key, kind, decision))
