"""The two public pages for load balancers."""

import pytest
from django.db import OperationalError, connection, connections

from config import health


def test_healthz_answers_without_a_database(client):
    """Without the django_db mark any query raises."""
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_answers_when_the_database_is_up_to_date(client, monkeypatch):
    monkeypatch.setattr(health, "_migrations_seen_applied", False)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_looks_for_migrations_only_until_it_has_seen_them(
    client, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(health, "_migrations_seen_applied", True)
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_fails_while_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr(health, "_migrations_seen_applied", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "1 migrations are not applied"}


def test_readyz_fails_while_the_database_does_not_answer(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError("connection refused by db.internal")

    monkeypatch.setattr(connections["default"], "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "database does not answer"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_health_pages_are_neither_cached_nor_changed(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405
    assert not client.get(path).cookies
