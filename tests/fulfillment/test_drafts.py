"""Orders that are not complete yet: their maker's own until they are submitted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from customers.lifecycle import StaleForm, StaleState
from customers.models import Event, Holding, Participation
from customers.services.access import end_access
from customers.services.accounts import move_account
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, discarding, drafts, orders
from fulfillment.services.purchases import Purchase
from fulfillment.services.requests import fail_request
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.factories.steps import refusal
from tests.tierconfig import services
from tierconfig.models import TierConfig, UniqueValue, Webhook
from tierconfig.services import requests as setups
from tierconfig.services.validation import validated_answer

State = FulfillmentRequest.State


def purchase(cast: Cast, **more: Any) -> Purchase:
    fields = {
        "product": cast.product,
        "customer": cast.kirlin,
        "items": {cast.seats.pk: 5},
        "marketplace": cast.market,
        "connection": cast.connection,
        **more,
    }
    return Purchase(**fields)


def draft(cast: Cast, who: str = "reseller", **more: Any) -> FulfillmentRequest:
    return orders.draft_purchase(purchase(cast, **more), actor=cast.actor(who))


def consistent() -> None:
    call_command("check_trees", stdout=io.StringIO())


def test_a_draft_is_its_makers_alone_and_begins_nothing(cast):
    made = draft(cast, items={}, values={"tier1": {"tier1_vat": "DE1"}})
    assert (made.state, made.subscription.state) == (State.DRAFT, "draft")
    assert made.tier_values == {"tier1": {"tier1_vat": "DE1"}}
    assert not TierConfig.objects.exists()
    assert not Participation.objects.exists()
    for model in (FulfillmentRequest, Subscription):
        sees = [
            name
            for name in ("reseller", "distributor", "parent", "vendor")
            if model.objects.visible_to(cast.actor(name)).exists()
        ]
        assert sees == ["reseller"]
    told = Event.objects.filter(object_id__in=(made.pk, made.subscription_id))
    assert set(told.values_list("vendor", "provider")) == {(None, None)}
    consistent()


def test_submitting_goes_on_as_a_birth_would(cast):
    made = draft(cast, values={"tier2": {"tier2_vat": "DE2"}})
    sent = drafts.submit_request(made, actor=cast.actor("reseller"))
    subscription = Subscription.objects.get(pk=sent.subscription_id)
    assert (sent.state, subscription.state) == (State.TIERS_SETUP, "processing")
    assert steps.states() == {1: ("processing", "tiers_setup"), 2: ("processing", "pending")}
    assert steps.setup(2).params == {"tier2_vat": {"value": "DE2"}}
    assert (sent.tier_values, subscription.items.get().quantity) == ({}, 5)
    assert Participation.objects.filter(source=subscription.pk).count() == 3
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    assert steps.order(sent.pk).state == State.PENDING
    consistent()
    with pytest.raises(StaleState):
        drafts.submit_request(made, actor=cast.actor("reseller"))


def test_editing_replaces_everything_of_the_form(cast):
    factories.parameter(cast.product, "asset", "domain", required=True, unique=True)
    made = draft(cast, values={"asset": {"domain": "one.example"}}, external_id="A1")
    other = factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
    mine = purchase(
        cast, customer=other, items={cast.seats.pk: 2}, connection=None, external_id="A2"
    )
    with pytest.raises(PermissionDenied):
        drafts.edit_draft(made, actor=cast.actor("distributor"), purchase=mine)
    kept = drafts.edit_draft(
        made, actor=cast.actor("reseller"), purchase=mine, revision=made.revision
    )
    row = Subscription.objects.get(pk=made.subscription_id)
    assert (kept.params, kept.environment) == ({}, "preview")
    assert (row.customer, row.external_id) == (other, "A2")
    assert kept.items.get().quantity == 2
    assert not UniqueValue.objects.exists()
    with pytest.raises(StaleForm):
        drafts.edit_draft(made, actor=cast.actor("reseller"), purchase=mine, revision=made.revision)
    taken = cast.order(external_id="A3").subscription
    again = purchase(cast, external_id=taken.external_id)
    assert refusal(drafts.edit_draft, made, actor=cast.actor("reseller"), purchase=again) == {
        "external_id": "duplicate"
    }


def test_submitting_checks_again_what_changed_meanwhile(cast):
    """The tree of now gives the tiers, and what is not sold any more is not bought."""
    distributor = cast.actor("distributor")
    made = draft(cast, "distributor")
    rival = factories.account(cast.partners["distributor"], name="Rival")
    move_account(cast.nordlicht, actor=distributor, parent=rival)
    cast.seats.status = "endofsale"
    cast.seats.save()
    assert list(refusal(drafts.submit_request, made, actor=distributor)) == ["items"]
    assert not TierConfig.objects.exists()
    cast.seats.status = "published"
    cast.seats.save()
    sent = drafts.submit_request(made, actor=distributor)
    assert Subscription.objects.get(pk=sent.subscription_id).tier2 == rival
    assert steps.config(2).account == rival


def test_a_draft_without_items_is_not_submitted(cast):
    made = draft(cast, items={})
    assert "items" in refusal(drafts.submit_request, made, actor=cast.actor("reseller"))


def test_a_discarded_draft_leaves_nothing_but_its_events(cast):
    made = draft(cast)
    with pytest.raises(PermissionDenied):
        drafts.discard_request(made, actor=cast.actor("vendor"))
    drafts.discard_request(made, actor=cast.actor("reseller"))
    left = (FulfillmentRequest, Subscription, Holding, UniqueValue)
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]
    assert Event.objects.filter(verb="fulfillmentrequest.discard").count() == 1


def test_a_draft_of_a_change_is_filled_in_and_submitted_later(cast):
    subscription = steps.subscribe(cast)
    item, reseller = subscription.items.get().item_id, cast.actor("reseller")
    cast.plain.validates_changes = True
    cast.plain.save()
    made = changes.request_change(subscription, actor=reseller, items={item: 7})
    assert made.state == State.DRAFT
    made = drafts.edit_draft(made, actor=reseller, items={}, note="Wait.")
    assert refusal(drafts.submit_request, made, actor=reseller) == {"": "no_change"}
    made = drafts.edit_draft(made, actor=reseller, items={item: 8})
    sent = drafts.submit_request(made, actor=reseller)
    assert (sent.state, sent.items.get().old_quantity) == (State.PENDING, 5)
    done = steps.fulfil(sent, cast.actor("vendor"))
    assert done.subscription.items.get().quantity == 8
    again = changes.request_change(done.subscription, actor=reseller, items={item: 1})
    drafts.discard_request(again, actor=reseller)
    third = changes.request_change(done.subscription, actor=reseller, items={item: 1})
    assert third.pk.endswith("-004")
    consistent()


class TestDefinitionsChangedMeanwhile:
    """What a draft says is judged by what the vendor asks when it is submitted."""

    @pytest.fixture
    def plan(self, cast):
        choices = [{"label": "Gold", "value": "gold"}, {"label": "Tin", "value": "tin"}]
        constraints = {"choices": choices}
        return factories.parameter(
            cast.plain, "asset", "plan", type="dropdown", constraints=constraints
        )

    @pytest.fixture
    def boxes(self, cast):
        choices = [{"label": name, "value": name} for name in ("a", "b")]
        constraints = {"choices": choices}
        return factories.parameter(
            cast.plain, "asset", "boxes", type="checkbox", constraints=constraints
        )

    def draft(self, cast: Cast, **values: Any) -> FulfillmentRequest:
        item = factories.item(cast.plain)
        place = {"product": cast.plain, "connection": None, "items": {item.pk: 1}}
        return draft(cast, **place, values={"asset": values})

    def offer(self, parameter: Any, *values: str) -> None:
        parameter.constraints = {"choices": [{"label": each, "value": each} for each in values]}
        parameter.save()

    def test_a_change_with_a_choice_that_is_gone_is_not_asked_for(self, cast, plan, boxes):
        cast.plain.editable_ordering_parameters = True
        cast.plain.save()
        subscription, reseller = steps.subscribe(cast), cast.actor("reseller")
        values = {"plan": "gold", "boxes": ["a"]}
        made = changes.request_change(subscription, actor=reseller, values=values, draft=True)
        self.offer(plan, "tin")
        assert refusal(drafts.submit_request, made, actor=reseller) == {"plan": "choice"}
        self.offer(plan, "tin", "gold")
        self.offer(boxes, "a", "c")
        sent = drafts.submit_request(made, actor=reseller)
        assert (sent.state, sent.params["plan"]) == (State.PENDING, {"value": "gold"})
        assert sent.params["boxes"]["structured_value"] == {"a": True, "c": False}

    def test_a_purchase_with_a_choice_that_is_gone_is_not_placed(self, cast, plan):
        made, reseller = self.draft(cast, plan="gold"), cast.actor("reseller")
        self.offer(plan, "tin")
        assert refusal(drafts.submit_request, made, actor=reseller) == {"plan": "choice"}
        assert steps.order(made.pk).subscription.state == "draft"

    def test_what_nobody_is_asked_for_any_more_stays_behind(self, cast, plan, boxes):
        made = self.draft(cast, plan="gold", boxes=["b"])
        plan.hidden = True
        plan.save()
        sent = drafts.submit_request(made, actor=cast.actor("reseller"))
        assert (sent.state, list(sent.params)) == (State.PENDING, ["boxes"])


def test_forgotten_drafts_and_those_out_of_reach_are_discarded(cast, settings):
    settings.DRAFTS_EXPIRE_DAYS = 30
    old, new = draft(cast, external_id="1"), draft(cast, external_id="2")
    late = timezone.now() - timedelta(days=31)
    FulfillmentRequest.objects.filter(pk=old.pk).update(updated_at=late)
    assert discarding.expire_drafts() == 1
    assert FulfillmentRequest.objects.get() == new
    item, active = cast.plain.items.get().pk, steps.subscribe(cast)
    changes.request_change(active, actor=cast.actor("reseller"), items={item: 9}, draft=True)
    kept = draft(cast, "distributor", external_id="3")
    assert discarding.discard_out_of_reach() == 0
    other = factories.account(cast.partners["distributor"], cast.umbrella)
    move_account(cast.kirlin, actor=cast.actor("distributor"), parent=other)
    assert discarding.discard_out_of_reach() == 2
    assert FulfillmentRequest.objects.get(state="draft") == kept
    changes.request_change(active, actor=cast.actor("parent"), items={item: 9}, draft=True)
    access = cast.umbrella.access.get(partner=cast.partners["parent"])
    end_access(access, actor=cast.actor("distributor"))
    assert FulfillmentRequest.objects.get(state="draft") == kept
    assert {*Subscription.objects.all()} == {active, kept.subscription}


@pytest.fixture
def service(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    settings.WEBHOOK_TIMEOUT = 30
    with services.running() as service:
        yield service


class TestValidation:
    """Where the product wants it, the vendor's service sees orders before anybody acts on them."""

    @pytest.fixture(autouse=True)
    def validating(self, cast):
        factories.parameter(cast.plain, "asset", "domain")
        cast.plain.validates_orders = cast.plain.validates_order_inquiries = True
        cast.plain.save()

    def test_a_purchase_is_a_draft_until_its_complaints_are_settled(self, cast, service):
        services.webhook(cast.plain, Webhook.Type.PURCHASE, service)
        actor = cast.actor("reseller")
        made = cast.order(
            product=cast.plain, actor=actor, values={"asset": {"domain": "x.example"}}
        )
        assert made.state == State.DRAFT
        service.body = {"asset": {"params": [{"id": "domain", "value_error": "Not free."}]}}
        made, problems = drafts.validate_request(made, actor=actor)
        assert (problems, made.params["domain"]["value_error"]) == ([], "Not free.")
        told = service.asked[0]
        assert (told["id"], told["type"], told["asset"]["status"]) == (made.pk, "purchase", "draft")
        assert told["asset"]["params"][0]["value"] == "x.example"
        assert told["asset"]["items"][0]["quantity"] == "5"
        assert told["asset"]["tiers"]["customer"]["id"] == cast.kirlin.pk
        assert told["asset"]["tiers"]["tier1"] == {}
        assert refusal(drafts.submit_request, made, actor=actor) == {"domain": "vendor"}
        same = purchase(
            cast,
            product=cast.plain,
            items={cast.plain.items.get().pk: 1},
            connection=cast.plain_connection,
            values={"asset": {"domain": "x.example"}},
        )
        made = drafts.edit_draft(made, actor=actor, purchase=same)
        assert refusal(drafts.submit_request, made, actor=actor) == {"domain": "vendor"}
        sent = drafts.submit_request(made, actor=actor, insist=True)
        assert (sent.state, sent.params) == (State.PENDING, {"domain": {"value": "x.example"}})

    def test_answers_of_orders_are_seen_too(self, cast, service):
        services.webhook(cast.plain, Webhook.Type.PURCHASE_INQUIRY, service)
        cast.plain.parameters.update(required=True)
        actor = cast.actor("reseller")
        made = drafts.submit_request(cast.order(product=cast.plain, actor=actor), actor=actor)
        assert made.state == State.INQUIRING
        service.body = {"asset": {"params": [{"id": "domain", "value_error": "Not free."}]}}
        given = {"actor": actor, "values": {"domain": "x.example"}}
        assert refusal(validated_answer, made, **given) == {"domain": "vendor"}
        service.body = {}
        assert validated_answer(made, **given).state == State.PENDING
        assert service.asked[-1]["status"] == "inquiring"


def test_a_rejected_tier_takes_a_submitted_draft_along(cast):
    sent = drafts.submit_request(draft(cast), actor=cast.actor("reseller"))
    setups.fail_request(steps.setup(2), actor=cast.actor("vendor"), reason="No contract.")
    row = steps.order(sent.pk)
    assert (row.state, row.subscription.state) == (State.FAILED, "terminated")
    with pytest.raises(StaleState):
        fail_request(row, actor=cast.actor("vendor"), reason="No.")
