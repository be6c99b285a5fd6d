"""Rows of a list chosen for one step: the boxes, the page that asks, and what came of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Event, Membership, TierAccountRequest
from customers.services.requests import ignore_request
from resellerportal.lists import listing
from tests.resellerportal.test_account_requests import change
from tests.resellerportal.test_accounts import as_, text
from tests.security.forms import FORM, HOSTILE, MISSING, UNESCAPED, body

pytestmark = pytest.mark.django_db
LIST = "/vendor/account-requests/"
ACCEPT, IGNORE = f"{LIST}bulk/accept/", f"{LIST}bulk/ignore/"


@pytest.fixture
def queue(cast):
    """Three pending changes of one vendor, oldest first."""
    cast.order()
    return [
        *change(cast),
        *change(cast, cast.kirlin, name="Kirlin Ltd"),
        *change(cast, city="Lübeck"),
    ]


def states():
    return dict(TierAccountRequest.objects.values_list("pk", "state"))


def hidden(page):
    """What the page that asks sends back."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(page)))


def text_of(page):
    return page.content.decode()


def asked_for(client, chosen, address=ACCEPT):
    """The page that asks, after the boxes of `chosen` were ticked."""
    return client.post(address, {"pk": chosen}, follow=True)


def boxes(page):
    return re.findall(r'<input [^>]*type="checkbox" form="bulk"[^>]*>', page)


def confirmed(client, address, chosen, **more):
    asked = client.post(address, {"pk": chosen}, follow=True)
    fields = {key: value.replace("&amp;", "&") for key, value in hidden(asked).items()}
    return client.post(address, {**fields, **more}, follow=True)


def test_rows_are_chosen_by_labelled_boxes_and_all_of_the_page_without_javascript(
    client, cast, queue
):
    vendor = as_(client, cast, "vendor")
    page = text_of(vendor.get(LIST))
    assert len(boxes(page)) == 3
    assert 'aria-label="Choose Kirlin Ltd"' in page
    assert not any("checked" in box for box in boxes(page))
    assert f'formaction="{ACCEPT}"' in page
    assert f'formaction="{IGNORE}"' in page
    (every,) = re.findall(r'href="(\?[^"]*choose=page)"', page)
    chosen = text_of(vendor.get(LIST + every))
    assert all(" checked>" in box for box in boxes(chosen))
    # The choice ends with the page it was made on.
    assert re.findall(r'"(\?[^"]*choose=page)"', chosen) == [every]
    assert 'form="bulk"' not in text_of(vendor.get(LIST, {"tab": "done"}))


def test_who_may_not_decide_is_offered_no_boxes(client, cast, queue):
    for who, address in (("distributor", "/distributor/account-requests/"), ("vendor", LIST)):
        Membership.objects.filter(user=cast.users["vendor"]).update(level="viewer")
        assert 'form="bulk"' not in text_of(as_(client, cast, who).get(address))


def test_the_page_that_asks_counts_and_changes_nothing(client, cast, queue):
    page = asked_for(as_(client, cast, "vendor"), [each.pk for each in queue])
    said = text(page)
    assert page.status_code == 200
    assert "Will be decided 3 changes of 2 accounts" in said
    assert "Products Backup 360 (3)" in said
    assert "Kirlin Ltd" in said
    assert set(states().values()) == {"pending"}


def test_all_chosen_are_accepted_and_the_list_is_where_it_was(client, cast, queue):
    first, second, third = (each.pk for each in queue)
    vendor = as_(client, cast, "vendor")
    page = confirmed(vendor, ACCEPT, [first, third], query="?size=10&order=product")
    assert page.redirect_chain[-1][0] == f"{LIST}?size=10&order=product"
    assert "2 changes are accepted." in text(page)
    assert states() == {first: "accepted", second: "pending", third: "accepted"}
    assert Event.objects.filter(verb="tieraccountrequest.accept").count() == 2


def test_one_reason_goes_with_all_that_are_ignored(client, cast, queue):
    chosen = [each.pk for each in queue]
    vendor = as_(client, cast, "vendor")
    refused = confirmed(vendor, IGNORE, chosen, reason=" ")
    assert refused.status_code == 422
    assert "Nothing was saved yet" in text(refused)
    assert hidden(refused)["chosen"] == ",".join(chosen)
    assert set(states().values()) == {"pending"}
    page = confirmed(vendor, IGNORE, chosen, reason="Test data")
    assert "3 changes are ignored." in text(page)
    assert set(TierAccountRequest.objects.values_list("state", "reason")) == {
        ("ignored", "Test data")
    }


def test_what_somebody_else_decided_is_named_and_the_rest_goes_on(client, cast, queue):
    first, second, third = queue
    vendor = as_(client, cast, "vendor")
    ignore_request(first, actor=cast.actor("vendor"), reason="No")
    chosen = [each.pk for each in queue]
    asked = asked_for(vendor, chosen)
    assert "1 of them is left out" in text(asked)
    assert f"{first.pk} Ignored You, now" in text(asked)
    assert "2 changes of 2 accounts" in text(asked)
    # One more is decided while the page is open.
    fields = hidden(asked)
    ignore_request(second, actor=cast.actor("vendor"), reason="No")
    page = vendor.post(ACCEPT, fields, follow=True)
    said = text(page)
    assert "1 change is accepted." in said
    assert f"1 was decided before and stays as it is: {second.pk} (You)" in said
    assert states() == {first.pk: "ignored", second.pk: "ignored", third.pk: "accepted"}


def test_a_form_sent_twice_decides_once(client, cast, queue):
    vendor = as_(client, cast, "vendor")
    fields = hidden(asked_for(vendor, [each.pk for each in queue]))
    first, second = (vendor.post(ACCEPT, fields) for _time in range(2))
    assert first.url == second.url
    assert Event.objects.filter(verb="tieraccountrequest.accept").count() == 3
    page = text(vendor.get(LIST))
    assert "3 changes are accepted." in page
    assert "decided before" not in page


def test_foreign_and_unknown_ids_are_not_there(client, cast, queue):
    foreign = as_(client, cast, "vendor2")
    chosen = [queue[0].pk, "TAR-0000-0000-0000-001-001", "x\0y", "../" * 50]
    page = asked_for(foreign, chosen)
    assert "2 of them do not exist." in text(page)
    assert "Will be decided nothing" in text(page)
    assert queue[0].pk not in text(page).replace("value", "")
    assert "Accept all of these" not in text(page)
    confirmed(foreign, ACCEPT, chosen)
    assert set(states().values()) == {"pending"}


def test_the_page_that_asks_can_be_had_again_by_who_chose(client, cast, queue):
    address = as_(client, cast, "vendor").post(ACCEPT, {"pk": [queue[0].pk]}).url
    for _time in range(2):
        assert "1 change of 1 account" in text(client.get(address))
    for number in range(3):
        client.post(ACCEPT, {"pk": [queue[number].pk]})
    assert client.get(address).status_code == 302
    foreign = as_(client, cast, "vendor2")
    assert foreign.get(address).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_chosen_leads_back_to_the_list(client, cast, queue, method):
    answer = getattr(as_(client, cast, "vendor"), method)(ACCEPT, follow=True)
    assert answer.redirect_chain[-1][0] == LIST
    assert ("Choose at least one row first." in text(answer)) == (method == "post")


def test_all_of_a_filtered_list_are_what_the_list_shows(client, cast, queue):
    vendor = as_(client, cast, "vendor")
    asked = vendor.post(ACCEPT, {"all": "1", "query": "?q=kirlin&tab=mine"}, follow=True)
    assert hidden(asked)["chosen"] == queue[1].pk
    assert "1 change of 1 account" in text(asked)
    everything = vendor.post(ACCEPT, {"all": "1", "query": ""}, follow=True)
    assert hidden(everything)["chosen"] == ",".join(each.pk for each in queue)
    nothing = vendor.post(ACCEPT, {"all": "1", "query": "?product=PRD-\0&tab=mine"}, follow=True)
    assert "Choose at least one row first." in text(nothing)


def test_all_that_a_frequent_word_finds_can_be_chosen_although_nobody_counted(
    client, cast, queue, monkeypatch
):
    monkeypatch.setattr(listing, "SIZES", (2,))
    as_(client, cast, "vendor")
    page = text_of(client.get(LIST, {"q": "ltd", "size": 2}))
    assert 'name="all"' not in page
    page = text_of(client.get(LIST, {"q": "tar-", "size": 2}))
    assert "1–2 of 2+" in page
    assert re.search(r'name="all" value="1"> All 2\+ of this list', page)


def test_hostile_values_choose_nothing_foreign_and_break_nothing(client, cast, queue):
    vendor = as_(client, cast, "vendor")
    for number, bad in enumerate(each for each in HOSTILE.values() if each is not MISSING):
        for sent in (
            {"pk": bad, "query": bad},
            {"all": "1", "query": bad},
            {"chosen": bad, "token": f"t{number}", "query": bad},
        ):
            address = (ACCEPT, IGNORE)[number % 2]
            answer = vendor.post(address, body(sent), content_type=FORM, follow=True)
            assert answer.status_code in (200, 422), sent
            assert not any(each in text_of(answer) for each in UNESCAPED)
    assert vendor.get(ACCEPT, {"choice": "a\0b"}).status_code == 302
    assert set(states().values()) == {"pending"}


def test_viewers_other_roles_and_unknown_steps(client, cast, queue):
    chosen = {"pk": [queue[0].pk], "token": "t", "chosen": queue[0].pk}
    assert as_(client, cast, "vendor").post(f"{LIST}bulk/delete/", chosen).status_code == 404
    assert as_(client, cast, "distributor").post(ACCEPT, chosen).status_code == 403
    Membership.objects.update(level="viewer")
    assert as_(client, cast, "vendor").post(ACCEPT, chosen).status_code == 403
    assert set(states().values()) == {"pending"}


def test_the_page_that_asks_costs_the_same_for_few_and_for_forty(client, cast, queue):
    vendor = as_(client, cast, "vendor")

    def cost(chosen):
        address = vendor.post(ACCEPT, {"pk": chosen}).url
        with CaptureQueriesContext(connection) as found:
            assert vendor.get(address).status_code == 200
        return len(found)

    cost([queue[0].pk])
    few = cost([queue[0].pk])
    for number in range(40):
        queue += change(cast, city=f"City {number}")
    assert cost([each.pk for each in queue]) == few
