"""Readers of environment variables."""

from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

Declare = Callable[..., env.Variable[object]]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Declare]:
    """Declare a variable named EXAMPLE with a reader of config.env, for one test."""
    monkeypatch.setattr(env, "REGISTRY", {})
    monkeypatch.setattr(env, "_assumed", {})

    def make(reader: str, *arguments: object, **options: object) -> env.Variable[object]:
        return getattr(env, reader)("EXAMPLE", *arguments, meaning="An example.", **options)

    return make


@pytest.mark.parametrize(
    ("reader", "raw", "value"),
    [
        ("string", "  text ", "text"),
        ("boolean", "Yes", True),
        ("boolean", "off", False),
        ("integer", "12", 12),
        ("listing", "a, b,,c ", ["a", "b", "c"]),
        ("url", "https://portal.example.com/base/", "https://portal.example.com/base"),
        ("url_of_database", "sqlite:///var/x.sqlite3", "sqlite:///var/x.sqlite3"),
        ("secret", "0123456789" * 5, "0123456789" * 5),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_a_value_is_read_as_its_type(declare, monkeypatch, reader, raw, value):
    monkeypatch.setenv("EXAMPLE", raw)
    assert declare(reader).read() == value


@pytest.mark.parametrize(
    ("reader", "raw"),
    [
        ("boolean", "perhaps"),
        ("integer", "1.5"),
        ("integer", "-1"),
        ("integer", "٣"),
        ("url", "portal.example.com"),
        ("url", "ftp://portal.example.com"),
        ("url", "https://portal.example.com/?next=x"),
        ("url_of_database", "mysql://localhost/x"),
        ("url_of_database", "postgres://localhost:port/x"),
        ("url_of_database", "postgres://localhost"),
        ("url_of_database", "sqlite:///"),
        ("secret", "hunter2"),
        ("secret", "a" * 60),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", "../UTC"),
    ],
)
def test_a_malformed_value_is_refused_by_name_and_not_shown(declare, monkeypatch, reader, raw):
    monkeypatch.setenv("EXAMPLE", raw)
    with pytest.raises(ImproperlyConfigured, match=r"EXAMPLE is malformed: .* Set it to") as error:
        declare(reader).read()
    assert reader != "secret" or raw not in str(error.value)


def test_a_choice_takes_only_its_options(declare, monkeypatch):
    variable = declare("choice", ("thread", "off"))
    monkeypatch.setenv("EXAMPLE", "off")
    assert variable.read() == "off"
    monkeypatch.setenv("EXAMPLE", "on")
    with pytest.raises(ImproperlyConfigured, match=r"EXAMPLE .* one of thread, off"):
        variable.read()


@pytest.mark.parametrize("raw", [None, "", "  "])
def test_a_required_value_that_is_missing_is_named_with_the_remedy(declare, monkeypatch, raw):
    monkeypatch.delenv("EXAMPLE", raising=False)
    if raw is not None:
        monkeypatch.setenv("EXAMPLE", raw)
    with pytest.raises(ImproperlyConfigured, match=r"EXAMPLE is not set\. .*random characters"):
        declare("secret").read()


def test_the_environment_wins_over_what_settings_assume_and_that_over_the_default(
    declare, monkeypatch
):
    variable = declare("string", "default")
    monkeypatch.delenv("EXAMPLE", raising=False)
    assert variable.read() == "default"
    env.assume(EXAMPLE="assumed")
    assert variable.read() == "assumed"
    monkeypatch.setenv("EXAMPLE", "set")
    assert variable.read() == "set"


def test_a_variable_is_declared_once(declare):
    declare("string")
    with pytest.raises(ValueError, match="EXAMPLE"):
        declare("integer")


def test_the_table_lists_every_variable_with_default_and_meaning():
    table = env.markdown_table()
    assert "| `SECRET_KEY` | required | " in table
    assert "| `DATABASE_POOL_SIZE` | `4` | " in table
    assert all(f"| `{name}` |" in table for name in env.REGISTRY)
