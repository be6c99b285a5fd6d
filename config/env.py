"""Typed readers of environment variables.

Each reader registers the variable it reads, so `python -m config.env` can print all of them as a
Markdown table without starting Django. A missing or malformed value raises ImproperlyConfigured
with the variable's name and what to do; the value itself is never shown.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}

_assumed: dict[str, str] = {}


def assume(**values: str) -> None:
    """Set values for variables the environment does not set. Child processes do not see them."""
    _assumed.update(values)


@dataclass(frozen=True)
class Variable(Generic[T]):
    """One environment variable. `default` is written as in the environment; None: required."""

    name: str
    parse: Callable[[str], T]
    meaning: str
    remedy: str
    default: str | None = None

    def read(self) -> T:
        """The parsed value. An empty variable counts as not set."""
        raw = os.environ.get(self.name, "").strip() or _assumed.get(self.name, self.default)
        if raw is None:
            raise ImproperlyConfigured(f"{self.name} is not set. {self.remedy}")
        try:
            return self.parse(raw)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{self.name} is malformed: {error}. {self.remedy}"
            ) from None


REGISTRY: dict[str, Variable[object]] = {}


def _declare(
    name: str, parse: Callable[[str], T], default: str | None, meaning: str, remedy: str
) -> Variable[T]:
    if name in REGISTRY:
        raise ValueError(f"{name} is declared twice")
    variable = Variable(name, parse, meaning, remedy, default)
    REGISTRY[name] = variable  # type: ignore[assignment]
    return variable


def string(name: str, default: str | None = None, *, meaning: str) -> Variable[str]:
    """Text, without the spaces around it."""
    return _declare(name, str, default, meaning, "Set it to a text.")


def choice(
    name: str, options: tuple[str, ...], default: str | None = None, *, meaning: str
) -> Variable[str]:
    """One of `options`, exactly as written."""

    def parse(raw: str) -> str:
        if raw not in options:
            raise ValueError("it is none of the known values")
        return raw

    return _declare(name, parse, default, meaning, f"Set it to one of {', '.join(options)}.")


def boolean(name: str, default: str | None = None, *, meaning: str) -> Variable[bool]:
    """True for 1, true, yes, on; False for 0, false, no, off; in any case."""

    def parse(raw: str) -> bool:
        if raw.lower() not in TRUE | FALSE:
            raise ValueError("it is neither true nor false")
        return raw.lower() in TRUE

    return _declare(name, parse, default, meaning, "Set it to true or false.")


def integer(
    name: str, default: str | None = None, *, minimum: int = 0, meaning: str
) -> Variable[int]:
    """A whole number of at least `minimum`."""

    def parse(raw: str) -> int:
        if not raw.isascii() or not raw.removeprefix("-").isdigit():
            raise ValueError("it is not a whole number")
        if int(raw) < minimum:
            raise ValueError(f"it is less than {minimum}")
        return int(raw)

    return _declare(
        name, parse, default, meaning, f"Set it to a whole number of at least {minimum}."
    )


def listing(name: str, default: str | None = None, *, meaning: str) -> Variable[list[str]]:
    """Texts separated by commas; empty ones are dropped."""

    def parse(raw: str) -> list[str]:
        return [part.strip() for part in raw.split(",") if part.strip()]

    return _declare(name, parse, default, meaning, "Set it to texts separated by commas.")


def url(
    name: str,
    default: str | None = None,
    *,
    schemes: tuple[str, ...] = ("http", "https"),
    meaning: str,
) -> Variable[str]:
    """An absolute URL without query, fragment or trailing slash."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"it does not start with {' or '.join(s + '://' for s in schemes)}")
        if parts.query or parts.fragment:
            raise ValueError("it has a query or a fragment")
        return raw.rstrip("/")

    remedy = f"Set it to an address such as {schemes[-1]}://portal.example.com."
    return _declare(name, parse, default, meaning, remedy)


def time_zone(name: str, default: str | None = None, *, meaning: str) -> Variable[str]:
    """The name of a time zone that the time zone database knows."""

    def parse(raw: str) -> str:
        try:
            return ZoneInfo(raw).key
        except (KeyError, OSError, ValueError):
            raise ValueError("no such time zone is known") from None

    return _declare(name, parse, default, meaning, "Set it to a name such as Europe/Berlin.")


def url_of_database(name: str, default: str | None = None, *, meaning: str) -> Variable[str]:
    """The URL of an SQLite file or a PostgreSQL database; `config.databases` takes it apart."""
    from config.databases import check_url

    remedy = "Set it to sqlite:///path/to/file or postgres://user:password@host:5432/name."
    return _declare(name, check_url, default, meaning, remedy)


MAKE_ONE = "the output of python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def secret(name: str, *, minimum: int = 50, meaning: str) -> Variable[str]:
    """A required text of at least `minimum` characters, at least five of them different."""

    def parse(raw: str) -> str:
        return _strong(raw, minimum)

    remedy = f"Set it to at least {minimum} random characters, for example {MAKE_ONE}."
    return _declare(name, parse, None, meaning, remedy)


def secrets(name: str, *, minimum: int = 50, meaning: str) -> Variable[list[str]]:
    """At least one of what `secret` reads, separated by commas."""

    def parse(raw: str) -> list[str]:
        found = [_strong(part.strip(), minimum) for part in raw.split(",") if part.strip()]
        if not found:
            raise ValueError("it names none")
        return found

    remedy = (
        f"Set it to one or more texts of at least {minimum} random characters, separated by "
        f"commas, for example {MAKE_ONE}."
    )
    return _declare(name, parse, None, meaning, remedy)


def _strong(text: str, minimum: int) -> str:
    if len(text) < minimum:
        raise ValueError(f"it is shorter than {minimum} characters")
    if len(set(text)) < 5:
        raise ValueError("it repeats a few characters")
    return text


def markdown_table() -> str:
    """All variables of this project as a Markdown table: name, default, meaning."""
    from config import variables  # noqa: F401  (declares them)

    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name in sorted(REGISTRY):
        variable = REGISTRY[name]
        default = "required" if variable.default is None else f"`{variable.default}`"
        default = "" if variable.default == "" else default
        rows.append(f"| `{name}` | {default} | {variable.meaning} |")
    return "\n".join(rows)


if __name__ == "__main__":
    from config import env

    print(env.markdown_table())
