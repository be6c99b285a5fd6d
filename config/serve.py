"""`make run`: the demo on this machine, web server and mail worker side by side.

python -m config.serve [--port 8000]     migrate, load the demo data once, serve until Ctrl-C
python -m config.serve --reset           throw the demo database away and load it anew
"""

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.error import URLError

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SIGN_INS = ("vendor", "distributor", "reseller", "parent", "multi", "admin")

BANNER = """
  Tierdesk is running at {url}

  Sign in with one of these addresses, password demo:
{sign_ins}

  Keys for the API at {url}public/v1:
    .venv/bin/python manage.py demo_keys

  Ctrl-C ends it. The data stays; make demo-reset starts afresh.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.serve")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    os.environ.setdefault("DEMO_MODE", "true")
    os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{options.port}")
    os.umask(0o077)
    VAR.mkdir(exist_ok=True)
    with open(VAR / "serve.lock", "w") as lock:
        if options.reset:
            return reset(lock)
        return run(lock, options.port)


def run(lock: IO[str], port: int) -> int:
    """Prepare the database, start both processes, wait until one ends or Ctrl-C."""
    if not take(lock, fcntl.LOCK_SH):
        print("make demo-reset is at work; try again when it has finished.", file=sys.stderr)
        return 1
    if not is_free(port):
        print(f"Port {port} is in use. Take another one: make run PORT={port + 1}", file=sys.stderr)
        return 1
    prepare()
    os.environ["PORT"] = str(port)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, interrupt)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.conf.py"]
    commands = [[*gunicorn, "config.wsgi"]]
    if has_command("deliver"):
        commands.append([*MANAGE, "deliver"])
    children: list[subprocess.Popen[bytes]] = []
    try:
        # Sessions of their own: Ctrl-C reaches this process, which ends them in order.
        for command in commands:
            children.append(subprocess.Popen(command, cwd=ROOT, start_new_session=True))
        announce(port, children)
        return watch(children)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children)


def reset(lock: IO[str]) -> int:
    """Delete the SQLite file and what the demo sent, then load the demo data."""
    if not take(lock, fcntl.LOCK_EX):
        print("make run is still running; end it first.", file=sys.stderr)
        return 1
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.startswith("sqlite"):
        print(
            "DATABASE_URL names a database that is not the demo's SQLite file; "
            "drop and create that one yourself, then make run.",
            file=sys.stderr,
        )
        return 1
    import django
    from django.conf import settings

    django.setup()
    name = settings.DATABASES["default"]["NAME"]
    for suffix in ("", "-wal", "-shm"):
        Path(name + suffix).unlink(missing_ok=True)
    for sent in [*(VAR / "mail").glob("*.log"), *(VAR / "webhooks").glob("*.json")]:
        sent.unlink()
    prepare()
    print("The demo data is as new. Start it with make run.")
    return 0


def prepare() -> None:
    """Bring the database up to date and load the demo data unless that has been done."""
    manage("migrate", "--verbosity", "0")
    if has_command("seed_demo"):
        manage("seed_demo", "--once")


def manage(*arguments: str) -> None:
    done = subprocess.run([*MANAGE, *arguments], cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"manage.py {arguments[0]} failed; see above.")


def has_command(name: str) -> bool:
    import django
    from django.core.management import get_commands

    django.setup()
    return name in get_commands()


def take(lock: IO[str], kind: int) -> bool:
    """Whether the lock was free; held until this process ends."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def announce(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    """Print the address and the sign-ins once the server is ready."""
    url = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        try:
            with urllib.request.urlopen(f"{url}readyz", timeout=5):  # noqa: S310
                break
        except (URLError, OSError):
            time.sleep(0.1)
    else:
        return
    sign_ins = "\n".join(f"    {name}@demo.example" for name in SIGN_INS)
    print(BANNER.format(url=url, sign_ins=sign_ins), flush=True)


def watch(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one child ends; its exit code, never 0 because nobody asked it to."""
    while True:
        for child in children:
            if child.poll() is not None:
                return child.returncode or 1
        time.sleep(0.3)


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=25)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(0) from None
