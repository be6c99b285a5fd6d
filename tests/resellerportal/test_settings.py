"""The settings of a distributor: read by its people, changed by its administrators."""

import pytest

from customers.events import record
from customers.models import Event, Partner
from tests.resellerportal.test_accounts import as_, text

pytestmark = pytest.mark.django_db
PAGE = "/distributor/settings/"


def tells(cast):
    return Partner.objects.get(pk=cast.partners["distributor"].pk).tells_known


@pytest.fixture
def administrator(client, cast):
    cast.users["distributor"].memberships.update(level="administrator")
    return as_(client, cast, "distributor")


def test_an_administrator_switches_what_resellers_are_told(administrator, cast):
    page = administrator.get("/distributor/")
    assert f'href="{PAGE}"' in page.content.decode()
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
