"""Where the clients of the API are that tests drive, and how a script runs beside one of them."""

import ctypes.util
import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tests" / "clients"
NAMES = ("openapi", "cli", "schemathesis")


def python(name: str) -> Path:
    """The interpreter of the environment that `make clients` makes."""
    return ROOT / f".venv-clients-{name}" / "bin" / "python"


def pango() -> str | None:
    """The library reports are laid out with as PDF; None if it is not installed."""
    return ctypes.util.find_library("pangoft2-1.0")


def found() -> bool:
    """Whether all environments are there, and what they need of the system."""
    return all(python(name).exists() for name in NAMES) and pango() is not None


def run(name: str, script: str, given: Any, home: Path) -> Any:
    """What tests/clients/<name>/<script>.py prints as JSON when it is given `given` as JSON.

    AssertionError with what it said when it fails. `home` is its home directory and where it runs;
    nothing of this process's settings reaches it.
    """
    command = [str(python(name)), str(SCRIPTS / name / f"{script}.py")]
    done = subprocess.run(
        command,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_PROXY": "*", "TERM": "dumb"},
        timeout=300,
        check=False,
    )
    *said, found = done.stdout.splitlines() or [""]
    # Shown when the test fails.
    print(*said, done.stderr[-6000:], sep="\n")
    assert done.returncode == 0, f"{script} failed: {found}"
    return json.loads(found)
