"""The generic detail, form and action pages, and the wizard."""

import re

import pytest

from customers.models import Event, Membership, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from resellerportal.sentences import SENTENCES, sentence

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resellerportal.pages")]


@pytest.fixture
def request_(cast):
    cast.order()
    _account, raised = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    return next(row for row in raised if row.product == cast.product)


@pytest.fixture
def vendor(client, cast):
    client.force_login(cast.users["vendor"])
    return client


@pytest.fixture
def distributor(client, cast):
    client.force_login(cast.users["distributor"])
    return client


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def test_details_offer_the_steps_the_actor_may_take(vendor, request_, cast):
    page = vendor.get(f"/vendor/requests/{request_.pk}/").content.decode()
    assert f'href="/vendor/requests/{request_.pk}/accept/"' in page
    assert "Accepted or ignored" in page
    Membership.objects.filter(user=cast.users["vendor"]).update(level="viewer")
    page = vendor.get(f"/vendor/requests/{request_.pk}/").content.decode()
    assert "/accept/" not in page


def test_tabs_have_their_own_address_and_unknown_ones_are_not_found(vendor, request_):
    base = f"/vendor/requests/{request_.pk}/"
    page = vendor.get(f"{base}details/").content.decode()
    assert f'href="{base}details/" aria-current="page"' in page
    assert vendor.get(f"{base}nonsense/").status_code == 404


def test_history_names_who_did_what(vendor, request_, cast):
    accept_request(request_, actor=cast.actor("vendor"))
    page = vendor.get(f"/vendor/requests/{request_.pk}/").content.decode()
    assert "<strong>You</strong> accepted the change" in page
    assert all(sentence(event) in map(str, SENTENCES.values()) for event in Event.objects.all())


def test_an_action_asks_first_and_a_get_changes_nothing(vendor, request_):
    page = vendor.get(f"/vendor/requests/{request_.pk}/accept/")
    assert "Do you take the new data over?" in page.content.decode()
    assert TierAccountRequest.objects.get(pk=request_.pk).state == "pending"


def test_an_action_acts_and_sent_twice_acts_once(vendor, request_):
    url = f"/vendor/requests/{request_.pk}/accept/"
    data = {"token": hidden(vendor.get(url), "token")}
    first = vendor.post(url, data)
    second = vendor.post(url, data)
    assert first["Location"] == second["Location"] == f"/vendor/requests/{request_.pk}/"
    assert "Accepted." in vendor.get(first["Location"]).content.decode()
    assert Event.objects.filter(verb="tieraccountrequest.accept").count() == 1


def test_who_comes_second_reads_who_decided(vendor, request_, cast):
    accept_request(request_, actor=cast.actor("vendor"))
    url = f"/vendor/requests/{request_.pk}/ignore/"
    for answer in (vendor.get(url), vendor.post(url, {"reason": "No"})):
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Somebody was first" in page
        assert "<dd>You</dd>" in page
    assert TierAccountRequest.objects.get(pk=request_.pk).state == "accepted"


def test_an_old_form_is_refused_and_keeps_the_input(vendor, request_):
    url = f"/vendor/requests/{request_.pk}/ignore/"
    answer = vendor.post(url, {"reason": "We keep the old city.", "revision": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this in the meantime" in page
    assert "We keep the old city." in page


def test_a_viewer_is_refused(vendor, request_, cast):
    Membership.objects.filter(user=cast.users["vendor"]).update(level="viewer")
    url = f"/vendor/requests/{request_.pk}/accept/"
    assert [vendor.get(url).status_code, vendor.post(url).status_code] == [403, 403]


def test_errors_are_listed_linked_and_the_first_has_the_focus(distributor, cast):
    url = f"/distributor/accounts/{cast.nordlicht.pk}/edit/"
    data = {"name": "New name", "country": "DE", "kind": "a", "agree": "on"}
    answer = distributor.post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_city">City: This field is required.</a>' in page
    assert 'value="New name"' in page
    assert re.search(r'name="city"[^>]*autofocus', page)
    assert page.count("autofocus") == 1


@pytest.mark.parametrize("name", ["x" * 10_000, "a\0b"])
def test_bad_input_is_a_form_error(distributor, cast, name):
    url = f"/distributor/accounts/{cast.nordlicht.pk}/edit/"
    data = {"name": name, "city": "Kiel", "country": "DE", "kind": "a", "agree": "on"}
    assert distributor.post(url, data).status_code == 422


def test_a_form_saves_and_says_so(distributor, cast):
    url = f"/distributor/accounts/{cast.nordlicht.pk}/edit/"
    data = {"name": "Nordlicht AG", "city": "Kiel", "country": "DE", "kind": "a", "agree": "on"}
    answer = distributor.post(url, data, follow=True)
    page = answer.content.decode()
    assert "Saved." in page
    assert "<h1>Nordlicht AG</h1>" in page


def test_a_wizard_is_left_resumed_walked_back_and_finished_once(distributor):
    base = "/distributor/accounts/add/"
    assert distributor.get(base)["Location"] == f"{base}type/"
    assert distributor.get(f"{base}data/")["Location"] == f"{base}type/"
    assert distributor.post(f"{base}type/", {"kind": "reseller"})["Location"] == f"{base}data/"
    assert distributor.post(f"{base}data/", {"name": ""}).status_code == 422
    assert distributor.get(base)["Location"] == f"{base}data/"
    assert "selected" in distributor.get(f"{base}type/").content.decode()
    assert distributor.post(f"{base}data/", {"name": "Neu"})["Location"] == f"{base}summary/"
    summary = distributor.get(f"{base}summary/")
    assert "<dd>Reseller</dd>" in summary.content.decode()
    data = {"token": hidden(summary, "token")}
    done = distributor.post(f"{base}summary/", data)
    assert done["Location"] == "/distributor/?made=reseller-Neu"
    assert distributor.post(f"{base}summary/", data)["Location"] == done["Location"]
    assert distributor.get(base)["Location"] == f"{base}type/"


def test_a_wizard_starts_again_and_takes_prefilled_values(distributor):
    base = "/distributor/accounts/add/"
    distributor.post(f"{base}type/", {"kind": "reseller"})
    distributor.post(f"{base}data/", {"restart": "1"})
    assert distributor.get(base)["Location"] == f"{base}type/"
    asked = distributor.get(f"{base}?kind=reseller", follow=True).content.decode()
    assert '<option value="reseller" selected>' in asked


def test_a_complete_id_leads_straight_to_its_page(vendor, request_):
    answer = vendor.get("/search/", {"q": request_.pk.lower()})
    assert answer["Location"] == f"/vendor/requests/{request_.pk}/"
    page = vendor.get("/search/", {"q": "nordlicht"}).content.decode()
    assert request_.pk in page


def test_search_shows_nothing_of_others(client, cast, request_):
    client.force_login(cast.users["vendor2"])
    for text in (request_.pk, "nordlicht"):
        answer = client.get("/search/", {"q": text})
        assert answer.status_code == 200
        assert f"/vendor/requests/{request_.pk}/" not in answer.content.decode()
