"""The directory of accounts and the pages of one account, for every role."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import AccountAccess, AccountVersion, Membership, Participation, TierAccount
from customers.services import participation
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from tests import factories

pytestmark = pytest.mark.django_db
TABS = ("", "hierarchy/", "subscriptions/", "configurations/", "changes/", "versions/")


def names(page):
    return set(re.findall(r'<a class="title"[^>]*>([^<]+)</a>', page.content.decode()))


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def as_(client, cast, name):
    client.force_login(cast.users[name])
    return client


def show(account, role, rest=""):
    return f"/{role}/accounts/{account.pk}/{rest}"


@pytest.mark.parametrize(
    ("who", "role", "seen"),
    [
        ("vendor", "vendor", {"Umbrella Hanse", "Nordlicht Systemhaus GmbH", "Kirlin LLC"}),
        (
            "distributor",
            "distributor",
            {"Umbrella Hanse", "Nordlicht Systemhaus GmbH", "Kirlin LLC"},
        ),
        ("parent", "reseller", {"Umbrella Hanse", "Nordlicht Systemhaus GmbH", "Kirlin LLC"}),
        ("reseller", "reseller", {"Nordlicht Systemhaus GmbH", "Kirlin LLC"}),
        ("vendor2", "vendor", set()),
        ("distributor2", "distributor", {"Stranger AG"}),
        ("reseller2", "reseller", {"Stranger AG"}),
    ],
)
def test_everybody_lists_the_accounts_it_may_see(client, cast, who, role, seen):
    cast.order()
    assert names(as_(client, cast, who).get(f"/{role}/accounts/")) == seen


def test_tabs_filters_and_search_narrow_the_list(client, cast):
    cast.umbrella.external_id = "ERP-7781"
    cast.umbrella.save()
    get = as_(client, cast, "distributor").get
    every = {"Umbrella Hanse", "Nordlicht Systemhaus GmbH", "Kirlin LLC"}
    for query, found in [
        ({"tab": "customers"}, {"Kirlin LLC"}),
        ({"tab": "resellers"}, every - {"Kirlin LLC"}),
        ({"parent": cast.umbrella.pk}, {"Nordlicht Systemhaus GmbH"}),
        ({"parent": "nordli"}, {"Kirlin LLC"}),
        ({"country": "germany"}, every),
        ({"country": "de"}, every),
        ({"country": "Atlantis"}, set()),
        ({"q": "kirl"}, {"Kirlin LLC"}),
        ({"q": "erp-7781"}, {"Umbrella Hanse"}),
        ({"q": cast.kirlin.pk.lower()}, {"Kirlin LLC"}),
        ({"q": "\0"}, every),
        ({"parent": "TA-\0", "country": "\0\0", "q": "x" * 10_000}, set()),
    ]:
        page = get("/distributor/accounts/", query)
        assert page.status_code == 200
        assert names(page) == found, query


def only_nordlicht(cast):
    """The vendor sees Nordlicht, not its parent Umbrella."""
    participation.join(
        cast.plain, "AS-0000-0000-0001", Participation.Kind.SUBSCRIPTION, [(cast.nordlicht, 1)]
    )


def test_a_vendor_reads_the_name_of_a_parent_only_when_it_sees_the_parent(client, cast):
    only_nordlicht(cast)
    edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}, parent=None
    )
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={}, parent=cast.umbrella)
    vendor = as_(client, cast, "vendor")
    pages = ["/vendor/accounts/", *(show(cast.nordlicht, "vendor", tab) for tab in TABS)]
    for address in pages:
        page = vendor.get(address)
        assert page.status_code == 200
        assert "Umbrella" not in page.content.decode(), address
        assert cast.umbrella.pk not in page.content.decode(), address
    assert "A reseller that is not named to you" in text(vendor.get(pages[-1]))
    for query in (cast.umbrella.pk, "Umbrella"):
        assert names(vendor.get("/vendor/accounts/", {"parent": query})) == set()

    participation.join(
        cast.plain, "AS-0000-0000-0002", Participation.Kind.SUBSCRIPTION, [(cast.umbrella, 2)]
    )
    for address in (pages[0], pages[1], pages[2], pages[-1]):
        assert "Umbrella Hanse" in vendor.get(address).content.decode(), address
    assert names(vendor.get("/vendor/accounts/", {"parent": "Umbrella"})) == {cast.nordlicht.name}


def test_a_vendor_reads_no_names_of_resellers_and_no_grants_in_the_history(client, cast):
    from customers.services.access import grant_access

    only_nordlicht(cast)
    edit_account(cast.nordlicht, actor=cast.actor("parent"), data={"city": "Kiel"})
    grant_access(
        cast.nordlicht,
        actor=cast.actor("distributor"),
        partner=cast.partners["reseller2"],
        kind=AccountAccess.Kind.SEES,
    )
    page = text(as_(client, cast, "vendor").get(show(cast.nordlicht, "vendor")))
    assert "A reseller edited the account" in page
    assert "Parent" not in page.split("What happened")[1]
    assert "granted" not in page
    page = text(as_(client, cast, "distributor").get(show(cast.nordlicht, "distributor")))
    assert "Parent edited the account" in page
    assert "granted access" in page


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_whoever_sees_the_account_and_for_nobody_else(client, cast, tab):
    cast.order()
    for who, role in [
        ("vendor", "vendor"),
        ("distributor", "distributor"),
        ("reseller", "reseller"),
        ("parent", "reseller"),
        ("admin", "vendor"),
        ("admin", "distributor"),
    ]:
        page = as_(client, cast, who).get(show(cast.nordlicht, role, tab))
        assert page.status_code == 200, (who, role)
        assert "Nordlicht Systemhaus GmbH" in page.content.decode()
    for who, role in [
        ("vendor2", "vendor"),
        ("distributor2", "distributor"),
        ("reseller2", "reseller"),
    ]:
        assert as_(client, cast, who).get(show(cast.nordlicht, role, tab)).status_code == 404
    assert as_(client, cast, "vendor").get(show(cast.nordlicht, "reseller", tab)).status_code == 403


def test_the_hierarchy_names_levels_tiers_and_what_hangs_below(client, cast):
    page = text(
        as_(client, cast, "distributor").get(show(cast.kirlin, "distributor", "hierarchy/"))
    )
    assert "Level 1 · Tier 2 Umbrella Hanse" in page
    assert "Level 2 · Tier 1 Nordlicht Systemhaus GmbH" in page
    assert "Level 3 · Tier 0 Kirlin LLC" in page
    page = text(
        as_(client, cast, "distributor").get(show(cast.umbrella, "distributor", "hierarchy/"))
    )
    assert "Level 2 Nordlicht" in page
    assert "Kirlin" not in page


def test_a_reseller_reads_its_own_parent_by_name_without_a_page_behind_it(client, cast):
    page = as_(client, cast, "reseller").get(show(cast.kirlin, "reseller", "hierarchy/"))
    assert "Umbrella Hanse" in page.content.decode()
    assert cast.umbrella.pk not in page.content.decode()


def test_many_children_are_cut_off_with_a_link_to_all(client, cast):
    for number in range(51):
        factories.account(
            cast.partners["distributor"], cast.nordlicht, name=f"C{number}", type="customer"
        )
    page = as_(client, cast, "distributor").get(show(cast.nordlicht, "distributor", "hierarchy/"))
    link = f"/distributor/accounts/?parent={cast.nordlicht.pk}"
    assert link in page.content.decode()
    assert "Accounts" in text(client.get(link))


def test_subscriptions_and_configurations_show_what_the_actor_may_see(client, cast):
    order = cast.order()
    plain = cast.order(product=cast.plain)
    page = text(as_(client, cast, "distributor").get(show(cast.nordlicht, "distributor", TABS[2])))
    assert order.subscription_id in page
    assert plain.subscription_id in page
    assert "Tier 1 Kirlin LLC" in page
    page = text(as_(client, cast, "vendor2").get(show(cast.nordlicht, "vendor", TABS[2])))
    assert order.subscription_id not in page
    configs = show(cast.umbrella, "reseller", TABS[3])
    assert "Backup 360" in text(as_(client, cast, "parent").get(configs))
    # The parent sees the account below, not its configuration (decision 4).
    below = show(cast.nordlicht, "reseller", TABS[3])
    assert "No tier configurations" in text(client.get(below))


def test_one_change_is_shown_with_the_verdict_of_every_vendor(client, cast):
    cast.order()
    cast.order(product=cast.plain)
    other = factories.product(cast.partners["vendor2"], name="Other One", tier_accounts_sync=True)
    participation.join(
        other, "AS-0000-0000-0009", Participation.Kind.SUBSCRIPTION, [(cast.nordlicht, 1)]
    )
    actor = cast.actor("distributor")
    account, first = edit_account(cast.nordlicht, actor=actor, data={"city": "Kiel"})
    account, second = edit_account(account, actor=actor, data={"tax_id": "DE1"})
    by_product = {request.product.name: request for request in first}
    accept_request(by_product["Backup 360"], actor=cast.actor("vendor"))
    ignore_request(
        by_product["Other One"], actor=cast.actor("vendor2"), reason="Not ours\nany more"
    )
    page = as_(client, cast, "reseller").get(show(account, "reseller", "changes/"))
    newer, older = text(page).split("Version 3")[-1].split("Version 2")
    assert "Tax ID" in newer
    assert newer.count("Pending") == 2
    assert "Unsupported Mail Guard Vendor" in newer
    assert "Accepted Backup 360 Vendor" in older
    assert "Ignored Other One Vendor2" in older
    assert "Not ours any more" in older
    # A vendor reads its own verdicts only.
    own = text(as_(client, cast, "vendor2").get(show(account, "vendor", "changes/")))
    assert "Other One" in own
    assert "Backup 360" not in own
    assert second


def test_versions_are_compared_any_with_any(client, cast):
    actor = cast.actor("distributor")
    account, _made = edit_account(cast.kirlin, actor=actor, data={"city": "Kiel"})
    account, _made = edit_account(account, actor=actor, data={"name": "Kirlin & Søn"})
    address = show(account, "distributor", "versions/")
    get = as_(client, cast, "distributor").get
    page = text(get(address))
    assert "Company name before Kirlin LLC after Kirlin &amp; Søn (changed)" in page
    assert "Version 3 (current)" in page
    page = text(get(address, {"from": "1", "to": "3"}))
    assert "20359 Hamburg after 20359 Kiel" in page
    assert "Kirlin &amp; Søn (changed)" in page
    for query, said in [
        ({"from": "1", "to": "1"}, "Choose two different versions"),
        ({"from": "99", "to": "1"}, "No such version"),
        ({"from": "²", "to": "x\0"}, "Version 3 (current)"),
    ]:
        assert said in text(get(address, query))
    assert "Never changed" in text(get(show(cast.umbrella, "distributor", "versions/")))


def test_of_very_many_versions_any_two_are_compared_by_number(client, cast):
    account = cast.kirlin
    account.versions.bulk_create(
        AccountVersion(
            account=account,
            number=number,
            data={**account.versions.get(number=1).data, "city": f"City {number}"},
            created_at=account.created_at,
        )
        for number in range(2, 202)
    )
    TierAccount.objects.filter(pk=account.pk).update(version=201)
    get = as_(client, cast, "distributor").get
    page = get(show(account, "distributor", "versions/"), {"from": "2", "to": "150"})
    assert "20359 City 2 after 20359 City 150 (changed)" in text(page)
    for name, number in (("from", 2), ("to", 150)):
        assert f'name="{name}" id="{name}" value="{number}"' in page.content.decode()


def test_edit_is_offered_to_the_buying_side_that_may_write_only(client, cast):
    cast.order()
    for who, role, offered in [
        ("distributor", "distributor", True),
        ("parent", "reseller", True),
        ("reseller", "reseller", True),
        ("vendor", "vendor", False),
    ]:
        page = as_(client, cast, who).get(show(cast.nordlicht, role)).content.decode()
        assert ("/edit/" in page) is offered, who
    AccountAccess.objects.create(
        partner=cast.partners["reseller2"],
        account=cast.kirlin,
        kind=AccountAccess.Kind.SEES,
        started_at=cast.kirlin.created_at,
    )
    page = as_(client, cast, "reseller2").get(show(cast.kirlin, "reseller"))
    assert page.status_code == 200
    assert "/edit/" not in page.content.decode()
    assert client.get(show(cast.kirlin, "reseller", "edit/")).status_code == 403
    Membership.objects.update(level="viewer")
    assert "Add account" not in text(as_(client, cast, "distributor").get("/distributor/accounts/"))
    assert client.get(show(cast.kirlin, "distributor", "edit/")).status_code == 403


@pytest.mark.parametrize(
    ("who", "role"), [("vendor", "vendor"), ("distributor", "distributor"), ("parent", "reseller")]
)
def test_a_list_costs_the_same_for_few_rows_and_for_fifty(client, cast, who, role):
    cast.order()

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert as_get(f"/{role}/accounts/", {"size": "100"}).status_code == 200
        return len(found)

    as_get = as_(client, cast, who).get
    as_get(f"/{role}/accounts/")
    few = cost()
    for number in range(50):
        account = factories.account(
            cast.partners["distributor"], cast.nordlicht, name=f"C{number}", type="customer"
        )
        participation.join(
            cast.product, f"AS-1-{number}", Participation.Kind.SUBSCRIPTION, [(account, 0)]
        )
        edit_account(account, actor=cast.actor("distributor"), data={"city": "Kiel"})
    assert cost() == few
    assert few <= 12


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_the_same_for_few_rows_and_for_many(client, cast, tab):
    cast.order()
    account, _made = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    for who, role in [
        ("vendor", "vendor"),
        ("distributor", "distributor"),
        ("reseller", "reseller"),
    ]:
        as_(client, cast, who).get(show(account, role, tab))
        with CaptureQueriesContext(connection) as few:
            client.get(show(account, role, tab))
        assert len(few) <= 12, [query["sql"][:90] for query in few]
        for number in range(5):
            account, _made = edit_account(
                account, actor=cast.actor("distributor"), data={"city": f"{role} {number}"}
            )
            cast.order()
            factories.account(
                cast.partners["distributor"],
                cast.nordlicht,
                name=f"C{role}{number}",
                type="customer",
            )
        with CaptureQueriesContext(connection) as many:
            client.get(show(account, role, tab))
        assert len(many) == len(few)
