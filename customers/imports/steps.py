"""The steps an import takes: what is made, changed and removed, without the data themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

T = TypeVar("T")
#: Lines named in one sentence.
NAMED = 10


@dataclass(slots=True)
class Step:
    """One account made (`base` 0) or changed from version `base` to the next.

    `parent` is where it hangs afterwards, None at the top; `moves` whether that is new. `type` is
    its type afterwards, `switches` whether it had another. `number` is the line of its row.
    """

    number: int
    pk: str
    base: int
    parent: str | None
    moves: bool
    type: str
    switches: bool = False

    @property
    def new(self) -> bool:
        return self.base == 0


#: Gives the data of some steps: line -> columns to write, for new accounts `hub_id` among them.
Source = Callable[[Sequence[Step]], dict[int, dict[str, Any]]]


@dataclass
class Done:
    """What was written; `vendors` counts the requests that wait for each vendor."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    vendors: dict[str, int] = field(default_factory=dict)

    def add(self, other: Done) -> None:
        self.created += other.created
        self.changed += other.changed
        self.removed += other.removed
        for vendor, count in other.vendors.items():
            self.vendors[vendor] = self.vendors.get(vendor, 0) + count

    def data(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "changed": self.changed,
            "removed": self.removed,
            "vendors": self.vendors,
        }


class Stale(ValidationError):
    """What the plan rests on has changed; `problems` is {line: sentence}, 0 for no line."""

    def __init__(self, problems: dict[int, str]) -> None:
        self.problems = problems
        super().__init__(describe(problems), code="stale")


def describe(problems: dict[int, str]) -> str:
    first = sorted(problems)[:NAMED]
    texts = [
        _("line %(line)d: %(why)s") % {"line": line, "why": problems[line]}
        if line
        else problems[line]
        for line in first
    ]
    more = len(problems) - len(first)
    text = _("Nothing was applied, because of %(lines)s") % {"lines": "; ".join(texts)}
    return text + (_(" and %(count)d more.") % {"count": more} if more else "")


def split(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
