"""The steps of a tier configuration request through its pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail

from customers.models import Event
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.resellerportal.config_pages import (
    answer,
    approve,
    configure,
    main_of,
    setup_of,
    text_of,
)
from tierconfig.models import Parameter, TierConfigRequest
from tierconfig.services import configs as services
from tierconfig.services import requests as setups

WRONG = ["x\x00y", "n" * 10_000, "a\u200bb"]


def state(request):
    return TierConfigRequest.objects.get(pk=request.pk).state


def test_approval_previews_the_text_with_what_is_typed_and_decides_nothing(cast, pages):
    factories.parameter(cast.product, "tier2", "panel_id", phase="fulfillment", required=True)
    cast.product.templates.filter(scope="tier2").update(
        body="# Panel {{ panel_id }}\nVAT {{ tier2_vat }} <script>alert(1)</script>"
    )
    cast.order()
    setup = answer(cast, 2)
    template = cast.product.templates.get(scope="tier2")
    form = pages.get("vendor", "config-request-approve", setup.pk)
    assert "VAT DE002" in main_of(form)
    events = Event.objects.count()
    shown = pages.post(
        "vendor",
        "config-request-approve",
        setup.pk,
        preview="1",
        template=template.pk,
        revision=form.context["revision"],
        **{"param-panel_id": "P-77"},
    )
    assert shown.status_code == 200
    assert "Panel P-77" in main_of(shown)
    assert 'value="P-77"' in main_of(shown)
    assert "<script>alert" not in text_of(shown)
    assert (state(setup), Event.objects.count()) == ("pending", events)


def test_approval_wants_what_is_missing_at_its_field_and_keeps_the_rest(cast, pages):
    factories.parameter(
        cast.product, "tier2", "panel_id", phase="fulfillment", required=True, title="Panel id"
    )
    factories.parameter(cast.product, "tier2", "inner", hidden=True, title="Inner mark")
    cast.order()
    setup = answer(cast, 2)
    template = cast.product.templates.get(scope="tier2")
    data = {"template": template.pk, "param-inner": "kept"}
    refused = pages.post("vendor", "config-request-approve", setup.pk, **data)
    assert refused.status_code == 422
    assert "Panel id: Enter a value." in text_of(refused)
    assert 'value="kept"' in text_of(refused)
    assert state(setup) == "pending"
    data |= {"param-panel_id": "P-77", "effective_date": "2026-03-01T09:30"}
    assert pages.post("vendor", "config-request-approve", setup.pk, **data).status_code == 302
    setup = setup_of(2)
    assert (setup.state, setup.effective_date) == (
        "approved",
        datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    )
    assert setup.configuration.params["inner"] == {"value": "kept"}


def test_approval_names_what_only_the_reseller_can_give(cast, pages):
    cast.order()
    setup = setups.pend_request(setup_of(2), actor=cast.actor("vendor"))
    template = cast.product.templates.get(scope="tier2")
    refused = pages.post("vendor", "config-request-approve", setup.pk, template=template.pk)
    assert refused.status_code == 422
    assert "Tier2 vat has no value yet: ask the reseller for it." in text_of(refused)


def test_only_templates_of_the_tier_and_product_are_taken(cast, pages):
    cast.order()
    setup = answer(cast, 2)
    for scope in ("tier1", "asset"):
        wrong = cast.product.templates.get(scope=scope)
        refused = pages.post("vendor", "config-request-approve", setup.pk, template=wrong.pk)
        assert refused.status_code == 422
    cast.product.templates.filter(scope="tier2").delete()
    form = pages.get("vendor", "config-request-approve", setup.pk)
    assert form.status_code == 200
    assert "no template for this yet" in main_of(form)
    assert state(setup) == "pending"


def test_an_inquiry_marks_parameters_and_reaches_the_form(cast, pages):
    cast.order()
    setup = answer(cast, 2)
    form = pages.get("vendor", "config-request-inquire", setup.pk)
    assert "Now: DE002" in main_of(form)
    empty = pages.post("vendor", "config-request-inquire", setup.pk)
    assert empty.status_code == 422
    assert "Mark at least one parameter" in text_of(empty)
    mail.outbox.clear()
    sent = pages.post(
        "vendor",
        "config-request-inquire",
        setup.pk,
        message="Please look <again>",
        revision=form.context["revision"],
        **{"mark-tier2_vat": "This <b>number</b> is no VAT number."},
    )
    assert sent.status_code == 302
    assert state(setup) == "inquiring"
    form = main_of(pages.get("parent", "config-request-answer", setup.pk))
    assert "This &lt;b&gt;number&lt;/b&gt; is no VAT number." in form
    assert "Please look &lt;again&gt;" in form
    assert 'value="DE002"' in form
    detail = main_of(pages.get("vendor", "config-request-detail", setup.pk))
    assert "This &lt;b&gt;number" in detail


@pytest.mark.parametrize("wrong", WRONG)
def test_unreadable_texts_are_named_kept_and_change_nothing(cast, pages, wrong):
    Parameter.objects.filter(product=cast.product).update(constraints={"max_length": 50})
    cast.order()
    refused = pages.post(
        "parent", "config-request-answer", setup_of(2).pk, **{"param-tier2_vat": wrong}
    )
    assert refused.status_code == 422
    setup = answer(cast, 2)
    for step, data in (
        ("inquire", {"message": wrong}),
        ("inquire", {"mark-tier2_vat": wrong}),
        ("fail", {"reason": wrong}),
        ("approve", {"template": wrong}),
        ("approve", {"effective_date": wrong}),
    ):
        refused = pages.post("vendor", f"config-request-{step}", setup.pk, **data)
        assert refused.status_code == 422, (step, data)
        assert "Nothing was saved yet" in text_of(refused)
    assert state(setup) == "pending"


def test_lone_surrogates_and_absurd_dates_are_no_error_of_ours(cast, pages):
    cast.order()
    setup = answer(cast, 2)
    for data in (
        {"effective_date": b"\xed\xa0\x80"},
        {"effective_date": "9999-12-31T23:59"},
        {"effective_date": "0001-01-01T00:00"},
    ):
        data["template"] = cast.product.templates.get(scope="tier2").pk
        refused = pages.post("vendor", "config-request-approve", setup.pk, **data)
        assert refused.status_code == 422
    sent = pages.post("vendor", "config-request-fail", setup.pk, reason=b"\xed\xa0\x80")
    assert sent.status_code in (302, 422)


def test_rejection_counts_what_it_takes_along_and_wants_a_reason(cast, pages):
    order = cast.order()
    cast.order()
    setup = setup_of(2)
    form = main_of(pages.get("vendor", "config-request-fail", setup.pk))
    assert "1 tier 1 request waits for it and is closed too." in form
    assert "2 orders wait for it and are rejected too." in form
    assert pages.post("vendor", "config-request-fail", setup.pk, reason=" ").status_code == 422
    assert state(setup) == "inquiring"
    sent = pages.post("distributor", "config-request-fail", setup.pk, reason="No contract")
    assert sent.status_code == 302
    assert (state(setup), state(setup_of(1))) == ("failed", "failed")
    assert FulfillmentRequest.objects.get(pk=order.pk).state == "failed"
    child = setup_of(1).pk
    assert "No contract" in main_of(pages.get("distributor", "config-request-detail", child))
    # It is about another company's configuration.
    assert "No contract" not in main_of(pages.get("reseller", "config-request-detail", child))


def test_rejecting_an_update_takes_nothing_along(cast, pages):
    tier1, _tier2 = configure(cast)
    made = services.request_change(tier1, actor=cast.actor("reseller"), values={"tier1_vat": "D9"})
    form = main_of(pages.get("vendor", "config-request-fail", made.pk))
    assert "The configuration keeps the values it has." in form
    assert "rejected too" not in form


def test_an_inquiry_is_taken_back_and_its_link_renewed(cast, pages):
    cast.order()
    setup = setup_of(2)
    first = setup.inquiry_number
    asks = main_of(pages.get("distributor", "config-request-renew", setup.pk))
    assert cast.umbrella.contact_email in asks
    assert pages.post("distributor", "config-request-renew", setup.pk).status_code == 302
    assert setup_of(2).inquiry_number == first + 1
    assert pages.post("vendor", "config-request-pend", setup.pk).status_code == 302
    assert state(setup) == "pending"
    assert pages.post("vendor", "config-request-renew", setup.pk).status_code == 409


def test_values_are_saved_without_deciding(cast, pages):
    factories.parameter(cast.product, "tier2", "panel_id", phase="fulfillment", title="Panel id")
    cast.order()
    setup = setup_of(2)
    nothing = pages.post("vendor", "config-request-update", setup.pk, **{"param-panel_id": ""})
    assert nothing.status_code == 422
    assert "Nothing was changed" in text_of(nothing)
    data = {"param-panel_id": "P-1"}
    assert pages.post("vendor", "config-request-update", setup.pk, **data).status_code == 302
    assert setup_of(2).params["panel_id"] == {"value": "P-1"}
    assert state(setup) == "inquiring"
    assert "P-1" in main_of(pages.get("vendor", "config-request-detail", setup.pk))
    assert "P-1" not in text_of(pages.get("parent", "config-request-detail", setup.pk))
    assert "P-1" not in text_of(pages.get("distributor", "config-request-detail", setup.pk))


def test_an_answer_must_give_what_is_required_and_keeps_what_was_typed(cast, pages):
    factories.parameter(cast.product, "tier2", "site", title="Web site")
    cast.order()
    setup = setup_of(2)
    refused = pages.post(
        "parent", "config-request-answer", setup.pk, **{"param-site": "umbrella.example"}
    )
    assert refused.status_code == 422
    assert "Tier2 vat: Enter a value." in text_of(refused)
    assert 'value="umbrella.example"' in text_of(refused)
    assert (state(setup), setup_of(2).params) == ("inquiring", {})
    assert (
        pages.post(
            "distributor",
            "config-request-answer",
            setup.pk,
            **{"param-site": "umbrella.example", "param-tier2_vat": "DE1"},
        ).status_code
        == 302
    )
    assert state(setup) == "pending"


def test_who_comes_too_late_reads_who_decided(cast, pages):
    cast.order()
    setup = answer(cast, 2)
    setups.fail_request(setup, actor=cast.actor("distributor"), reason="No contract")
    for step in ("approve", "inquire", "fail", "update"):
        for late in (
            pages.get("vendor", f"config-request-{step}", setup.pk),
            pages.post("vendor", f"config-request-{step}", setup.pk, reason="x"),
        ):
            assert late.status_code == 409
            assert "Distributor" in text_of(late)
            assert "No contract" in text_of(late)
    assert pages.post("parent", "config-request-answer", setup.pk).status_code == 409


def test_an_old_form_is_refused_and_keeps_its_input(cast, pages):
    factories.parameter(cast.product, "tier2", "panel_id", phase="fulfillment")
    cast.order()
    setup = answer(cast, 2)
    old = pages.get("vendor", "config-request-approve", setup.pk).context["revision"]
    setups.update_request(setup, actor=cast.actor("vendor"), values={"panel_id": "theirs"})
    data = {
        "template": cast.product.templates.get(scope="tier2").pk,
        "param-panel_id": "mine",
        "revision": old,
    }
    refused = pages.post("vendor", "config-request-approve", setup.pk, **data)
    assert refused.status_code == 422
    assert "Somebody changed this" in text_of(refused)
    assert 'value="mine"' in text_of(refused)
    again = pages.get("vendor", "config-request-approve", setup.pk).context["revision"]
    assert f'name="revision" value="{again}"' in text_of(refused)
    preview = pages.post("vendor", "config-request-approve", setup.pk, preview="1", **data)
    assert f'name="revision" value="{old}"' in text_of(preview)
    assert state(setup) == "pending"


def test_a_mistake_in_an_old_form_does_not_make_it_new(cast, pages):
    cast.order()
    setup = answer(cast, 2)
    old = pages.get("vendor", "config-request-fail", setup.pk).context["revision"]
    setups.inquire_request(setup, actor=cast.actor("vendor"), errors={}, message="Please check")
    for reason in (" ", "n" * 501):
        wrong = pages.post("vendor", "config-request-fail", setup.pk, reason=reason, revision=old)
        assert f'name="revision" value="{old}"' in text_of(wrong)
    stale = pages.post("vendor", "config-request-fail", setup.pk, reason="No", revision=old)
    assert "Somebody changed this" in text_of(stale)
    assert state(setup) == "inquiring"


def test_a_form_sent_twice_acts_once(cast, pages):
    cast.order()
    setup = answer(cast, 2)
    token = pages.get("vendor", "config-request-fail", setup.pk).context["token"]
    sent = [
        pages.post("vendor", "config-request-fail", setup.pk, reason="No", token=token)
        for _twice in range(2)
    ]
    assert [each.status_code for each in sent] == [302, 302]
    assert sent[0].url == sent[1].url
    assert Event.objects.filter(verb="tierconfigrequest.fail").count() == 1


def test_passwords_are_masked_but_for_the_vendor(cast, pages):
    factories.parameter(cast.product, "tier2", "secret", type="password", title="Secret word")
    cast.order()
    setup = setups.answer_request(
        setup_of(2), actor=cast.actor("parent"), values={"tier2_vat": "D", "secret": "hunter2"}
    )
    assert "hunter2" in text_of(pages.get("vendor", "config-request-detail", setup.pk))
    for name in ("distributor", "parent"):
        shown = text_of(pages.get(name, "config-request-detail", setup.pk))
        assert "hunter2" not in shown
        assert "*******" in shown
    setups.inquire_request(setup, actor=cast.actor("vendor"), errors={"secret": "Too short"})
    form = text_of(pages.get("parent", "config-request-answer", setup.pk))
    assert "hunter2" not in form


def test_the_page_of_an_approval_says_what_the_request_stands_on(cast, pages):
    def approval_of(request):
        return main_of(pages.get("vendor", "config-request-approve", request.pk))

    cast.order()
    answer(cast, 2)
    tier2 = approve(cast, setup_of(2)).configuration
    page = approval_of(answer(cast, 1))
    assert "Environment" in page
    assert f'href="{pages.address("vendor", "config-detail", tier2.pk)}"' in page
    assert "Previously approved" not in page
    first = approve(cast, setup_of(1))
    update = services.request_change(
        first.configuration, actor=cast.actor("distributor"), values={"tier1_vat": "DE9"}
    )
    before = pages.address("vendor", "config-request-detail", first.pk)
    assert f'href="{before}"' in approval_of(update)
