"""Lists as files: what is shown, all pages, nothing that a spreadsheet would calculate."""

import csv
import io
import json

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import spreadsheets
from customers.models import AccountAccess, TierAccount
from customers.services import participation
from customers.services.accounts import edit_account
from resellerportal.exports import files
from tests import factories

pytestmark = pytest.mark.django_db


def taken(client, url, **params):
    answer = client.get(url, params)
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


def rows_of(client, url, **params):
    _answer, data = taken(client, url, format="csv", **params)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def workbook(client, url, **params):
    _answer, data = taken(client, url, format="xlsx", **params)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def as_(client, cast, name):
    client.force_login(cast.users[name])
    return client


def test_a_file_holds_all_pages_in_the_order_shown(client, cast, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 7)
    for number in range(30):
        factories.account(
            cast.partners["distributor"], cast.nordlicht, name=f"K{number:02}", type="customer"
        )
    as_(client, cast, "distributor")
    head, *rows = rows_of(client, "/distributor/accounts/", order="-name", tab="customers")
    assert head[:3] == ["ID", "Name", "Type"]
    names = [f"K{number:02}" for number in range(29, -1, -1)]
    assert [row[1] for row in rows] == ["Kirlin LLC", *names]
    assert {row[2] for row in rows} == {"Customer"}


def test_a_file_is_narrowed_as_the_page_is(client, cast):
    as_(client, cast, "distributor")
    url = "/distributor/accounts/"
    assert [row[1] for row in rows_of(client, url, q="nordlicht")[1:]] == [cast.nordlicht.name]
    assert rows_of(client, url, country="SE")[1:] == []
    assert {row[1] for row in rows_of(client, url, tab="resellers")[1:]} == {
        "Umbrella Hanse",
        "Nordlicht Systemhaus GmbH",
    }


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@x", "＝1", "'=1", "=cmd|' /C calc'!A0"])
def test_no_cell_of_any_format_is_calculated(client, cast, text):
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(name=text)
    as_(client, cast, "distributor")
    url = "/distributor/accounts/"
    _answer, data = taken(client, url, format="json", tab="customers")
    [found] = json.loads(data)
    assert found["name"] == "'" + text
    assert rows_of(client, url, tab="customers")[1][1] == "'" + text
    assert workbook(client, url, tab="customers")[1][1] == "'" + text


def test_values_are_plain(client, cast):
    [_account, raised] = edit_account(
        cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel <b>&amp;"}
    )
    assert raised == []
    as_(client, cast, "distributor")
    _answer, data = taken(client, "/distributor/accounts/", format="json", tab="customers")
    [found] = json.loads(data)
    assert found["id"] == cast.kirlin.pk
    assert found["parent"] == "Nordlicht Systemhaus GmbH"
    assert found["version"] == 2
    assert found["created"].endswith("Z")
    assert "<" not in data.decode()
    assert isinstance(workbook(client, "/distributor/accounts/")[1][-2], int)


@pytest.mark.parametrize(
    "page",
    [
        "accounts",
        "account-requests",
        "configs",
        "config-requests",
        "subscriptions",
        "orders",
        "products",
    ],
)
@pytest.mark.parametrize("role", ["vendor", "distributor", "reseller"])
def test_every_list_is_a_file_too(client, cast, role, page):
    cast.order()
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"})
    as_(client, cast, role)
    name = {"accounts": "account", "account-requests": "request"}.get(page, page.rstrip("s"))
    url = reverse(f"{role}:{name}-list")
    shown = client.get(url, {"tab": "all"})
    rows = rows_of(client, url, tab="all")
    assert len(rows) - 1 == len(shown.context["rows"]) > 0
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not any("<" in cell for row in rows for cell in row)


def test_a_file_is_saved_under_its_list_and_date_and_never_shown(client, cast):
    as_(client, cast, "distributor")
    answer, _data = taken(client, "/distributor/accounts/", format="xlsx", tab="resellers")
    assert answer["Content-Disposition"].startswith('attachment; filename="accounts-resellers-20')
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"


def test_who_may_not_open_the_list_gets_no_file(client, cast):
    as_(client, cast, "reseller")
    assert client.get("/distributor/accounts/", {"format": "csv"}).status_code == 403
    names = {row[1] for row in rows_of(client, "/reseller/accounts/")[1:]}
    assert names == {"Nordlicht Systemhaus GmbH", "Kirlin LLC"}
    as_(client, cast, "distributor2")
    assert [row[1] for row in rows_of(client, "/distributor/accounts/")[1:]] == ["Stranger AG"]


def test_a_vendor_reads_no_parent_it_is_not_told(client, cast):
    alone = factories.account(
        cast.partners["distributor"], cast.umbrella, name="Hidden parent", type="reseller"
    )
    child = factories.account(cast.partners["distributor"], alone, name="Seen", type="customer")
    participation.join(cast.product, "AS-1", "subscription", [(child, 0)])
    as_(client, cast, "vendor")
    _answer, data = taken(client, "/vendor/accounts/", format="json", q="Seen")
    assert json.loads(data)[0]["parent"] is None
    assert b"Hidden parent" not in data


def test_a_file_follows_what_its_reader_may_see_while_it_is_written(client, cast, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 2)
    home = cast.partners["distributor"]
    for number in range(6):
        factories.account(home, cast.nordlicht, name=f"K{number}", type="customer")
    as_(client, cast, "reseller")
    url = "/reseller/accounts/?format=csv&order=name"
    whole = list(client.get(url).streaming_content)
    answer = client.get(url)
    monkeypatch.setattr(spreadsheets, "PIECE", 0)
    pieces = iter(answer.streaming_content)
    first = [next(pieces) for _row in range(2)]
    # Renumbered: everything of the reseller's moves to the right.
    for number in range(4):
        factories.account(home, cast.umbrella, name=f"A{number}", type="customer")
    second = [next(pieces) for _row in range(2)]
    AccountAccess.objects.filter(account=cast.nordlicht).update(ended_at=timezone.now())
    rest = b"".join(pieces)
    known = b"".join(whole).splitlines()
    assert b"".join(first + second).splitlines() == known[: len(first + second)]
    assert len(rest.splitlines()) < len(known) - 4


def test_a_list_too_long_for_a_file_says_so(client, cast, monkeypatch):
    monkeypatch.setattr(files, "MOST", 2)
    as_(client, cast, "distributor")
    answer = client.get("/distributor/accounts/?tab=all&format=csv", follow=True)
    assert answer.redirect_chain == [("?tab=all", 302)]
    assert "at most 2 rows" in answer.content.decode()


def test_nobody_takes_files_without_end(client, cast, monkeypatch):
    monkeypatch.setattr(files, "FILES", 2)
    monkeypatch.setattr(files, "_slot", lambda seconds: 1)
    as_(client, cast, "distributor")
    for _turn in range(2):
        rows_of(client, "/distributor/accounts/")
    answer = client.get("/distributor/accounts/?format=csv", follow=True)
    assert "Please wait" in answer.content.decode()


def test_a_file_costs_as_many_statements_as_it_has_chunks(client, cast, monkeypatch):
    counts = []
    as_(client, cast, "distributor")
    for number in range(2):
        with CaptureQueriesContext(connection) as captured:
            rows_of(client, "/distributor/accounts/")
        counts.append(len(captured))
        for each in range(20):
            factories.account(cast.partners["distributor"], cast.umbrella, name=f"{number} {each}")
    assert counts[0] == counts[1]


REPORT = [
    "Account ID",
    "External ID",
    "Customer Scope",
    "Tier 1 Scope",
    "Tier 2 Scope",
    "Provider ID",
    "Provider Name",
    "Name",
    "Tax ID",
    "Address line 1",
    "Address line 2",
    "City",
    "State",
    "Postal Code",
    "Country",
    "Contact First Name",
    "Contact last Name",
    "Contact Email",
    "Contact Phone number",
    "Extended Information",
]


def test_the_customers_list_has_its_columns_scopes_and_marks(client, cast):
    cast.order()
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(
        phone_country_code="+49", phone_area_code="40", phone_number="1234"
    )
    as_(client, cast, "distributor")
    url = "/distributor/accounts/report/"
    head, *rows = rows_of(client, url)
    assert head == REPORT
    by_name = {row[7]: row for row in rows}
    assert set(by_name) == {"Umbrella Hanse", "Nordlicht Systemhaus GmbH", "Kirlin LLC"}
    kirlin = by_name["Kirlin LLC"]
    assert kirlin[:7] == [
        cast.kirlin.pk,
        "-",
        "Yes",
        "-",
        "-",
        cast.partners["distributor"].pk,
        cast.partners["distributor"].name,
    ]
    assert kirlin[8:10] == ["-", "Hafenstraße 12"]
    assert kirlin[-2:] == ["'+49 40 1234", "Available"]
    assert by_name["Umbrella Hanse"][2:5] == ["-", "-", "Yes"]
    _answer, data = taken(client, url, format="json", tiers="tier1")
    [found] = json.loads(data)
    assert list(found) == [title.lower().replace(" ", "_") for title in REPORT]
    assert found["tier_1_scope"] == "Yes"
    assert workbook(client, url)[0] == REPORT


@pytest.mark.parametrize(
    ("who", "role", "names"),
    [
        ("reseller", "reseller", {"Nordlicht Systemhaus GmbH", "Kirlin LLC"}),
        ("vendor2", "vendor", set()),
        ("distributor2", "distributor", {"Stranger AG"}),
    ],
)
def test_the_customers_list_holds_what_its_reader_sees(client, cast, who, role, names):
    cast.order()
    as_(client, cast, who)
    assert {row[7] for row in rows_of(client, f"/{role}/accounts/report/")[1:]} == names


def test_the_customers_list_is_narrowed_by_days_and_says_what_is_wrong(client, cast):
    as_(client, cast, "distributor")
    url = "/distributor/accounts/report/"
    assert rows_of(client, url, end="2001-01-01")[1:] == []
    wrong = client.get(url, {"format": "csv", "start": "2026-02-01", "end": "2026-01-01"})
    assert wrong.status_code == 422
    assert "before the first day" in wrong.content.decode()
    assert client.get(url, {"format": "exe"}).status_code == 422
    assert client.get(url).status_code == 200
