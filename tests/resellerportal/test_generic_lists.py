"""The generic list page: tabs, filters, order and pages, all in the URL."""

import re
from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import TierAccountRequest
from resellerportal import statements
from resellerportal.lists import listing
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resellerportal.pages")]

LIST = "/vendor/requests/"


@pytest.fixture
def queue(cast, client):
    """27 pending requests, oldest first number 0, and one that was accepted."""
    client.force_login(cast.users["vendor"])
    rows = []
    for number in range(28):
        account = factories.account(
            cast.partners["distributor"],
            cast.nordlicht,
            name=f"Customer {number:02}",
            type="customer",
        )
        moment = timezone.now() - timedelta(days=100 - number)
        decided = {"state": "accepted", "decided_at": moment} if number == 27 else {}
        rows.append(
            TierAccountRequest(
                pk=f"TAR-0000-0000-{number:04}-001-001",
                account=account,
                base_version=1,
                version=2,
                product=cast.product,
                vendor=cast.partners["vendor"],
                provider=cast.partners["distributor"],
                state_since=moment,
                **decided,
            )
        )
    return TierAccountRequest.objects.bulk_create(rows)


def names(answer):
    return re.findall(r'<a class="title"[^>]*>Customer (\d+)', answer.content.decode())


def follow(client, answer, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.content.decode())
    return client.get(LIST + found[1].replace("&amp;", "&"))


def test_tabs_count_and_pages_go_forth_and_back(client, queue):
    first = client.get(LIST, {"size": 10})
    assert names(first) == [f"{n:02}" for n in range(10)]
    assert "1–10 of 27" in first.content.decode()
    second = follow(client, first, "next")
    assert names(second) == [f"{n:02}" for n in range(10, 20)]
    assert "11–20 of 27" in second.content.decode()
    third = follow(client, second, "next")
    assert names(third) == [f"{n:02}" for n in range(20, 27)]
    assert 'rel="next"' not in third.content.decode()
    back = follow(client, third, "prev")
    assert names(back) == names(second)
    assert names(follow(client, back, "prev")) == names(first)


def test_pages_hold_rows_of_equal_order_values_apart(client, queue):
    page = client.get(LIST, {"order": "-product", "size": 10})
    seen = names(page)
    while 'rel="next"' in page.content.decode():
        page = follow(client, page, "next")
        seen += names(page)
    assert sorted(seen) == [f"{n:02}" for n in range(27)]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"tab": "done"}, ["27"]),
        ({"q": "customer 03"}, ["03"]),
        ({"q": "tar-0000-0000-0005"}, ["05"]),
        ({"state": "accepted", "tab": "all"}, ["27"]),
        ({"state": "nonsense", "tab": "all"}, []),
        ({"created": "nonsense"}, []),
        ({"country": "SE"}, []),
        (
            {"order": "-name", "q": "customer 0", "size": "10"},
            [f"{n:02}" for n in range(9, -1, -1)],
        ),
    ],
)
def test_the_url_narrows_and_orders(client, queue, params, found):
    assert names(client.get(LIST, params)) == found


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?after=%00~x",
        "?after=nonsense~TAR",
        "?before=~",
        "?size=1e9",
        "?at=²",
        "?order=-",
        "?order=account__contact_email",
        "?tab=x",
        "?product=%00&q=" + "x" * 5000,
    ],
)
def test_what_no_link_says_is_harmless(client, queue, query):
    assert client.get(LIST + query).status_code == 200


def test_too_short_a_search_says_so_and_chips_take_filters_away(client, queue):
    page = client.get(LIST, {"q": "ab"}).content.decode()
    assert "at least three letters" in page
    page = client.get(LIST, {"state": "accepted", "q": "customer"}).content.decode()
    assert 'href="?q=customer"' in page
    assert "Nothing matches" in page


def test_a_search_without_hits_says_in_which_tabs_it_has_some_and_takes_filters_away_singly(
    client, queue
):
    page = client.get(LIST, {"tab": "done", "q": "customer 03"}).content.decode()
    empty = page.partition('class="empty"')[2]
    assert (
        '<a class="btn btn-outline-secondary" href="?q=customer+03">1 in Waiting for me</a>'
        in empty
    )
    assert "in All" not in empty
    assert "without one of them" not in empty
    kept = {"tab": "done", "state": "pending", "q": "customer 03"}
    page = client.get(LIST, kept).content.decode()
    empty = page.partition('class="empty"')[2]
    assert 'href="?state=pending&amp;q=customer+03">1 in Waiting for me</a>' in empty
    assert 'class="chip" href="?tab=done&amp;q=customer+03"' in empty
    assert 'class="chip" href="?tab=done&amp;state=pending"' in empty
    nowhere = client.get(LIST, {"tab": "done", "q": "nobody"}).content.decode()
    assert "No row fits." in nowhere
    assert "The same finds" not in nowhere


def test_where_else_a_search_finds_something_costs_no_query(client, queue):
    from django.db import connection

    counts = []
    for tab in ("mine", "done"):
        client.get(LIST, {"tab": tab, "q": "customer 03"})
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST, {"tab": tab, "q": "customer 03"})
        counts.append(len(captured))
    assert counts[1] <= counts[0]


def test_names_are_escaped(client, queue, cast):
    row = queue[0].account
    row.name = '<script>alert("x")</script>'
    row.save()
    page = client.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_list_costs_the_same_for_one_row_and_for_all(client, queue):
    from django.db import connection

    counts = []
    for params in ({"q": "customer 03"}, {"size": 100}):
        client.get(LIST, params)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST, params)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9


def test_counts_stop_at_the_cap_in_one_query(queue, django_assert_num_queries):
    rows = TierAccountRequest.objects.all()
    with django_assert_num_queries(1):
        parts = [rows, rows.none(), rows.filter(state="accepted")]
        found = statements.run_counts(statements.build_counts(parts, cap=5))
    assert found == [6, 0, 1]
    assert listing.shown(6, cap=5) == "5+"


def test_a_frequent_word_is_counted_as_far_as_it_was_read(client, queue, monkeypatch):
    monkeypatch.setattr(listing, "FOUND", 12)

    def told(answer):
        """What the pages and the tabs say; nothing stands at a tab that was not counted."""
        text = answer.content.decode()
        paging = re.search(r"<span>(\d+–\d+ of [\d+]+)", text)[1]
        tabs = re.search(r'<nav class="tabs".*?</nav>', text, re.DOTALL)[0]
        return paging, re.findall(r'<span class="count">([\d+]*)</span>', tabs)

    first = client.get(LIST, {"q": "customer", "size": 10})
    assert told(first) == ("1–10 of 10+", ["10+"])
    second = follow(client, first, "next")
    assert told(second) == ("11–20 of 20+", ["20+"])
    last = follow(client, second, "next")
    assert names(last) == [f"{n:02}" for n in range(20, 27)]
    paging, counts = told(last)
    assert (paging, counts[0]) == ("21–27 of 27", "27")
    assert counts[-1] == "12+"
    rare = client.get(LIST, {"q": "customer 0", "size": 10})
    assert told(rare) == ("1–10 of 10", ["10", "0", "10"])
    other = client.get(LIST, {"q": "customer", "tab": "done"})
    assert names(other) == ["27"]
    assert told(other)[0] == "1–1 of 1"


def test_counts_are_of_this_moment_and_of_this_reader(client, queue, cast):
    def counts():
        return re.findall(r'<span class="count">(\d+)</span>', client.get(LIST).content.decode())

    assert counts()[-3:] == ["27", "1", "28"]
    TierAccountRequest.objects.filter(pk=queue[0].pk).delete()
    assert counts()[-3:] == ["26", "1", "27"]
    client.force_login(cast.users["vendor2"])
    assert counts()[-3:] == ["0", "0", "0"]


def test_another_vendor_sees_none_of_it(client, queue, cast):
    client.force_login(cast.users["vendor2"])
    page = client.get(LIST, {"tab": "all"})
    assert names(page) == []
    assert client.get(f"{LIST}{queue[0].pk}/").status_code == 404
