"""The one way a state changes."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import NotSupportedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import lifecycle
from customers.actors import Actor
from customers.lifecycle import (
    StaleForm,
    StaleState,
    advance,
    available_steps,
    hold,
    hold_all,
)
from customers.models import Event, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from fulfillment.models import FulfillmentRequest, Subscription
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest


@pytest.fixture
def request_(cast):
    cast.order()
    [raised] = edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})[1]
    return raised


def test_a_step_saves_state_time_revision_and_one_event(cast, request_):
    before = timezone.now()
    done = accept_request(request_, actor=cast.actor("vendor"))
    fresh = TierAccountRequest.objects.get(pk=request_.pk)
    assert (fresh.state, fresh.revision) == ("accepted", 2) == (done.state, done.revision)
    assert fresh.decided_at >= before
    assert fresh.state_since >= before
    event = Event.objects.get(verb="tieraccountrequest.accept")
    assert (event.from_state, event.to_state, event.object_id) == (
        "pending",
        "accepted",
        request_.pk,
    )
    assert (event.user, event.partner, event.role) == (
        cast.users["vendor"],
        cast.partners["vendor"],
        "vendor",
    )
    assert (event.vendor, event.provider) == (
        cast.partners["vendor"],
        cast.partners["distributor"],
    )


def test_an_administrators_step_names_the_administrator(cast, request_):
    accept_request(request_, actor=cast.actor("admin"))
    event = Event.objects.get(verb="tieraccountrequest.accept")
    assert (event.user, event.partner, event.role) == (cast.users["admin"], None, "admin")


def test_the_second_is_told_who_was_first_and_when(cast, request_):
    accept_request(request_, actor=cast.actor("vendor"))
    with pytest.raises(StaleState) as late:
        accept_request(request_, actor=cast.actor("admin"))
    event = Event.objects.get(verb="tieraccountrequest.accept")
    assert late.value.event == event
    when = event.at.strftime("%Y-%m-%d %H:%M")
    assert late.value.message == f"{request_.pk} is already Accepted: Vendor, {when} UTC."


def test_who_has_no_right_learns_nothing_of_the_state(cast, request_):
    accept_request(request_, actor=cast.actor("vendor"))
    with pytest.raises(PermissionDenied):
        accept_request(request_, actor=cast.actor("vendor2"))


def test_an_old_form_is_noticed_after_right_and_state(cast, request_):
    with pytest.raises(StaleForm):
        accept_request(request_, actor=cast.actor("vendor"), revision=7)
    with pytest.raises(PermissionDenied):
        accept_request(request_, actor=cast.actor("vendor2"), revision=7)
    accept_request(request_, actor=cast.actor("vendor"), revision=1)
    with pytest.raises(StaleState):
        accept_request(request_, actor=cast.actor("vendor"), revision=1)


def test_a_step_whose_event_cannot_be_written_did_not_happen(cast, request_, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(lifecycle, "record", broken)
    with pytest.raises(RuntimeError):
        accept_request(request_, actor=cast.actor("vendor"))
    assert TierAccountRequest.objects.get().state == "pending"


def test_states_are_not_assigned(request_):
    with pytest.raises(AttributeError):
        request_.state = "accepted"


@pytest.mark.django_db(transaction=True)
def test_holding_needs_a_transaction(cast):
    order = cast.order(product=cast.plain)
    with pytest.raises(NotSupportedError):
        hold(order)


def test_what_is_gone_cannot_be_held(request_):
    TierAccountRequest.objects.all().delete()
    with pytest.raises(TierAccountRequest.DoesNotExist), transaction.atomic():
        hold(request_)


def test_rows_are_locked_in_the_lock_order(cast, request_):
    order = steps.order(FulfillmentRequest.objects.get().pk)
    wanted = [order, steps.setup(1), request_, steps.setup(2)]
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        held = hold_all(wanted)
    read = [
        query["sql"].split(' FROM "')[1].split('"')[0]
        for query in queries
        if query["sql"].startswith('SELECT "')
    ]
    assert read == [
        model._meta.db_table
        for model in (
            TierAccountRequest,
            TierConfig,
            TierConfigRequest,
            Subscription,
            FulfillmentRequest,
        )
    ]
    levels = [row.tier_level for row in held.values() if isinstance(row, TierConfig)]
    assert levels == [2, 1]
    levels = [
        row.configuration.tier_level for row in held.values() if isinstance(row, TierConfigRequest)
    ]
    assert levels == [2, 1]
    if connection.vendor == "postgresql":
        locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
        assert len(locks) == 5
        # Definitions come last.
        told = [query["sql"] for query in queries]
        [still] = [n for n, sql in enumerate(told) if "pg_advisory_xact_lock_shared" in sql]
        assert still > told.index(locks[-1])


def test_steps_are_offered_with_their_labels_in_order(cast):
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    offered = available_steps(steps.setup(2), cast.actor("vendor"))
    assert [(step.name, step.label, step.target, step.style) for step in offered] == [
        ("approve", "Approve", "approved", "primary"),
        ("inquire", "Inquire", "inquiring", "secondary"),
        ("fail", "Reject", "failed", "danger"),
    ]
    assert available_steps(steps.setup(2), None) == []
    assert available_steps(steps.setup(1), Actor.system()) == []


@pytest.mark.parametrize(
    ("model", "broken"),
    [
        (TierAccountRequest, {"state": "lost"}),
        (TierAccountRequest, {"state": "accepted"}),
        (TierAccountRequest, {"state": "ignored", "decided_at": "2026-01-01T00:00Z"}),
        (TierConfig, {"state": "active"}),
        (TierConfig, {"tier_level": 3}),
        (TierConfigRequest, {"state": "approved"}),
        (TierConfigRequest, {"state": "failed", "decided_at": "2026-01-01T00:00Z"}),
        (TierConfigRequest, {"state": "tiers_setup", "parent_configuration": None}),
        (FulfillmentRequest, {"state": "approved"}),
        (FulfillmentRequest, {"state": "failed", "decided_at": "2026-01-01T00:00Z"}),
        (FulfillmentRequest, {"type": "gift"}),
        (Subscription, {"state": "lost"}),
    ],
)
def test_what_must_never_be_true_is_refused_by_the_database(cast, request_, model, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**broken)


def test_one_open_request_per_configuration_and_subscription(cast):
    order = cast.order()
    request = steps.setup(2)
    for obj in (order, request):
        twin = type(obj).objects.get(pk=obj.pk)
        twin.pk = f"{obj.pk[:-3]}002"
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)


def test_advance_takes_a_step_by_name(cast):
    cast.order()
    TierConfig.objects.filter(tier_level=2).update(configured_at=timezone.now())
    config = advance(steps.config(2), "activate", actor=Actor.system())
    assert config.state == steps.config(2).state == "active"
