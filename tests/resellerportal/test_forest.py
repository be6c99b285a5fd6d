"""The page of the whole forest: who sees what of it, how it unfolds, and what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import trees
from customers.models import AccountAccess, Membership, Participation, TierAccount
from customers.services import participation
from customers.services.accounts import edit_account, move_account
from resellerportal.customers import forest
from tests import factories

pytestmark = pytest.mark.django_db
PIECE = {"HTTP_HX_REQUEST": "true"}


def lines(page):
    """(depth, name) of the lines in order."""
    found, depth = [], -1
    for tag, name in re.findall(
        r'(<ul|</ul)|<a class="name"[^>]*>([^<]+)</a>', page.content.decode().partition("forest")[2]
    ):
        depth += {"<ul": 1, "</ul": -1}.get(tag, 0)
        if name:
            found.append((depth, name))
    return found


def names(page):
    return re.findall(r'<a class="name"[^>]*>([^<]+)</a>', page.content.decode())


def line_of(page, account):
    """The line of one account as text."""
    line = page.content.decode().split(f'<li id="{account.pk}">')[1].split("</li>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line.partition("<ul")[0]))


def as_(client, cast, name):
    client.force_login(cast.users[name])
    return client


def tree(client, role, **query):
    page = client.get(f"/{role}/hierarchy/", query)
    assert page.status_code == 200
    return page


def card(page):
    """The forest itself, without what the page says of its own address and search."""
    return page.content.decode().partition('class="card')[2]


def below(client, role, account, **query):
    return client.get(f"/{role}/hierarchy/{account.pk}/children/", query, **PIECE)


def many(parent, count, kind="customer"):
    rows = [
        TierAccount(
            pk=f"TA-8000-{number // 10_000:04d}-{number % 10_000:04d}",
            parent=parent,
            provider=parent.provider,
            owner=parent.provider,
            external_uid=f"U-{number}",
            lft=0,
            rght=0,
            level=0,
            tree_id=0,
            **factories.account_data(name=f"Branch {number:05d}", type=kind),
        )
        for number in range(count)
    ]
    TierAccount.objects.bulk_create(rows, batch_size=1000)
    trees.rebuild()
    return rows


@pytest.mark.parametrize(
    ("who", "role", "tops"),
    [
        ("distributor", "distributor", ["Umbrella Hanse"]),
        ("parent", "reseller", ["Umbrella Hanse"]),
        ("reseller", "reseller", ["Nordlicht Systemhaus GmbH"]),
        ("vendor", "vendor", ["Umbrella Hanse"]),
        ("vendor2", "vendor", []),
        ("distributor2", "distributor", ["Stranger AG"]),
        ("reseller2", "reseller", ["Stranger AG"]),
        ("admin", "distributor", ["Stranger AG", "Umbrella Hanse"]),
    ],
)
def test_the_forest_begins_where_the_sight_begins(client, cast, who, role, tops):
    cast.order()
    assert names(tree(as_(client, cast, who), role)) == tops


def test_the_forest_is_in_the_rail_and_an_account_leads_to_its_place(client, cast):
    client = as_(client, cast, "distributor")
    assert 'href="/distributor/hierarchy/" aria-current="page">Hierarchy' in tree(
        client, "distributor"
    ).content.decode().replace("  ", " ")
    page = client.get(f"/distributor/accounts/{cast.kirlin.pk}/hierarchy/").content.decode()
    address = f"/distributor/hierarchy/?open={cast.kirlin.pk}"
    assert f'href="{address}#{cast.kirlin.pk}"' in page
    assert lines(client.get(address)) == [
        (0, "Umbrella Hanse"),
        (1, "Nordlicht Systemhaus GmbH"),
        (2, "Kirlin LLC"),
    ]


def test_a_line_unfolds_piece_by_piece_and_without_a_script_as_a_page(client, cast):
    client = as_(client, cast, "distributor")
    page = tree(client, "distributor").content.decode()
    address = f"/distributor/hierarchy/{cast.umbrella.pk}/children/"
    assert f'hx-get="{address}"' in page
    assert 'aria-expanded="false"' in page
    assert names(client.get(address, **PIECE)) == ["Nordlicht Systemhaus GmbH"]
    answer = client.get(address)
    assert answer["Location"] == (
        f"/distributor/hierarchy/?open={cast.umbrella.pk}#{cast.umbrella.pk}"
    )
    assert "HX-Request" in answer["Vary"]
    opened = client.get(answer["Location"].partition("#")[0])
    assert lines(opened) == [(0, "Umbrella Hanse"), (1, "Nordlicht Systemhaus GmbH")]
    assert 'aria-expanded="true"' in opened.content.decode()


def test_levels_are_named_and_tiers_once_a_customer_is_picked(client, cast):
    client = as_(client, cast, "distributor")
    plain = tree(client, "distributor", open=cast.nordlicht.pk)
    assert "Level 1" in line_of(plain, cast.umbrella)
    assert "Level 3" in line_of(plain, cast.kirlin)
    assert "Tier" not in re.sub("Tier config", "", plain.content.decode().split("<main")[1])
    picked = tree(client, "distributor", **{"for": cast.kirlin.pk})
    for account, tier in [(cast.kirlin, 0), (cast.nordlicht, 1), (cast.umbrella, 2)]:
        assert f"Tier {tier}" in line_of(picked, account)
    assert "Tiers for: Kirlin LLC" in picked.content.decode()
    piece = below(client, "distributor", cast.nordlicht, **{"for": cast.kirlin.pk})
    assert "Tier 0" in line_of(piece, cast.kirlin)


def test_a_reseller_reads_its_parent_by_name_with_its_tier_and_nothing_else_of_it(client, cast):
    sibling = factories.account(cast.partners["distributor"], cast.umbrella, name="Sibling")
    client = as_(client, cast, "reseller")
    page = tree(client, "reseller", **{"for": cast.kirlin.pk})
    line = line_of(page, cast.nordlicht)
    assert "below Umbrella Hanse Tier 2" in line
    assert "Tier 1" in line
    for hidden in (cast.umbrella.pk, sibling.pk, sibling.name):
        assert hidden not in page.content.decode()
    for account in (cast.umbrella, sibling):
        assert below(client, "reseller", account).status_code == 404
        for name in ("open", "for", "q"):
            found = tree(client, "reseller", **{name: account.pk})
            assert account.pk not in card(found)


def test_what_a_reseller_only_sees_is_a_top_without_what_is_below_it(client, cast):
    AccountAccess.objects.create(
        partner=cast.partners["reseller2"],
        account=cast.nordlicht,
        kind=AccountAccess.Kind.SEES,
        started_at=timezone.now(),
    )
    client = as_(client, cast, "reseller2")
    page = tree(client, "reseller")
    assert names(page) == ["Nordlicht Systemhaus GmbH", "Stranger AG"]
    assert "hx-get" not in page.content.decode()
    assert names(below(client, "reseller", cast.nordlicht)) == []
    assert "/move/" not in page.content.decode()


def test_a_vendor_sees_what_takes_part_below_parents_that_are_not_named(client, cast):
    kind = Participation.Kind.SUBSCRIPTION
    participation.join(cast.plain, "AS-0000-0000-0001", kind, [(cast.kirlin, 0)])
    participation.join(cast.plain, "AS-0000-0000-0002", kind, [(cast.umbrella, 2)])
    client = as_(client, cast, "vendor")
    page = tree(client, "vendor")
    assert names(page) == ["Kirlin LLC", "Umbrella Hanse"]
    assert "below a reseller that is not named to you" in line_of(page, cast.kirlin)
    assert "Level 3" in line_of(page, cast.kirlin)
    assert names(below(client, "vendor", cast.umbrella)) == []
    pages = [
        page,
        tree(client, "vendor", open=cast.kirlin.pk),
        tree(client, "vendor", **{"for": cast.kirlin.pk}),
        tree(client, "vendor", q="Kirlin"),
        tree(client, "vendor", q="Nordlicht"),
    ]
    for each in pages:
        shown = card(each)
        assert "Nordlicht" not in shown
        assert cast.nordlicht.pk not in shown
        assert "/move/" not in shown
        assert "data-move" not in shown
    assert below(client, "vendor", cast.nordlicht).status_code == 404


def test_a_search_opens_the_way_to_each_hit(client, cast):
    home = cast.partners["distributor"]
    other = factories.account(home, name="Other")
    deep = factories.account(home, other, name="Kirlin Nord", external_id="ERP-77")
    client = as_(client, cast, "distributor")
    page = tree(client, "distributor", q="kirlin")
    assert lines(page) == [
        (0, "Other"),
        (1, "Kirlin Nord"),
        (0, "Umbrella Hanse"),
        (1, "Nordlicht Systemhaus GmbH"),
        (2, "Kirlin LLC"),
    ]
    assert "2 accounts found" in page.content.decode()
    shown = re.sub(r"<[^>]+>", "", page.content.decode())
    assert "Show everything below Umbrella Hanse" in shown
    for text in (deep.pk.lower(), "erp-77"):
        assert lines(tree(client, "distributor", q=text)) == [(0, "Other"), (1, "Kirlin Nord")]
    for text in ("ki", "TA-"):
        assert tree(client, "distributor", q=text).status_code == 200
    assert "at least three letters" in tree(client, "distributor", q="ki").content.decode()
    nothing = tree(client, "distributor", q="Stranger AG")
    assert names(nothing) == []
    assert "Nothing matches" in nothing.content.decode()


def test_a_search_shows_the_first_hits_and_says_when_there_are_more(client, cast, monkeypatch):
    monkeypatch.setattr(forest, "HITS", 3)
    many(cast.nordlicht, 5)
    page = tree(as_(client, cast, "distributor"), "distributor", q="branch")
    assert len(names(page)) == 2 + 3
    assert "The first 3 found, and there are more" in page.content.decode()
    page = tree(client, "distributor", q="hanse")
    assert "and there are more" not in page.content.decode()


def test_ten_thousand_children_come_in_pieces(client, cast):
    rows = many(cast.nordlicht, 10_000)
    client = as_(client, cast, "distributor")
    answer = below(client, "distributor", cast.nordlicht)
    assert names(answer) == [row.name for row in rows[:50]]
    seen = names(answer)
    for _piece in range(3):
        more = re.search(r'class="more"><a [^>]*hx-get="([^"]+)"', answer.content.decode())[1]
        answer = client.get(more.replace("&amp;", "&"), **PIECE)
        seen += names(answer)
    assert seen == [row.name for row in rows[:200]]
    # A page that was asked for a late one shows it before the first ones, and not twice.
    late = rows[7_000]
    page = tree(client, "distributor", open=late.pk)
    assert names(page)[2] == late.name
    assert len(names(page)) == 2 + 51
    more = re.search(
        r'href="([^"]+)" hx-get="([^"]+children[^"]+after[^"]+)"', page.content.decode()
    )
    assert f"but={late.pk}" in more[2]
    plain = client.get(more[1].replace("&amp;", "&").partition("#")[0])
    assert rows[50].name in names(plain)
    assert "Umbrella Hanse" in names(plain)


def test_many_tops_come_in_pieces(client, cast, monkeypatch):
    monkeypatch.setattr(forest, "PAGE", 2)
    for number in range(5):
        factories.account(cast.partners["distributor"], name=f"Top {number}")
    client = as_(client, cast, "distributor")
    page = tree(client, "distributor")
    assert names(page) == ["Top 0", "Top 1"]
    more = re.search(r'href="([^"]+)" hx-get="([^"]+)"', page.content.decode())
    for address, headers in ((more[1], {}), (more[2], PIECE)):
        assert names(client.get(address.replace("&amp;", "&"), **headers)) == ["Top 2", "Top 3"]
    # The way to a late top is shown all the same.
    assert names(tree(client, "distributor", open=cast.umbrella.pk))[0] == "Umbrella Hanse"


def test_open_requests_are_said_and_decommissioned_accounts_are_marked(client, cast):
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
    TierAccount.objects.filter(pk=cast.umbrella.pk).update(decommissioned_at=timezone.now())
    client = as_(client, cast, "distributor")
    page = tree(client, "distributor", open=cast.nordlicht.pk)
    assert "1 open request" in line_of(page, cast.kirlin)
    assert f'href="/distributor/accounts/{cast.kirlin.pk}/changes/"' in page.content.decode()
    assert "open request" not in line_of(page, cast.nordlicht)
    assert "decommissioned" in line_of(page, cast.umbrella)
    assert f'data-target="{cast.umbrella.pk}"' not in page.content.decode()
    assert f"/accounts/{cast.umbrella.pk}/move/" not in page.content.decode()
    assert f"/accounts/{cast.kirlin.pk}/move/" in page.content.decode()


def test_who_only_reads_is_offered_no_move(client, cast):
    client = as_(client, cast, "distributor")
    assert "/move/" in tree(client, "distributor").content.decode()
    Membership.objects.filter(user=cast.users["distributor"]).update(level="viewer")
    page = tree(client, "distributor", open=cast.kirlin.pk).content.decode()
    assert "/move/" not in page
    assert "draggable" not in page


def test_a_reseller_is_offered_moves_of_what_is_below_its_own(client, cast):
    page = tree(as_(client, cast, "reseller"), "reseller", open=cast.kirlin.pk).content.decode()
    assert f"/reseller/accounts/{cast.kirlin.pk}/move/" in page
    assert f"/reseller/accounts/{cast.nordlicht.pk}/move/" not in page
    assert "data-own" not in page


def test_after_a_move_the_old_parent_sees_it_nowhere(client, cast):
    rival = factories.account(cast.partners["distributor"], name="Rival Nord")
    client = as_(client, cast, "parent")
    assert "Nordlicht Systemhaus GmbH" in names(tree(client, "reseller", open=cast.umbrella.pk))
    found = {"scope": "parents", "field": "parent", "parent_q": "Nordlicht"}
    assert cast.nordlicht.pk in client.get("/account-search/", found).content.decode()
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    for query in ({}, {"open": cast.umbrella.pk}, {"open": cast.kirlin.pk}, {"q": "Kirlin"}):
        page = tree(client, "reseller", **query).content.decode()
        assert "Nordlicht" not in page
        assert cast.nordlicht.pk not in page
    assert names(below(client, "reseller", cast.umbrella)) == []
    for account in (cast.nordlicht, cast.kirlin):
        assert below(client, "reseller", account).status_code == 404
        for rest in ("", "move/", "edit/", "hierarchy/"):
            address = f"/reseller/accounts/{account.pk}/{rest}"
            assert client.get(address).status_code == 404, address
    assert cast.nordlicht.pk not in client.get("/account-search/", found).content.decode()


@pytest.mark.parametrize("text", ["\0", "x" * 5000, "TA-\0", "<script>", "%", "TA-1~2~3"])
def test_hostile_addresses_are_answered_calmly(client, cast, text):
    client = as_(client, cast, "distributor")
    for name in ("q", "open", "for", "after", "rest", "but"):
        for more in ({}, PIECE):
            page = client.get(
                "/distributor/hierarchy/", {"open": cast.umbrella.pk, name: text}, **more
            )
            assert page.status_code == 200
            assert "<script>" not in page.content.decode().split("<main")[-1]


@pytest.mark.parametrize(
    ("who", "role"), [("vendor", "vendor"), ("distributor", "distributor"), ("parent", "reseller")]
)
def test_every_view_of_the_forest_costs_the_same_however_large_it_is(client, cast, who, role):
    cast.order()
    client = as_(client, cast, who)
    addresses = [
        (f"/{role}/hierarchy/", {}, {}),
        (f"/{role}/hierarchy/", {"open": cast.kirlin.pk}, {}),
        (f"/{role}/hierarchy/", {"for": cast.kirlin.pk}, {}),
        (f"/{role}/hierarchy/", {"q": "kirlin"}, {}),
        (f"/{role}/hierarchy/{cast.nordlicht.pk}/children/", {}, PIECE),
    ]

    def costs():
        found = []
        for path, query, more in addresses:
            client.get(path, query, **more)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path, query, **more).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    kind = Participation.Kind.SUBSCRIPTION
    rows = many(cast.nordlicht, 60)
    participation.join(cast.plain, "AS-0000-0000-0009", kind, [(row, 0) for row in rows])
    top = cast.umbrella
    for number in range(6):
        top = factories.account(cast.partners["distributor"], top, name=f"Deep {number}")
    assert costs() == few
    assert max(few) <= 18
