"""Inquiries, answers, approvals and changes of configurations."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.actors import Actor
from customers.lifecycle import StaleForm, StaleState
from customers.models import Event
from tests import factories
from tests.factories import steps
from tierconfig import inquiries
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.configs import change_offer, request_change


@pytest.fixture
def vendor(cast):
    return cast.actor("vendor")


@pytest.fixture
def configured(cast, vendor):
    """The tier 1 configuration with a required, an optional, a hidden and a vendor's value."""
    factories.parameter(cast.product, "tier1", "phone", type="phone")
    factories.parameter(cast.product, "tier1", "key", type="password")
    factories.parameter(cast.product, "tier1", "secret", hidden=True)
    factories.parameter(cast.product, "tier1", "number", phase="fulfillment")
    cast.order()
    steps.configure(2, vendor)
    request = steps.answer(steps.setup(1), tier1_vat="DE1", phone="+49 40 123456", key="letmein")
    steps.approve(request, vendor, values={"secret": "s", "number": "4711"})
    return steps.config(1)


def shown():
    return {name: stored.get("value") for name, stored in steps.config(1).params.items()}


def test_an_inquiry_marks_what_is_wrong_and_makes_a_new_link(cast, vendor):
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    request = setups.inquire_request(
        steps.setup(2), actor=vendor, errors={"tier2_vat": "No such number."}, message="Please."
    )
    assert request.params["tier2_vat"] == {"value": "DE2", "value_error": "No such number."}
    assert (request.inquiry_number, request.inquiry_email) == (1, cast.umbrella.contact_email)
    assert request.assignee == cast.users["vendor"]
    event = Event.objects.get(verb="tierconfigrequest.inquire")
    assert event.data == {
        "inquiry": 1,
        "email": cast.umbrella.contact_email,
        "asked": ["tier2_vat"],
    }
    answered = steps.answer(request, tier2_vat="DE3")
    assert answered.params == {"tier2_vat": {"value": "DE3"}}


@pytest.mark.parametrize(
    "given",
    [
        {"errors": {}},
        {"errors": {"tier2_vat": "  "}},
        {"errors": {"foreign": "Wrong."}},
        {"errors": {"number": "Wrong."}},
        {"errors": {"tier2_vat": "a\x00"}},
        {"errors": {}, "message": "x" * 2001},
    ],
)
def test_an_inquiry_that_asks_nothing_or_the_wrong_thing_is_refused(cast, vendor, given):
    factories.parameter(cast.product, "tier2", "number", phase="fulfillment")
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    with pytest.raises(ValidationError):
        setups.inquire_request(steps.setup(2), actor=vendor, **given)
    assert steps.setup(2).state == "pending"


@pytest.mark.parametrize("given", [{}, {"tier2_vat": ""}, {"tier2_vat": " "}, {"foreign": "x"}])
def test_an_answer_leaves_nothing_required_empty(cast, given):
    cast.order()
    with pytest.raises(ValidationError) as refused:
        setups.answer_request(steps.setup(2), actor=cast.actor("parent"), values=given)
    assert set(refused.value.error_dict) <= {"tier2_vat", "foreign"}
    assert steps.setup(2).state == "inquiring"


def test_an_answer_cannot_set_what_is_the_vendors(cast):
    factories.parameter(cast.product, "tier2", "discount", hidden=True)
    factories.parameter(cast.product, "tier2", "number", phase="fulfillment")
    cast.order()
    for name in ("discount", "number"):
        values = {"tier2_vat": "DE2", name: "100"}
        with pytest.raises(ValidationError) as refused:
            setups.answer_request(steps.setup(2), actor=cast.actor("parent"), values=values)
        assert set(refused.value.error_dict) == {name}


def test_an_inquiry_is_answered_once(cast):
    cast.order()
    request = steps.setup(2)
    steps.answer(request)
    with pytest.raises(StaleState) as late:
        steps.answer(request)
    assert "Pending" in late.value.message


def test_a_link_opens_its_own_request_only(cast, vendor):
    cast.order()
    other = Actor.contact("x@y.example", "TCR-000-000-000-001")
    with pytest.raises(PermissionDenied):
        setups.answer_request(steps.setup(2), actor=other, values={"tier2_vat": "DE2"})


def test_a_renewed_link_replaces_the_old_one(cast, vendor):
    cast.order()
    request = steps.setup(2)
    old = inquiries.code(request)
    contact = Actor.contact(request.inquiry_email, request.pk)
    for actor in (cast.actor("distributor"), vendor, contact):
        request = setups.renew_inquiry(request, actor=actor)
    assert request.inquiry_number == 4
    assert not inquiries.matches(request, old)
    for who in ("parent", "reseller", "vendor2"):
        with pytest.raises(PermissionDenied):
            setups.renew_inquiry(request, actor=cast.actor(who))
    steps.answer(request)
    with pytest.raises(StaleState):
        setups.renew_inquiry(request, actor=vendor)


@pytest.mark.parametrize("step", ["inquire", "approve", "fail", "update"])
def test_an_old_form_is_noticed(cast, vendor, step):
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    request = steps.setup(2)
    given = {
        "inquire": {"errors": {}, "message": "Why?"},
        "approve": {"template": cast.product.templates.get(scope="tier2")},
        "fail": {"reason": "No contract."},
        "update": {"values": {}},
    }[step]
    service = getattr(setups, f"{step}_request")
    with pytest.raises(StaleForm):
        service(request, actor=vendor, revision=request.revision - 1, **given)
    service(request, actor=vendor, revision=request.revision, **given)


def test_approval_needs_a_template_of_the_product_and_tier(cast, vendor):
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    foreign = factories.template(cast.plain, "tier2")
    for template in (None, cast.product.templates.get(scope="tier1"), foreign):
        with pytest.raises(ValidationError) as refused:
            setups.approve_request(steps.setup(2), actor=vendor, template=template)
        assert set(refused.value.error_dict) == {"template"}
    assert steps.config(2).configured is False


def test_approval_renders_the_template_without_secrets(cast, vendor):
    factories.parameter(cast.product, "tier2", "key", type="password")
    template = factories.template(
        cast.product, "tier2", body="VAT {{ tier2_vat }}, key {{ key }}, {{ nothing }}."
    )
    cast.order(values={"tier2": {"tier2_vat": "<b>DE2", "key": "letmein"}})
    request = setups.approve_request(steps.setup(2), actor=vendor, template=template)
    assert "letmein" not in request.template_text
    assert request.template_text.startswith("VAT \\<b\\>DE2, key")
    assert steps.config(2).template_text == request.template_text


@pytest.mark.parametrize("reason", ["", " ", "x" * 501, "a\x00"])
def test_a_rejection_needs_a_readable_reason(cast, vendor, reason):
    cast.order()
    with pytest.raises(ValidationError) as refused:
        setups.fail_request(steps.setup(2), actor=vendor, reason=reason)
    assert set(refused.value.error_dict) == {"reason"}
    assert steps.setup(2).state == "inquiring"


def test_a_long_reason_fits_where_it_is_quoted(cast, vendor):
    order = cast.order()
    setups.fail_request(steps.setup(2), actor=vendor, reason="x" * 500)
    assert steps.setup(1).reason.startswith("Tier 2 configuration was rejected: xxx")
    assert len(steps.setup(1).reason) == len(steps.order(order.pk).reason) == 500


def test_a_change_carries_only_what_differs(cast, vendor, configured):
    request = request_change(
        configured,
        actor=cast.actor("reseller"),
        values={"tier1_vat": "DE9", "phone": "+49 40 123456", "key": ""},
    )
    assert (request.type, request.state) == ("update", "pending")
    assert request.params == {"tier1_vat": {"value": "DE9"}}
    assert steps.config(1).state == "processing"
    steps.approve(request, vendor)
    assert shown() == {
        "tier1_vat": "DE9",
        "phone": "+4940123456",
        "key": "letmein",
        "secret": "s",
        "number": "4711",
    }
    assert steps.config(1).state == "active"


def test_an_optional_value_can_be_cleared(cast, vendor, configured):
    request = request_change(configured, actor=cast.actor("reseller"), values={"phone": ""})
    assert request.params == {"phone": {}}
    steps.approve(request, vendor)
    assert "phone" not in shown()
    assert shown()["tier1_vat"] == "DE1"


def test_a_required_value_cannot_be_cleared(cast, configured):
    with pytest.raises(ValidationError) as refused:
        request_change(configured, actor=cast.actor("reseller"), values={"tier1_vat": ""})
    assert set(refused.value.error_dict) == {"tier1_vat"}


def test_a_complaint_about_an_unchanged_value_does_not_lose_it(cast, vendor, configured):
    request = request_change(configured, actor=cast.actor("reseller"), values={"tier1_vat": "DE9"})
    request = setups.inquire_request(request, actor=vendor, errors={"phone": "Nobody answers."})
    assert request.params["phone"]["value"] == "+4940123456"
    request = setups.pend_request(request, actor=vendor)
    steps.approve(request, vendor)
    assert shown()["phone"] == "+4940123456"
    assert not any("value_error" in stored for stored in steps.config(1).params.values())


def test_who_may_change_what(cast, configured):
    def offer(who):
        return {each.name for each in change_offer(configured, cast.actor(who))}

    assert offer("vendor") == {"tier1_vat", "phone", "key", "secret", "number"}
    assert offer("distributor") == offer("reseller") == {"tier1_vat", "phone", "key", "secret"}
    for who in ("parent", "vendor2", "distributor2", "reseller2", "system"):
        with pytest.raises(PermissionDenied):
            request_change(configured, actor=cast.actor(who), values={"tier1_vat": "DE9"})
    with pytest.raises(ValidationError):
        request_change(configured, actor=cast.actor("reseller"), values={"number": "1"})


def test_a_change_of_nothing_while_open_or_by_an_old_form_is_refused(cast, vendor, configured):
    reseller = cast.actor("reseller")

    def code(**given):
        with pytest.raises(ValidationError) as refused:
            request_change(steps.config(1), actor=reseller, **given)
        return refused.value.code

    assert code(values={"tier1_vat": "DE1"}) == "no_change"
    assert code(values={"tier1_vat": "DE9"}, revision=configured.revision - 1) == "stale"
    request_change(steps.config(1), actor=reseller, values={"tier1_vat": "DE9"})
    assert code(values={"tier1_vat": "DE8"}) == "open_request"
    assert TierConfigRequest.objects.filter(type="update").count() == 1


def test_a_configuration_that_was_never_approved_cannot_be_changed(cast, vendor):
    cast.order()
    setups.fail_request(steps.setup(2), actor=vendor, reason="No contract")
    with pytest.raises(ValidationError) as refused:
        request_change(steps.config(2), actor=vendor, values={"tier2_vat": "DE9"})
    assert refused.value.code == "state"
    assert TierConfig.objects.get(tier_level=2).state == "processing"


def test_vendor_values_are_stored_without_a_decision(cast, vendor):
    factories.parameter(cast.product, "tier2", "number", phase="fulfillment")
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    request = setups.update_request(steps.setup(2), actor=vendor, values={"number": "4711"})
    assert (request.state, request.params["number"]) == ("pending", {"value": "4711"})
    with pytest.raises(ValidationError):
        setups.update_request(request, actor=vendor, values={"tier2_vat": "DE9"})
    for who in ("distributor", "parent", "vendor2"):
        with pytest.raises(PermissionDenied):
            setups.update_request(request, actor=cast.actor(who), values={"number": "1"})
    steps.approve(request, vendor)
    with pytest.raises(StaleState):
        setups.update_request(request, actor=vendor, values={"number": "1"})
