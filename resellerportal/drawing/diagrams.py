"""Drawings of machines as numbers for an SVG: no script, no style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .layers import LINE, LOOP, Cell, State, Step, Text, place, rows_of, sort, spread, state_cell

__all__ = ["Drawing", "State", "Step", "Text", "draw"]


@dataclass(frozen=True)
class Line:
    """`path` is the line and `head` its arrow head, both as SVG path data."""

    path: str
    head: str
    css: str


@dataclass
class Drawing:
    width: int
    height: int
    states: list[Cell]
    labels: list[Cell]
    lines: list[Line]


def draw(states: Sequence[State], steps: Iterable[Step]) -> Drawing:
    """States in their order of life; steps with the same source and target are one."""
    steps = list(steps)
    cells = {each.key: state_cell(each) for each in states}
    loops = [step for step in steps if step.source == step.target]
    for step in loops:
        cells[step.source].right += LOOP + max(text.width for text in step.texts)
    ways = [step for step in steps if step.source != step.target]
    rows, chains = rows_of(list(cells), cells, ways)
    sort(rows)
    spread(rows)
    width, height = place(rows)
    ports = _ports(cells.values())
    lines = [_line(step, chain, ports) for step, chain in zip(ways, chains, strict=True)]
    labels = [cell for row in rows for cell in row if cell.texts]
    for step in loops:
        line, label = _loop(step, cells[step.source])
        lines.append(line)
        labels.append(label)
    return Drawing(round(width), round(height), list(cells.values()), labels, lines)


def _ports(cells: Iterable[Cell]) -> dict[tuple[int, int], float]:
    """Where a line meets a state, by (state, neighbour): side by side in the order they leave."""
    found = {}
    for cell in cells:
        for near in (cell.up, cell.down):
            many = len(near)
            apart = min(26.0, (cell.width - 24) / many) if many else 0
            for index, each in enumerate(sorted(near, key=lambda other: other.x)):
                found[id(cell), id(each)] = cell.x + (index - (many - 1) / 2) * apart
    return found


def _line(step: Step, chain: list[Cell], ports: dict[tuple[int, int], float]) -> Line:
    upper, lower = chain[0], chain[-1]
    forward = upper.state is not None and upper.state.key == step.source
    start, end = ports[id(upper), id(chain[1])], ports[id(lower), id(chain[-2])]
    x, y = start, upper.y + upper.high / 2
    parts = [f"M{x:.1f} {y:.1f}"]
    for cell in chain[1:-1]:
        parts.append(_curve(x, y, cell.x, cell.y - cell.high / 2))
        x, y = cell.x, cell.y + cell.high / 2
        parts.append(f"V{y:.1f}")
    bottom = lower.y - lower.high / 2
    parts.append(_curve(x, y, end, bottom))
    head = _head(end, bottom, -7) if forward else _head(start, upper.y + upper.high / 2, 7)
    return Line("".join(parts), head, step.css)


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (y + to_y) / 2
    return f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"


def _head(x: float, y: float, back: float) -> str:
    return f"M{x - 4:.1f} {y + back:.1f}L{x:.1f} {y:.1f}L{x + 4:.1f} {y + back:.1f}Z"


def _loop(step: Step, cell: Cell) -> tuple[Line, Cell]:
    """A way from a state to itself, on its right."""
    edge, y = cell.x + cell.left, cell.y
    path = f"M{edge:.1f} {y - 9:.1f}c{LOOP} -6 {LOOP} 24 0 18"
    head = f"M{edge + 8:.1f} {y + 4:.1f}L{edge:.1f} {y + 9:.1f}L{edge + 9:.1f} {y + 12:.1f}Z"
    half = max(text.width for text in step.texts) / 2
    label = Cell(half, half, len(step.texts) * LINE, texts=step.texts, x=edge + LOOP + half, y=y)
    return Line(path, head, step.css), label
