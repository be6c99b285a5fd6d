"""Bar charts as numbers for portal/_chart.html: no script, no style, and a table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

WIDTH, HEIGHT = 384, 140
TOP, BOTTOM, GAP = 20, 22, 8


@dataclass(frozen=True)
class Part:
    """One layer of a bar."""

    value: int
    y: int
    height: int
    css: str


@dataclass(frozen=True)
class Bar:
    """Positions in units of the drawing; `middle` is where its texts are centred.

    A bar of several layers has `parts`, the lowest first.
    """

    label: Any
    value: int
    x: int
    y: int
    width: int
    height: int
    middle: int
    css: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def above(self) -> int:
        return self.y - 5


@dataclass(frozen=True)
class Chart:
    """A titled bar chart; `name` makes ids, `head` names the column of labels in its table.

    `layers` are (name, class) of the layers of its bars, in the order of their parts.
    """

    name: str
    title: Any
    head: Any
    unit: Any
    note: str = ""
    layers: tuple[tuple[Any, str], ...] = ()
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


def stacked(values: Iterable[tuple[Any, Sequence[int]]], css: Sequence[str]) -> list[Bar]:
    """Bars made of layers, for (label, value of each layer), with the class of each layer."""
    rows = [(label, tuple(layers)) for label, layers in values]
    whole = bars((label, sum(layers), "") for label, layers in rows)
    return [
        replace(bar, parts=_parts(bar, layers, css))
        for bar, (_label, layers) in zip(whole, rows, strict=True)
    ]


def _parts(bar: Bar, layers: Sequence[int], css: Sequence[str]) -> tuple[Part, ...]:
    """The heights add up to that of the bar: each layer ends where the sum up to it ends."""
    found, below, total = [], 0, sum(layers) or 1
    for value, look in zip(layers, css, strict=True):
        start = below * bar.height // total
        below += value
        end = below * bar.height // total
        found.append(Part(value, HEIGHT - BOTTOM - end, end - start, look))
    return tuple(found)
