"""Updates in three pages, drafts until they are submitted, and corrections by the vendor."""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.models import Product
from resellerportal.generic import PortalActionView
from tests import factories
from tests.resellerportal.config_pages import configure, ids, main_of, text_of
from tests.tierconfig import services as vendor_service
from tests.tierconfig.test_validation import service as service
from tierconfig.models import TierConfig, TierConfigRequest, Webhook
from tierconfig.services import configs as services
from tierconfig.services.drafts import discard_request


@pytest.fixture
def tier1(cast):
    return configure(cast)[0]


@pytest.fixture
def validating(cast, tier1):
    """Updates of the product are drafts first."""
    Product.objects.filter(pk=cast.product.pk).update(validates_updates=True)
    return TierConfig.objects.get(pk=tier1.pk)


def draft_of(cast, config, name="distributor", value="DE9"):
    return services.request_change(config, actor=cast.actor(name), values={"tier1_vat": value})


def fresh(request):
    return TierConfigRequest.objects.get(pk=request.pk)


def titles(answer):
    """The buttons in the head of a page."""
    return main_of(answer).partition('class="actions"')[2].partition("</div>")[0]


@pytest.mark.parametrize("member", ["vendor", "distributor"])
def test_an_update_goes_from_an_overview_to_a_summary_with_links(cast, pages, tier1, member):
    assert "/update/" in titles(pages.get(member, "config-detail", tier1.pk))
    overview = pages.get(member, "config-update", tier1.pk)
    assert "DE001" in main_of(overview)
    form_url = reverse(f"{member}:config-change", args=[tier1.pk])
    assert form_url in main_of(overview)
    assert "Create update request" in main_of(pages.client.get(form_url))
    sent = pages.post(member, "config-change", tier1.pk, **{"param-tier1_vat": "DE555"})
    summary = pages.client.get(sent.url)
    made = tier1.requests.get(type="update")
    for name, pk in (("account", tier1.account_id), ("config", tier1.pk)):
        assert reverse(f"{member}:{name}-detail", args=[pk]) in main_of(summary)
    assert reverse(f"{member}:config-request-detail", args=[made.pk]) in main_of(summary)
    assert "DE555" in main_of(summary)
    assert "Close" in main_of(summary)
    for other in ("vendor2", "distributor2"):
        assert pages.get(other, "config-update", tier1.pk).status_code == 404
        assert pages.get(other, "config-request-opened", made.pk).status_code == 404


def test_a_request_that_appears_meanwhile_is_named_with_a_link(cast, pages, tier1):
    form = pages.get("distributor", "config-change", tier1.pk)
    made = services.request_change(tier1, actor=cast.actor("reseller"), values={"tier1_vat": "D"})
    for step in ("config-update", "config-change"):
        shown = pages.get("distributor", step, tier1.pk)
        assert shown.status_code == 409
        assert reverse("distributor:config-request-detail", args=[made.pk]) in main_of(shown)
    late = pages.post(
        "distributor",
        "config-change",
        tier1.pk,
        **{"param-tier1_vat": "DE1", "revision": form.context["revision"]},
    )
    assert late.status_code == 409
    assert made.pk in main_of(late)
    assert tier1.requests.filter(type="update").count() == 1


def test_an_own_draft_that_blocks_is_to_be_sent_or_given_up(cast, pages, validating):
    made = draft_of(cast, validating)
    late = pages.get("distributor", "config-update", validating.pk)
    assert late.status_code == 409
    assert "Submit or discard this draft first" in text_of(late)
    page = main_of(pages.get("distributor", "config-request-detail", made.pk))
    assert "Time in this state" not in page  # nobody waits for a draft


def test_somebody_else_s_draft_blocks_without_being_told(cast, pages, validating):
    made = draft_of(cast, validating, "reseller")
    late = pages.post("distributor", "config-change", validating.pk, **{"param-tier1_vat": "DE1"})
    assert late.status_code == 409
    assert "another party is preparing one" in main_of(late)
    assert made.pk not in main_of(late)


def test_a_draft_is_edited_and_submitted_by_its_maker_only(cast, pages, validating):
    sent = pages.post("distributor", "config-change", validating.pk, **{"param-tier1_vat": "DE9"})
    assert "It is a draft." in main_of(pages.client.get(sent.url))
    made = validating.requests.get(type="update")
    assert made.state == "draft"
    page = pages.get("distributor", "config-request-detail", made.pk)
    for step in ("edit", "validate", "submit", "discard"):
        assert f"/{step}/" in titles(page)
        for name in ("vendor", "reseller", "distributor2"):
            portal = "" if name != "vendor" else "distributor"
            status = pages.post(name, f"config-request-{step}", made.pk, portal=portal).status_code
            assert status == (403 if name == "vendor" else 404)
    assert ids(pages.get("distributor", "config-request-list", tab="drafts"), "TCR-") == {made.pk}
    for name in ("vendor", "reseller"):
        assert pages.get(name, "config-request-detail", made.pk).status_code == 404
        assert made.pk not in ids(pages.get(name, "config-request-list", tab="all"), "TCR-")
    form = pages.get("distributor", "config-request-edit", made.pk)
    assert 'value="DE9"' in main_of(form)
    pages.post(
        "distributor",
        "config-request-edit",
        made.pk,
        **{"param-tier1_vat": "DE10", "revision": form.context["revision"]},
    )
    assert fresh(made).params == {"tier1_vat": {"value": "DE10"}}
    done = pages.post("distributor", "config-request-submit", made.pk)
    assert "Submitted: Pending." in text_of(pages.client.get(done.url))
    assert made.pk in ids(pages.get("vendor", "config-request-list"), "TCR-")
    assert pages.post("distributor", "config-request-discard", made.pk).status_code == 409


def test_complaints_of_the_vendor_s_service_are_shown_and_can_be_overruled(
    cast, pages, validating, service
):
    vendor_service.webhook(cast.product, Webhook.Type.UPDATE_TIER_1, service)
    made = draft_of(cast, validating)
    service.complain(tier1_vat="No such number")
    sent = pages.post("distributor", "config-request-validate", made.pk)
    shown = text_of(pages.client.get(sent.url))
    assert "complains about 1 value" in shown
    assert "No such number" in shown
    refused = pages.post("distributor", "config-request-submit", made.pk)
    assert refused.status_code == 422
    assert "No such number" in text_of(refused)
    assert "Submit anyway" in text_of(refused)
    assert fresh(made).state == "draft"
    pages.post("distributor", "config-request-submit", made.pk, insist="on")
    assert fresh(made).state == "pending"


def test_a_discarded_draft_is_gone_and_another_can_begin(cast, pages, validating):
    made = draft_of(cast, validating)
    sent = pages.post("distributor", "config-request-discard", made.pk)
    assert sent.url == reverse("distributor:config-detail", args=[validating.pk])
    assert not TierConfigRequest.objects.filter(pk=made.pk).exists()
    assert "The draft is discarded." in text_of(pages.client.get(sent.url))
    assert pages.get("distributor", "config-update", validating.pk).status_code == 200


def test_a_vendor_adjusts_at_once_or_leaves_it_for_later(cast, pages, tier1):
    factories.parameter(cast.product, "tier1", "panel", phase="fulfillment", title="Panel")
    template = cast.product.templates.get(scope="tier1")
    assert "/adjust/" in titles(pages.get("vendor", "config-detail", tier1.pk))
    form = pages.get("vendor", "config-adjust", tier1.pk)
    data = {"template": template.pk, "param-panel": "P-1", "param-tier1_vat": "DE001"}
    done = pages.post(
        "vendor", "config-adjust", tier1.pk, **data, revision=form.context["revision"]
    )
    assert "has the new values" in text_of(pages.client.get(done.url))
    config = TierConfig.objects.get(pk=tier1.pk)
    assert config.params["panel"] == {"value": "P-1"}
    made = config.requests.get(type="adjustment")
    assert (made.state, list(made.params)) == ("approved", ["panel"])
    later = pages.post(
        "vendor", "config-adjust", tier1.pk, **data | {"param-panel": "P-2", "create": "1"}
    )
    assert "is assigned to you" in text_of(pages.client.get(later.url))
    assert TierConfig.objects.get(pk=tier1.pk).params["panel"] == {"value": "P-1"}
    assert pages.get("vendor", "config-adjust", tier1.pk).status_code == 409


def test_only_the_vendor_adjusts(cast, pages, tier1):
    assert pages.get("vendor2", "config-adjust", tier1.pk).status_code == 404
    assert pages.get("distributor", "config-adjust", tier1.pk, portal="vendor").status_code == 403
    assert "/adjust/" not in titles(pages.get("distributor", "config-detail", tier1.pk))
    cast.users["vendor"].memberships.update(level="viewer")
    assert pages.post("vendor", "config-adjust", tier1.pk).status_code == 403
    assert not tier1.requests.filter(type="adjustment").exists()


@pytest.mark.parametrize("step", ["edit", "validate", "submit", "discard"])
def test_a_draft_that_is_discarded_in_that_moment_is_not_there(
    cast, pages, validating, monkeypatch, step
):
    made = draft_of(cast, validating)
    check = PortalActionView.check

    def too_late(page):
        check(page)
        discard_request(made, actor=cast.actor("distributor"))

    monkeypatch.setattr(PortalActionView, "check", too_late)
    answer = pages.post("distributor", f"config-request-{step}", made.pk)
    assert answer.status_code == 404
