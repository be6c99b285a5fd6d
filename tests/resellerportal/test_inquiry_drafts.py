"""Save and finish later: behind the link and in the portal the same draft, nothing typed is lost."""

import re

import pytest
from django.core.cache import cache

from customers.models import Event
from tests import factories
from tests.factories.steps import answer
from tests.resellerportal.config_pages import BACKEND
from tierconfig import inquiries
from tierconfig.models import AnswerDraft, TierConfigRequest
from tierconfig.services import requests as configs


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


@pytest.fixture
def asked(cast):
    """Umbrella's tier 2 setup: a required VAT ID, an e-mail, a password, boxes, an address."""
    for name, kind, more in (
        ("mail", "email", {}),
        ("secret", "password", {}),
        ("days", "checkbox", {"choices": ["mon", "tue"]}),
        ("office", "address", {}),
    ):
        factories.parameter(cast.product, "tier2", name, type=kind, constraints=more)
    cast.order()
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def link(request):
    return f"/inquiry/{request.pk}/{inquiries.code(request)}/"


def page_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def fresh(request):
    return TierConfigRequest.objects.get(pk=request.pk)


def save(client, request, revision=None, **typed):
    data = {f"param-{name}": value for name, value in typed.items()}
    revision = revision or fresh(request).revision
    return client.post(link(request), {**data, "revision": revision, "save": "1"})


def portal(client, cast, name):
    client.force_login(cast.users[name], backend=BACKEND)
    return client


def test_what_was_saved_fills_the_form_at_the_next_visit(client, asked):
    response = save(client, asked, tier2_vat="DE1", days=["tue"], mail="ada@umbrella.example")
    assert (response.status_code, response.url) == (302, link(asked))
    page = page_of(client.get(link(asked)))
    assert f"Saved by {asked.inquiry_email}" in page
    assert "It is not sent yet" in page
    for kept in ('value="DE1"', 'value="tue"', "checked", 'value="ada@umbrella.example"'):
        assert kept in page
    now = fresh(asked)
    assert (now.state, now.params) == ("inquiring", asked.params)


def test_wrong_values_are_kept_as_typed_and_said_at_once(client, asked):
    response = save(client, asked, mail="nobody", tier2_vat="DE1")
    page = page_of(response)
    assert response.status_code == 422
    assert "Saved, but some values cannot be sent like this" in page
    assert "Enter an e-mail address" in page
    assert AnswerDraft.objects.get().values == {"mail": "nobody", "tier2_vat": "DE1"}
    assert 'value="nobody"' in page_of(client.get(link(asked)))


def test_an_incomplete_answer_can_be_saved_and_not_sent(client, asked):
    save(client, asked, mail="ada@umbrella.example")
    response = client.post(
        link(asked), {"param-mail": "ada@umbrella.example", "revision": fresh(asked).revision}
    )
    assert response.status_code == 422
    assert "Enter a value." in page_of(response)


def test_passwords_are_never_kept_unsent(client, asked):
    save(client, asked, secret="hush-hush", tier2_vat="DE1")
    assert "hush" not in str(AnswerDraft.objects.values().get())
    assert "hush" not in str(list(Event.objects.values("data")))
    assert "hush" not in page_of(client.get(link(asked)))


def test_the_draft_ends_with_the_answer(client, asked):
    save(client, asked, tier2_vat="DE1")
    client.post(link(asked), {"param-tier2_vat": "DE1", "revision": fresh(asked).revision})
    assert fresh(asked).state == "pending"
    assert not AnswerDraft.objects.exists()


@pytest.mark.parametrize("ends", ["pend", "fail"])
def test_the_draft_ends_with_the_inquiry(client, asked, cast, ends):
    save(client, asked, tier2_vat="DE1")
    vendor = cast.actor("vendor")
    if ends == "pend":
        configs.pend_request(asked, actor=vendor)
    else:
        configs.fail_request(asked, actor=vendor, reason="Too late")
    assert not AnswerDraft.objects.exists()


def test_a_new_link_for_the_same_question_keeps_what_was_saved(client, asked, cast):
    save(client, asked, tier2_vat="DE1")
    renewed = configs.renew_inquiry(asked, actor=cast.actor("distributor"))
    assert 'value="DE1"' in page_of(client.get(link(renewed)))


def test_a_later_inquiry_begins_with_what_was_answered(client, asked, cast):
    save(client, asked, tier2_vat="DE1")
    answer(fresh(asked), tier2_vat="DE2")
    again = configs.inquire_request(
        fresh(asked), actor=cast.actor("vendor"), errors={"tier2_vat": "No."}
    )
    assert 'value="DE2"' in page_of(client.get(link(again)))


def test_parts_of_a_value_come_back_too(client, asked):
    shown = asked.revision
    response = save(client, asked, shown, office_city="Kiel", days=["mon", "tue"])
    assert "Complete the address" in page_of(response)
    page = page_of(save(client, asked, shown, tier2_vat="DE1"))
    assert 'value="Kiel"' in page
    assert page.count(" checked") == 2


def test_who_saves_second_sees_what_the_first_saved_and_loses_nothing(client, asked):
    shown = asked.revision
    save(client, asked, shown, tier2_vat="DE1", mail="first@umbrella.example")
    response = save(client, asked, shown, tier2_vat="DE2", office_city="Hafen 2")
    page = page_of(response)
    assert response.status_code == 409
    assert "Somebody changed this in the meantime" in page
    assert "saved “DE1” meanwhile" in page
    for kept in ('value="DE2"', 'value="first@umbrella.example"', 'value="Hafen 2"'):
        assert kept in page
    assert AnswerDraft.objects.get().values["tier2_vat"] == "DE1"
    response = save(
        client, asked, tier2_vat="DE2", mail="first@umbrella.example", office_city="Hafen 2"
    )
    assert AnswerDraft.objects.get().values["tier2_vat"] == "DE2"


def test_an_answer_from_a_form_shown_before_another_saved_is_not_sent(client, asked):
    shown = asked.revision
    save(client, asked, shown, mail="first@umbrella.example")
    response = client.post(link(asked), {"param-tier2_vat": "DE2", "revision": shown})
    page = page_of(response)
    assert response.status_code == 409
    assert 'value="first@umbrella.example"' in page
    assert 'value="DE2"' in page
    assert fresh(asked).state == "inquiring"


def test_saving_twice_is_harmless(client, asked):
    shown = asked.revision
    save(client, asked, shown, tier2_vat="DE1", days=["tue"])
    assert save(client, asked, shown, tier2_vat="DE1", days=["tue"]).status_code == 302
    assert fresh(asked).revision == shown + 1


@pytest.mark.parametrize("typed", ["x" * 1_000_000, "a\x00b", "a\u202eb"])
def test_what_no_database_takes_is_refused_beside_the_field(client, asked, typed):
    response = save(client, asked, mail="ada@umbrella.example", tier2_vat=typed)
    assert response.status_code == 422
    assert "Nothing was saved yet" in page_of(response)
    assert not AnswerDraft.objects.exists()


def test_a_field_that_is_not_asked_is_not_kept(client, asked, cast):
    factories.parameter(cast.product, "tier2", "hush", hidden=True)
    save(client, asked, tier2_vat="DE1", hush="x", margin="y")
    assert AnswerDraft.objects.get().values == {"tier2_vat": "DE1"}


def test_the_portal_and_the_link_share_one_draft(client, asked, cast):
    save(client, asked, tier2_vat="DE1")
    address = f"/reseller/config-requests/{asked.pk}/answer/"
    page = page_of(portal(client, cast, "parent").get(address))
    assert 'value="DE1"' in page
    assert "It is not sent yet" in page
    data = {
        "param-tier2_vat": "DE7",
        "param-mail": "nobody",
        "revision": fresh(asked).revision,
        "save": "1",
    }
    response = client.post(address, data)
    assert response.status_code == 422
    assert "Saved, but some values cannot be sent like this" in page_of(response)
    draft = AnswerDraft.objects.get()
    assert (draft.values["tier2_vat"], draft.saved_by) == ("DE7", "Parent")
    assert draft.given["tier2_vat"]["through"] == "portal"
    stale = client.post(address, data | {"param-tier2_vat": "DE8"})
    assert stale.status_code == 422
    assert "saved “DE7” meanwhile" in page_of(stale)
    data = {"param-tier2_vat": "DE7", "revision": fresh(asked).revision, "save": "1"}
    response = client.post(address, data, follow=True)
    assert "Saved. It is not sent yet." in page_of(response)


def test_who_may_not_answer_saves_nothing(client, asked, cast):
    address = f"/reseller/config-requests/{asked.pk}/answer/"
    data = {"param-tier2_vat": "DE7", "revision": asked.revision, "save": "1"}
    assert portal(client, cast, "reseller").post(address, data).status_code == 404
    cast.users["parent"].memberships.update(level="viewer")
    assert portal(client, cast, "parent").post(address, data).status_code == 403
    assert not AnswerDraft.objects.exists()


def test_the_answer_remembers_who_gave_which_value(client, asked, cast):
    save(client, asked, tier2_vat="DE1", mail="ada@umbrella.example")
    address = f"/reseller/config-requests/{asked.pk}/answer/"
    client = portal(client, cast, "parent")
    data = {"param-tier2_vat": "DE1", "param-mail": "new@umbrella.example"}
    response = client.post(address, {**data, "revision": fresh(asked).revision})
    assert response.status_code == 302
    given = Event.objects.get(verb="tierconfigrequest.answer").data["given"]
    assert list(given) == ["tier2_vat"]
    assert (given["tier2_vat"]["by"], given["tier2_vat"]["through"]) == (
        asked.inquiry_email,
        "link",
    )
