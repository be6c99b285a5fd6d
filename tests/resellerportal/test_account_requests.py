"""The queue of account requests, one request as a difference, and its decision."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Event, Membership, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from fulfillment.models import Subscription
from tests import factories
from tests.resellerportal.test_accounts import as_, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast):
    return cast.order()


def change(cast, account=None, who="distributor", **data):
    """Edit the account (Nordlicht by default); the requests it raised."""
    account = account or cast.nordlicht
    account.refresh_from_db()
    return edit_account(account, actor=cast.actor(who), data=data or {"city": "Kiel"})[1]


def ids(page):
    return re.findall(r'<div class="id">(TAR-[\d-]+)</div>', page.content.decode())


def show(request, role, rest=""):
    return f"/{role}/account-requests/{request.pk}/{rest}"


def test_the_queue_is_oldest_first_and_says_what_changed(client, cast, order):
    (older,) = change(cast, contact_email="new@nordlicht.example", city="Kiel")
    (newer,) = change(cast, cast.kirlin, name="Kirlin Ltd")
    TierAccountRequest.objects.filter(pk=older.pk).update(
        created_at=timezone.now() - timedelta(days=6),
        state_since=timezone.now() - timedelta(days=6),
    )
    page = as_(client, cast, "vendor").get("/vendor/account-requests/")
    assert ids(page) == [older.pk, newer.pk]
    said = text(page)
    assert "Waiting for me 2" in said
    assert "Pending Address, contact Backup 360 Distributor 6 d" in said
    accept_request(newer, actor=cast.actor("vendor"))
    assert ids(client.get("/vendor/account-requests/")) == [older.pk]
    done = client.get("/vendor/account-requests/", {"tab": "done"})
    assert ids(done) == [newer.pk]
    assert "Accepted Company" in text(done)


@pytest.mark.parametrize(
    ("who", "role", "sees_it"),
    [
        ("vendor", "vendor", True),
        ("distributor", "distributor", True),
        ("reseller", "reseller", True),
        ("parent", "reseller", True),
        ("vendor2", "vendor", False),
        ("distributor2", "distributor", False),
        ("reseller2", "reseller", False),
    ],
)
def test_everybody_sees_the_requests_of_its_own_side(client, cast, order, who, role, sees_it):
    (request,) = change(cast)
    get = as_(client, cast, who).get
    page = get(f"/{role}/account-requests/")
    assert ids(page) == [request.pk] * sees_it
    if sees_it and role != "vendor":
        assert "Waiting for others 1" in text(page)
    assert get(show(request, role)).status_code == (200 if sees_it else 404)
    other = "distributor" if role == "vendor" else "vendor"
    assert get(show(request, other)).status_code == 403


def test_filters_and_search_narrow_the_queue(client, cast, order):
    (request,) = change(cast)
    get = as_(client, cast, "vendor").get
    every = [request.pk]
    for query, found in [
        ({"product": cast.product.pk}, every),
        ({"product": cast.plain.pk}, []),
        ({"provider": cast.partners["distributor"].pk}, every),
        ({"provider": "PA-\0"}, []),
        ({"country": "Germany"}, every),
        ({"country": "FR"}, []),
        ({"q": "nordlicht"}, every),
        ({"q": request.pk[:12]}, every),
        ({"created": "1"}, every),
    ]:
        page = get("/vendor/account-requests/", query)
        assert page.status_code == 200
        assert ids(page) == found, query


def test_a_request_shows_both_versions_and_who_is_affected(client, cast, order):
    cast.order()
    (request,) = change(cast, address_line1="Am Kai 7", phone="+49 40 30221188")
    page = text(as_(client, cast, "vendor").get(show(request, "vendor")))
    assert "Nordlicht Systemhaus GmbH changed 4 fields" in page
    assert "Field Version 1 Version 2 (current)" in page
    assert "Street before Hafenstraße 12 after Am Kai 7 (changed)" in page
    assert "Company name Nordlicht Systemhaus GmbH unchanged" in page
    assert "Parent Umbrella Hanse unchanged" in page
    assert "Tier 1 of 2 subscriptions of Backup 360." in page
    assert f"Tier 1 · {cast.kirlin.name}" in page
    assert "Accepted or ignored" in page
    assert "Distributor asked the vendor" in page


def test_a_newer_change_is_named_and_both_stay_open(client, cast, order):
    (older,) = change(cast)
    (newer,) = change(cast, city="Lübeck")
    page = as_(client, cast, "vendor").get(show(older, "vendor"))
    assert "a newer change is pending" in text(page)
    assert show(newer, "vendor") in page.content.decode()
    assert "(current)" not in text(page)
    assert "version 3 is current" in text(page)
    page = text(client.get(show(newer, "vendor")))
    assert "an older change is pending" in page
    assert "Version 3 (current)" in page


def test_the_place_in_the_tree_and_what_the_account_takes_part_in(client, cast, order):
    cast.order(product=cast.plain)
    (request,) = [each for each in change(cast, cast.kirlin) if each.product == cast.product]
    page = as_(client, cast, "vendor").get(show(request, "vendor"))
    said = text(page)
    place = said[said.index("Place in the hierarchy") :]
    assert place.index("Level 1 · Tier 2 Umbrella Hanse") < place.index("Level 2 · Tier 1 Nordl")
    assert "Level 3 · Tier 0 Kirlin LLC" in place
    for subscription in Subscription.objects.all():
        assert f"/vendor/subscriptions/{subscription.pk}/" in page.content.decode()
    assert "Mail Guard Customer" in said
    # Another reseller is told the tier above it by name only.
    page = as_(client, cast, "reseller").get(show(request, "reseller"))
    assert "Umbrella Hanse" in text(page)
    assert f"/reseller/accounts/{cast.umbrella.pk}/" not in page.content.decode()


def test_ancestors_a_vendor_does_not_see_are_missing_in_the_tree(client, cast):
    from tests.resellerportal.test_accounts import only_nordlicht

    only_nordlicht(cast)
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    (request,) = change(cast)
    page = as_(client, cast, "vendor").get(show(request, "vendor"))
    assert "Level 2 Nordlicht Systemhaus GmbH" in text(page)
    assert "Umbrella" not in page.content.decode()
    assert cast.umbrella.pk not in page.content.decode()


def test_what_else_is_open_for_the_account_and_the_queue_around_it(client, cast, order):
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    cast.order(product=cast.plain)
    first, second = sorted(change(cast), key=lambda each: each.created_at)
    (third, _fourth) = sorted(change(cast, cast.kirlin), key=lambda each: each.created_at)
    vendor = as_(client, cast, "vendor")
    page = vendor.get(show(second, "vendor")).content.decode()
    assert "Also open for this account" in page
    assert re.search(rf'href="{show(first, "vendor")}\?in=" rel="prev"', page)
    assert re.search(rf'href="{show(third, "vendor")}\?in=" rel="next"', page)
    assert 'rel="prev"' not in vendor.get(show(first, "vendor")).content.decode()
    assert (
        'rel="prev"'
        not in as_(client, cast, "distributor").get(show(second, "distributor")).content.decode()
    )


def test_the_parent_is_named_to_a_vendor_that_sees_it_only(client, cast):
    from tests.resellerportal.test_accounts import only_nordlicht

    only_nordlicht(cast)
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    _account, (request,) = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={}, parent=None
    )
    page = as_(client, cast, "vendor").get(show(request, "vendor")).content.decode()
    assert "Umbrella" not in page
    assert cast.umbrella.pk not in page
    assert "not named to you" in page
    page = as_(client, cast, "distributor").get(show(request, "distributor")).content.decode()
    assert "Umbrella Hanse" in page


def test_the_vendor_accepts_on_a_page_that_asks_first(client, cast, order):
    (request,) = change(cast)
    vendor = as_(client, cast, "vendor")
    assert (
        show(request, "vendor", "accept/") in vendor.get(show(request, "vendor")).content.decode()
    )
    asked = vendor.get(show(request, "vendor", "accept/"))
    assert "Nordlicht Systemhaus GmbH" in text(asked)
    assert TierAccountRequest.objects.get().state == "pending"
    sent = {"revision": request.revision, "token": "once"}
    page = vendor.post(show(request, "vendor", "accept/"), sent, follow=True)
    assert page.redirect_chain[-1][0] == show(request, "vendor")
    assert "The change of Nordlicht Systemhaus GmbH is accepted." in text(page)
    assert TierAccountRequest.objects.get().state == "accepted"
    # Sent twice by a double click, it is done once.
    again = vendor.post(show(request, "vendor", "accept/"), sent)
    assert again.status_code == 302
    assert Event.objects.filter(verb="tieraccountrequest.accept").count() == 1


def test_what_changed_stands_above_what_did_not(client, cast, order):
    (request,) = change(cast)
    table = as_(client, cast, "vendor").get(show(request, "vendor")).content.decode()
    assert table.index('class="is"') < table.index('class="same"')
    assert table.rindex('class="is"') < table.index('class="same"')


def test_after_a_decision_the_next_one_is_offered(client, cast, order):
    (request,) = change(cast)
    (other,) = change(cast, cast.kirlin)
    accept_request(request, actor=cast.actor("vendor"))
    page = as_(client, cast, "vendor").get(show(request, "vendor"))
    assert "Next in the queue" in text(page)
    assert show(other, "vendor") in page.content.decode()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 256, "x" * 10_000, "a\0b", "\ud800", "\u202e"])
def test_ignoring_needs_a_reason_that_can_be_read(client, cast, order, reason):
    (request,) = change(cast)
    vendor = as_(client, cast, "vendor")
    body = f"revision={request.revision}&reason=".encode() + _quoted(reason)
    page = vendor.post(
        show(request, "vendor", "ignore/"), body, content_type="application/x-www-form-urlencoded"
    )
    if reason == "\ud800":  # Not UTF-8: Django reads it as the replacement character.
        assert page.status_code in (302, 422)
        return
    assert page.status_code == 422
    assert "Nothing was saved yet" in text(page)
    assert TierAccountRequest.objects.get().state == "pending"


def _quoted(raw):
    return "".join(f"%{byte:02X}" for byte in raw.encode("utf-8", "surrogatepass")).encode()


def test_the_reason_is_read_by_the_other_side(client, cast, order):
    (request,) = change(cast)
    as_(client, cast, "vendor").post(
        show(request, "vendor", "ignore/"), {"reason": "Billing address\nis ours", "revision": "1"}
    )
    page = as_(client, cast, "reseller").get(show(request, "reseller"))
    assert "Ignored" in text(page)
    assert "Billing address is ours" in text(page)
    assert "/accept/" not in page.content.decode()
    assert client.post(f"/reseller/account-requests/{request.pk}/accept/").status_code == 404


@pytest.mark.parametrize("step", ["accept", "ignore"])
def test_who_comes_second_reads_who_decided_when(client, cast, order, step):
    (request,) = change(cast)
    ignore_request(request, actor=cast.actor("vendor"), reason="No")
    vendor = as_(client, cast, "vendor")
    for answer in (
        vendor.get(show(request, "vendor", f"{step}/")),
        vendor.post(show(request, "vendor", f"{step}/"), {"reason": "Mine", "revision": "1"}),
    ):
        assert answer.status_code == 409
        assert "Decided by You" in text(answer)
    assert TierAccountRequest.objects.get().reason == "No"


def test_viewers_other_roles_and_other_vendors_cannot_decide(client, cast, order):
    (request,) = change(cast)
    for who, status in [("vendor2", 404), ("distributor", 403), ("reseller", 403)]:
        answer = as_(client, cast, who).post(show(request, "vendor", "accept/"))
        assert answer.status_code == status
    Membership.objects.update(level="viewer")
    answer = as_(client, cast, "vendor").post(show(request, "vendor", "accept/"))
    assert answer.status_code == 403
    assert TierAccountRequest.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("who", "role"), [("vendor", "vendor"), ("distributor", "distributor"), ("parent", "reseller")]
)
def test_list_and_details_cost_the_same_for_few_and_for_fifty(client, cast, order, who, role):
    (request,) = change(cast)

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address, {"size": "100"}).status_code == 200
        return len(found)

    as_(client, cast, who)
    addresses = (f"/{role}/account-requests/", show(request, role))
    few = [cost(address) for address in addresses]
    for number in range(50):
        change(cast, city=f"City {number}")
    factories.product(cast.partners["vendor"])
    assert [cost(address) for address in addresses] == few
    assert few[0] <= 12
    assert few[1] <= 11
