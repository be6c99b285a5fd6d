"""Bar charts as numbers for portal/_chart.html: no script, no style, and a table beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT = 384, 140
TOP, BOTTOM, GAP = 20, 22, 8


@dataclass(frozen=True)
class Bar:
    """Positions in units of the drawing; `middle` is where its texts are centred."""

    label: Any
    value: int
    x: int
    y: int
    width: int
    height: int
    middle: int
    css: str = ""

    @property
    def above(self) -> int:
        return self.y - 5


@dataclass(frozen=True)
class Chart:
    """A titled bar chart; `name` makes ids, `head` names the column of labels in its table."""

    name: str
    title: Any
    head: Any
    unit: Any
    note: str = ""
    bars: list[Bar] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    labels: int = HEIGHT - 5

    @property
    def total(self) -> int:
        return sum(bar.value for bar in self.bars)


def bars(values: Iterable[tuple[Any, int, str]]) -> list[Bar]:
    """Bars of equal width for (label, value, class); the highest fills the drawing."""
    rows = list(values)
    highest = max((value for _label, value, _css in rows), default=0) or 1
    step = WIDTH // max(1, len(rows))
    room = HEIGHT - TOP - BOTTOM
    found = []
    for index, (label, value, css) in enumerate(rows):
        tall = max(2, value * room // highest) if value else 0
        left = index * step + GAP // 2
        found.append(
            Bar(
                label,
                value,
                left,
                HEIGHT - BOTTOM - tall,
                step - GAP,
                tall,
                left + (step - GAP) // 2,
                css,
            )
        )
    return found
