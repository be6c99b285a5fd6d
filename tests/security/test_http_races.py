"""The same page sent twice at once, or by two people: one outcome, and polite answers."""

import io
import re

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from customers.models import AccountVersion, Event, Note, TierAccount
from customers.services.accounts import edit_account
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.factories import steps
from tests.races.threads import together
from tests.resellerportal.test_access_table import sign_in
from tierconfig import inquiries
from tierconfig.models import TierConfigRequest

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 3
DATA = {
    "name": "Zweimal GmbH",
    "country": "DE",
    "city": "Kiel",
    "postal_code": "24103",
    "address_line1": "Hafen 1",
    "contact_last_name": "Petersen",
    "contact_first_name": "Jens",
    "contact_email": "it@zweimal.example",
}


@pytest.fixture(autouse=True)
def no_deliveries(settings):
    settings.DELIVER_ON_COMMIT = "off"
    call_command("createcachetable", stdout=io.StringIO())
    cache.clear()


def member(cast, name):
    client = Client(raise_request_exception=True)
    sign_in(client, cast, name)
    return client


def token_of(client, path):
    page = client.get(path)
    assert page.status_code == 200, page
    return re.search(r'name="token" value="(\w+)"', page.content.decode())[1]


def at_once(*sendings):
    """(status, address) of (client, path, data) sent at the same moment, by sessions of their own.

    Each sender is cloned: a browser that sends a form twice does so with the same cookies.
    """

    def sending(client, path, data):
        own = Client()
        own.cookies = client.cookies
        answer = own.post(path, data)
        return answer.status_code, getattr(answer, "url", "")

    return together([lambda args=args: sending(*args) for args in sendings])


def test_an_account_is_created_once_by_two_sendings_of_one_page(cast):
    client = member(cast, "distributor")
    add = "/distributor/accounts/add/"
    for number in range(ROUNDS):
        name = f"Zweimal {number}"
        client.post(f"{add}type/", {"type": "reseller"})
        client.post(f"{add}parent/", {"parent": cast.umbrella.pk})
        data = {**DATA, "name": name, "contact_email": f"it@zweimal-{number}.example"}
        assert client.post(f"{add}data/", data).url == f"{add}summary/"
        token = {"token": token_of(client, f"{add}summary/")}
        answers = at_once(*[(client, f"{add}summary/", token)] * 2)
        made = TierAccount.objects.get(name=name)
        for status, url in answers:
            assert status == 302
            # Who comes after the session was emptied begins anew: that makes nothing either.
            assert url in (f"/distributor/accounts/{made.pk}/created/", f"{add}type/", add)


@pytest.mark.parametrize("value", ["", "DE1"])
def test_an_order_is_placed_once_by_two_sendings_of_one_page(cast, value):
    """With values of a tier too, whose setup the first sending begins."""
    client = member(cast, "distributor")
    add = "/distributor/orders/add/"
    customers = [cast.kirlin] if value else [cast.kirlin, cast.nordlicht]
    for customer in customers:
        client.post(f"{add}product/", {"product": cast.product.pk})
        client.post(f"{add}customer/", {"customer": customer.pk})
        onward = client.post(f"{add}items/", {f"quantity-{cast.seats.pk}": "3"})
        if onward.url == f"{add}parameters/":
            client.post(onward.url, {"tier2-tier2_vat": value, "tier1-tier1_vat": value})
        token = {"token": token_of(client, f"{add}summary/")}
        answers = at_once(*[(client, f"{add}summary/", token)] * 2)
        order = FulfillmentRequest.objects.get(subscription__customer=customer)
        for status, url in answers:
            assert status == 302
            assert url in (f"/distributor/orders/{order.pk}/", f"{add}product/", add)


def test_a_note_is_written_and_told_once_by_two_sendings_of_one_page(cast):
    client = member(cast, "distributor")
    page = f"/distributor/accounts/{cast.kirlin.pk}/note/"
    for number in range(ROUNDS):
        said = {"token": token_of(client, page), "text": f"Call {number}", "kind": "private"}
        answers = at_once(*[(client, page, said)] * 2)
        assert [status for status, _url in answers] == [302, 302]
        note = Note.objects.get(text=f"Call {number}")
        assert Event.objects.filter(object_id=note.pk).count() == 1
    again = client.post(page, {**said, "token": "another"})
    assert again.status_code == 302
    assert Note.objects.filter(text=said["text"]).count() == 2


def test_two_edits_at_once_make_one_version(cast):
    first, second = member(cast, "distributor"), member(cast, "reseller")
    for number in range(ROUNDS):
        fresh = TierAccount.objects.get(pk=cast.kirlin.pk)
        same = {name: getattr(fresh, name) for name in DATA}
        same |= {"type": "customer", "parent": fresh.parent_id, "revision": fresh.version}
        answers = at_once(
            (first, f"/distributor/accounts/{fresh.pk}/edit/", {**same, "city": f"Kiel {number}"}),
            (second, f"/reseller/accounts/{fresh.pk}/edit/", {**same, "city": f"Bonn {number}"}),
        )
        assert sorted(status for status, _url in answers) == [302, 422]
        assert AccountVersion.objects.filter(account=fresh).count() == fresh.version + 1


def test_two_people_decide_one_change(cast):
    cast.order()
    second = factories.user(cast.partners["vendor"], email="second@people.example")
    cast.users["second"] = second
    edit, clients = cast.actor("distributor"), (member(cast, "vendor"), member(cast, "second"))
    for number in range(ROUNDS):
        _account, [request] = edit_account(cast.kirlin, actor=edit, data={"city": f"K {number}"})
        page = f"/vendor/account-requests/{request.pk}/"
        answers = at_once(
            (clients[0], f"{page}accept/", {"revision": request.revision}),
            (clients[1], f"{page}ignore/", {"revision": request.revision, "reason": "No."}),
        )
        assert sorted(status for status, _url in answers) == [302, 409]
        decided = Event.objects.filter(object_id=request.pk).exclude(verb__endswith=".created")
        assert decided.count() == 1


def test_an_inquiry_is_answered_by_link_or_in_the_portal(cast):
    for number in range(ROUNDS):
        product = factories.product(cast.partners["vendor"], authorization_level=1)
        factories.offer(product, cast.partners["distributor"])
        factories.item(product)
        factories.parameter(product, "tier1", "vat", required=True)
        cast.order(product=product)
        asked = steps.setup(1, configuration__product=product)
        data = {"param-vat": f"DE{number}", "revision": asked.revision}
        portal = member(cast, "reseller")
        page = portal.get(f"/search/?q={asked.pk}").url
        answers = at_once(
            (Client(), f"/inquiry/{asked.pk}/{inquiries.code(asked)}/", data),
            (portal, f"{page}answer/", data),
            (portal, f"{page}answer/", data),
        )
        assert sorted(status for status, _url in answers) == [302, 409, 409]
        done = TierConfigRequest.objects.get(pk=asked.pk)
        assert (done.state, done.revision) == ("pending", asked.revision + 1)
