"""Who is named to whom: nobody learns of companies and people of other tenants from a page."""

import pytest

from customers.models import AccountAccess, TierAccount
from customers.services.access import end_access, grant_access
from customers.services.accounts import create_account, edit_account, move_account
from fulfillment.services.requests import withdraw_request
from tests import factories
from tests.factories import steps
from tests.resellerportal.test_access_table import sign_in
from tierconfig.services.requests import answer_request, pend_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit(cast):
    """A reseller above Umbrella, tier 3, operated by a partner of its own."""
    home = cast.partners["distributor"]
    top = factories.account(home, name="Summit Holding")
    partner = factories.partner("reseller", name="Summit Partner")
    cast.users["summit"] = factories.user(partner, email="summit@people.example", name="Sully")
    grant_access(top, actor=cast.actor("distributor"), partner=partner, kind="operates")
    move_account(cast.umbrella, actor=cast.actor("distributor"), parent=top)
    return top


@pytest.fixture
def rival(cast):
    """A reseller beside Nordlicht, and the customer that Nordlicht takes over from it."""
    home = cast.partners["distributor"]
    beside = factories.account(home, cast.umbrella, name="Rival Systems")
    partner = factories.partner("reseller", name="Rival Partner")
    cast.users["rival"] = factories.user(partner, email="rival@people.example", name="Rita")
    grant_access(beside, actor=cast.actor("distributor"), partner=partner, kind="operates")
    customer = create_account(
        actor=cast.actor("rival"),
        provider=home,
        parent=beside,
        data=factories.account_data("Hotel Alster", type="customer"),
    )
    edit_account(customer, actor=cast.actor("rival"), data={"city": "Kiel"})
    move_account(customer, actor=cast.actor("distributor"), parent=cast.nordlicht)
    return TierAccount.objects.get(pk=customer.pk)


def pages(client, *paths):
    found = [client.get(path) for path in paths]
    assert {each.status_code for each in found} == {200}
    return "".join(each.content.decode() for each in found)


def test_typed_search_is_not_for_vendors(client, cast, summit):
    """It would tell whether an id is that of a parent that is not named, and its name."""
    cast.order()
    sign_in(client, cast, "vendor")
    query = {"scope": "parents", "field": "parent"}
    guess = {"but": cast.umbrella.pk, "parent": summit.pk}
    assert client.get("/account-search/", {**query, **guess}).status_code == 404
    previews = client.get("/account-search/", {**query, **guess, "scope": "previews"})
    assert "Umbrella" not in previews.content.decode()


def test_typed_search_keeps_no_parent_that_is_not_seen(client, cast):
    sign_in(client, cast, "reseller")
    query = {"scope": "parents", "field": "parent"}
    guess = {"but": cast.nordlicht.pk, "parent": cast.umbrella.pk}
    answer = client.get("/account-search/", {**query, **guess}).content.decode()
    assert "Umbrella" not in answer


def test_a_vendor_learns_nothing_of_what_an_account_is_to_other_vendors(client, cast):
    other = factories.product(cast.partners["vendor2"], name="Elsewhere")
    factories.offer(other, cast.partners["distributor"])
    factories.item(other)
    factories.template(other, "asset", "fulfillment")
    cast.order()
    beyond = factories.account(cast.partners["distributor"], cast.kirlin.parent, name="Beyond")
    cast.order(product=other, customer=beyond)
    sign_in(client, cast, "vendor2")
    path = f"/vendor/accounts/{cast.umbrella.pk}/"
    facts = pages(client, path).partition("Takes part as")[2][:120]
    assert "Tier 2" in facts
    buyer = cast.order(product=other, customer=cast.nordlicht)
    assert buyer.subscription.customer == cast.nordlicht
    facts = pages(client, f"/vendor/accounts/{cast.nordlicht.pk}/").partition("Takes part as")[2]
    assert "Customer" in facts[:120]
    sign_in(client, cast, "vendor")
    facts = pages(client, f"/vendor/accounts/{cast.nordlicht.pk}/").partition("Takes part as")[2]
    assert "Tier 1" in facts[:120]
    assert "Customer" not in facts[:120]


def test_a_vendor_is_not_told_which_reseller_far_above_placed_or_withdrew_an_order(
    client, cast, summit
):
    order = cast.order(actor=cast.actor("summit"))
    sign_in(client, cast, "vendor")
    own = (f"/vendor/orders/{order.pk}/", f"/vendor/subscriptions/{order.subscription_id}/")
    everything = pages(client, "/vendor/", "/vendor/orders/?tab=all", *own)
    withdraw_request(order, actor=cast.actor("summit"), reason="Changed our mind.")
    everything += pages(client, "/vendor/", *own)
    late = client.get(f"/vendor/orders/{order.pk}/fail/")
    assert late.status_code == 409
    for name in ("Summit", "Sully", "summit@"):
        assert name not in everything + late.content.decode()


def test_a_vendor_is_told_who_answered_for_a_configuration(client, cast):
    """The reseller it is of: the vendor knows that one."""
    cast.order()
    answer = {"tier2_vat": "DE1"}
    answer_request(steps.setup(2), actor=cast.actor("parent"), values=answer)
    sign_in(client, cast, "vendor")
    thread = client.get(client.get(f"/search/?q={steps.setup(2).pk}").url).context["thread"]
    assert ("Parent", "Parent") in [(entry.who, entry.partner) for entry in thread]


def test_a_late_reseller_reads_the_company_of_who_was_first_not_the_person(client, cast):
    cast.order()
    setup = steps.setup(2)
    pend_request(setup, actor=cast.actor("vendor"))
    cast.users["vendor"].name = "Vera Lindqvist"
    sign_in(client, cast, "parent")
    listed = client.get(f"/search/?q={setup.pk}")
    answer = client.get(f"{listed.url}answer/")
    assert answer.status_code == 409
    decided = answer.content.decode().partition("Decided by")[2][:60]
    assert cast.partners["vendor"].name in decided
    assert "is already Pending.<" in answer.content.decode()


def test_a_reseller_is_not_told_from_whom_an_account_came(client, cast, rival):
    sign_in(client, cast, "reseller")
    home = f"/reseller/accounts/{rival.pk}/"
    versions = [f"{home}versions/?from={n}&to={n + 1}" for n in range(1, rival.version)]
    lists = [f"/reseller/accounts/?{query}" for query in ("columns=owner", "owner=Riv")]
    everything = pages(client, home, f"{home}hierarchy/", f"{home}changes/", *versions, *lists)
    assert "A reseller that is not named to you" in everything
    for name in ("Rival", "Rita"):
        assert name not in everything
    # Its own chain it knows.
    assert "Nordlicht" in everything
    assert "Umbrella" in pages(client, f"/reseller/accounts/{cast.nordlicht.pk}/")
    # Those below it, too: they are its channel.
    sign_in(client, cast, "parent")
    made_by = pages(client, f"/reseller/accounts/{rival.pk}/").partition("Created by")[2]
    assert "Rival Partner" in made_by[:120]


def test_a_vendor_is_not_told_the_parent_its_preview_was_hung_below(client, cast):
    home = cast.partners["distributor"]
    house, preview = (
        create_account(
            actor=cast.actor(name),
            provider=home,
            environment="preview",
            data=factories.account_data(f"Preview of {name}"),
        )
        for name in ("distributor", "vendor")
    )
    move_account(preview, actor=cast.actor("distributor"), parent=house)
    sign_in(client, cast, "vendor")
    path = f"/vendor/accounts/{preview.pk}/"
    steps = [f"{path}{step}" for step in ("", "edit/", "move/", "decommission/", "hierarchy/")]
    assert house.name not in pages(client, *steps)
    assert "A reseller that is not named to you" in pages(client, f"{path}decommission/")


def test_a_reseller_sees_nothing_of_an_account_that_was_taken_away(client, cast, rival):
    sign_in(client, cast, "rival")
    for path in (f"/reseller/accounts/{rival.pk}/", f"/reseller/accounts/{rival.pk}/edit/"):
        assert client.get(path).status_code == 404
    for path in ("/reseller/accounts/", "/search/?q=Hotel", "/reseller/"):
        assert "Hotel Alster" not in client.get(path).content.decode()


def test_an_ended_access_counts_on_the_next_request(client, cast):
    cast.order()
    sign_in(client, cast, "reseller")
    page = f"/reseller/accounts/{cast.nordlicht.pk}/"
    assert client.get(page).status_code == 200
    access = AccountAccess.objects.get(account=cast.nordlicht)
    end_access(access, actor=cast.actor("distributor"))
    assert client.get(page).status_code == 404
    assert "Nordlicht" not in client.get("/reseller/").content.decode()
