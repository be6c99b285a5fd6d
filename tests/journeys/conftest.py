"""A real Chromium against a live server with the demo data.

With PICTURES=1 they leave pictures in var/journeys, which git ignores; taking them takes longer
than all else on a page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.patience import be_patient
from tests.support import chromium
from tests.support.demo import Seeded

PICTURES = Path(__file__).resolve().parents[2] / "var" / "journeys"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"

#: Milliseconds a page may take: the machine is busy with other tests.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

# Playwright's own event loop runs in this thread; the tests stay synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.ARGUMENTS
        )
        with pytest.MonkeyPatch.context() as patch:
            be_patient(patch)
            yield started
        started.close()


@pytest.fixture
def portal(seeded: Seeded, settings: Any, tmp_path: Path, live_server: Any) -> str:
    """Address of a live portal in demo mode, the demo untouched, mail in a folder of its own."""
    settings.DEMO_MODE = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.PUBLIC_URL = live_server.url
    seeded.write()
    return str(live_server.url)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when a script of ours fails or the policy blocks something."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: _note(message, wrong))
    yield opened
    context.close()
    assert not wrong, wrong


def _note(message: Any, wrong: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        wrong.append(message.text)


@pytest.fixture
def shoot(request: pytest.FixtureRequest, page: Page) -> Callable[[str], None]:
    """Take a picture of the page as it is, where pictures are wanted."""
    if os.environ.get("PICTURES") != "1":
        return lambda _name: None
    folder = PICTURES / re.sub(r"\W+", "-", request.node.name).strip("-")
    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return take


@pytest.fixture
def check_access(page: Page) -> Callable[..., None]:
    """Let axe look at the page; serious and critical findings fail the test.

    With `colours`, at those alone: another theme changes nothing else.
    """

    def check(*, colours: bool = False) -> None:
        page.evaluate(f"window.axe || {AXE.read_text()}")
        only = ", runOnly: ['color-contrast']" if colours else ""
        found = page.evaluate(f"axe.run({{resultTypes: ['violations']{only}}})")
        grave = [
            f"{page.url}: {each['id']}: {each['help']} {each['nodes'][0]['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert not grave, "\n".join(grave)

    return check
