"""A change of a configuration is asked for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories
from tests.resellerportal.config_pages import (
    configure,
    main_of,
    text_of,
)
from tierconfig.models import Parameter, TierConfig
from tierconfig.services import configs as services
from tierconfig.services import requests as setups


@pytest.mark.parametrize("member", ["vendor", "distributor", "reseller", "admin"])
def test_a_change_asks_for_what_differs_only(cast, pages, member):
    factories.parameter(cast.product, "tier1", "site", title="Web site")
    tier1, _tier2 = configure(cast)
    TierConfig.objects.filter(pk=tier1.pk).update(
        params={"tier1_vat": {"value": "DE001"}, "site": {"value": "old"}}
    )
    page = "config-change" if member == "reseller" else "config-update"
    role = "vendor" if member == "admin" else member
    detail = main_of(pages.get(member, "config-detail", tier1.pk))
    assert reverse(f"{role}:{page}", args=[tier1.pk]) in detail
    form = pages.get(member, "config-change", tier1.pk)
    assert 'value="DE001"' in text_of(form)
    answer = pages.post(
        member,
        "config-change",
        tier1.pk,
        **{"param-tier1_vat": "DE555", "param-site": "old", "revision": form.context["revision"]},
    )
    made = tier1.requests.get(type="update")
    done = "detail" if member == "reseller" else "opened"
    assert answer.url == reverse(f"{role}:config-request-{done}", args=[made.pk])
    assert made.params == {"tier1_vat": {"value": "DE555"}}
    assert made.pk in main_of(pages.get(member, "config-request-detail", made.pk))
    detail = main_of(pages.get(member, "config-detail", tier1.pk))
    assert reverse(f"{role}:{page}", args=[tier1.pk]) not in detail
    assert made.pk in detail


def test_a_change_without_a_change_keeps_the_form(cast, pages):
    tier1, _tier2 = configure(cast)
    answer = pages.post("reseller", "config-change", tier1.pk, **{"param-tier1_vat": "DE001"})
    assert answer.status_code == 422
    assert "Nothing was changed" in text_of(answer)
    answer = pages.post("reseller", "config-change", tier1.pk, **{"param-tier1_vat": ""})
    assert answer.status_code == 422
    assert "Enter a value" in text_of(answer)


def test_an_open_request_blocks_a_change_and_is_named(cast, pages):
    tier1, _tier2 = configure(cast)
    made = services.request_change(
        tier1, actor=cast.actor("distributor"), values={"tier1_vat": "DE9"}
    )
    for answer in (
        pages.get("reseller", "config-change", tier1.pk),
        pages.post("reseller", "config-change", tier1.pk, **{"param-tier1_vat": "DE10"}),
    ):
        assert answer.status_code == 409
        assert reverse("reseller:config-request-detail", args=[made.pk]) in text_of(answer)
    assert tier1.requests.count() == 2


def test_an_old_form_of_a_change_is_refused_and_keeps_its_input(cast, pages):
    tier1, _tier2 = configure(cast)
    old = pages.get("reseller", "config-change", tier1.pk).context["revision"]
    made = services.request_change(tier1, actor=cast.actor("vendor"), values={"tier1_vat": "DE9"})
    setups.approve_request(
        made, actor=cast.actor("vendor"), template=cast.product.templates.get(scope="tier1")
    )
    answer = pages.post(
        "reseller", "config-change", tier1.pk, revision=old, **{"param-tier1_vat": "DE1234"}
    )
    assert answer.status_code == 422
    assert "Somebody changed this" in text_of(answer)
    assert 'value="DE1234"' in text_of(answer)
    assert tier1.requests.count() == 2


def test_a_change_sent_twice_is_made_once(cast, pages):
    tier1, _tier2 = configure(cast)
    token = pages.get("reseller", "config-change", tier1.pk).context["token"]
    data = {"param-tier1_vat": "DE1234", "token": token}
    first = pages.post("reseller", "config-change", tier1.pk, **data)
    second = pages.post("reseller", "config-change", tier1.pk, **data)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert tier1.requests.count() == 2


@pytest.mark.parametrize("wrong", ["x\x00y", b"\xed\xa0\x80", "n" * 10_000, "a\u200bb"])
def test_unreadable_input_is_a_message_and_changes_nothing(cast, pages, wrong):
    tier1, _tier2 = configure(cast)
    Parameter.objects.filter(name="tier1_vat").update(constraints={"max_length": 50})
    answer = pages.post("reseller", "config-change", tier1.pk, **{"param-tier1_vat": wrong})
    assert answer.status_code in (302, 422)
    if not isinstance(wrong, bytes):
        assert answer.status_code == 422
        assert tier1.requests.count() == 1
