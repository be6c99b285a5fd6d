"""Where Debian's Chromium is."""

import os
import shutil

# Chromium refuses its sandbox to root, and containers have little shared memory.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]


def executable() -> str | None:
    """The browser to drive: $CHROMIUM, or what is on the path; None if there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return shutil.which("chromium") or shutil.which("chromium-browser")
