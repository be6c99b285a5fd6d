"""What people do around configurations: drafts, adjustments, desks, questions passed on."""

from __future__ import annotations

from datetime import timedelta

from customers.actors import Actor
from customers.models import Product, TierAccount
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import answer_drafts, configs, delegations, levels
from tierconfig.services.assignment import assign_request

from ..services.products import end_sale
from . import accounts
from .channel import person
from .clock import Agenda, Story
from .world import World

#: Days after which requests of a vendor are late, and overdue.
LEVELS = {
    ("tier_config_request", "pending"): levels.Level(late=2, overdue=5),
    ("tier_config_request", "inquiring"): levels.Level(late=4, overdue=14),
}


def schedule(world: World, agenda: Agenda) -> None:
    agenda.add(20, _levels(world))
    agenda.add(10, _end_of_sale(world))
    agenda.add(3.2, _adjustments(world))
    agenda.add(2.5, _draft(world))
    agenda.add(0.8, _assigned(world))
    agenda.add(0.3, _passed_on(world))


def _levels(world: World) -> Story:
    yield timedelta(minutes=3)
    vera = person("vendor", "kestrel")
    levels.save_levels(world.partners["kestrel"], actor=vera, levels=LEVELS)


def _end_of_sale(world: World) -> Story:
    yield timedelta(minutes=8)
    fax = Product.objects.get(pk=world.products["fax"].pk)
    world.products["fax"] = end_sale(fax, actor=person("vendor", "kestrel"))


def _adjustments(world: World) -> Story:
    """One is applied at once, one waits for a colleague."""
    vera = person("vendor", "kestrel")
    for number, apply in enumerate((True, False)):
        yield timedelta(hours=3 * number + 1)
        active = TierConfig.objects.filter(
            product=world.products["backup"], state=TierConfig.State.ACTIVE, tier_level=1
        ).exclude(account=accounts.NORDLICHT)
        config = active.order_by("-pk").first()
        if config is None:
            continue
        template = world.template(config.product_id, config.scope)
        values = {"reseller_key": world.names.digits("K##-####-####")}
        step = configs.save_and_apply if apply else configs.adjust_config
        step(config, actor=vera, template=template, values=values)


def _draft(world: World) -> Story:
    """A setup begun without an order; the vendor's service has not seen it yet."""
    dirk = person("distributor", "hanse")
    market, _hub = world.markets["hanse"]
    yield timedelta(minutes=12)
    configs.begin_setup(
        product=Product.objects.get(pk=world.products["shield"].pk),
        account=TierAccount.objects.get(pk=accounts.WESERLAND),
        tier_level=1,
        connection=world.connections["shield", "hanse"],
        marketplace=market,
        actor=dirk,
        values={"website": "https://weserland.example/"},
    )


def _assigned(world: World) -> Story:
    """Somebody's desk, so that not all of it is nobody's."""
    vera, tomas = person("vendor", "kestrel"), person("tomas", "kestrel")
    rows = TierConfigRequest.objects.filter(
        vendor=world.partners["kestrel"],
        provider=world.partners["hanse"],
        state="pending",
        assignee=None,
    )
    yield timedelta(minutes=30)
    for request, colleague in zip(rows.order_by("pk")[:2], (tomas, vera), strict=False):
        assign_request(request, actor=vera, user=colleague.user)


def _passed_on(world: World) -> Story:
    """The technical contact begins to answer and asks the accounts department for the rest."""
    request = (
        TierConfigRequest.objects.filter(
            state="inquiring",
            provider=world.partners["hanse"],
            configuration__product=world.products["archive"],
            configuration__tier_level=2,
        )
        .order_by("pk")
        .first()
    )
    if request is None:
        return
    yield timedelta(minutes=20)
    contact = Actor.contact(request.inquiry_email, request.pk)
    given = {"vat_id": world.names.digits("DE#########")}
    answer_drafts.save_draft(request, actor=contact, values=given, shown=["vat_id"])
    yield timedelta(minutes=4)
    home = request.inquiry_email.partition("@")[2]
    delegations.delegate(
        request,
        actor=contact,
        email=f"accounts@{home}",
        names=["invoice_email"],
        message="Where do you want invoices to go?",
    )
