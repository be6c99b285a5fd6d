"""Definitions are edited in the administration, configuration requests moved on by the services."""

import pytest
from django.urls import reverse

from customers.models import Event
from fulfillment.models import FulfillmentRequest
from tests import factories
from tierconfig.models import Parameter, Template, TierConfig, TierConfigRequest
from tierconfig.services import requests


@pytest.fixture
def root(client, cast):
    client.force_login(cast.users["admin"])
    return client


@pytest.fixture
def setup(cast):
    """The tier 2 setup of an order, answered and pending."""
    factories.parameter(cast.product, "tier2", "api_key", phase="fulfillment", required=True)
    cast.order()
    request = TierConfigRequest.objects.get(configuration__tier_level=2)
    return requests.answer_request(
        request, actor=cast.actor("parent"), values={"tier2_vat": "DE811907980"}
    )


def step(name, *objects):
    return reverse(
        "admin:tierconfig_tierconfigrequest_step",
        args=[name],
        query={"id": [obj.pk for obj in objects]},
    )


def fields(request, **values):
    return {f"{request.pk}-revision": request.revision} | {
        f"{request.pk}-{name}": value for name, value in values.items()
    }


def fresh(request):
    return TierConfigRequest.objects.get(pk=request.pk)


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def offered(root, request):
    address = reverse("admin:tierconfig_tierconfigrequest_change", args=[request.pk])
    return [label for _address, label in root.get(address).context["steps"]]


def test_buttons_are_the_steps_of_the_state(root, setup):
    assert offered(root, setup) == ["Approve", "Inquire", "Reject"]
    root.post(step("inquire", setup), fields(setup) | {"message": "Which key?"})
    assert sorted(offered(root, setup)) == ["Answer", "Back to pending", "Reject"]


def test_approval_asks_for_template_and_missing_values_and_releases_tier_1(root, cast, setup):
    page = root.get(step("approve", setup))
    (_request, _text, form) = page.context["entries"][0]
    template = cast.product.templates.get(scope="tier2")
    assert list(form.fields["template"].queryset) == [template]
    assert form["template"].initial == template
    assert "value_api_key" in form.fields
    assert "value_tier2_vat" not in form.fields

    refused = root.post(step("approve", setup), fields(setup, template=template.pk))
    (_request, _text, form) = refused.context["entries"][0]
    assert form.errors["value_api_key"]
    assert fresh(setup).state == "pending"

    data = fields(setup, template=template.pk, value_api_key="k-1")
    answer = root.post(step("approve", setup), data, follow=True)
    assert "Approve: 1 done." in said(answer)
    assert fresh(setup).state == "approved"
    assert TierConfigRequest.objects.get(configuration__tier_level=1).state == "inquiring"
    event = Event.objects.get(verb="tierconfigrequest.approve")
    assert (event.user, event.role) == (cast.users["admin"], "admin")


def test_a_template_of_another_tier_is_refused(root, cast, setup):
    other = cast.product.templates.get(scope="tier1")
    page = root.post(step("approve", setup), fields(setup, template=other.pk))
    assert page.context["entries"][0][2].errors["template"]
    assert fresh(setup).state == "pending"


def test_an_inquiry_marks_parameters_and_is_answered_or_taken_back(root, setup):
    page = root.post(step("inquire", setup), fields(setup) | {"message": ""})
    assert "at least one" in page.content.decode()
    root.post(step("inquire", setup), fields(setup, error_tier2_vat="Too short") | {"message": ""})
    request = fresh(setup)
    assert request.state == "inquiring"
    assert request.params["tier2_vat"]["value_error"] == "Too short"

    form = root.get(step("answer", request)).context["entries"][0][2]
    assert form["value_tier2_vat"].initial == "DE811907980"
    lacking = root.post(step("answer", request), fields(request, value_tier2_vat=""))
    assert lacking.context["entries"][0][2].errors["value_tier2_vat"]
    root.post(step("answer", request), fields(request, value_tier2_vat="DE129273398"))
    request = fresh(setup)
    assert (request.state, request.params["tier2_vat"]["value"]) == ("pending", "DE129273398")

    root.post(step("inquire", request), fields(request) | {"message": "Sure?"})
    request = fresh(setup)
    root.post(step("pend", request), fields(request))
    assert fresh(setup).state == "pending"


def test_a_rejection_needs_a_reason_and_takes_along_what_waited(root, setup):
    page = root.post(step("fail", setup), fields(setup) | {"reason": ""})
    assert page.context["shared"].errors["reason"]
    root.post(step("fail", setup), fields(setup) | {"reason": "No contract"})
    assert set(TierConfigRequest.objects.values_list("state", flat=True)) == {"failed"}
    assert FulfillmentRequest.objects.get().state == "failed"


def test_two_people_deciding_give_one_decision_and_a_message(root, cast, setup):
    requests.fail_request(setup, actor=cast.actor("vendor"), reason="No")
    template = cast.product.templates.get(scope="tier2")
    data = fields(setup, template=template.pk, value_api_key="k")
    answer = root.post(step("approve", setup), data, follow=True)
    assert "is already Failed: Vendor" in said(answer)


def test_several_are_decided_on_one_page_each_with_its_own_result(root, cast, setup):
    parked = TierConfigRequest.objects.get(configuration__tier_level=1)
    data = fields(setup) | fields(parked) | {"reason": "No"}
    answer = root.post(step("fail", setup, parked), data, follow=True)
    assert "Reject: 1 done." in said(answer)
    assert f"{parked.pk} is already Tiers Setup" in said(answer)


def test_configurations_are_read_only_and_mask_passwords(root, cast, setup):
    factories.parameter(cast.product, "tier2", "secret_word", phase="fulfillment", type="password")
    requests.update_request(
        setup, actor=cast.actor("vendor"), values={"secret_word": "open-sesame"}
    )
    address = reverse("admin:tierconfig_tierconfigrequest_change", args=[setup.pk])
    html = root.get(address).content.decode()
    assert "DE811907980" in html
    assert "open-sesame" not in html
    config = TierConfig.objects.first()
    address = reverse("admin:tierconfig_tierconfig_change", args=[config.pk])
    assert root.post(address, {"state": "active"}).status_code == 403


# Definitions


def parameter(product, **changes):
    return {
        "product": product.pk,
        "name": "region",
        "title": "Region",
        "type": "text",
        "scope": "tier1",
        "phase": "ordering",
        "position": "1",
        "constraints": "{}",
    } | changes


ADD = "/admin/tierconfig/parameter/add/"


@pytest.mark.parametrize(
    "typed",
    [
        '{"note": NaN}',
        '{"note": "a\\u0000b"}',
        '{"note": "\\ud800"}',
        '{"a\\u0000": 1}',
        '{"note": ' + "9" * 5000 + "}",
        '{"note": ' + "[" * 30 + "]" * 30 + "}",
        "[" * 20_000,
    ],
    ids=lambda typed: typed[:16],
)
def test_constraints_that_no_database_takes_are_errors_and_come_back(root, cast, typed):
    answer = root.post(ADD, parameter(cast.product, constraints=typed))
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert list(form.errors) == ["constraints"]
    assert form["constraints"].value() == typed
    assert not Parameter.objects.filter(name="region").exists()


def test_a_parameter_gets_the_next_number_of_its_product(root, cast):
    taken = Parameter.objects.filter(product=cast.product).count()
    assert root.post(ADD, parameter(cast.product)).status_code == 302
    made = Parameter.objects.get(name="region")
    assert made.pk == f"PRM-{cast.product.pk[4:]}-{taken + 1:04d}"


@pytest.mark.parametrize(
    "changes",
    [
        {"phase": "configuration"},
        {"name": "tier1_vat"},
        {"name": "with space"},
        {"constraints": '["a"]'},
        {"constraints": '{"choices": {"a": 1}}'},
        {"constraints": '{"choices": [{"label": "A"}]}'},
        {"constraints": '{"max_length": "ten"}'},
        {"type": "dropdown"},
    ],
)
def test_a_definition_that_cannot_work_is_a_form_error(changes, root, cast):
    answer = root.post(ADD, parameter(cast.product, **changes))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_type_scope_and_phase_are_fixed_afterwards(root, cast):
    row = Parameter.objects.get(product=cast.product, name="tier1_vat")
    address = reverse("admin:tierconfig_parameter_change", args=[row.pk])
    data = parameter(cast.product, title="VAT", type="email", scope="asset", phase="fulfillment")
    assert root.post(address, data).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.type, row.scope, row.phase, row.name) == (
        "VAT",
        "text",
        "tier1",
        "ordering",
        "tier1_vat",
    )


def test_a_template_needs_the_type_its_scope_has(root, cast):
    data = {"product": cast.product.pk, "name": "T", "body": "Hi", "position": "1"}
    add = "/admin/tierconfig/template/add/"
    wrong = root.post(add, {**data, "scope": "tier1", "type": "inquire"})
    assert wrong.context["adminform"].form.errors
    root.post(add, {**data, "scope": "asset", "type": "inquire"})
    assert Template.objects.get(name="T").pk.startswith("TL-")
