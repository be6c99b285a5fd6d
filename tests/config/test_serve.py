"""`make run` as a person sees it: it starts, names the address and the sign-ins, and ends."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from config.databases import BASE_DIR


def free_port() -> int:
    """One that nothing else takes meanwhile: the system gives away only ports above 32767."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
        "WEB_PROCESSES": "1",
    }


def test_it_serves_until_interrupted(environment):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "config.serve", "--port", str(port)],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell that runs the tests in the background lets them ignore what Ctrl-C sends.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        printed = ""
        while "Ctrl-C" not in printed and (line := server.stdout.readline()):
            printed += line
        assert f"http://127.0.0.1:{port}/" in printed
        assert re.findall(r"(\w+)@demo\.example", printed) == [
            "vendor",
            "distributor",
            "reseller",
            "parent",
            "multi",
            "admin",
        ]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/") as page:
            assert b'name="password"' in page.read()
    finally:
        server.send_signal(signal.SIGINT)
        rest = server.communicate(timeout=90)[0]
    assert server.returncode == 0
    assert "Traceback" not in rest
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz")


def test_a_port_in_use_is_named_with_another_to_take(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "config.serve", "--port", str(port)],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is in use. Take another one: make run PORT={port + 1}\n"


def test_reset_leaves_a_database_server_alone(environment, tmp_path):
    environment["DATABASE_URL"] = "postgres:///production"
    done = subprocess.run(
        [sys.executable, "-m", "config.serve", "--reset"],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "not the demo's SQLite file" in done.stderr or "still running" in done.stderr
