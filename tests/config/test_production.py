"""Production settings refuse to start when something is missing or unsafe."""

import os
import subprocess
import sys

import pytest

from config.databases import BASE_DIR

SAFE = {
    "SECRET_KEY": "x-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRST",
    "INQUIRY_KEY": "y-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRST",
    "SEALING_KEYS": "z-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRST",
    "ALLOWED_HOSTS": "portal.example.com",
    "PUBLIC_URL": "https://portal.example.com",
}
LOCAL_KEY = "local-only-0123456789-abcdefghijklmnopqrstuvwxyz-not-a-secret"
PROGRAM = "from config.settings import production as p; print(p.{name})"


def start(name: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a new process and print the setting `name`."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name)],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **SAFE, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_with_secrets_hosts_and_an_https_address():
    assert start("SECURE_SSL_REDIRECT").stdout == "True\n"


@pytest.mark.parametrize("name", sorted(SAFE))
def test_it_refuses_to_start_without(name):
    done = start("DEBUG", **{name: ""})
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {name} is not set." in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "true"),
        ("DEMO_MODE", "true"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ","),
        ("PUBLIC_URL", "http://portal.example.com"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", LOCAL_KEY),
        ("INQUIRY_KEY", LOCAL_KEY),
        ("INQUIRY_KEY", SAFE["SECRET_KEY"]),
        ("SEALING_KEYS", "short"),
        ("SEALING_KEYS", f"{SAFE['SEALING_KEYS']},short"),
        ("SEALING_KEYS", ","),
        ("SEALING_KEYS", SAFE["INQUIRY_KEY"]),
        ("SEALING_KEYS", f"{SAFE['SEALING_KEYS']},{LOCAL_KEY}"),
        ("DATABASE_URL", "oracle://db/x"),
    ],
)
def test_it_refuses_to_start_with_an_unsafe(name, value):
    done = start("DEBUG", **{name: value})
    assert done.returncode != 0
    assert "ImproperlyConfigured: " in done.stderr
    assert name in done.stderr.splitlines()[-1]


def test_forwarded_headers_count_only_behind_a_named_number_of_proxies():
    assert start("ALLAUTH_TRUSTED_PROXY_COUNT").stdout == "0\n"
    assert "SECURE_PROXY_SSL_HEADER" in start("SECURE_PROXY_SSL_HEADER").stderr
    behind = start("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXIES="1")
    assert behind.stdout == "('HTTP_X_FORWARDED_PROTO', 'https')\n"
