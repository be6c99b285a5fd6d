"""What may be asked of a subscription that is there, by whom, and when not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleForm, StaleState
from customers.models import Event, Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, drafts
from fulfillment.services import requests as orders
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.factories.steps import refusal

State = FulfillmentRequest.State


@pytest.fixture
def subscription(cast: Cast) -> Subscription:
    """Five seats of a product with a second item and values of every kind."""
    for name, fields in {
        "domain": {"required": True},
        "colour": {},
        "tenant": {"phase": "fulfillment"},
    }.items():
        factories.parameter(cast.plain, "asset", name, **fields)
    factories.item(cast.plain)
    made = steps.subscribe(cast, values={"asset": {"domain": "kirlin.example"}})
    return able(made)


def able(subscription: Subscription, **switches: Any) -> Subscription:
    if switches:
        Product.objects.filter(pk=subscription.product_id).update(**switches)
    return Subscription.objects.select_related("product", "customer").get(pk=subscription.pk)


def items(subscription: Subscription) -> list[Any]:
    return list(subscription.product.items.order_by("pk"))


def quantities(subscription: Subscription) -> dict[str, int]:
    return {row.item.local_id: row.quantity for row in subscription.items.select_related("item")}


class TestItems:
    def test_a_change_names_old_and_new_quantities_and_applies_them(self, cast, subscription):
        one, two = items(subscription)
        request = changes.request_change(
            subscription, actor=cast.actor("reseller"), items={one.pk: 0, two.pk: 3}, note=" Now. "
        )
        assert request.pk.endswith("-002")
        assert (request.state, request.note) == (State.PENDING, "Now.")
        lines = {row.item.pk: (row.old_quantity, row.quantity) for row in request.items.all()}
        assert lines == {one.pk: (5, 0), two.pk: (0, 3)}
        assert quantities(subscription) == {one.local_id: 5}
        steps.fulfil(steps.order(request.pk), cast.actor("vendor"))
        assert quantities(subscription) == {two.local_id: 3}

    def test_what_cannot_be_is_refused_by_field(self, cast, subscription):
        one, two = items(subscription)
        two.status = "endofsale"
        two.save()
        foreign = cast.product.items.get()

        def refused(wanted):
            actor = cast.actor("distributor")
            return refusal(changes.request_change, subscription, actor=actor, items=wanted)

        assert refused({one.pk: 5}) == {"": "no_change"}
        assert refused({one.pk: 0}) == {"items": "empty"}
        assert refused({one.pk: -1}) == {"items": "quantity"}
        assert refused({two.pk: 1}) == {"items": "not_on_sale"}
        assert refused({foreign.pk: 1}) == {"items": "unknown"}
        one.status = "endofsale"
        one.save()
        assert refused({one.pk: 6}) == {"items": "not_on_sale"}
        shrunk = changes.request_change(
            subscription, actor=cast.actor("distributor"), items={one.pk: 2}
        )
        assert shrunk.state == State.PENDING


class TestValues:
    def test_ordering_values_change_only_where_the_product_lets_them(self, cast, subscription):
        given = {"actor": cast.actor("reseller"), "values": {"domain": "new.example"}}
        assert refusal(changes.request_change, subscription, **given) == {"domain": "not_editable"}
        subscription = able(subscription, editable_ordering_parameters=True)
        request = changes.request_change(subscription, **given)
        assert request.params == {"domain": {"value": "new.example"}}
        assert able(subscription).params["domain"] == {"value": "kirlin.example"}
        done = steps.fulfil(request, cast.actor("vendor"))
        assert done.subscription.params["domain"] == {"value": "new.example"}

    def test_fulfillment_values_are_not_the_buyers(self, cast, subscription):
        subscription = able(subscription, editable_ordering_parameters=True)
        given = {"actor": cast.actor("reseller"), "values": {"tenant": "t-1"}}
        assert refusal(changes.request_change, subscription, **given) == {"tenant": "unknown"}

    def test_a_required_value_that_is_missing_is_asked_for(self, cast, subscription):
        factories.parameter(cast.plain, "asset", "country", required=True)
        one, _two = items(subscription)
        request = changes.request_change(
            subscription, actor=cast.actor("distributor"), items={one.pk: 7}
        )
        assert (request.state, request.inquiry_number) == (State.INQUIRING, 1)

    @pytest.mark.parametrize("editable", [True, False])
    def test_the_vendors_values_stay_unless_the_product_lets_them_change(
        self, cast, subscription, editable
    ):
        vendor = cast.actor("vendor")
        first = changes.request_adjustment(
            subscription,
            actor=vendor,
            values={"tenant": "t-1"},
            apply=True,
            template=cast.plain.templates.get(),
        )
        assert able(subscription).params["tenant"] == {"value": "t-1"}
        assert (first.type, first.state) == ("adjustment", State.APPROVED)
        subscription = able(subscription, editable_fulfillment_parameters=editable)
        one, _two = items(subscription)
        request = changes.request_change(
            subscription, actor=cast.actor("distributor"), items={one.pk: 7}
        )
        given = {"actor": vendor, "values": {"tenant": "t-2"}}
        if editable:
            assert orders.update_request(request, **given).params["tenant"] == {"value": "t-2"}
        else:
            assert refusal(orders.update_request, request, **given) == {"tenant": "unknown"}

    def test_an_adjustment_is_the_vendors_and_changes_values_of_any_kind(self, cast, subscription):
        given = {"values": {"domain": "mended.example", "tenant": "t-9"}}
        with pytest.raises(PermissionDenied):
            changes.request_adjustment(subscription, actor=cast.actor("distributor"), **given)
        request = changes.request_adjustment(subscription, actor=cast.actor("vendor"), **given)
        assert (request.state, request.assignee) == (State.PENDING, cast.users["vendor"])
        done = steps.fulfil(request, cast.actor("vendor"))
        assert {k: v["value"] for k, v in done.subscription.params.items()} == {
            "domain": "mended.example",
            "tenant": "t-9",
        }
        assert quantities(subscription) == {items(subscription)[0].local_id: 5}


class TestWho:
    def test_the_buying_side_asks_and_nobody_else(self, cast, subscription):
        one, _two = items(subscription)
        allowed = {}
        for name in ("distributor", "reseller", "parent", "admin", "vendor", "distributor2"):
            actor = cast.actor(name)
            allowed[name] = changes.may_ask(subscription, "change", actor)
            if not allowed[name]:
                with pytest.raises(PermissionDenied):
                    changes.request_change(subscription, actor=actor, items={one.pk: 1})
        assert [name for name, may in allowed.items() if may] == [
            "distributor",
            "reseller",
            "parent",
            "admin",
        ]
        viewer = cast.actor("distributor", level="viewer")
        with pytest.raises(PermissionDenied):
            changes.request_cancel(subscription, actor=viewer)

    def test_a_vendor_orders_and_changes_previews_for_its_own_preview_accounts(self, cast):
        mine = factories.account(
            cast.partners["distributor"], cast.nordlicht, type="customer", name="Try"
        )
        mine.environment, mine.owner = "preview", cast.partners["vendor"]
        mine.save()
        vendor = cast.actor("vendor")
        with pytest.raises(PermissionDenied):
            cast.order(product=cast.plain, actor=vendor)
        order = cast.order(product=cast.plain, actor=vendor, customer=mine, connection=None)
        assert (order.environment, order.creator) == ("preview", cast.partners["vendor"])
        done = steps.fulfil(order, vendor)
        assert changes.request_cancel(done.subscription, actor=vendor).state == State.PENDING
        with pytest.raises(PermissionDenied):
            cast.order(
                product=cast.plain, actor=cast.actor("vendor2"), customer=mine, connection=None
            )

    def test_a_form_of_an_older_revision_is_refused(self, cast, subscription):
        with pytest.raises(StaleForm):
            changes.request_cancel(
                subscription, actor=cast.actor("distributor"), revision=subscription.revision - 1
            )


class TestWhen:
    def test_one_request_is_open_at_a_time_and_the_refusal_names_it(self, cast, subscription):
        distributor, vendor = cast.actor("distributor"), cast.actor("vendor")
        draft = changes.request_change(
            subscription,
            actor=cast.actor("reseller"),
            items={items(subscription)[0].pk: 6},
            draft=True,
        )
        found = refusal(changes.request_cancel, subscription, actor=distributor)
        assert found == {"": "open_request"}
        with pytest.raises(ValidationError) as raised:
            changes.request_cancel(subscription, actor=distributor)
        assert draft.pk not in str(raised.value)
        with pytest.raises(ValidationError, match=draft.pk):
            changes.request_cancel(subscription, actor=cast.actor("reseller"))
        sent = drafts.submit_request(draft, actor=cast.actor("reseller"))
        with pytest.raises(ValidationError, match=sent.pk):
            changes.request_adjustment(subscription, actor=vendor, values={"colour": "red"})

    def test_holds_need_the_capability_and_the_right_state(self, cast, subscription):
        buyer, vendor = cast.actor("reseller"), cast.actor("vendor")
        assert refusal(changes.request_suspend, subscription, actor=buyer) == {"": "capability"}
        subscription = able(subscription, administrative_hold=True)
        with pytest.raises(StaleState):
            changes.request_resume(subscription, actor=buyer)
        held = steps.fulfil(changes.request_suspend(subscription, actor=buyer), vendor)
        with pytest.raises(StaleState):
            changes.request_change(held.subscription, actor=buyer, items={})

    def test_a_hold_needs_no_template_and_asks_nobody(self, cast, subscription):
        subscription = able(subscription, administrative_hold=True)
        text = able(subscription).template_text
        request = changes.request_suspend(subscription, actor=cast.actor("reseller"))
        vendor = cast.actor("vendor")
        given = {"actor": vendor, "errors": {}, "message": "Why?"}
        assert refusal(orders.inquire_request, request, **given) == {"": "type"}
        done = orders.approve_request(request, actor=vendor, template=None)
        assert done.template_text == able(subscription).template_text == text

    def test_offers_say_what_is_possible_and_why_not(
        self, cast, subscription, django_assert_max_num_queries
    ):
        def shown(name):
            return {
                each.type: each.possible
                for each in changes.offers(able(subscription), cast.actor(name))
            }

        assert shown("reseller") == {"change": True, "suspend": False, "cancel": True}
        assert shown("vendor") == {"adjustment": True}
        assert shown("vendor2") == {}
        request = changes.request_cancel(subscription, actor=cast.actor("reseller"))
        row, parent = able(subscription), cast.actor("parent")
        with django_assert_max_num_queries(4):
            offers = changes.offers(row, parent)
        assert {each.open_request for each in offers} == {request.pk}
        assert not any(each.possible for each in offers)
        steps.fulfil(request, cast.actor("vendor"))
        assert shown("reseller") == {}


def test_the_control_panel_shows_what_the_state_asks_for(cast, subscription):
    """The address of the form stays a placeholder; values in it make no other."""
    for kind in ("pending", "inquire"):
        body = f"{kind} {{{{ domain }}}}: [form]({{{{ activation_form_url }}}})"
        factories.template(cast.plain, "asset", kind, body=body)
    able(subscription, editable_ordering_parameters=True)
    request = changes.request_change(
        able(subscription),
        actor=cast.actor("reseller"),
        values={"domain": "{{ activation_form_url }}"},
    )
    form = "[form]({{ activation_form_url }})"
    assert request.template_text == rf"pending \{{\{{ activation\_form\_url \}}\}}: {form}"
    vendor = cast.actor("vendor")
    asked = orders.inquire_request(request, actor=vendor, errors={"domain": "Is that one?"})
    assert asked.template_text.startswith("inquire ")
    back = orders.answer_request(
        asked, actor=cast.actor("reseller"), values={"domain": "x.example"}
    )
    assert back.template_text == f"pending x.example: {form}"
    assert able(subscription).template_text == "# Welcome\n"
    done = steps.fulfil(back, vendor)
    assert done.template_text == able(subscription).template_text == "# Welcome\n"


def test_a_rejected_change_leaves_unique_values_to_others(cast, subscription):
    unique = factories.parameter(cast.plain, "asset", "prefix", unique=True)
    able(subscription, editable_ordering_parameters=True)
    request = changes.request_change(
        able(subscription), actor=cast.actor("reseller"), values={"prefix": "kir"}
    )
    other = {"product": cast.plain, "values": {"asset": {"domain": "b", "prefix": "KIR"}}}
    assert refusal(cast.order, **other) == {unique.name: "unique"}
    orders.fail_request(request, actor=cast.actor("vendor"), reason="No.")
    assert cast.order(**other).state == State.PENDING


def test_the_history_tells_each_step_once(cast, subscription):
    request = changes.request_cancel(subscription, actor=cast.actor("reseller"))
    steps.fulfil(request, cast.actor("vendor"))
    told = Event.objects.filter(object_id__in=(request.pk, subscription.pk))
    verbs = list(told.order_by("at", "verb").values_list("verb", flat=True))
    assert sorted(verbs) == [
        "fulfillmentrequest.approve",
        "fulfillmentrequest.created",
        "subscription.activate",
        "subscription.begin_termination",
        "subscription.created",
        "subscription.terminate",
    ]
