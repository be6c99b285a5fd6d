"""What stands around the pages: sign-in, themes, the page for a stale form, sentences of events."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from customers.actors import CONTACT, SYSTEM
from customers.models import Event
from resellerportal import history
from resellerportal.sentences import sentence

pytestmark = pytest.mark.django_db

STATIC = Path(settings.BASE_DIR) / "static" / "portal"


def tokens(css, start):
    """The custom properties of the rule that begins with `start`, as {name: value}."""
    body = css.split(start + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", body))


def test_without_javascript_the_system_theme_has_the_colours_of_the_dark_one():
    with_script = (STATIC / "portal.css").read_text()
    without = (STATIC / "dark.css").read_text()
    assert (
        tokens(with_script, '\n[data-bs-theme="dark"]').items()
        <= tokens(without, "\nhtml[data-bs-theme]").items()
    )
    for portal in (
        "",
        *(f'[data-portal="{name}"]' for name in ("distributor", "reseller", "admin")),
    ):
        dark = tokens(with_script, f'[data-bs-theme="dark"] body{portal}')
        assert dark
        assert dark == tokens(without, f"html body{portal}")


def test_the_dark_sheet_is_offered_only_where_the_system_decides(client):
    assert "portal/dark.css" in client.get("/accounts/login/").content.decode()
    client.cookies["theme"] = "light"
    assert "portal/dark.css" not in client.get("/accounts/login/").content.decode()


def test_the_sign_in_page_says_e_mail_as_the_portal_does(client):
    page = client.get("/accounts/login/").content.decode()
    assert "E-mail" in page
    assert "Email" not in page
    page = client.post(
        "/accounts/login/", {"login": "a@b.example", "password": "x"}
    ).content.decode()
    assert "The e-mail address or the password is wrong." in page
    assert "Email" not in client.get("/accounts/password/reset/").content.decode()


def test_the_sign_in_page_names_who_can_sign_in_in_demo_mode_only(client, settings):
    settings.DEMO_MODE = False
    assert "vendor@demo.example" not in client.get("/accounts/login/").content.decode()


def test_a_demo_says_with_what_to_sign_in(client, settings):
    settings.DEMO_MODE = True
    page = client.get("/accounts/login/").content.decode()
    assert "vendor@demo.example" in page
    assert "The password of all of them is" in page


def test_pages_without_an_icon_of_their_own_get_it_by_its_usual_address(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert "portal/mark" in answer["Location"]


def test_a_form_older_than_the_session_says_what_to_do():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})
    assert answer.status_code == 403
    assert "please send it again" in answer.content.decode()


def event(**fields):
    return Event(verb="tierconfigrequest.answer", actor_name="it@acme.example", **fields)


def test_a_reseller_reads_that_the_technical_contact_answered(cast):
    reader = cast.actor("reseller")
    read = [
        entry.who for entry in history.thread([event(role=CONTACT), event(role=SYSTEM)], reader)
    ]
    assert read == ["The technical contact", "Tierdesk"]


def test_the_vendor_reads_which_address_answered(cast):
    (entry,) = history.thread([event(role=CONTACT)], cast.actor("vendor"))
    assert entry.who == "it@acme.example"


def test_nobody_is_said_to_be_asked_about_a_change_that_is_not_supported():
    created = Event(verb="tieraccountrequest.created", to_state="unsupported")
    assert sentence(created) == "changed the account; the vendor is not asked"
    created.to_state = "pending"
    assert sentence(created) == "asked the vendor to look at the change"
