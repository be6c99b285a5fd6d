"""The settings of a distributor: read by its people, changed by its administrators."""

import re

import pytest

from customers.events import record
from customers.models import Event, Partner
from tests.resellerportal.test_accounts import as_, text

pytestmark = pytest.mark.django_db
PAGE = "/distributor/settings/known-companies/"
ALL = "/distributor/settings/"


def tells(cast):
    return Partner.objects.get(pk=cast.partners["distributor"].pk).tells_known


@pytest.fixture
def administrator(client, cast):
    cast.users["distributor"].memberships.update(level="administrator")
    return as_(client, cast, "distributor")


def test_an_administrator_switches_what_resellers_are_told(administrator, cast):
    page = administrator.get("/distributor/")
    assert f'href="{ALL}"' in page.content.decode()
    assert f'href="{PAGE}"' in administrator.get(ALL).content.decode()
    page = administrator.post(PAGE, {"tells_known": "on"}, follow=True)
    assert "Saved." in text(page)
    assert "You changed the settings" in text(page)
    assert tells(cast) is True
    administrator.post(PAGE, {})
    assert tells(cast) is False
    events = Event.objects.filter(
        verb="partner.settings", object_id=cast.partners["distributor"].pk
    )
    assert [event.data for event in events.order_by("at")] == [
        {"tells_known": True},
        {"tells_known": False},
    ]
    administrator.post(PAGE, {})
    assert events.count() == 2


def test_decisions_of_vendors_are_no_news_of_the_settings(administrator, cast):
    home = cast.partners["distributor"]
    record("partner.verdicts", home, actor=cast.actor("vendor"), reason="Not ours")
    administrator.post(PAGE, {"tells_known": "on"})
    page = text(administrator.get(PAGE))
    assert "You changed the settings" in page
    assert "decided several" not in page


@pytest.mark.parametrize("level", ["agent", "viewer"])
def test_others_of_the_distributor_read_them(client, cast, level):
    cast.users["distributor"].memberships.update(level=level)
    client = as_(client, cast, "distributor")
    page = client.get(PAGE)
    assert "Only administrators of Distributor change these settings." in text(page)
    assert "btn-primary" not in page.content.decode()
    assert client.post(PAGE, {"tells_known": "on"}).status_code == 403
    assert tells(cast) is False


def test_each_distributor_has_its_own(client, cast):
    cast.users["distributor2"].memberships.update(level="administrator")
    as_(client, cast, "distributor2").post(PAGE, {"tells_known": "on"})
    assert tells(cast) is False
    assert Partner.objects.get(pk=cast.partners["distributor2"].pk).tells_known is True


def test_the_platform_has_none_of_its_own(client, cast):
    page = as_(client, cast, "admin").get(PAGE)
    assert page.headers["Location"] == "/admin/customers/partner/"
    assert client.post(PAGE, {"tells_known": "on"}).status_code == 403


OF_ALL = ("/preferences/", "/notifications/", "/watching/", "/accounts/password/change/")
CARDS = {
    "vendor": ("/vendor/settings/service-levels/",),
    "distributor": ("/distributor/settings/known-companies/",),
    "reseller": (),
}
CLOSED = ("webhooks/", "webhooks/log/", "api-keys/", "api-keys/calls/")


@pytest.mark.parametrize("level", ["viewer", "agent", "administrator"])
@pytest.mark.parametrize("role", CARDS)
def test_the_settings_of_each_role_lead_to_what_the_level_opens_and_nowhere_else(
    client, cast, role, level
):
    cast.users[role].memberships.update(level=level)
    page = as_(client, cast, role).get(f"/{role}/settings/")
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    closed = [f"/{role}/{each}" for each in CLOSED]
    shown = [*CARDS[role], *OF_ALL, *(closed if level == "administrator" else [])]
    for address in shown:
        assert f'href="{address}"' in main
        assert client.get(address).status_code == 200
    if level != "administrator":
        assert not [address for address in closed if f'href="{address}"' in main]
        name = cast.partners[role].name
        assert main.count(f"Administrators of {name} look after it.") == 2
        read = main.count(f"Administrators of {name} change it, you may read it.")
        assert read == len(CARDS[role])


def test_an_administrator_of_the_platform_is_led_to_the_administration(client, cast):
    page = as_(client, cast, "admin").get("/vendor/settings/").content.decode()
    assert 'href="/admin/customers/partner/"' in page
    assert 'href="/preferences/"' in page.partition("<main")[2]
    assert "/vendor/settings/service-levels/" not in page


@pytest.mark.parametrize("own", ["/notifications/", "/watching/", "/preferences/"])
def test_pages_about_oneself_lead_back_to_the_settings(administrator, own):
    page = administrator.get(own).content.decode()
    assert re.search(rf'class="crumbs"[^>]*><ol>\s*<li><a href="{ALL}">Settings</a>', page)
