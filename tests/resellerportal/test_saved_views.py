"""Views of lists: kept, shared, opened with one's own rights, begun with."""

from __future__ import annotations

import pytest

from customers.models import Membership, SavedView
from customers.services import saved_views as services
from tests import factories
from tests.resellerportal.config_pages import ids, main_of

#: Members whose portal is the one of their name.
ROLES = ("vendor2", "distributor", "admin")
QUERY = "tab=all&state=pending"


@pytest.fixture
def as_(pages):
    def sign_in(member):
        pages.address(member, "home", portal="" if member in ROLES else "vendor")
        return pages.client

    return sign_in


def colleague(cast, level, partner="vendor"):
    """Another member of the partner; cast.users and pages know it by its level."""
    user = factories.user(cast.partners[partner], email=f"{level}@people.example", name=level)
    Membership.objects.filter(user=user).update(level=level)
    cast.users[level] = user
    return cast.actor(level)


@pytest.fixture
def ours(cast, pages):
    for level in ("viewer", "agent", "administrator"):
        colleague(cast, level)
    return lambda member: (
        lambda name, *args, **query: pages.get(member, name, *args, portal="vendor", **query)
    )


def kept(cast, title="Open", shared=True, query=QUERY, member="agent", name="order"):
    return services.save_view(
        actor=cast.actor(member), list=name, query=query, title=title, shared=shared
    )


def test_a_list_is_kept_under_a_name_and_hostile_parameters_are_left_out(cast, as_, ours):
    agent = as_("agent")
    hostile = "tab=all&state=pending&after=x~1&evil=%3Cscript%3E&q=%00&columns=&in=a&next=//x"
    page = agent.get("/views/of/order/", {"query": hostile})
    assert "tab=all&amp;state=pending<" in main_of(page)
    form = {"title": "Open <b>", "query": hostile, "shared": "on", "list": "account"}
    answer = agent.post("/views/of/order/", form)
    assert answer["Location"] == f"/vendor/orders/?{QUERY}"
    view = SavedView.objects.get()
    assert (view.list, view.query, view.shared, view.user) == (
        "order",
        QUERY,
        True,
        cast.users["agent"],
    )
    listed = main_of(agent.get(answer["Location"]))
    assert "Open &lt;b&gt;</summary>" in listed
    assert f'href="?{QUERY.replace("&", "&amp;")}" aria-current=true>Open &lt;b&gt; ' in listed
    assert "You have a view of this name." in main_of(agent.post("/views/of/order/", form))
    assert agent.get("/views/of/nothing/").status_code == 404
    assert agent.get("/views/of/order/", {"query": "a&" * 3000}).status_code == 200


def test_shared_views_are_opened_with_the_readers_own_rights(cast, pages, ours):
    mine, theirs = cast.order(product=cast.plain), None
    kept(cast)
    kept(cast, "Private", shared=False)
    kept(cast, "Foreign", member="vendor2")
    for member in ("viewer", "administrator"):
        listed = main_of(ours(member)("order-list"))
        assert "Open <span class=sub>agent</span>" in listed
        assert "Private" not in listed
        assert "Foreign" not in listed
    assert ids(ours("viewer")("order-list", tab="all", state="pending"), "PR-") == {mine.pk}
    stranger = pages.get("vendor2", "order-list", tab="all", state="pending")
    assert "Open <span" not in main_of(stranger)
    assert ids(stranger, "PR-") == set()
    assert theirs is None


@pytest.mark.parametrize(
    ("member", "allowed"),
    [("agent", True), ("viewer", False), ("administrator", True), ("vendor", True)],
)
def test_authors_and_administrators_change_shared_views(cast, as_, ours, member, allowed):
    view, client = kept(cast), as_(member)
    Membership.objects.filter(user=cast.users["vendor"]).update(level="administrator")
    answers = [
        client.get(f"/views/{view.pk}/"),
        client.post(f"/views/{view.pk}/", {"title": "Renamed", "shared": "on"}),
        client.post(f"/views/{view.pk}/do/", {"do": "overwrite", "query": "tab=done&x=1"}),
    ]
    assert [each.status_code for each in answers] == ([200, 302, 302] if allowed else [403] * 3)
    view.refresh_from_db()
    assert (view.title, view.query) == (("Renamed", "tab=done") if allowed else ("Open", QUERY))
    assert client.post(f"/views/{view.pk}/do/", {"do": "copy"}).status_code == 302
    copy = SavedView.objects.get(user=cast.users[member], title=f"Copy of {view.title}")
    assert (copy.shared, copy.query) == (False, view.query)
    assert client.post(f"/views/{view.pk}/do/", {"do": "nonsense"}).status_code == 404
    gone = client.post(f"/views/{view.pk}/do/", {"do": "delete"}).status_code
    assert (gone, SavedView.objects.filter(pk=view.pk).exists()) == (
        (302, False) if allowed else (403, True)
    )


def test_what_a_removed_colleague_shared_stays_and_administrators_delete_it(
    cast, as_, ours, monkeypatch
):
    view = kept(cast)
    with monkeypatch.context() as full:
        full.setattr(services, "MOST", 0)
        address = f"/views/{view.pk}/do/"
        page = as_("administrator").post(address, {"do": "copy"}, follow=True)
    assert "Keep at most 0 views of a list." in page.content.decode()
    assert SavedView.objects.get() == view
    cast.users["agent"].memberships.all().delete()
    assert "Open <span" in main_of(ours("viewer")("order-list"))
    assert as_("administrator").post(f"/views/{view.pk}/do/", {"do": "delete"}).status_code == 302
    assert not SavedView.objects.exists()


def test_viewers_keep_views_but_share_none_and_foreign_ones_do_not_exist(cast, as_, ours):
    form = {"title": "Mine", "query": QUERY, "shared": "on"}
    assert as_("viewer").post("/views/of/order/", form).status_code == 302
    view = SavedView.objects.get()
    assert not view.shared
    for member in ("agent", "administrator", "vendor2", "distributor", "admin"):
        client = as_(member)
        assert client.get(f"/views/{view.pk}/").status_code == 404
        for step in ("delete", "copy", "overwrite", "start"):
            assert client.post(f"/views/{view.pk}/do/", {"do": step}).status_code == 404


def test_a_list_begins_with_the_view_its_reader_chose(cast, as_, ours):
    view, client = kept(cast), as_("viewer")
    client.post(f"/views/{view.pk}/do/", {"do": "start"})
    assert client.get("/vendor/orders/")["Location"] == f"/vendor/orders/?{QUERY}"
    # Whoever is there already gets what the link says, without a Referer too.
    inside = main_of(client.get("/vendor/orders/?state=pending"))
    assert 'href="?"' not in inside
    whole = client.get("/vendor/orders/?whole=1")
    assert 'href="?whole=1"' in inside
    assert 'href="?whole=1"' in main_of(whole)
    assert client.get("/vendor/orders/?tab=mine").status_code == 200
    assert client.get("/vendor/config-requests/").status_code == 200
    assert as_("agent").get("/vendor/orders/").status_code == 200
    services.edit_view(view, actor=cast.actor("agent"), title="Open", shared=False)
    assert as_("viewer").get("/vendor/orders/").status_code == 200


def test_the_menu_costs_a_list_one_query(cast, pages, ours):
    before = pages.queries("vendor", "order-list")
    for number in range(3):
        kept(cast, f"Open {number}")
    assert pages.queries("vendor", "order-list") == before
