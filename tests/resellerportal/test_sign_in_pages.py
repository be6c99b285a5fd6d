"""Password and second factor: pages of a package, in the frame and the words of the portal."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.resellerportal.test_accounts import text

pytestmark = pytest.mark.django_db
PASSWORD = "Umbrella-7-on-the-quay"
FACTOR = "/accounts/2fa/"


@pytest.fixture
def member(cast, settings):
    """One with a password, whose codes also count a moment early or late."""
    settings.MFA_TOTP_TOLERANCE = 1
    user = cast.users["reseller"]
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def proven(client, member):
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def set_up(client):
    """Turn the factor on."""
    secret = client.get(f"{FACTOR}totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(f"{FACTOR}totp/activate/", {"code": code})


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/accounts/password/change/", "Change password"),
        (FACTOR, "Second factor"),
        (f"{FACTOR}totp/activate/", "Set up the authenticator app"),
    ],
)
def test_pages_about_oneself_stand_in_the_portal_under_its_settings(proven, path, heading):
    page = proven.get(path).content.decode()
    assert "Reseller portal" in page
    assert re.search(rf"<h1>{heading}</h1>", page)
    assert '<li><a href="/reseller/settings/">Settings</a></li>' in page
    assert "placeholder" not in page.split("<main", 1)[1]


def test_who_belongs_to_no_partner_has_them_without_the_portal(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody@example.com", PASSWORD))
    page = client.get(FACTOR)
    assert "Second factor" in text(page)
    assert 'class="crumbs"' not in page.content.decode()


def test_a_factor_is_set_up_shown_renewed_and_turned_off(proven, member):
    set_up(proven)
    page = text(proven.get(f"{FACTOR}recovery-codes/"))
    codes = re.findall(r"\b\d{8}\b", page)
    assert len(codes) == 10
    assert "10 of 10 are left." in text(proven.get(FACTOR))
    assert "The codes you have now stop working" in text(
        proven.get(f"{FACTOR}recovery-codes/generate/")
    )
    new = text(proven.post(f"{FACTOR}recovery-codes/generate/", follow=True))
    assert codes[0] not in new
    assert "password alone signs you in" in text(proven.get(f"{FACTOR}totp/deactivate/"))
    page = text(proven.post(f"{FACTOR}totp/deactivate/", follow=True))
    assert "The authenticator app is off." in page
    assert "Recovery codes" not in page
    assert not Authenticator.objects.filter(user=member).exists()


def test_who_has_a_factor_is_asked_for_a_code_and_told_what_to_do_without_one(proven, member):
    set_up(proven)
    proven.post("/accounts/logout/")
    answer = {"login": member.email, "password": PASSWORD}
    page = proven.post("/accounts/login/", answer, follow=True)
    assert "One more step" in text(page)
    assert "Phone and codes lost?" in text(page)
    assert proven.get("/reseller/").status_code == 302
    wrong = text(proven.post(f"{FACTOR}authenticate/", {"code": "000000"}))
    assert "This code is wrong, or has been replaced by the next one." in wrong


@pytest.mark.parametrize(("known", "said"), [(True, "Set it here"), (False, "no sign-in")])
def test_mail_about_a_lost_password_says_what_to_do_and_offers_nothing_that_is_not_there(
    client, member, mailoutbox, known, said
):
    address = member.email if known else "stranger@example.com"
    page = client.post("/accounts/password/reset/", {"email": address}, follow=True)
    assert "Check your mailbox" in text(page)
    (mail,) = mailoutbox
    assert said in mail.body
    assert ("/accounts/password/reset/key/" in mail.body) is known
    assert "signup" not in mail.body
    assert "testserver!" not in mail.body


def test_who_tries_too_often_reads_when_to_try_again(client, member, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    answers = [client.post("/accounts/password/reset/", {"email": member.email}) for _ in range(2)]
    assert answers[1].status_code == 429
    assert "Wait some minutes, then try again." in text(answers[1])
