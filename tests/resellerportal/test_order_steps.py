"""The pages of the steps of an order."""

from __future__ import annotations

import pytest

from fulfillment.services import requests as services
from tests import factories
from tests.resellerportal.config_pages import (
    answer,
    approve,
    main_of,
    setup_of,
)
from tests.resellerportal.test_orders import asked as asked
from tests.resellerportal.test_orders import fresh
from tests.resellerportal.test_orders import pending as pending


def test_approving_fills_values_renders_the_text_and_activates(cast, pages, pending):
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment", required=True)
    template = cast.plain.templates.get()
    type(template).objects.filter(pk=template.pk).update(body="# Tenant {{ tenant }}")
    data = {"template": template.pk, "param-tenant": "K-17", "revision": pending.revision}
    preview = pages.post("vendor", "order-approve", pending.pk, preview="1", **data)
    assert preview.status_code == 200
    assert "<h3>Tenant K-17</h3>" in preview.content.decode()
    assert fresh(pending).state == "pending"
    assert pages.post("vendor", "order-approve", pending.pk, **data).status_code == 302
    assert fresh(pending).state == "approved"
    assert fresh(pending).subscription.state == "active"
    assert "<h3>Tenant K-17</h3>" in main_of(pages.get("reseller", "order-detail", pending.pk))


def test_a_missing_value_is_an_error_beside_its_field_and_keeps_the_input(cast, pages, pending):
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment", required=True)
    factories.parameter(cast.plain, "asset", "console", phase="fulfillment", type="url")
    template = cast.plain.templates.get()
    typed = {"template": template.pk, "param-console": "https://a.example/", "param-tenant": ""}
    page = pages.post("vendor", "order-approve", pending.pk, **typed)
    assert page.status_code == 422
    text = main_of(page)
    assert 'href="#id_param-tenant"' in text
    assert "https://a.example/" in text
    assert fresh(pending).state == "pending"


def test_the_vendor_notes_values_without_deciding(cast, pages, pending):
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment")
    pages.post("vendor", "order-values", pending.pk, **{"param-tenant": "K-18"})
    assert fresh(pending).state == "pending"
    assert fresh(pending).params["tenant"]["value"] == "K-18"


def test_an_inquiry_marks_parameters_and_is_answered_by_the_reseller(cast, pages):
    factories.parameter(cast.plain, "asset", "mailbox")
    order = cast.order(product=cast.plain, values={"asset": {"mailbox": "ofice"}})
    page = pages.get("vendor", "order-inquire", order.pk)
    assert "Now: ofice" in main_of(page)
    nothing = pages.post("vendor", "order-inquire", order.pk, message="")
    assert nothing.status_code == 422
    assert "Mark at least one parameter" in main_of(nothing)
    asked = {"mark-mailbox": "There is no such mailbox.", "message": "Please look."}
    pages.post("vendor", "order-inquire", order.pk, **asked)
    assert fresh(order).state == "inquiring"
    form = main_of(pages.get("reseller", "order-answer", order.pk))
    assert "There is no such mailbox." in form
    assert "Please look." in form
    pages.post("reseller", "order-answer", order.pk, **{"param-mailbox": "office"})
    assert fresh(order).state == "pending"
    assert fresh(order).params["mailbox"] == {"value": "office"}


def test_an_answer_that_lacks_something_says_so(pages, asked):
    page = pages.post("distributor", "order-answer", asked.pk, **{"param-mailbox": ""})
    assert page.status_code == 422
    assert "Enter a value." in main_of(page)
    assert fresh(asked).state == "inquiring"


def test_an_inquiry_is_taken_back_or_sent_again(pages, asked):
    number = asked.inquiry_number
    pages.post("distributor", "order-renew", asked.pk)
    assert fresh(asked).inquiry_number == number + 1
    pages.post("vendor", "order-pend", asked.pk)
    assert fresh(asked).state == "pending"


@pytest.mark.parametrize(
    ("member", "step", "state"), [("vendor", "fail", "pending"), ("reseller", "withdraw", "asked")]
)
def test_an_order_ends_with_a_reason(cast, pages, request, member, step, state):
    order = request.getfixturevalue(state)
    empty = pages.post(member, f"order-{step}", order.pk, reason=" ")
    assert empty.status_code == 422
    assert pages.post(member, f"order-{step}", order.pk, reason="Too late").status_code == 302
    assert (fresh(order).state, fresh(order).reason) == ("failed", "Too late")
    assert fresh(order).subscription.state == "terminated"


@pytest.mark.parametrize("text", ["a\0b", "x" * 501, "\u200bzero\u202e"])
def test_hostile_reasons_are_form_errors(pages, pending, text):
    page = pages.post("vendor", "order-fail", pending.pk, reason=text)
    assert page.status_code == 422
    assert fresh(pending).state == "pending"


def test_who_comes_second_reads_who_was_first(cast, pages, pending):
    services.fail_request(fresh(pending), actor=cast.actor("admin"), reason="Fraud")
    for step in ("approve", "inquire", "fail", "values"):
        for page in (
            pages.get("vendor", f"order-{step}", pending.pk),
            pages.post("vendor", f"order-{step}", pending.pk, reason="Mine"),
        ):
            assert page.status_code == 409
            assert "Admin" in main_of(page)
    preview = pages.post("vendor", "order-approve", pending.pk, preview="1")
    assert preview.status_code == 409
    assert fresh(pending).reason == "Fraud"


def test_an_old_form_is_told_apart_and_keeps_what_was_typed(cast, pages, pending):
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment")
    services.update_request(fresh(pending), actor=cast.actor("vendor"), values={"tenant": "first"})
    data = {"param-tenant": "second", "revision": pending.revision}
    page = pages.post("vendor", "order-values", pending.pk, **data)
    assert page.status_code == 422
    assert "Somebody changed this in the meantime" in main_of(page)
    assert 'value="second"' in main_of(page)


def test_a_viewer_reads_and_does_nothing(cast, pages, pending):
    cast.users["vendor"].memberships.update(level="viewer")
    text = main_of(pages.get("vendor", "order-detail", pending.pk))
    assert "/approve/" not in text
    assert pages.get("vendor", "order-approve", pending.pk).status_code == 403
    assert pages.post("vendor", "order-fail", pending.pk, reason="x").status_code == 403


def test_a_vendors_template_cannot_bring_script_into_the_page(cast, pages, pending):
    template = cast.plain.templates.get()
    body = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    type(template).objects.filter(pk=template.pk).update(body=body)
    pages.post("vendor", "order-approve", pending.pk, template=template.pk)
    text = main_of(pages.get("reseller", "order-detail", pending.pk))
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert 'href="javascript' not in text


def test_story_2_runs_through_the_pages(cast, pages):
    """Ordered by the distributor, answered by both resellers, approved three times."""
    order = cast.order()
    for level in (2, 1):
        answer(cast, level)
        approve(cast, setup_of(level))
    assert "waits for a decision by" in main_of(pages.get("reseller", "order-detail", order.pk))
    template = cast.product.templates.get(type="fulfillment")
    done = pages.post("vendor", "order-approve", order.pk, template=template.pk)
    assert done.status_code == 302
    page = main_of(pages.get("distributor", "order-detail", order.pk))
    assert "Nobody: it is decided." in page
    subscription = fresh(order).subscription
    assert "Active" in main_of(pages.get("reseller", "subscription-detail", subscription.pk))
