"""Whoever reads a copy of the database finds nothing in it to act, sign or sign in with."""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.sessions.backends.db import SessionStore as ReadableStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client

from config.sessions import SessionStore
from customers.events import deliver_pending
from customers.models import IdempotentAnswer, WebhookEndpoint
from tests.factories.steps import setup
from tests.resellerportal.api.conftest import key_of
from tests.resellerportal.config_pages import Pages, main_of
from tierconfig import inquiries
from tierconfig.models import Embedding, Webhook
from tierconfig.services.delegations import delegate

PASSWORD = "correct horse battery staple"


def everything_stored():
    """All rows of all tables as text."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = []
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found += [_text(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def _text(value):
    raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
    return raw.decode("utf-8", "replace")


def shown_in(answer):
    """The secret on a page that shows one."""
    secret = answer.context["secret"]
    assert answer.status_code == 200
    assert secret.partition(":")[0] in main_of(answer)
    return secret.rpartition(":")[2]


@pytest.fixture
def shown(cast, client, api, caplog):
    """All that people and systems were shown once, by what it is for."""
    caplog.set_level("DEBUG")
    cast.users["vendor"].memberships.update(level="administrator")
    pages, found = Pages(client, cast), {}
    url = "https://partner.example/hook"
    found["webhook"] = shown_in(pages.post("vendor", "webhook-add", label="ERP", url=url))
    made = WebhookEndpoint.objects.get()
    found["webhook, new"] = shown_in(pages.post("vendor", "webhook-secret", made.pk))
    product = cast.product.pk
    found["buttons"] = shown_in(pages.post("vendor", "product-secret", product))
    fields = {"type": "draft_tcr_t1_val", "label": "Check", "external_url": "https://v.example/h"}
    found["service"] = shown_in(pages.post("vendor", "product-webhook-add", product, **fields))
    found["key"] = shown_in(pages.post("vendor", "api-key-add", name="ERP", preset="all"))
    body = {**fields, "type": "validator", "product": {"id": product}}
    answer = api("vendor").post("/notifications/webhooks", body, Idempotency_Key="once")
    found["service, by API"] = answer.json()["jwt_secret"]
    found["key of the API"] = key_of(cast, "vendor").rpartition(":")[2]
    return found


def test_no_secret_that_was_shown_once_is_readable(cast, shown, caplog):
    assert [row.jwt_secret.open() for row in Webhook.objects.order_by("type")] == [
        shown["service"],
        shown["service, by API"],
    ]
    assert Embedding.objects.get().action_secret.open() == shown["buttons"]
    assert shown["service, by API"] in IdempotentAnswer.objects.get().body.open()
    assert len({*shown.values()}) == 7
    written = io.StringIO()
    call_command("dumpdata", stdout=written)
    logged = "\n".join(record.getMessage() for record in caplog.get_records("setup"))
    assert "Check" in written.getvalue()
    for where in (everything_stored(), written.getvalue(), logged):
        assert "webhook" in where
        assert [name for name, secret in shown.items() if secret in where] == []


def test_no_link_that_was_mailed_can_be_made_of_it(cast, mailoutbox):
    cast.order()
    cast.order(product=cast.plain)
    asked = setup(2)
    delegate(
        asked,
        actor=cast.actor("distributor"),
        email="colleague@people.example",
        names=["tier2_vat"],
    )
    client = Client()
    client.post("/accounts/password/reset/", {"email": cast.users["vendor"].email})
    while deliver_pending():
        pass
    mailed = "\n".join(f"{mail.body}\n{mail.extra_headers}" for mail in mailoutbox)
    links = {"inquiry": set(), "accounts": set(), "unsubscribe": set()}
    for kind, path in re.findall(r"http://testserver/(\w+)/([^\s>']+)", mailed):
        if kind in links:
            links[kind].add(path)
    assert all(links.values()), links
    assert len({path for path in links["inquiry"] if inquiries.code(asked) in path}) == 1
    stored = everything_stored()
    assert asked.pk in stored
    for path in set.union(*links.values()):
        token = max((part for part in path.split("/") if part != asked.pk), key=len)
        assert len(token) >= 22
        assert token not in stored, path


@pytest.mark.django_db
class TestSessions:
    def sign_in(self, cast):
        client, user = Client(), cast.users["vendor"]
        user.set_password(PASSWORD)
        user.save()
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    def test_a_row_opens_no_session_and_tells_nothing(self, cast):
        client = self.sign_in(cast)
        assert client.get("/vendor/").status_code == 200
        page = client.get("/accounts/2fa/totp/activate/")
        secret = page.context["form"].secret
        row = Session.objects.get()
        key = client.cookies["sessionid"].value
        assert SessionStore(key)["mfa.totp.secret"] == secret
        stored = everything_stored()
        assert key not in stored
        assert secret not in stored
        assert ReadableStore().decode(row.session_data) == {}
        thief = Client()
        thief.cookies["sessionid"] = row.session_key
        assert thief.get("/vendor/").status_code == 302
        assert client.get("/vendor/").status_code == 200

    def test_sessions_end_as_they_did(self, cast):
        client = self.sign_in(cast)
        before = client.cookies["sessionid"].value
        assert SessionStore().exists(before)
        client.post("/accounts/logout/")
        assert not SessionStore().exists(before)
        again = Client()
        again.cookies["sessionid"] = before
        assert again.get("/vendor/").status_code == 302
        client = self.sign_in(cast)
        Session.objects.all().delete()
        assert client.get("/vendor/").status_code == 302

    def test_nobody_is_signed_in_under_a_key_from_before(self, cast):
        client, user = Client(), cast.users["vendor"]
        planted = client.session.session_key
        assert SessionStore().exists(planted)
        user.set_password(PASSWORD)
        user.save()
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert client.get("/vendor/").status_code == 200
        assert client.cookies["sessionid"].value != planted
        assert not SessionStore().exists(planted)

    def test_a_lost_key_signs_everybody_out(self, cast, settings):
        client = self.sign_in(cast)
        settings.SEALING_KEYS = ["another-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"]
        assert client.get("/vendor/").status_code == 302

    def test_a_key_that_a_visitor_made_up_becomes_no_session(self, db):
        client = Client()
        client.cookies["sessionid"] = "a" * 32
        answer = client.get("/accounts/login/")
        assert answer.status_code == 200
        assert not SessionStore().exists("a" * 32)
