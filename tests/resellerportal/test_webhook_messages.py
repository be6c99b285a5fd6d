"""What the systems of partners are told: what their people see, and nothing else."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from customers import events
from customers.models import Event, Job, WebhookMessage
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from fulfillment.services.requests import approve_request
from resellerportal.notifications import import_webhooks, webhooks
from resellerportal.notifications.event_types import event_types
from resellerportal.webhooks import document
from tests.conftest import NAMES, make_cast
from tests.customers.imports import files
from tests.customers.receiver import endpoint
from tests.factories import steps
from tests.tierconfig.test_drafts import begin
from tierconfig.services.drafts import submit_request

pytestmark = pytest.mark.django_db
URL = "https://partner.example/hook"


def listen(cast, **fields):
    """An endpoint of everybody; the function tells what happened since, and answers the payloads
    of each by name."""
    hooks = {endpoint(cast.partners[name], URL, **fields).pk: name for name in NAMES}
    before = set(Event.objects.values_list("pk", flat=True))

    def heard(*types):
        for event in Event.objects.exclude(pk__in=before).order_by("at", "pk"):
            webhooks.tell(event)
        found = {name: [] for name in NAMES}
        for row in WebhookMessage.objects.order_by("event__at", "event"):
            if not types or row.type in types:
                found[hooks[row.endpoint_id]].append(row.payload)
        return found

    return heard


def about(payload, obj):
    return payload["data"]["id"] == obj.pk


def ids(payloads):
    return [payload["data"]["id"] for payload in payloads]


def test_an_order_is_told_to_its_vendor_distributor_and_resellers_in_their_own_way(cast):
    heard = listen(cast)
    order = cast.order(product=cast.plain)
    approve_request(order, actor=cast.actor("vendor"), template=cast.plain.templates.get())
    told = heard("order.created", "order.approved", "subscription.activated")
    for name in ("vendor", "distributor", "reseller", "parent"):
        created, approved = (
            each for each in told[name] if each["type"] in ("order.created", "order.approved")
        )
        assert (created["data"]["state"], created["data"]["previous_state"]) == ("pending", None)
        data = approved["data"]
        assert data == {
            "id": order.pk,
            "type": "purchase",
            "state": "approved",
            "previous_state": "pending",
            "reason": None,
            "product": {"id": cast.plain.pk, "name": "Mail Guard"},
            "subscription": {"id": order.subscription_id},
            "account": {"id": cast.kirlin.pk, "name": "Kirlin LLC"},
            "link": data["link"],
        }
        assert set(data) == set(document.EXAMPLE["data"])
        role = cast.partners[name].role
        assert data["link"] == f"http://testserver/{role}/orders/{order.pk}/"
        assert approved["timestamp"].endswith("Z")
        (active,) = (each for each in told[name] if each["type"] == "subscription.activated")
        assert active["data"]["id"] == order.subscription_id
    for name in ("vendor2", "distributor2", "reseller2"):
        assert told[name] == []


def test_tiers_are_told_to_who_operates_them_and_parents_are_not_named(cast):
    heard = listen(cast)
    cast.order()
    first, second = (steps.setup(level).pk for level in (1, 2))
    told = heard("configuration_request.created")
    assert set(ids(told["vendor"])) == set(ids(told["distributor"])) == {first, second}
    assert ids(told["reseller"]) == [first]
    assert ids(told["parent"]) == [second]
    whole = json.dumps(heard()["reseller"])
    assert cast.umbrella.name not in whole
    assert cast.umbrella.pk not in whole
    assert second not in whole


def test_drafts_are_told_to_their_makers_system_only_also_when_they_are_told_late(cast):
    cast.product.validates_setups = True
    cast.product.save()
    heard = listen(cast)
    draft = begin(cast, "reseller", 1, product=cast.product, connection=cast.connection)
    submit_request(draft, actor=cast.actor("reseller"), insist=True)
    told = heard()
    own = {
        name: [(each["type"], each["data"]["state"]) for each in told[name] if about(each, draft)]
        for name in NAMES
    }
    submitted = ("configuration_request.submitted", "tiers_setup")
    assert own["reseller"] == [("configuration_request.created", "draft"), submitted]
    assert own["vendor"] == own["distributor"] == [submitted]
    assert own["parent"] == own["reseller2"] == own["vendor2"] == []
    states = {each["data"]["state"] for name in ("vendor", "parent") for each in told[name]}
    assert "draft" not in states


def test_an_account_and_its_requests(cast):
    heard = listen(cast)
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    cast.order(product=cast.plain)
    account, raised = edit_account(
        cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    assert raised
    told = heard("account.changed", "account_request.created")
    changed = [each for each in told["vendor"] if each["type"] == "account.changed"]
    assert changed[0]["data"]["name"] == "Kirlin LLC"
    assert ids(told["reseller"])[0] == account.pk
    assert told["vendor2"] == told["reseller2"] == told["distributor2"] == []
    assert ids(told["distributor"]) == [account.pk, *(each.pk for each in raised)]


def test_what_an_import_writes_is_told_piece_by_piece_and_once(cast, monkeypatch):
    monkeypatch.setattr(import_webhooks, "PIECE", 1)
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    cast.order(product=cast.plain)
    home, actor = cast.partners["distributor"], cast.actor("distributor")
    hooks = {endpoint(cast.partners[name], URL).pk: name for name in NAMES}
    changed = files.row("Kirlin LLC", city="Kiel") | {"id": cast.kirlin.pk}
    rows = [files.row("Alpha", parent_id=cast.umbrella.pk), changed]
    batch = files.apply(files.check(actor, home, rows), actor)

    def heard():
        for event in Event.objects.filter(verb__in=import_webhooks.VERBS):
            import_webhooks.tell(event)
        files.run(batch)
        rows = WebhookMessage.objects.filter(type__startswith="account")
        return sorted((hooks[each.endpoint_id], each.type) for each in rows)

    def news(name, *types):
        return [(name, f"account{each}") for each in types]

    request = "_request.created"
    everything = news("distributor", ".changed", ".created", request)
    assert heard() == sorted(
        [
            *everything,
            *news("parent", ".changed", ".created", request),
            *news("reseller", ".changed", request),
            *news("vendor", ".changed", request),
        ]
    )
    assert len(heard()) == 10
    WebhookMessage.objects.all().delete()
    files.undo(batch, actor)
    Job.objects.filter(kind=import_webhooks.KIND).delete()
    assert {"vendor", "reseller"} <= {name for name, kind in heard() if kind.endswith(request)}


def test_one_message_for_each_endpoint_however_often_it_is_told(cast, settings):
    settings.DELIVER_ON_COMMIT = "off"
    heard = listen(cast, types=["order.created"])
    cast.order(product=cast.plain)
    assert len(heard()["vendor"]) == 1
    before = list(WebhookMessage.objects.order_by("pk").values())
    assert len(heard()["vendor"]) == 1
    assert list(WebhookMessage.objects.order_by("pk").values()) == before
    # By the outbox too.
    Event.objects.update(told_at=None)
    events.deliver_pending(now=timezone.now() + timedelta(minutes=1))
    assert list(WebhookMessage.objects.order_by("pk").values()) == before


def test_a_product_and_types_narrow_what_is_told_and_nothing_goes_to_what_is_off(cast):
    vendor = cast.partners["vendor"]
    narrow = endpoint(vendor, URL, product=cast.product.pk, types=["order.created"])
    off = endpoint(vendor, URL)
    type(off).objects.filter(pk=off.pk).update(active=False)
    mine, _other = cast.order(), cast.order(product=cast.plain)
    for event in Event.objects.all():
        webhooks.tell(event)
    message = WebhookMessage.objects.get()
    assert (message.endpoint, message.payload["data"]["id"]) == (narrow, mine.pk)


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_told_to_nobody(settings):
    settings.DELIVER_ON_COMMIT = "inline"
    cast = make_cast()
    endpoint(cast.partners["vendor"], URL, types=["order.created"])

    def rolled_back():
        with transaction.atomic():
            cast.order(product=cast.plain)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        rolled_back()
    order = cast.order(product=cast.plain)
    message = WebhookMessage.objects.get()
    assert message.payload["data"]["id"] == order.pk


def test_every_name_is_told_with_a_state_the_reader_knows(cast):
    """All that happens in one story, for everybody: names are public ones, nothing is whispered."""
    heard = listen(cast)
    cast.order()
    for level in (2, 1):
        request = steps.answer(steps.setup(level), **{f"tier{level}_vat": f"whisper-{level}"})
        steps.approve(request, cast.actor("vendor"))
    _account, raised = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    accept_request(raised[0], actor=cast.actor("vendor"))
    told = heard()
    assert {each["type"] for each in told["distributor"]} <= set(event_types())
    assert {"order.released", "configuration.activated", "account_request.accepted"} <= {
        each["type"] for each in told["vendor"]
    }
    for name, payloads in told.items():
        text = json.dumps(payloads)
        assert "whisper" not in text, name
        assert "@" not in text, name
    assert told["vendor2"] == told["distributor2"] == told["reseller2"] == []
