"""Puts the demo together, in one transaction."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers import identifiers
from customers.events import held_back
from customers.models import Event, Partner, TierAccount, User
from tierconfig.models import TierConfigRequest
from tierconfig.services import inquiry_care

from ..models import FulfillmentRequest
from . import accounts, cast, embedded, integration, plan, products, receiver, records
from .clock import Agenda
from .names import Names
from .world import World

SEED = 360


def is_seeded() -> bool:
    """Whether the demo is in this database."""
    return Partner.objects.filter(pk=cast.PARTNERS["kestrel"].id).exists()


def is_empty() -> bool:
    """Whether there is nothing yet that a demo could get in the way of."""
    return not any(model._base_manager.exists() for model in (Partner, User, TierAccount))


@transaction.atomic
def seed(*, accounts_each: int = 300, now: datetime | None = None) -> World:
    """Write the demo: partners, sign-ins, catalogue, two forests and a month of history.

    Ids are the same every time; times count back from `now`. Nobody is told of what happened,
    except those who are asked something at this moment: their mail is in the outbox.
    """
    now = now or timezone.now()
    rng = random.Random(SEED)  # noqa: S311
    with held_back(), identifiers.drawn_from(rng):
        world = _world(rng, accounts_each, now)
        agenda = Agenda(rng, now - timedelta(minutes=20))
        plan.schedule(world, agenda)
        agenda.run()
        agenda.shift()
        inquiry_care.remind_due()
        mark_told()
        records.load()
        receiver.add_endpoint(world.partners, now)
        integration.add(now)
        integration.keys()
    return world


def _world(rng: random.Random, accounts_each: int, now: datetime) -> World:
    partners = cast.make_partners(now)
    users = cast.make_users(partners, now)
    markets = cast.make_markets(partners)
    catalogue = products.make_products(partners, now)
    embedded.embed(catalogue, now)
    forests = {
        key: accounts.plant(
            key, partners[key], hub, users[signed_in], accounts_each, SEED + number, now
        )
        for number, ((key, (_market, hub)), signed_in) in enumerate(
            zip(markets.items(), ("distributor", "distributor2"), strict=True)
        )
    }
    accounts.grant(partners, now)
    return World(
        rng=rng,
        names=Names(SEED),
        now=now,
        partners=partners,
        products=catalogue,
        markets=markets,
        connections=products.list_products(catalogue, markets, now),
        accounts=forests,
    )


def mark_told() -> None:
    """Close the outbox, except for the present inquiry of each inquiring request."""
    waiting: list[Any] = []
    for request in chain(
        TierConfigRequest.objects.filter(state=TierConfigRequest.State.INQUIRING),
        FulfillmentRequest.objects.filter(state=FulfillmentRequest.State.INQUIRING),
    ):
        asked = Event.objects.filter(object_id=request.pk, data__inquiry=request.inquiry_number)
        asked = asked.filter(to_state=request.state)
        waiting.append(asked.order_by("at").values_list("pk", flat=True).last())
    Event.objects.filter(told_at=None).exclude(pk__in=waiting).update(told_at=F("at"))
