"""The directory of tier configurations, and one configuration."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from customers.models import Product
from tests import factories
from tests.resellerportal.config_pages import (
    configure,
    ids,
    main_of,
    make_config,
    setup_of,
    text_of,
)
from tierconfig.models import Parameter, TierConfig
from tierconfig.services import configs as services
from tierconfig.services import requests as setups

PARTS = ("", "parameters", "tiers", "requests", "subscriptions", "details")


def test_each_role_lists_what_it_may_see(cast, pages):
    cast.order()
    tier1, tier2 = (TierConfig.objects.get(tier_level=level).pk for level in (1, 2))
    seen = {
        name: ids(pages.get(name, "config-list"))
        for name in (
            "vendor",
            "distributor",
            "parent",
            "reseller",
            "vendor2",
            "distributor2",
            "reseller2",
            "admin",
        )
    }
    assert seen == {
        "vendor": {tier1, tier2},
        "distributor": {tier1, tier2},
        "admin": {tier1, tier2},
        "parent": {tier2},
        "reseller": {tier1},
        "vendor2": set(),
        "distributor2": set(),
        "reseller2": set(),
    }


def test_a_foreign_or_invented_id_is_not_found(cast, pages):
    cast.order()
    for config in TierConfig.objects.all():
        for name in ("vendor2", "distributor2", "reseller2"):
            assert pages.get(name, "config-detail", config.pk).status_code == 404
            assert pages.get(name, "config-change", config.pk).status_code == 404
    tier2 = TierConfig.objects.get(tier_level=2)
    assert pages.get("reseller", "config-detail", tier2.pk).status_code == 404
    assert pages.get("vendor", "config-detail", "TC-000-000-000").status_code == 404
    assert pages.get("vendor", "config-detail", tier2.pk, "nonsense").status_code == 404


def test_another_role_is_refused(cast, pages):
    cast.order()
    pk = TierConfig.objects.get(tier_level=1).pk
    assert pages.get("reseller", "config-detail", pk, portal="vendor").status_code == 403
    assert pages.get("vendor", "config-list", portal="reseller").status_code == 403
    assert pages.get("admin", "config-list", portal="reseller").status_code == 403


def test_the_tabs_part_the_directory_by_what_goes_on(cast, pages):
    tier1, tier2 = configure(cast)
    services.request_change(tier1, actor=cast.actor("vendor"), values={"tier1_vat": "DE777"})
    failed = make_config(cast, "Unlucky")
    setups.fail_request(failed.requests.get(), actor=cast.actor("vendor"), reason="No")
    parts = {
        tab: ids(pages.get("vendor", "config-list", tab=tab))
        for tab in ("all", "active", "progress", "none")
    }
    assert parts == {
        "all": {tier1.pk, tier2.pk, failed.pk},
        "active": {tier2.pk},
        "progress": {tier1.pk},
        "none": {failed.pk},
    }
    answer = pages.get("vendor", "config-list", tab="progress")
    assert f"{tier1.pk[3:]}-002" in text_of(answer)
    assert "Not configured" in main_of(pages.get("vendor", "config-list", tab="none"))


def test_filters_and_search_narrow_the_directory(cast, pages):
    tier1, tier2 = configure(cast)
    assert ids(pages.get("vendor", "config-list", tier="1")) == {tier1.pk}
    assert ids(pages.get("vendor", "config-list", state="processing")) == set()
    assert ids(pages.get("vendor", "config-list", product=cast.plain.pk)) == set()
    assert ids(pages.get("vendor", "config-list", q="umbrella")) == {tier2.pk}
    assert ids(pages.get("distributor", "config-list", vendor=cast.partners["vendor"].pk)) == {
        tier1.pk,
        tier2.pk,
    }
    for wrong in ("x\x00y", "\ud800", "9" * 10_000, "'; --"):
        for name in ("q", "tier", "product", "state", "after", "created"):
            query = {name: wrong.encode("utf-8", "surrogatepass")}
            assert pages.get("vendor", "config-list", **query).status_code == 200


@pytest.mark.parametrize("member", ["vendor", "distributor", "parent"])
@pytest.mark.parametrize("name", ["config-list", "config-request-list"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(cast, pages, member, name):
    make_config(cast, "First")
    one = pages.queries(member, name, size="100", tab="all")
    for number in range(49):
        make_config(cast, f"More {number}")
    assert pages.queries(member, name, size="100", tab="all") == one
    assert one <= 12


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_configuration_opens(cast, pages, part):
    tier1, _tier2 = configure(cast)
    for member in ("vendor", "distributor", "reseller", "admin"):
        answer = pages.get(member, "config-detail", tier1.pk, part)
        assert answer.status_code == 200
        assert "Backup 360 · Nordlicht Systemhaus GmbH" in text_of(answer)
        # The control panel reads its buttons too.
        most = 13 if part else 16
        assert pages.queries(member, "config-detail", tier1.pk, part) <= most


def test_the_control_panel_shows_the_approved_text_and_nothing_else(cast, pages):
    cast.product.templates.filter(scope="tier1").update(
        body="# Hello {{ tier1_vat }}\n<script>alert(1)</script> [x](javascript:alert(1))"
    )
    tier1, _tier2 = configure(cast)
    shown = main_of(pages.get("reseller", "config-detail", tier1.pk))
    assert "<h3>Hello DE001</h3>" in shown
    assert "<script>" not in shown
    assert 'href="javascript' not in shown
    assert shown.count("<h1") == 1


def test_before_the_first_approval_the_reseller_reads_who_is_asked(cast, pages):
    cast.order()
    tier2 = TierConfig.objects.get(tier_level=2)
    shown = main_of(pages.get("parent", "config-detail", tier2.pk))
    assert "Nothing is approved yet" in shown
    assert cast.umbrella.contact_email in shown


def test_values_are_shown_as_each_role_may_read_them(cast, pages):
    factories.parameter(cast.product, "tier1", "secret", type="password", title="Secret word")
    factories.parameter(cast.product, "tier1", "panel_id", phase="fulfillment", title="Panel id")
    factories.parameter(cast.product, "tier1", "inner", hidden=True, title="Inner mark")
    tier1, _tier2 = configure(cast)
    TierConfig.objects.filter(pk=tier1.pk).update(
        params={
            "tier1_vat": {"value": "DE001"},
            "secret": {"value": "hunter2"},
            "panel_id": {"value": "P-77"},
        }
    )
    shown = {
        name: main_of(pages.get(name, "config-detail", tier1.pk, "parameters"))
        for name in ("vendor", "distributor", "reseller")
    }
    assert "hunter2" in shown["vendor"]
    assert "P-77" in shown["vendor"]
    assert "Inner mark" in shown["vendor"]
    for name in ("distributor", "reseller"):
        assert "DE001" in shown[name]
        assert "hunter2" not in shown[name]
        assert "*******" in shown[name]
        assert "P-77" not in shown[name]
    assert "Inner mark" not in shown["reseller"]


def test_a_reseller_reads_of_tier_2_its_name_and_state_only(cast, pages):
    tier1, tier2 = configure(cast)
    for part in PARTS:
        shown = text_of(pages.get("reseller", "config-detail", tier1.pk, part))
        assert "DE002" not in shown
        assert cast.umbrella.contact_email not in shown
        assert f"/configs/{tier2.pk}/" not in shown
    tiers = main_of(pages.get("reseller", "config-detail", tier1.pk, "tiers"))
    assert "Umbrella Hanse" in tiers
    assert tier2.pk in tiers
    assert cast.umbrella.pk not in re.findall(r'href="[^"]*"', tiers)


def test_what_a_vendor_wrote_is_escaped(cast, pages):
    configure(cast)
    Parameter.objects.filter(name="tier1_vat").update(title="<b>VAT</b>")
    Product.objects.filter(pk=cast.product.pk).update(name="<i>Backup</i>")
    tier1 = TierConfig.objects.get(tier_level=1)
    for member in ("vendor", "reseller"):
        for name, args in (
            ("config-list", ()),
            ("config-detail", (tier1.pk, "parameters")),
            ("config-change", (tier1.pk,)),
            ("config-request-list", ()),
            ("config-request-detail", (tier1.requests.get().pk,)),
        ):
            shown = text_of(pages.get(member, name, *args))
            assert "<b>VAT" not in shown
            assert "<i>Backup" not in shown


def test_subscriptions_sold_with_the_configuration_are_listed(cast, pages):
    tier1, tier2 = configure(cast)
    assert "Kirlin LLC" in main_of(
        pages.get("reseller", "config-detail", tier1.pk, "subscriptions")
    )
    assert "Kirlin LLC" in main_of(pages.get("parent", "config-detail", tier2.pk, "subscriptions"))


def test_a_reseller_reads_its_list_in_its_own_words(cast, pages):
    cast.order()
    tier1, tier2 = (TierConfig.objects.get(tier_level=level) for level in (1, 2))
    asked = main_of(pages.get("parent", "config-list"))
    assert "Inquiring" in asked
    assert "Requires attention" in asked
    answer_url = reverse("reseller:config-request-answer", args=[setup_of(2).pk])
    assert answer_url in asked
    parked = main_of(pages.get("reseller", "config-list"))
    assert "Processing" in parked
    assert "config-requests" not in parked
    configure(cast)
    assert "Ready" in main_of(pages.get("reseller", "config-list"))
    services.request_change(
        TierConfig.objects.get(pk=tier1.pk),
        actor=cast.actor("reseller"),
        values={"tier1_vat": "DE888"},
    )
    assert "Updating" in main_of(pages.get("reseller", "config-list"))
    assert ids(pages.get("reseller", "config-list", status="updating")) == {tier1.pk}
    assert ids(pages.get("reseller", "config-list", status="ready")) == set()
    assert ids(pages.get("parent", "config-list", tab="ready")) == {tier2.pk}


def test_a_viewer_is_offered_nothing(cast, pages):
    tier1, _tier2 = configure(cast)
    cast.users["vendor"].memberships.update(level="viewer")
    cast.users["reseller"].memberships.update(level="viewer")
    for member in ("vendor", "reseller"):
        shown = main_of(pages.get(member, "config-detail", tier1.pk))
        assert "Request a change" not in shown
        assert pages.get(member, "config-change", tier1.pk).status_code == 403
    assert pages.get("vendor", "config-list").status_code == 200


def test_constants_of_the_product_are_for_the_vendor_and_whom_it_shows_them(cast, pages):
    tier1, _tier2 = configure(cast)
    shown = {"shared": "view", "default": "https://api.example"}
    for scope, name, constraints in (
        ("product", "api_url", shown),
        ("marketplace", "rate", {"default": "Seven"}),
        ("item", "weight", {"default": "Nine"}),
    ):
        factories.parameter(
            cast.product, scope, name, phase="configuration", constraints=constraints
        )
    read = {
        member: main_of(pages.get(member, "config-detail", tier1.pk, "parameters"))
        for member in ("vendor", "distributor", "reseller")
    }
    assert {who for who, page in read.items() if "https://api.example" in page} == {
        "vendor",
        "distributor",
    }
    assert {who for who, page in read.items() if "Seven" in page} == {"vendor"}
    assert not any("Nine" in page for page in read.values())
