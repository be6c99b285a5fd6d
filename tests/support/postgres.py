"""A PostgreSQL cluster that lives as long as one command.

    python -m tests.support.postgres COMMAND …

runs COMMAND with DATABASE_URL pointing to a new, empty cluster in a temporary directory and ends
the cluster afterwards, however COMMAND ends. The cluster listens on a socket in that directory
only, so neither a port nor another PostgreSQL on the machine is in the way.
"""

import contextlib
import ctypes
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

# Nothing in it survives, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
}
PR_SET_PDEATHSIG = 1


def binaries() -> str | None:
    """The directory of initdb and postgres, newest version first; None if not installed."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    found.sort(key=lambda path: int(path.split("/")[4].split(".")[0]), reverse=True)
    initdb = found[0] if found else shutil.which("initdb")
    return os.path.dirname(initdb) if initdb else None


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; yields its DATABASE_URL. RuntimeError if it does not start."""
    bin_dir = binaries()
    if bin_dir is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    # A socket path has room for about 100 characters.
    parent = None if len(tempfile.gettempdir()) < 60 else "/tmp"
    home = tempfile.mkdtemp(prefix="tierdesk-pg-", dir=parent)
    data = os.path.join(home, "data")
    server: subprocess.Popen[bytes] | None = None
    try:
        account = _account(home)
        _run(
            [f"{bin_dir}/initdb", f"--pgdata={data}", "--username=tierdesk", "--auth=trust"],
            ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            account,
        )
        server = _start(bin_dir, data, home, account)
        _run([f"{bin_dir}/createdb", f"--host={home}"], ["--username=tierdesk", "tierdesk"])
        yield f"postgres://tierdesk@/tierdesk?host={home}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _account(home: str) -> dict[str, Any]:
    """How to run as somebody else when root, as PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    os.chown(home, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(command: list[str], options: list[str], account: dict[str, Any] | None = None) -> None:
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, cwd="/", check=False, **account or {}
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


def _die_with_parent() -> Callable[[], None]:
    """Something to call in a new process so that the kernel ends it with this one."""
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGQUIT) and None


def _start(bin_dir: str, data: str, home: str, account: dict[str, Any]) -> subprocess.Popen[bytes]:
    log_path = os.path.join(home, "log")
    arguments = [f"{bin_dir}/postgres", "-D", data, "-k", home]
    for name, value in SETTINGS.items():
        arguments += ["-c", f"{name}={value}"]
    with open(log_path, "wb") as log:
        # A session of its own: Ctrl-C must reach the tests first.
        server = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=_die_with_parent(),
            **account,
        )
    for _ in range(300):
        ready = subprocess.run([f"{bin_dir}/pg_isready", "-q", "-h", home], check=False)
        if ready.returncode == 0:
            return server
        if server.poll() is not None:
            break
        time.sleep(0.1)
    server.kill()
    server.wait()
    with open(log_path, encoding="utf-8", errors="replace") as log_file:
        raise RuntimeError(f"PostgreSQL did not start: {log_file.read()[-2000:]}")


def _leave(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, _leave)
    with cluster() as url:
        child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue
            except SystemExit:
                child.terminate()
                child.wait()
                raise


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    try:
        raise SystemExit(main(sys.argv[1:]))
    except RuntimeError as error:
        raise SystemExit(str(error)) from None
