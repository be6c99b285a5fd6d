"""An account moves away: whoever saw it through its old place loses it at once, everywhere.

Each page and each list is looked at on one of the two databases.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import AccountAccess, Event, TierAccount
from customers.services.accounts import edit_account, move_account
from customers.services.watches import hearing, watch
from fulfillment.models import FulfillmentRequest
from resellerportal.generic import PortalListView
from tests import factories
from tests.resellerportal.test_access_table import (
    Address,
    about_one,
    addresses,
    path_of,
    sign_in,
)
from tests.support.halves import own_half
from tierconfig import inquiries
from tierconfig.services.processing import inquire_request

TABS = ("hierarchy", "subscriptions", "configurations", "changes", "versions", "activity")
#: (who, what moves): the reseller loses its customer, its parent loses that or all of the reseller.
LOSSES = [("reseller", "kirlin"), ("parent", "kirlin"), ("parent", "nordlicht")]


@dataclass
class Story:
    """What hangs on Kirlin below Nordlicht below Umbrella, and Sonnenfeld, where it may go."""

    cast: Any
    target: TierAccount
    #: Model part of the URL names -> object.
    things: dict[str, Any]
    order: FulfillmentRequest

    def move(self, name: str) -> None:
        account = TierAccount.objects.get(pk=getattr(self.cast, name).pk)
        move_account(account, actor=self.cast.actor("distributor"), parent=self.target)


@pytest.fixture
def story(cast, request):
    """Everything about the account the test is parametrised with, and about Kirlin's order."""
    home = cast.partners["distributor"]
    cast.partners["gainer"] = factories.partner("reseller", name="Gainer")
    cast.users["gainer"] = factories.user(cast.partners["gainer"], email="gainer@people.example")
    target = factories.account(home, name="Sonnenfeld IT")
    AccountAccess.objects.create(
        partner=cast.partners["gainer"],
        account=target,
        kind=AccountAccess.Kind.OPERATES,
        started_at=timezone.now(),
    )
    order = cast.order(product=cast.plain)
    order = inquire_request(order, actor=cast.actor("vendor"), errors={}, message="Which site?")
    moved = getattr(cast, request.getfixturevalue("moved"))
    _account, raised = edit_account(moved, actor=cast.actor("distributor"), data={"city": "Kiel"})
    things = {
        "account": moved,
        "change": moved,
        "request": raised[0],
        "subscription": order.subscription,
        "order": order,
        "readiness": moved,
    }
    return Story(cast, target, things, order)


def about(address: Address, things: dict[str, Any]) -> bool:
    """The address is one of a thing, and not of what has a longer name ("config-request")."""
    return about_one(address) and address.name.partition("-")[0] in things


def pages_of_things(story: Story) -> list[str]:
    """Every reseller address about the account, its requests, its orders; each tab of those."""
    found = []
    for each in addresses("reseller"):
        if not about(each, story.things):
            continue
        path = path_of(each, story.things)
        tabs = [path.removesuffix("1/") + f"{tab}/" for tab in TABS]
        found += tabs if "tab" in each.arguments else [path]
    return found


def lists(name: str, pk: str) -> list[str]:
    """Whatever shows many things: lists with their tabs, searches and files, the hierarchy, home."""
    found = [
        reverse("reseller:home"),
        f"/search/?q={name}",
        f"/search/?q={pk}",
        f"/account-search/?scope=customers&field=customer&customer_q={name}",
        f"/account-search/?scope=parents&field=parent&parent_q={name}",
        f"/account-search/?scope=customers&field=customer&customer={pk}",
        *(
            f"{reverse('reseller:account-tree')}?{query}"
            for query in (f"q={name}", f"open={pk}", f"for={pk}")
        ),
        f"{reverse('reseller:account-report')}?format=csv",
    ]
    for each in addresses("reseller"):
        if each.arguments or not issubclass(each.view.view_class, PortalListView):
            continue
        address = reverse(f"reseller:{each.name}")
        found += [f"{address}?tab={tab.name}" for tab in each.view.view_class.tabs] or [address]
        found.append(f"{address}?q={name}&tab=all")
        found += [f"{address}?format={form}&tab=all" for form in ("csv", "json", "xlsx")]
    return found


def text_of(answer: Any) -> str:
    """What an answer holds, files included."""
    raw = b"".join(answer) if answer.streaming else answer.content
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            raw = b"".join(book.read(name) for name in book.namelist())
    return raw.decode()


def told(client: Any, account: TierAccount) -> set[str]:
    """The pages that name the account, beyond echoing what the address itself says."""
    found = set()
    for path in own_half(lists(account.name.partition(" ")[0], account.pk)):
        answer = client.get(path, follow=True)
        if answer.status_code != 200:
            continue
        text = text_of(answer)
        named = account.name in text or (account.pk in text and account.pk not in path)
        if named:
            found.add(path)
    return found


@pytest.mark.parametrize(("loser", "moved"), LOSSES)
def test_no_page_of_the_old_place_is_left(client, cast, story, loser, moved):
    paths = own_half(pages_of_things(story))
    sign_in(client, cast, loser)
    open_before = [path for path in paths if client.get(path).status_code in (200, 302, 405)]
    assert len(open_before) >= 6
    story.move(moved)
    gone = {path: client.get(path).status_code for path in paths}
    assert {path: status for path, status in gone.items() if status not in (404, 405)} == {}
    assert all(gone[path] == 404 for path in open_before if client.get(path).status_code != 405)
    sent = {path: client.post(path, {"revision": 1}).status_code for path in paths}
    assert set(sent.values()) <= {404, 405}
    sign_in(client, cast, "gainer")
    assert all(client.get(path).status_code in (200, 302, 405, 409, 403) for path in open_before)


@pytest.mark.parametrize(("loser", "moved"), LOSSES)
def test_no_list_search_or_file_of_the_old_place_names_it(client, cast, story, loser, moved):
    account = getattr(cast, moved)
    sign_in(client, cast, loser)
    before = told(client, account)
    assert len(before) >= 10
    story.move(moved)
    assert told(client, account) == set()
    sign_in(client, cast, "gainer")
    # What moved is news to its new place, which sees nothing of who held it before.
    assert len(told(client, account)) >= 10
    tree = text_of(client.get(f"{reverse('reseller:account-tree')}?open={account.pk}"))
    assert account.name in tree
    assert "Umbrella" not in tree


@pytest.mark.parametrize("moved", ["kirlin"])
def test_an_order_begun_before_the_move_is_not_placed_after_it(client, cast, story, moved):
    sign_in(client, cast, "reseller")

    def send(step: str, **data: Any) -> Any:
        return client.post(reverse("reseller:order-add", args=[step]), data)

    send("product", product=cast.plain.pk)
    send("customer", customer=cast.kirlin.pk)
    send("items", **{f"quantity-{cast.plain.items.get().pk}": "3"})
    summary = reverse("reseller:order-add", args=["summary"])
    assert "Kirlin" in text_of(client.get(summary, follow=True))
    story.move(moved)
    assert "Kirlin" not in text_of(client.get(summary, follow=True))
    answer = client.post(summary, {"token": "one"}, follow=True)
    assert "Kirlin" not in text_of(answer)
    assert list(FulfillmentRequest.objects.values_list("pk", flat=True)) == [story.order.pk]


@pytest.mark.parametrize("moved", ["nordlicht"])
def test_nothing_is_hung_below_what_moved_away(client, cast, story, moved):
    sign_in(client, cast, "parent")

    def send(step: str, **data: Any) -> Any:
        return client.post(reverse("reseller:account-add", args=[step]), data, follow=True)

    send("type", type="customer", environment="production")
    send("parent", parent=cast.nordlicht.pk)
    data = factories.account_data("New GmbH", type="customer")
    story.move(moved)
    accounts = TierAccount.objects.count()
    for step in ("data", "summary"):
        assert "Nordlicht" not in text_of(send(step, token="one", **data))
    assert "Unknown company" in text_of(send("parent", parent=cast.nordlicht.pk))
    assert TierAccount.objects.count() == accounts


@pytest.mark.parametrize("moved", ["kirlin"])
def test_a_mailed_link_stays_with_its_addressee_and_leaves_the_portal(client, cast, story, moved):
    order = story.order
    link = f"/inquiry/{order.pk}/{inquiries.code(order)}/"
    page = reverse("reseller:order-answer", args=[order.pk])
    sign_in(client, cast, "reseller")
    assert client.get(page).status_code == 200
    story.move(moved)
    assert client.get(page).status_code == 404
    assert client.post(page, {"revision": order.revision}).status_code == 404
    client.logout()
    assert client.get(link).status_code == 200
    answer = client.post(link, {"revision": order.revision})
    assert answer.status_code == 302
    assert FulfillmentRequest.objects.get(pk=order.pk).state == "pending"


@pytest.mark.parametrize("moved", ["kirlin"])
def test_who_watched_it_hears_no_more_of_it(cast, story, moved):
    watch(cast.kirlin, actor=cast.actor("reseller"))
    watch(cast.kirlin, actor=cast.actor("distributor"))
    story.move(moved)
    edited = TierAccount.objects.get(pk=cast.kirlin.pk)
    edit_account(edited, actor=cast.actor("admin"), data={"city": "Bremen"})
    event = Event.objects.filter(verb="tieraccount.edit", object_id=edited.pk).latest("at")
    heard = hearing(event)
    assert heard is not None
    assert {each.actor.role for each in heard.listeners} == {"distributor"}


def test_every_kind_of_thing_has_pages_in_the_walk():
    kinds = {each.name.partition("-")[0] for each in addresses("reseller") if about_one(each)}
    # Configurations stay with who operates their account; products, imports, webhooks and keys of
    # the API have no place, and a report holds what was seen when it was made; so do those that a
    # schedule makes.
    kinds -= {"config", "product", "import", "report", "schedule", "webhook", "api"}
    assert kinds == {"account", "change", "request", "subscription", "order", "readiness"}
