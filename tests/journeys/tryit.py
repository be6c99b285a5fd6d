"""The README's "Try it" as a script: its sentences are the steps of the journeys.

A step is an imperative sentence in one of the forms of STEPS; words in bold are what the page
says, words in code are what a person types. Whatever is bold or code in a numbered line must belong
to a step, so that the README cannot promise what no journey does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from customers.jobs import run_pending

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Step:
    """One thing to do: the method of Visitor and its words."""

    action: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([self.action, *self.words])


STEPS: dict[str, str] = {
    "sign_in": r"[Ss]ign in as `(?P<a>[^`]+)`",
    "sign_out": r"[Ss]ign out",
    "go": r"[Gg]o to `(?P<a>[^`]+)`",
    "open": r"[Oo]pen \*\*(?P<a>[^*]+)\*\*",
    "click": r"[Cc]lick \*\*(?P<a>[^*]+)\*\*",
    "unfold": r"[Uu]nfold \*\*(?P<a>[^*]+)\*\*",
    "pick": r"[Pp]ick \*\*(?P<a>[^*]+)\*\*",
    "enter": r"[Tt]ype `(?P<a>[^`]+)` into \*\*(?P<b>[^*]+)\*\*",
    "attach": r"[Aa]ttach `(?P<a>[^`]+)` to \*\*(?P<b>[^*]+)\*\*",
    "choose": r"[Cc]hoose `(?P<a>[^`]+)` in \*\*(?P<b>[^*]+)\*\*",
    "follow": r"[Ff]ollow the link in the mail",
    "see": r"[Yy]ou see \*\*(?P<a>[^*]+)\*\*",
}
_ANY = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            (name, re.sub(r"\?P<[ab]>", "", pattern)) for name, pattern in STEPS.items()
        )
    )
)


def stories() -> dict[str, list[Step]]:
    """Steps of each story by its heading."""
    section = (ROOT / "README.md").read_text().split("\n## Try it\n", 1)[1].split("\n## ", 1)[0]
    found = {}
    for part in section.split("\n### ")[1:]:
        title, _newline, body = part.partition("\n")
        lines = re.sub(r"\n {2,}", " ", body).splitlines()
        numbered = [line for line in lines if re.match(r"\d+\. ", line)]
        found[title] = [step for line in numbered for step in read(line)]
    return found


def read(line: str) -> list[Step]:
    """The steps of a numbered line; AssertionError when a marked word belongs to none."""
    steps = []
    for match in _ANY.finditer(line):
        action = str(match.lastgroup)
        inner = re.match(STEPS[action], match.group(0))
        assert inner is not None
        steps.append(Step(action, tuple(inner.groupdict().values())))
    rest = _ANY.sub("", line)
    assert not re.search(r"\*\*|`", rest), f"no step for: {rest}"
    return steps


class Visitor:
    """A person at the portal who does what the README says."""

    def __init__(self, page: Page, address: str, shoot: Callable[[str], None]) -> None:
        self.page = page
        self.address = address
        self.shoot = shoot

    def do(self, steps: list[Step]) -> None:
        for number, step in enumerate(steps, start=1):
            self.settle()
            try:
                getattr(self, step.action)(*step.words)
            except Exception as error:
                self.shoot(f"failed-{number:02d}")
                raise AssertionError(
                    f"step {number}, {step}, at {self.page.url}: {error}"
                ) from error
            if step.action in ("sign_in", "see"):
                self.shoot(f"{number:02d}-{step.action}")

    def settle(self) -> None:
        """Wait for a page, or a part of one, that is still arriving: it has no buttons yet."""
        self.page.wait_for_load_state()
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, email: str) -> None:
        self.sign_out()
        self.go("/")
        self.page.get_by_label(re.compile("E-?mail")).fill(email)
        self.page.get_by_label(re.compile("^Password")).fill("demo")
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def sign_out(self) -> None:
        self.page.context.clear_cookies()

    def open(self, name: str) -> None:
        self._first("link", name).click()

    def click(self, name: str) -> None:
        button = self.page.get_by_role("button", name=name, exact=True)
        if button.count():
            button.first.click()
        else:
            self._first("link", name).click()

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=name).first.click()

    def follow(self) -> None:
        self.page.locator("main a[href*='/inquiry/']").first.click()

    def pick(self, name: str) -> None:
        self.page.get_by_label(re.compile(re.escape(name))).first.check()

    def enter(self, text: str, label: str) -> None:
        self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first.fill(text)

    def attach(self, path: str, label: str) -> None:
        self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first.set_input_files(
            ROOT / path
        )

    def choose(self, option: str, label: str) -> None:
        named = self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}"))
        self.page.locator("select").and_(named).first.select_option(label=option)

    def see(self, text: str) -> None:
        while run_pending():  # what the worker of `make run` does
            pass
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def _first(self, role: Any, name: str) -> Locator:
        """A link by its whole name, else by a name that begins so ("Customers 12")."""
        exact = self.page.get_by_role(role, name=name, exact=True)
        if exact.count():
            return exact.first
        return self.page.get_by_role(role, name=re.compile(rf"^\s*{re.escape(name)}")).first
