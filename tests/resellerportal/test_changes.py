"""One change shown as one: its page, the list of changes, and who reads what of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Participation, TierAccountRequest
from customers.services import participation
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from tests import factories
from tests.resellerportal.test_account_requests import change
from tests.resellerportal.test_accounts import as_, text
from tests.resellerportal.test_bulk import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(cast):
    """Nordlicht takes part in three products: two of the vendor, one of another one."""
    cast.order()
    cast.order(product=cast.plain)
    other = factories.product(cast.partners["vendor2"], name="Zeta", tier_accounts_sync=True)
    participation.join(
        other, "AS-0000-0000-0009", Participation.Kind.SUBSCRIPTION, [(cast.nordlicht, 1)]
    )
    return other


def page_of(account, version, role):
    return f"/{role}/accounts/{account.pk}/changes/{version}/"


def by_product(requests):
    return {request.product.name: request for request in requests}


def test_the_distributor_reads_the_change_with_the_verdict_of_every_vendor(client, cast, shared):
    requests = by_product(change(cast, city="Kiel", contact_email="new@nordlicht.example"))
    ignore_request(requests["Backup 360"], actor=cast.actor("vendor"), reason="Billing is ours")
    page = as_(client, cast, "distributor").get(page_of(cast.nordlicht, 2, "distributor"))
    said = text(page)
    assert "Nordlicht Systemhaus GmbH: change to version 2" in said
    assert "Changed by You" in said
    assert "Changed Address, contact" in said
    assert "1 pending 1 ignored 1 unsupported" in said
    backup, guard, zeta = (
        said.index(f"{name} TAR-") for name in ("Backup 360", "Mail Guard", "Zeta")
    )
    assert "Vendor Ignored Billing is ours took less than a minute" in said[backup:guard]
    assert "Unsupported" in said[guard:zeta]
    assert "not asked" in said[guard:zeta]
    assert "Vendor2 Pending – waiting now" in said[zeta:]
    assert "after Kiel" not in said
    assert "20359 Kiel (changed)" in said
    for request in requests.values():
        assert f"/distributor/account-requests/{request.pk}/" in page.content.decode()


def test_the_change_is_reached_from_the_account_and_from_each_of_its_requests(client, cast, shared):
    (request, *_others) = change(cast)
    address = page_of(cast.nordlicht, 2, "distributor")
    tab = text(
        as_(client, cast, "distributor").get(f"/distributor/accounts/{cast.nordlicht.pk}/changes/")
    )
    assert "Unsupported Mail Guard Vendor · not asked" in tab
    get = as_(client, cast, "distributor").get
    for here in (
        f"/distributor/accounts/{cast.nordlicht.pk}/changes/",
        f"/distributor/account-requests/{request.pk}/",
        "/distributor/changes/",
    ):
        assert address in get(here).content.decode(), here


def test_who_reads_which_part_of_a_change(client, cast, shared):
    edit_account(cast.umbrella, actor=cast.actor("distributor"), data={"city": "Bonn"})
    change(cast)
    for who, role, products in [
        ("reseller", "reseller", {"Backup 360", "Mail Guard", "Zeta"}),
        ("parent", "reseller", {"Backup 360", "Mail Guard", "Zeta"}),
        ("vendor", "vendor", {"Backup 360", "Mail Guard"}),
        ("vendor2", "vendor", {"Zeta"}),
    ]:
        page = as_(client, cast, who).get(page_of(cast.nordlicht, 2, role))
        found = re.findall(r'<a class="title"[^>]*>([^<]+)</a>', page.content.decode())
        assert set(found) == products, who
    for who, role in [("distributor2", "distributor"), ("reseller2", "reseller")]:
        answer = as_(client, cast, who).get(page_of(cast.nordlicht, 2, role))
        assert answer.status_code == 404
    # A vendor is told of no change of an account that it was not asked about.
    assert as_(client, cast, "vendor2").get(page_of(cast.umbrella, 2, "vendor")).status_code == 404


def test_a_vendor_is_named_no_reseller_who_changed_it(client, cast, shared):
    change(cast, who="reseller")
    page = as_(client, cast, "vendor").get(page_of(cast.nordlicht, 2, "vendor"))
    assert "Changed by A reseller" in text(page)
    page = as_(client, cast, "distributor").get(page_of(cast.nordlicht, 2, "distributor"))
    assert "Changed by Reseller" in text(page)


@pytest.mark.parametrize("version", [0, 1, 3, 99, 10**12])
def test_what_is_no_change_is_not_there(client, cast, shared, version):
    change(cast)
    page = as_(client, cast, "distributor").get(page_of(cast.nordlicht, version, "distributor"))
    assert page.status_code == 404


def test_changes_without_any_vendor_and_their_neighbours(client, cast):
    for city in ("Kiel", "Bonn", "Jena"):
        change(cast, city=city)
    page = as_(client, cast, "distributor").get(page_of(cast.nordlicht, 3, "distributor"))
    assert "no vendor was asked" in text(page)
    source = page.content.decode()
    for neighbour, rel in ((2, "prev"), (4, "next")):
        assert re.search(
            rf'href="{page_of(cast.nordlicht, neighbour, "distributor")}" rel="{rel}"', source
        )


def test_a_vendor_decides_all_requests_of_a_change_at_once(client, cast, shared):
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    requests = by_product(change(cast))
    vendor = as_(client, cast, "vendor")
    page = vendor.get(page_of(cast.nordlicht, 2, "vendor")).content.decode()
    chosen = re.findall(r'name="pk" value="([^"]+)"', page)
    assert sorted(chosen) == sorted(requests[name].pk for name in ("Backup 360", "Mail Guard"))
    address = "/vendor/account-requests/bulk/accept/"
    vendor.post(address, hidden(vendor.post(address, {"pk": chosen}, follow=True)))
    states = dict(TierAccountRequest.objects.values_list("product__name", "state"))
    assert states == {"Backup 360": "accepted", "Mail Guard": "accepted", "Zeta": "pending"}
    assert 'name="pk"' not in vendor.get(page_of(cast.nordlicht, 2, "vendor")).content.decode()


def lines(page):
    return re.findall(
        r'<a class="title" href="[^"]*/changes/(\d+)/">([^<]+)</a>', page.content.decode()
    )


def test_the_list_has_one_line_for_each_change_the_oldest_waiting_first(client, cast, shared):
    first = by_product(change(cast))
    second = by_product(change(cast, city="Lübeck"))
    third = change(cast, cast.kirlin)
    get = as_(client, cast, "distributor").get
    page = get("/distributor/changes/")
    name = cast.nordlicht.name
    assert lines(page) == [("2", name), ("3", name), ("2", "Kirlin LLC")]
    assert "2 pending 1 unsupported Address Backup 360, Zeta" in text(page)
    # The change waits as long as one vendor does, whichever decides first.
    accept_request(first["Backup 360"], actor=cast.actor("vendor"))
    page = get("/distributor/changes/")
    assert lines(page)[0] == ("2", name)
    assert "1 pending 1 accepted 1 unsupported" in text(page)
    accept_request(first["Zeta"], actor=cast.actor("vendor2"))
    for request in third:
        if request.state == "pending":
            accept_request(request, actor=cast.actor("vendor"))
    assert lines(get("/distributor/changes/")) == [("3", name)]
    assert sorted(lines(get("/distributor/changes/", {"tab": "done"}))) == [
        ("2", "Kirlin LLC"),
        ("2", name),
    ]
    assert len(lines(get("/distributor/changes/", {"tab": "all"}))) == 3
    chosen = {"tab": "all", "columns": "account.version.-changed.-waits", "format": "csv"}
    file = b"".join(get("/distributor/changes/", chosen).streaming_content).decode()
    assert f"2 pending 1 unsupported,{cast.nordlicht.pk},3," in file
    vendor2 = {"tab": "all", "vendor": cast.partners["vendor2"].pk}
    assert sorted(lines(get("/distributor/changes/", vendor2))) == [("2", name), ("3", name)]
    assert len(second) == 3


def test_a_vendor_has_its_queue_instead_of_the_list(client, cast):
    assert as_(client, cast, "vendor").get("/vendor/changes/").status_code == 404
    assert "Account changes" not in text(client.get("/vendor/account-requests/"))


@pytest.mark.parametrize(
    ("who", "role", "count"),
    [
        ("reseller", "reseller", 2),
        ("parent", "reseller", 3),
        ("distributor2", "distributor", 0),
        ("reseller2", "reseller", 0),
    ],
)
def test_everybody_lists_the_changes_of_accounts_it_sees(client, cast, shared, who, role, count):
    for account in (cast.umbrella, cast.nordlicht, cast.kirlin):
        change(cast, account)
    assert len(lines(as_(client, cast, who).get(f"/{role}/changes/"))) == count


@pytest.mark.parametrize("role", ["distributor", "reseller"])
def test_list_and_page_cost_the_same_for_few_and_for_forty(client, cast, shared, role):
    change(cast)

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address, {"size": "100"}).status_code == 200
        return len(found)

    as_(client, cast, role)
    addresses = (f"/{role}/changes/", page_of(cast.nordlicht, 2, role))
    few = [cost(address) for address in addresses]
    for number in range(40):
        change(cast, city=f"City {number}")
    assert [cost(address) for address in addresses] == few
    assert max(few) <= 13
