"""The queue of tier configuration requests, and the page of one."""

from __future__ import annotations

import re

from django.urls import reverse

from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.resellerportal.config_pages import (
    answer,
    approve,
    configure,
    ids,
    main_of,
    make_config,
    setup_of,
    text_of,
)
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import configs as services

STEPS = ("approve", "inquire", "update", "fail", "pend", "renew", "answer")


def titles(shown):
    """Labels of the buttons in the head of a page."""
    head = shown.partition('class="actions"')[2].partition("</div>")[0]
    return re.findall(r">([^<>]+)</a>", head)


def state(request):
    return TierConfigRequest.objects.get(pk=request.pk).state


def test_story_2_through_the_pages(cast, pages):
    """Order, answer of tier 2, approval, answer of tier 1, approval: the order goes on."""
    order = cast.order()
    for level, operator in ((2, "parent"), (1, "reseller")):
        setup = setup_of(level)
        assert setup.pk in ids(pages.get(operator, "config-request-list"), "TCR-")
        form = pages.get(operator, "config-request-answer", setup.pk)
        assert "Asked for" in main_of(form)
        sent = pages.post(
            operator,
            "config-request-answer",
            setup.pk,
            **{f"param-tier{level}_vat": f"DE00{level}", "revision": form.context["revision"]},
        )
        assert sent.status_code == 302
        assert setup.pk in ids(pages.get("vendor", "config-request-list"), "TCR-")
        form = pages.get("vendor", "config-request-approve", setup.pk)
        assert f"DE00{level}" in main_of(form)
        template = cast.product.templates.get(scope=f"tier{level}")
        sent = pages.post(
            "vendor",
            "config-request-approve",
            setup.pk,
            template=template.pk,
            revision=form.context["revision"],
        )
        assert sent.url == reverse("vendor:config-request-detail", args=[setup.pk])
        assert "Approved" in main_of(pages.client.get(sent.url))
        assert TierConfig.objects.get(tier_level=level).params == {
            f"tier{level}_vat": {"value": f"DE00{level}"}
        }
    assert FulfillmentRequest.objects.get(pk=order.pk).state == "pending"


def test_each_role_finds_its_part_of_the_queue(cast, pages):
    cast.order()
    tier1, tier2 = setup_of(1).pk, setup_of(2).pk

    def found(name, tab):
        return ids(pages.get(name, "config-request-list", tab=tab), "TCR-")

    assert found("vendor", "mine") == set()
    assert found("vendor", "others") == {tier1, tier2}
    assert found("distributor", "others") == {tier1, tier2}
    assert found("parent", "mine") == {tier2}
    assert found("reseller", "mine") == set()
    assert found("reseller", "others") == {tier1}
    for name in ("vendor2", "distributor2", "reseller2"):
        assert found(name, "all") == set()
    answer(cast, 2)
    assert found("vendor", "mine") == {tier2} == found("admin", "mine")
    assert found("parent", "others") == {tier2}
    approve(cast, setup_of(2))
    assert found("vendor", "done") == {tier2}
    assert found("reseller", "mine") == {tier1}


def test_the_queue_says_whom_a_request_waits_for(cast, pages):
    cast.order()
    email = cast.umbrella.contact_email
    for name in ("vendor", "distributor"):
        assert email in main_of(pages.get(name, "config-request-list", tab="others"))
    waits = main_of(pages.get("reseller", "config-request-list", tab="others"))
    assert "Umbrella Hanse (tier 2)" in waits
    assert email not in waits
    answer(cast, 2)
    assert "Vendor" in main_of(pages.get("parent", "config-request-list", tab="others"))


def test_the_oldest_request_stands_first(cast, pages):
    made = [make_config(cast, name).requests.get() for name in ("Beta", "Alpha")]
    rows = pages.get("parent", "config-request-list").content.decode()
    assert rows.index(made[0].pk) < rows.index(made[1].pk)


def test_what_is_done_is_listed_newest_first(cast, pages):
    made = [make_config(cast, name).requests.get() for name in ("Beta", "Alpha")]
    rows = pages.get("parent", "config-request-list", tab="all").content.decode()
    assert rows.index(made[1].pk) < rows.index(made[0].pk)


def test_a_request_that_waits_for_others_offers_the_next_one(cast, pages):
    cast.order()
    answer(cast, 2)
    url = f"/vendor/config-requests/{setup_of(2).pk}/"
    assert f'{url}" rel="next"' in main_of(
        pages.get("vendor", "config-request-detail", setup_of(1).pk)
    )
    assert 'rel="next"' not in main_of(pages.get("vendor", "config-request-detail", setup_of(2).pk))


def test_filters_narrow_the_queue_and_survive_nonsense(cast, pages):
    cast.order()
    tier1, tier2 = setup_of(1).pk, setup_of(2).pk

    def found(**query):
        return ids(pages.get("vendor", "config-request-list", tab="all", **query), "TCR-")

    assert found(tier="2") == {tier2}
    assert found(state="tiers_setup") == {tier1}
    assert found(type="update") == set()
    assert found(product=cast.plain.pk) == set()
    assert found(q="nordlicht") == {tier1}
    for wrong in ("x\x00y", "\ud800", "9" * 10_000):
        for name in ("q", "tier", "product", "state", "after", "before", "order"):
            raw = wrong.encode("utf-8", "surrogatepass")
            answered = pages.get("vendor", "config-request-list", **{name: raw})
            assert answered.status_code == 200


def test_a_foreign_request_is_not_found_at_any_page(cast, pages):
    cast.order()
    tier1, tier2 = setup_of(1), setup_of(2)
    for request in (tier1, tier2):
        for name in ("vendor2", "distributor2", "reseller2"):
            assert pages.get(name, "config-request-detail", request.pk).status_code == 404
        for step in STEPS[:6]:
            assert pages.post("vendor2", f"config-request-{step}", request.pk).status_code == 404
        assert pages.post("reseller2", "config-request-answer", request.pk).status_code == 404
    assert pages.get("reseller", "config-request-detail", tier2.pk).status_code == 404
    assert pages.post("reseller", "config-request-answer", tier2.pk).status_code == 404
    assert pages.get("parent", "config-request-detail", tier1.pk).status_code == 404


def test_another_role_is_refused(cast, pages):
    cast.order()
    pk = setup_of(2).pk
    for step in ("approve", "inquire", "fail"):
        for name in ("distributor", "parent"):
            refused = pages.post(name, f"config-request-{step}", pk, portal="vendor")
            assert refused.status_code == 403
    assert pages.post("vendor", "config-request-answer", pk, portal="reseller").status_code == 403
    assert pages.post("admin", "config-request-answer", pk, portal="reseller").status_code == 403
    assert state(setup_of(2)) == "inquiring"


def test_the_buttons_are_what_the_state_allows(cast, pages):
    cast.order()

    def buttons(name):
        return set(titles(main_of(pages.get(name, "config-request-detail", setup_of(2).pk))))

    mail = {"Send link again", "Send a reminder"}
    assert buttons("vendor") == {"Back to pending", "Reject", "Edit values", *mail}
    assert buttons("distributor") == {"Back to pending", "Reject", "Answer on behalf", *mail}
    assert buttons("parent") == {"Answer"}
    answer(cast, 2)
    assert buttons("vendor") == {"Approve", "Inquire", "Reject", "Edit values"}
    assert buttons("distributor") == {"Reject"}
    assert buttons("parent") == set()
    approve(cast, setup_of(2))
    for name in ("vendor", "distributor", "parent"):
        assert buttons(name) == set()


def test_a_viewer_reads_but_gets_no_button_and_no_page_of_a_step(cast, pages):
    cast.order()
    for name in ("vendor", "distributor", "parent"):
        cast.users[name].memberships.update(level="viewer")
        detail = pages.get(name, "config-request-detail", setup_of(2).pk)
        assert detail.status_code == 200
        assert titles(main_of(detail)) == []
    for step in STEPS[:6]:
        refused = pages.post("vendor", f"config-request-{step}", setup_of(2).pk, reason="x")
        assert refused.status_code == 403
    assert pages.get("parent", "config-request-answer", setup_of(2).pk).status_code == 403
    assert "Requires attention" not in re.sub(
        r'class="tabs".*?</nav>', "", main_of(pages.get("parent", "config-list"))
    )
    assert state(setup_of(2)) == "inquiring"


def test_the_page_tells_the_chain_the_tiers_and_the_thread(cast, pages):
    cast.order()
    shown = main_of(pages.get("vendor", "config-request-detail", setup_of(1).pk))
    assert "waits for the tier 2 configuration of" in shown
    assert cast.umbrella.contact_email in shown
    assert "Tiers Setup" in shown
    assert shown.count("Umbrella Hanse") >= 2
    assert "opened the request" in shown
    for name in ("vendor", "distributor", "parent"):
        assert pages.queries(name, "config-request-detail", setup_of(2).pk) <= 14
        assert pages.queries(name, "config-request-detail", setup_of(2).pk, "details") <= 13
    for name in ("vendor", "distributor", "reseller"):  # parked on the other one
        assert pages.queries(name, "config-request-detail", setup_of(1).pk) <= 15


def test_a_reseller_reads_of_tier_2_its_id_name_and_state_only(cast, pages):
    cast.order()
    answer(cast, 2)
    tier2 = setup_of(2)
    for part in ("", "details"):
        shown = text_of(pages.get("reseller", "config-request-detail", setup_of(1).pk, part))
        assert "Umbrella Hanse" in shown
        assert tier2.configuration_id in shown
        assert "DE002" not in shown
        assert cast.umbrella.contact_email not in shown
        assert f"/configs/{tier2.configuration_id}/" not in shown
        assert f"/config-requests/{tier2.pk}/" not in shown
    assert tier2.pk not in ids(pages.get("reseller", "config-request-list", tab="all"), "TCR-")


def test_a_vendor_reads_no_name_of_a_parent_it_does_not_work_with(cast, pages):
    tier1, _tier2 = configure(cast)
    stranger = factories.account(cast.partners["distributor"], name="Quiet Holding")
    made = services.request_change(tier1, actor=cast.actor("reseller"), values={"tier1_vat": "D1"})
    TierConfigRequest.objects.filter(pk=made.pk).update(tier2=stranger)
    assert "Quiet Holding" not in text_of(pages.get("vendor", "config-request-detail", made.pk))
    assert "Quiet Holding" in text_of(pages.get("distributor", "config-request-detail", made.pk))


def test_an_update_shows_approved_and_asked_values_side_by_side(cast, pages):
    tier1, _tier2 = configure(cast)
    made = services.request_change(tier1, actor=cast.actor("reseller"), values={"tier1_vat": "D9"})
    shown = main_of(pages.get("vendor", "config-request-detail", made.pk))
    assert "Asked for" in shown
    assert re.search(r'class="was">.*?DE001<.*?class="is">.*?>D9<', shown)
    approve(cast, made)
    assert "D9" in main_of(pages.get("reseller", "config-request-detail", made.pk))
