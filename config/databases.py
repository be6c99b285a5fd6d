"""A database URL as Django's DATABASES entry, with the settings this project relies on."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent

POSTGRES_SCHEMES = {"postgres", "postgresql"}

# IMMEDIATE takes the write lock when a transaction begins: a transaction that reads first and
# writes later would otherwise fail at once, whatever the timeout. WAL lets readers read meanwhile.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def check_url(raw: str) -> str:
    """`raw` itself if it names a database; ValueError otherwise."""
    parts = urlsplit(raw)
    if parts.scheme == "sqlite":
        if parts.netloc or not parts.path.strip("/"):
            raise ValueError("an SQLite URL has three slashes and a path")
    elif parts.scheme in POSTGRES_SCHEMES:
        if not parts.path.strip("/"):
            raise ValueError("it names no database")
        parts.port  # noqa: B018  (raises ValueError when it is no number)
    else:
        raise ValueError("it starts neither with sqlite:// nor with postgres://")
    return raw


def database(raw: str, *, pool_size: int = 0, statement_timeout: int = 0) -> dict[str, Any]:
    """The DATABASES entry for `raw`. `statement_timeout` in seconds, 0: none (PostgreSQL only)."""
    parts = urlsplit(check_url(raw))
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    return _postgres(parts, pool_size, statement_timeout)


def _sqlite(parts: SplitResult) -> dict[str, Any]:
    path = Path(unquote(parts.path[1:]))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path if path.is_absolute() else BASE_DIR / path),
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _postgres(parts: SplitResult, pool_size: int, statement_timeout: int) -> dict[str, Any]:
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        # A page's statements run for milliseconds; compiling one to machine code takes thirty,
        # starting workers for it ten. What is read often lies in memory, or on a disk without
        # heads: there a page by index costs hardly more than the next one. Who waited for a lock
        # must see what was written meanwhile, whatever the server has as its default.
        "options": "-c default_transaction_isolation=read\\ committed "
        "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1 "
        "-c lock_timeout=5s "
        f"-c statement_timeout={statement_timeout}s "
        "-c idle_in_transaction_session_timeout=60s",
        **{key: value for key, value in query.items() if key != "host"},
    }
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
