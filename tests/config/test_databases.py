"""Database URLs, and the settings that must reach the connection."""

import pytest
from django.db import connection, connections

from config import checks
from config.databases import BASE_DIR, database


def test_an_sqlite_path_is_relative_to_the_checkout():
    assert database("sqlite:///var/x.sqlite3")["NAME"] == str(BASE_DIR / "var/x.sqlite3")


def test_an_sqlite_path_with_four_slashes_is_absolute():
    assert database("sqlite:////srv/x.sqlite3")["NAME"] == "/srv/x.sqlite3"


def test_a_postgres_url_is_taken_apart():
    entry = database("postgres://ada:p%40ss@db.example.com:5433/tier%2Fdesk?sslmode=require")
    assert (entry["USER"], entry["PASSWORD"]) == ("ada", "p@ss")
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example.com", "5433", "tier/desk")
    assert entry["OPTIONS"]["sslmode"] == "require"


def test_a_postgres_socket_directory_comes_from_the_query():
    entry = database("postgres://ada@/tierdesk?host=/run/postgresql")
    assert (entry["HOST"], entry["NAME"]) == ("/run/postgresql", "tierdesk")
    assert "host" not in entry["OPTIONS"]


def test_a_pool_is_used_when_it_has_a_size():
    assert database("postgres:///x", pool_size=3)["OPTIONS"]["pool"]["max_size"] == 3
    assert "pool" not in database("postgres:///x")["OPTIONS"]


def test_no_database_wraps_requests_in_transactions(settings):
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")


@pytest.mark.django_db
def test_the_sqlite_settings_are_in_force():
    assert checks.sqlite_settings_in_force(databases=["default"]) == []


@pytest.mark.django_db
def test_a_setting_that_did_not_reach_sqlite_is_an_error(monkeypatch):
    if connection.vendor != "sqlite":
        assert checks.sqlite_settings_in_force(databases=["default"]) == []
        return
    monkeypatch.setitem(checks.EXPECTED_PRAGMAS, "busy_timeout", 1)
    monkeypatch.setattr(connections["default"], "transaction_mode", None)
    found = checks.sqlite_settings_in_force(databases=["default"])
    assert [error.id for error in found] == ["config.E001", "config.E002"]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("transaction_isolation", "read committed"),
        ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"),
        ("random_page_cost", "1.1"),
        ("lock_timeout", "5s"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
def test_what_a_page_needs_of_postgres_is_in_force(setting, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == (value,)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_isolation_is_ours_whatever_the_server_has_as_its_default():
    name, fresh = connection.settings_dict["NAME"], connection.copy()
    setting = f'ALTER DATABASE "{name}" {{}} default_transaction_isolation'
    with connection.cursor() as cursor:
        cursor.execute(setting.format("SET") + " TO 'repeatable read'")
        try:
            with fresh.cursor() as other:
                other.execute("SHOW transaction_isolation")
                assert other.fetchone() == ("read committed",)
        finally:
            fresh.close()
            cursor.execute(setting.format("RESET"))
