"""Installs what tests need from Debian packages, where that is possible."""

import os
import shutil
import subprocess

from tests.support import chromium, clients, postgres

NEEDED = {
    "PostgreSQL": (postgres.binaries, ["postgresql"]),
    "Chromium": (chromium.executable, ["chromium", "fonts-liberation"]),
    "Pango": (clients.pango, ["libpangoft2-1.0-0"]),
}


def missing() -> list[str]:
    """Names of the programs that are not installed."""
    return [name for name, (find, _) in NEEDED.items() if find() is None]


def install(names: list[str]) -> None:
    """Install `names` with apt-get when this is root on Debian; otherwise leave things alone."""
    if not names or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    packages = [package for name in names for package in NEEDED[name][1]]
    print(f"Installing {', '.join(packages)} with apt-get", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "--quiet=2", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"apt-get {arguments[0]} failed: {done.stderr.strip()[-1000:]}", flush=True)


def remedy(name: str) -> str:
    """What a person types to install `name`."""
    return f"apt install {' '.join(NEEDED[name][1])}"
