"""What one side of an order is not told of the others: reasons, values still missing, names."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Event, Note, Product
from customers.services import notes
from customers.services.watches import watch
from fulfillment.services import drafts, nudges, schedule
from fulfillment.services import requests as orders
from resellerportal.notifications.messages import messages
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.fulfillment.test_drafts import draft as prepared
from tests.resellerportal.test_access_table import sign_in
from tests.resellerportal.test_webhook_messages import listen
from tierconfig.services import requests as setups

pytestmark = pytest.mark.django_db
WHY = "Umbrella is on a list"


def reads(cast: Cast, name: str, *paths: str) -> str:
    """All that a member reads at addresses below its portal."""
    client = Client()
    sign_in(client, cast, name)
    space = cast.partners[name].role
    pages = [client.get(f"/{space}/{path}") for path in paths]
    assert {page.status_code for page in pages} == {200}, (name, paths)
    return html.unescape("".join(page.content.decode() for page in pages))


def mailed(*verbs: str) -> dict[str, str]:
    """What each address is written about events of these verbs."""
    found: dict[str, str] = {}
    for event in Event.objects.filter(verb__in=verbs):
        for each in messages(event):
            said = f"{each.subject} {each.context}"
            found[each.recipient] = found.get(each.recipient, "") + said
    return found


def test_why_a_configuration_was_rejected_is_for_the_company_it_is_of(cast):
    heard = listen(cast)
    order = cast.order(actor=cast.actor("reseller"))
    for name in ("vendor", "reseller"):
        watch(order, actor=cast.actor(name))
    steps.answer(steps.setup(2))
    setups.fail_request(steps.setup(2), actor=cast.actor("vendor"), reason=WHY)
    of_order = f"orders/{order.pk}/"
    mine = [f"configs/{steps.config(1).pk}/", f"config-requests/{steps.setup(1).pk}/"]
    told = reads(cast, "reseller", "", of_order, f"{of_order}details/", *mine)
    assert WHY not in told
    assert "The configuration of tier 2 was rejected." in told
    assert WHY in reads(cast, "distributor", of_order)
    assert WHY in reads(cast, "parent", f"config-requests/{steps.setup(2).pk}/")
    hooks = {name: str(found) for name, found in heard().items()}
    assert {name for name, found in hooks.items() if WHY in found} == {
        *("vendor", "distributor", "parent")
    }
    assert "order.failed" in hooks["reseller"]
    letters = mailed("fulfillmentrequest.cascade", "tierconfigrequest.cascade")
    assert {who for who, said in letters.items() if WHY in said} == {
        f"{name}@people.example" for name in ("vendor", "distributor")
    }
    assert "reseller@people.example" in letters


def test_what_keeps_an_order_from_being_approved_by_itself_is_for_its_vendor(cast):
    own = factories.parameter(
        cast.plain, "asset", "own", phase="fulfillment", required=True, title="Inner shelf"
    )
    Product.objects.filter(pk=cast.plain.pk).update(schedules_purchases=True)
    cast.plain.refresh_from_db()
    order = cast.order(product=cast.plain)
    plan: dict[str, Any] = {"template": cast.plain.templates.get(), "automatic": True}
    day = timezone.now() + timedelta(days=1)
    orders.schedule_request(order, actor=cast.actor("vendor"), planned_date=day, **plan)
    assert schedule.planned_dates(now=day) == 1
    path = f"orders/{order.pk}/"
    told = reads(cast, "vendor", path)
    assert f"could not be approved by itself: {own.title}" in told
    assert "the distributor asks for the order back" in told
    for name in ("distributor", "reseller", "parent"):
        page = reads(cast, name, path)
        assert "The planned date has come" in page
        assert own.title not in page


def test_who_waits_is_not_named_to_the_vendor_when_it_is_a_reseller(cast):
    order = cast.order(actor=cast.actor("reseller"))
    steps.answer(steps.setup(2))
    nudges.nudge_request(order, actor=cast.actor("reseller"))
    said = mailed("tierconfigrequest.nudge")
    assert list(said) == ["vendor@people.example"]
    assert "A reseller waits for you" in said["vendor@people.example"]
    assert cast.partners["reseller"].name not in said["vendor@people.example"].replace("A res", "")


def test_about_a_draft_one_writes_for_colleagues_only(cast):
    maker = cast.actor("distributor")
    draft = prepared(cast, "distributor")
    assert notes.kinds(draft, maker) == [Note.Kind.PRIVATE]
    assert steps.refusal(notes.add_note, draft, actor=maker, text="For all", kind="message") == {
        "kind": "unknown"
    }
    notes.add_note(draft, actor=maker, text="Ask Kirlin first", kind="private")
    sent = drafts.submit_request(draft, actor=maker)
    for name in ("vendor", "reseller"):
        assert "Ask Kirlin first" not in reads(cast, name, f"orders/{sent.pk}/")
    assert Note.Kind.MESSAGE in notes.kinds(sent, maker)
