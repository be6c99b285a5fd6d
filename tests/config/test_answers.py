"""What every answer carries, and the one way to sign in."""

import logging
import threading

import pytest
from django.db import connection, transaction

from config.logs import MaskCodesFilter
from customers.models import TierAccount


def test_every_answer_carries_the_security_headers(client):
    headers = client.get("/healthz").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_request_keeps_a_harmless_id_and_loses_any_other(client):
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"})["X-Request-ID"] == (
        "abc-12345"
    )
    for odd in ("short", "x" * 65, "with space 123", 'quote"12345'):
        assert client.get("/healthz", headers={"X-Request-ID": odd})["X-Request-ID"] != odd


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/inquiry/AbCdEfGhIjKlMnOpQrStUv", "/inquiry/…"),
        ("/inquiry/TCR-1/AbCdEfGhIjKlMnOpQrS-_v/", "/inquiry/TCR-1/…/"),
        ("/accounts/TA-1234-5678-9012/", "/accounts/TA-1234-5678-9012/"),
    ],
)
def test_the_code_of_an_inquiry_link_does_not_reach_the_log(path, logged):
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "Not Found: %s", (path,), None)
    assert MaskCodesFilter().filter(record)
    assert record.getMessage() == f"Not Found: {logged}"


@pytest.mark.django_db
def test_the_admin_has_no_sign_in_page_of_its_own(client):
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


@pytest.mark.django_db
def test_nobody_signs_up_from_outside(client, django_user_model):
    answer = {
        "email": "eve@example.com",
        "password1": "correct-horse",
        "password2": "correct-horse",
    }
    client.post("/accounts/signup/", answer)
    assert not django_user_model.objects.filter(email="eve@example.com").exists()


@pytest.mark.django_db
def test_sign_in_attempts_are_limited_in_the_cache_all_processes_share(client, settings):
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    attempt = {"login": "eve@example.com", "password": "guess"}
    answers = [client.post("/accounts/login/", attempt) for _ in range(4)]
    assert "Too many attempts to sign in" not in answers[1].content.decode()
    assert "Too many attempts to sign in" in answers[3].content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_a_lock_is_asked_to_try_again(client, cast):
    client.force_login(cast.users["distributor"])
    url = f"/distributor/accounts/{cast.umbrella.pk}/decommission/"
    held, done = threading.Event(), threading.Event()

    def somebody_else():
        try:
            with transaction.atomic():
                TierAccount.objects.select_for_update(of=("self",)).get(pk=cast.umbrella.pk)
                held.set()
                done.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=somebody_else)
    other.start()
    try:
        assert held.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        answer = client.post(url, {"revision": "1"})
    finally:
        done.set()
        other.join()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    page = answer.content.decode()
    assert "nothing was saved" in page
    assert f'action="{url}"' in page
    assert 'name="revision" value="1"' in page  # what was typed can be sent again
    assert TierAccount.objects.get(pk=cast.umbrella.pk).decommissioned_at is None
