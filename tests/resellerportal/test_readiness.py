"""The pages of readiness: the matrix, a reseller, a cell, and completing what is missing."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import AccountAccess, Event, Participation
from resellerportal.readiness import totals
from tests import factories
from tests.factories import steps
from tests.resellerportal.test_access_table import sign_in
from tierconfig.models import TierConfig, TierConfigRequest


@pytest.fixture
def page(client, cast):
    """Signs a member of the cast in and gets a readiness page of its portal."""

    def get(member, name="list", *args, method="get", data=None, query=""):
        sign_in(client, cast, member)
        space = {"parent": "reseller"}.get(member.rstrip("2"), member.rstrip("2"))
        address = reverse(f"{space}:readiness-{name}", args=args) + query
        return client.post(address, data or {}) if method == "post" else client.get(address)

    return get


def text(answer):
    return " ".join(answer.content.decode().split())


def rows(answer):
    """The matrix as JSON, by reseller."""
    found = json.loads(b"".join(answer.streaming_content))
    return {each["name"]: each for each in found}


def test_the_matrix_shows_each_reseller_and_how_many_are_ready(cast, page):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    shown = text(page("distributor"))
    assert "1 of 2 ready" in shown
    assert shown.count("Never asked") >= 1
    assert "Not needed" in shown
    cell = reverse("distributor:readiness-cell", args=[cast.nordlicht.pk, cast.product.pk])
    assert cell in shown


def test_only_those_not_ready_for_a_product_are_listed(cast, page):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    product = f"?product={cast.product.pk}"
    missing = text(page("distributor", query=f"{product}&state=not_ready"))
    ready = text(page("distributor", query=f"{product}&state=ready"))
    assert "Umbrella Hanse" in missing
    assert "Nordlicht" not in missing
    assert "Nordlicht" in ready
    assert "Umbrella Hanse</a>" not in ready


def test_what_waits_for_me_is_the_vendors_decision_and_the_resellers_answer(cast, page):
    cast.order()
    mine = "?turn=me&tab=production"
    assert "Nothing matches" in text(page("vendor", query=mine))
    assert "Nordlicht" in text(page("parent", query=mine))
    steps.answer(steps.setup(2))
    assert "Nordlicht" in text(page("vendor", query=mine))
    assert "Nothing matches" in text(page("parent", query=mine))


def test_the_file_holds_every_reseller_and_product_in_words(cast, page):
    cast.order()
    found = rows(page("distributor", query="?format=json"))
    nordlicht = found["Nordlicht Systemhaus GmbH"]
    assert nordlicht[cast.product.pk] == f"Missing: {cast.umbrella.contact_email}"
    assert nordlicht[cast.plain.pk] == "Not needed"
    assert (nordlicht["parent"], nordlicht["level"]) == ("Umbrella Hanse", 2)
    assert found["Umbrella Hanse"][cast.product.pk] == "Never asked: Tier1 vat"


def test_nobody_reads_resellers_or_products_of_others(cast, page):
    cast.order()
    assert "Nordlicht" not in text(page("distributor2"))
    assert "Nordlicht" not in text(page("vendor2"))
    own = text(page("reseller"))
    assert "Nordlicht" in own
    assert "Umbrella Hanse</a>" not in own
    foreign = factories.product(cast.partners["vendor2"])
    answer = page("distributor", "cell", cast.nordlicht.pk, foreign.pk)
    assert answer.status_code == 404
    assert "Nothing matches" in text(page("distributor", query=f"?product={foreign.pk}"))


def test_an_account_that_was_merely_shown_is_not_in_the_matrix(cast, page):
    other = factories.account(cast.partners["distributor"], name="Shown AG")
    AccountAccess.objects.create(
        partner=cast.partners["reseller"], account=other, kind="sees", started_at=other.created_at
    )
    assert "Shown AG" not in text(page("reseller"))
    assert page("reseller", "detail", other.pk).status_code == 404


def test_a_cell_tells_what_ordering_would_do_and_who_holds_it(cast, page):
    never = text(page("distributor", "cell", cast.nordlicht.pk, cast.product.pk))
    assert "A tier 2 configuration of Umbrella Hanse begins." in never
    assert "Complete what is missing" in never
    cast.order()
    asked = text(page("distributor", "cell", cast.nordlicht.pk, cast.product.pk))
    assert "is under way already" in asked
    assert "waits for an answer by" in asked
    assert cast.umbrella.contact_email in asked
    above = reverse("distributor:readiness-complete", args=[cast.umbrella.pk])
    assert f"{above}?product={cast.product.pk}" in asked
    assert cast.umbrella.contact_email not in text(
        page("reseller", "cell", cast.nordlicht.pk, cast.product.pk)
    )


def test_a_vendor_is_not_told_the_name_of_a_reseller_it_does_not_work_with(cast, page):
    # Tier 1 takes part by a configuration of its own; the reseller above takes part in nothing.
    cast.product.parameters.filter(scope="tier2").delete()
    cast.order(customer=cast.kirlin)
    Participation.objects.filter(account=cast.umbrella).delete()
    factories.parameter(cast.product, "tier2", required=True)
    shown = text(page("vendor", "cell", cast.nordlicht.pk, cast.product.pk))
    assert "A company you do not work with" in shown
    assert "Umbrella" not in shown
    assert "Umbrella" not in text(page("vendor", "detail", cast.nordlicht.pk))


def test_place_and_parameters_of_the_address_never_break_out_of_it(cast, page):
    for query in ('?place="><b>', "?tab=%00&part=99999&p=x", '?hub="><i>&product="><u>'):
        answer = page("distributor", query=query)
        assert answer.status_code == 200
        assert not any(each in answer.content for each in (b'"><b>', b'"><i>', b'"><u>'))


# ---- completing ----


@pytest.fixture
def second(cast):
    """A second product that asks tier 1 for the same number under the same name."""
    product = factories.product(cast.partners["vendor"], name="Archive", authorization_level=1)
    factories.offer(product, cast.partners["distributor"])
    factories.item(product)
    factories.parameter(product, "tier1", "tier1_vat", required=True)
    factories.parameter(product, "tier1", "secret", type="password")
    factories.template(product, "tier1")
    return product


def test_one_form_begins_a_setup_and_answers_an_inquiry(cast, page, second):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    answer = page(
        "reseller",
        "complete",
        cast.nordlicht.pk,
        method="post",
        data={
            f"{cast.product.pk}-1-tier1_vat": "DE1",
            f"send-{cast.product.pk}-1": "on",
            f"{second.pk}-1-tier1_vat": "DE1",
        },
    )
    assert answer.status_code == 302
    states = {
        each.configuration.product.name: (each.state, each.params["tier1_vat"]["value"])
        for each in TierConfigRequest.objects.filter(configuration__account=cast.nordlicht)
    }
    assert states == {"Backup 360": ("pending", "DE1"), "Archive": ("pending", "DE1")}
    assert Event.objects.filter(verb="tierconfigrequest.answer").count() == 2


def test_what_is_refused_is_told_and_kept_while_the_rest_is_sent(cast, page, second):
    factories.parameter(second, "tier1", "mail", type="email")
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    answer = page(
        "reseller",
        "complete",
        cast.nordlicht.pk,
        method="post",
        data={
            f"send-{cast.product.pk}-1": "on",
            f"{second.pk}-1-tier1_vat": "DE77",
        },
    )
    shown = text(answer)
    assert answer.status_code == 422
    assert "What became of it" in shown
    assert "Archive, tier 1" in shown
    assert "Enter a value." in shown
    assert f'name="{second.pk}-1-tier1_vat"' not in shown
    assert TierConfig.objects.filter(account=cast.nordlicht, product=second).exists()
    assert steps.setup(1, configuration__product=cast.product).state == "inquiring"


def test_known_values_are_offered_but_never_sent_unseen(cast, page, second):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.answer(steps.setup(1), tier1_vat="DE4711")
    steps.approve(steps.setup(1), cast.actor("vendor"))
    shown = text(page("distributor", "complete", cast.nordlicht.pk))
    assert 'value="DE4711"' in shown
    assert "As for Backup 360" in shown
    untouched = {f"{second.pk}-1-tier1_vat": "DE4711"}
    answer = page("distributor", "complete", cast.nordlicht.pk, method="post", data=untouched)
    assert answer.status_code == 422
    assert not TierConfig.objects.filter(product=second).exists()
    ticked = {**untouched, f"send-{second.pk}-1": "on"}
    answer = page("distributor", "complete", cast.nordlicht.pk, method="post", data=ticked)
    assert answer.status_code == 302
    assert steps.setup(1, configuration__product=second).params["tier1_vat"]["value"] == "DE4711"


def test_what_is_below_one_is_not_completed_by_the_reseller_above(cast, page, second):
    answer = page("parent", "complete", cast.nordlicht.pk)
    assert answer.status_code == 403
    shown = text(page("parent", "detail", cast.nordlicht.pk))
    assert "Complete what is missing" not in shown
    assert page("reseller2", "complete", cast.nordlicht.pk).status_code == 404
    viewer = cast.users["reseller"].memberships
    viewer.update(level="viewer")
    assert page("reseller", "complete", cast.nordlicht.pk).status_code == 403


def test_another_form_was_quicker(cast, page, second):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    request = steps.setup(1)
    data = {
        f"send-{cast.product.pk}-1": "on",
        f"revision-{cast.product.pk}-1": request.revision - 1,
        f"{cast.product.pk}-1-tier1_vat": "DE1",
    }
    answer = page("reseller", "complete", cast.nordlicht.pk, method="post", data=data)
    assert answer.status_code == 422
    assert "Somebody changed this in the meantime" in text(answer)
    assert 'value="DE1"' in text(answer)


def test_the_home_page_of_the_distributor_names_the_product_with_most_setups(cast, client):
    cast.order()
    sign_in(client, cast, "distributor")
    shown = text(client.get(reverse("distributor:home")))
    assert "resellers are being set up for Backup 360" in shown


def test_pages_cost_the_same_for_one_and_for_many(cast, client):
    cast.order()
    sign_in(client, cast, "distributor")
    pages = [
        reverse("distributor:readiness-list"),
        reverse("distributor:readiness-detail", args=[cast.nordlicht.pk]),
        reverse("distributor:readiness-complete", args=[cast.nordlicht.pk]),
        reverse("distributor:readiness-cell", args=[cast.nordlicht.pk, cast.product.pk]),
    ]
    before = [queries(client, each) for each in pages]
    assert max(before[:3]) <= 12
    assert before[3] <= 12
    for number in range(5):
        factories.account(cast.partners["distributor"], cast.umbrella, name=f"Haus {number}")
        product = factories.product(cast.partners["vendor"], authorization_level=2)
        factories.offer(product, cast.partners["distributor"])
        factories.parameter(product, "tier1", required=True)
    assert [queries(client, each) for each in pages] == before


def test_large_totals_are_kept_for_a_minute_and_say_so_while_cells_are_of_now(
    cast, page, monkeypatch
):
    """Where the page shows a part of them; what it shows whole, it counts itself."""
    monkeypatch.setattr(totals, "LARGE", 1)
    cast.order()
    part = "?level=1"
    assert "0 of 2 ready" in text(page("distributor", query=part))
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    assert "1 of 2 ready" in text(page("distributor"))
    kept = text(page("distributor", query=part))
    assert "0 of 2 ready" in kept
    assert "totals may be a minute old" in kept
    assert "Ready" in rows(page("distributor", query="?format=json"))[cast.nordlicht.name].values()
    assert "1 of 2 ready" in text(page("vendor"))
    cache.clear()
    assert "1 of 2 ready" in text(page("distributor", query=part))


def test_totals_of_few_resellers_are_always_of_now(cast, page):
    cast.order()
    page("distributor")
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    shown = text(page("distributor"))
    assert "1 of 2 ready" in shown
    assert "a minute old" not in shown


def queries(client, address):
    """Of the second visit: the first one may build statements that are kept."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
