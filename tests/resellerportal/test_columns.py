"""Readers choose the columns of a list."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import identifiers
from customers.models import Hub, Partner, TierAccount
from customers.services import participation
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/distributor/accounts/"


def heads(page):
    table = page.content.decode().partition("<thead>")[2].partition("</thead>")[0]
    return [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th[^>]*>.*?</th>", table)
    ]


@pytest.fixture
def signed_in(client, cast):
    client.force_login(cast.users["distributor"])
    return client


def test_chosen_columns_are_shown_kept_and_in_the_address(signed_in):
    before = heads(signed_in.get(LIST))
    answer = signed_in.post(LIST + "?tab=all&q=kirlin", {"column": ["type", "tax_id"]})
    assert answer.status_code == 302
    assert answer.url.startswith(LIST + "?tab=all&q=kirlin&columns=")
    assert "tax_id" in answer.url
    assert heads(signed_in.get(answer.url)) == ["Name", "Type", "Tax ID"]
    assert heads(signed_in.get(LIST)) == ["Name", "Type", "Tax ID"]
    signed_in.post(LIST, {"standard": "1", "column": "type"})
    assert heads(signed_in.get(LIST)) == before


def test_a_shared_address_shows_its_columns_to_everybody(signed_in):
    assert "Scopes" in heads(signed_in.get(LIST + "?columns=scopes.-country"))
    assert "Country" not in heads(signed_in.get(LIST + "?columns=scopes.-country"))
    assert "Country" in heads(signed_in.get(LIST))


def test_columns_that_do_not_exist_are_harmless(signed_in):
    standard = heads(signed_in.get(LIST))
    assert heads(signed_in.get(LIST + "?columns=nonsense.-.." + "x" * 500)) == standard
    signed_in.post(LIST, {"column": ["nonsense", "<script>"]})
    assert heads(signed_in.get(LIST)) == ["Name"]


def test_choosing_says_which_columns_are_on(signed_in):
    page = signed_in.get(LIST + "?columns=hub").content.decode()
    assert re.search(r'name="column" value="hub" checked', page)
    assert re.search(r'name="column" value="owner">', page)


def test_a_choice_is_of_one_list_only(signed_in):
    before = heads(signed_in.get("/distributor/account-requests/"))
    signed_in.post(LIST, {"column": ["type"]})
    assert heads(signed_in.get("/distributor/account-requests/")) == before


def found(page):
    return set(re.findall(r'<a class="title"[^>]*>([^<]+)</a>', page.content.decode()))


def as_(client, cast, name):
    client.force_login(cast.users[name])
    return client


ALL = "scopes.external_id.external_uid.tax_id.hub.owner.environment.updated"


@pytest.mark.parametrize("role", ["vendor", "distributor", "reseller"])
def test_the_directory_offers_all_its_columns_at_the_cost_of_one_statement(client, cast, role):
    cast.order()
    as_(client, cast, role)
    url = f"/{role}/accounts/"
    counts = []
    for columns in ("-open", ALL):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url, {"columns": columns})
        counts.append(len(captured))
    wanted = ["Scopes", "External ID", "External UUID", "Tax ID", "Hub", "Environment", "Updated"]
    assert set(wanted) <= set(heads(page))
    # Only the distributor is told who created each account, with or without asking.
    assert ("Created by" in heads(page)) == (role == "distributor")
    assert counts[1] == counts[0] + 1


def test_scopes_are_those_of_live_subscriptions_a_vendor_reads_its_own(client, cast):
    cast.order()
    url = {"columns": "scopes", "q": "Nordlicht"}
    as_(client, cast, "distributor")
    assert "Tier 1" in client.get(LIST, url).content.decode()
    assert found(client.get(LIST, {"scope": "tier1"})) == {"Nordlicht Systemhaus GmbH"}
    assert found(client.get(LIST, {"scope": "customer"})) == {"Kirlin LLC"}
    assert found(client.get(LIST, {"scope": "nonsense"})) == set()
    other = factories.product(cast.partners["vendor2"])
    participation.join(other, "AS-2", "subscription", [(cast.nordlicht, 0)])
    as_(client, cast, "vendor2")
    assert found(client.get("/vendor/accounts/", {"scope": "tier1"})) == set()
    assert found(client.get("/vendor/accounts/", {"scope": "customer"})) == {cast.nordlicht.name}


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"tax_id": "de 123.456 789"}, {"Umbrella Hanse"}),
        ({"tax_id": "--"}, set()),
        ({"external_id": "ERP-7"}, {"Umbrella Hanse"}),
        ({"external_id": "ERP"}, set()),
        ({"hub": "north"}, {"Umbrella Hanse"}),
        ({"type": "customer"}, {"Kirlin LLC"}),
        ({"environment": "preview"}, {"Kirlin LLC"}),
        ({"owner": "distributor", "type": "customer"}, {"Kirlin LLC"}),
        ({"created_from": "2024-02-30"}, set()),
        ({"created_from": "2020-01-01", "created_to": "2020-01-31"}, {"Kirlin LLC"}),
        ({"created_to": "9999-12-31", "type": "customer"}, {"Kirlin LLC"}),
        ({"updated_from": "9999-12-31"}, set()),
    ],
)
def test_the_directory_is_filtered_by_what_it_shows(client, cast, params, names):
    hub = identifiers.insert(Hub, "HB", name="Northern hub", provider=cast.partners["distributor"])
    TierAccount.objects.filter(pk=cast.umbrella.pk).update(
        tax_id="DE123456789", tax_key="DE123456789", external_id="ERP-7", hub=hub
    )
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(
        environment="preview", created_at=datetime(2020, 1, 31, 23, 59, tzinfo=UTC)
    )
    Partner.objects.filter(pk=cast.partners["distributor"].pk).update(name="The Distributor")
    as_(client, cast, "distributor")
    assert found(client.get(LIST, params)) == names
