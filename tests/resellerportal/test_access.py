"""Who acts, and which pages that opens."""

import pytest
from django.urls import reverse

from customers.models import Membership, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resellerportal.pages")]

LIST = "/vendor/requests/"


@pytest.fixture
def both(cast):
    """The vendor's user belongs to the distributor too, which comes first by name."""
    return Membership.objects.create(
        user=cast.users["vendor"], partner=cast.partners["distributor"], level="agent"
    )


def test_anonymous_is_sent_to_the_sign_in_page_and_back(client):
    answer = client.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={LIST}")


def test_the_role_decides_before_anything_is_looked_up(client, cast):
    client.force_login(cast.users["distributor"])
    assert client.get("/vendor/requests/TAR-0000/").status_code == 403


def test_an_admin_enters_vendor_and_distributor_pages_only(client, cast):
    client.force_login(cast.users["admin"])
    assert client.get(LIST).status_code == 200
    assert client.get("/distributor/accounts/").status_code == 200
    assert client.get("/reseller/").status_code == 403
    assert client.get("/")["Location"] == "/vendor/"


def test_a_user_of_no_partner_is_told_so(client, cast):
    lonely = User.objects.create_user("lonely@people.example", "x", name="Lonely")
    client.force_login(lonely)
    answer = client.get("/")
    assert answer.status_code == 403
    assert "You belong to no partner yet" in answer.content.decode()


def test_another_partner_of_the_right_role_is_offered_and_leads_to_the_page(client, cast, both):
    client.force_login(cast.users["vendor"])
    answer = client.get(LIST)
    assert answer.status_code == 403
    assert "Act for Vendor" in answer.content.decode()
    data = {"partner": cast.partners["vendor"].pk, "next": LIST}
    answer = client.post(reverse("acting-partner"), data, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "You now act for Vendor." in answer.content.decode()


def test_switching_leads_home_and_never_off_this_host(client, cast, both):
    client.force_login(cast.users["vendor"])
    data = {"partner": cast.partners["vendor"].pk, "next": "https://evil.example/"}
    assert client.post(reverse("acting-partner"), data)["Location"] == "/vendor/"
    assert client.get("/")["Location"] == "/vendor/"


def test_nobody_switches_to_a_partner_of_others(client, cast, both):
    client.force_login(cast.users["vendor"])
    answer = client.post(reverse("acting-partner"), {"partner": cast.partners["vendor2"].pk})
    assert answer.status_code == 403
    assert client.get("/")["Location"] == "/distributor/"


def test_a_withdrawn_membership_counts_at_once(client, cast, both):
    client.force_login(cast.users["vendor"])
    client.post(reverse("acting-partner"), {"partner": cast.partners["vendor"].pk})
    assert client.get(LIST).status_code == 200
    Membership.objects.filter(partner=cast.partners["vendor"]).update(active=False)
    assert client.get(LIST).status_code == 403
    both.delete()
    assert client.get("/").status_code == 403


def test_a_get_switches_nothing(client, cast, both):
    client.force_login(cast.users["vendor"])
    answer = client.get(reverse("acting-partner"), {"partner": cast.partners["vendor"].pk})
    assert answer.status_code == 405


def test_the_theme_is_chosen_without_javascript_and_kept(client):
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.post(reverse("theme"), {"theme": "<b>"})
    assert client.cookies["theme"].value == "dark"
