"""Where the states and steps of a small directed graph stand in a layered drawing.

States stand in rows, a step leads to a row further down, or back up when its target comes earlier.
Every step has its text in a row between those of states, and room of its own there, so that no text
covers another one or a state. Rows are sorted until few lines cross (Sugiyama's method).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

#: Units of the drawing, which are pixels where it is shown at its own size.
CHARACTER, SMALL = 7.4, 6.6
HIGH, LINE, GAP, APART, MARGIN = 34, 15, 18, 20, 8
LOOP = 22
ROUNDS = 24
#: How much more a straight line counts than a state in the middle of its neighbours.
STRAIGHT = 6.0
#: What is left of a distance from the axis in each round.
INWARD = 0.9


@dataclass(frozen=True)
class Text:
    """A line of a step; quiet lines are smaller."""

    words: str
    quiet: bool = False

    @property
    def width(self) -> float:
        return len(self.words) * (SMALL if self.quiet else CHARACTER)


@dataclass(frozen=True)
class State:
    key: str
    label: str
    css: str = ""


@dataclass(frozen=True)
class Step:
    """All ways from one state to another; `css` is the class of their line."""

    source: str
    target: str
    texts: tuple[Text, ...]
    css: str = ""


@dataclass
class Cell:
    """What stands in a row: a state, the text of a step, or a line passing through (neither).

    `x` is the middle; `left` and `right` the room taken on either side of it.
    """

    left: float
    right: float
    high: float = 0
    state: State | None = None
    texts: tuple[Text, ...] = ()
    x: float = 0
    y: float = 0
    up: list[Cell] = field(default_factory=list)
    down: list[Cell] = field(default_factory=list)

    @property
    def width(self) -> float:
        """Of the box, without a loop beside it."""
        return 2 * self.left

    @property
    def start(self) -> str:
        return f"{self.x - self.left:.1f}"

    @property
    def top(self) -> str:
        return f"{self.y - self.high / 2:.1f}"

    @property
    def base(self) -> str:
        """The baseline of the name of a state."""
        return f"{self.y + 4.5:.1f}"

    @property
    def lines(self) -> list[tuple[Text, float]]:
        """The texts with the heights of their baselines."""
        top = self.y - len(self.texts) * LINE / 2
        return [(text, top + index * LINE + 11.5) for index, text in enumerate(self.texts)]


def state_cell(state: State) -> Cell:
    half = max(44.0, len(state.label) * CHARACTER / 2 + 14)
    return Cell(half, half, HIGH, state)


def rows_of(
    order: list[str], cells: dict[str, Cell], ways: list[Step]
) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """Rows of cells, and for each way its cells from the upper end to the lower one."""
    rank = _ranks(order, ways)
    rows: list[list[Cell]] = [[] for _each in range(2 * max(rank.values(), default=0) + 1)]
    for key in order:
        rows[2 * rank[key]].append(cells[key])
    chains: list[list[Cell]] = [[] for _each in ways]
    # The longest choose last where their text goes: they have more rows to choose from.
    for index in sorted(range(len(ways)), key=lambda i: _length(rank, ways[i])):
        step = ways[index]
        top, bottom = sorted((step.source, step.target), key=rank.__getitem__)
        between = range(2 * rank[top] + 1, 2 * rank[bottom])
        at = min((row for row in between if row % 2), key=lambda row: (_taken(rows[row]), row))
        middle = [_label(step) if row == at else Cell(4, 4) for row in between]
        for row, cell in zip(between, middle, strict=True):
            rows[row].append(cell)
        chains[index] = [cells[top], *middle, cells[bottom]]
        for above, below in pairwise(chains[index]):
            above.down.append(below)
            below.up.append(above)
    return rows, chains


def _length(rank: dict[str, int], step: Step) -> int:
    return abs(rank[step.source] - rank[step.target])


def _taken(row: list[Cell]) -> float:
    return sum(cell.left + cell.right + GAP for cell in row)


def _label(step: Step) -> Cell:
    half = max(text.width for text in step.texts) / 2 + 4
    return Cell(half, half, len(step.texts) * LINE + 4, texts=step.texts)


def _ranks(order: list[str], ways: list[Step]) -> dict[str, int]:
    """The row of each state: below all states before it in its life that lead to or from it."""
    place = {key: index for index, key in enumerate(order)}
    rank = dict.fromkeys(order, 0)
    for key in order:
        for step in ways:
            first, last = sorted((step.source, step.target), key=place.__getitem__)
            if last == key:
                rank[key] = max(rank[key], rank[first] + 1)
    return rank


def sort(rows: list[list[Cell]]) -> None:
    """Cells move towards the middle of what they are connected with; the best order stays."""
    best, fewest = [list(row) for row in rows], _crossings(rows)
    for turn in range(ROUNDS):
        down = turn % 2 == 0
        for number in range(len(rows)) if down else reversed(range(len(rows))):
            near = rows[number - 1] if down else rows[min(number + 1, len(rows) - 1)]
            places = {id(cell): index for index, cell in enumerate(near)}
            own = {id(cell): index for index, cell in enumerate(rows[number])}

            def middle(
                cell: Cell,
                down: bool = down,
                places: dict[int, int] = places,
                own: dict[int, int] = own,
            ) -> float:
                found = [
                    places[id(each)]
                    for each in (cell.up if down else cell.down)
                    if id(each) in places
                ]
                return sum(found) / len(found) if found else own[id(cell)]

            rows[number].sort(key=middle)
        crossings = _crossings(rows)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _crossings(rows: list[list[Cell]]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        places = {id(cell): index for index, cell in enumerate(lower)}
        ends = [[places[id(each)] for each in cell.down] for cell in upper]
        for index, left in enumerate(ends):
            for right in ends[index + 1 :]:
                count += sum(a > b for a in left for b in right)
    return count


def spread(rows: list[list[Cell]]) -> None:
    """Middles: each cell as near to its neighbours as the room in its row allows."""
    for row in rows:
        x = 0.0
        for cell in row:
            cell.x = x + cell.left
            x = cell.x + cell.right + GAP
    for turn in range(10 * ROUNDS):
        for row in rows if turn % 2 else reversed(rows):
            _settle(row)


def _settle(row: list[Cell]) -> None:
    """The least squares of moves that keep order and gaps: runs that would overlap share one."""
    runs: list[tuple[float, float, int]] = []
    offsets, offset = [], 0.0
    for index, cell in enumerate(row):
        if index:
            offset += row[index - 1].right + GAP + cell.left
        offsets.append(offset)
        runs.append((_wish(cell) - offset, 1.0 if cell.width > 8 else STRAIGHT, 1))
        while len(runs) > 1 and runs[-2][0] > runs[-1][0]:
            (first, weight, many), (last, heavy, more) = runs[-2:]
            both = weight + heavy
            runs[-2:] = [((first * weight + last * heavy) / both, both, many + more)]
    starts = [start for start, _weight, many in runs for _each in range(many)]
    for cell, start, offset in zip(row, starts, offsets, strict=True):
        cell.x = start + offset


def _wish(cell: Cell) -> float:
    """The middle of its neighbours; a line passing through wants to stay straight.

    All are drawn a little towards one axis, without which a long line wanders off sideways.
    """
    near = [*cell.up, *cell.down]
    if cell.state is None:
        near = [each for each in near if each.state is None] or near
    return INWARD * (sum(each.x for each in near) / len(near) if near else cell.x)


def place(rows: list[list[Cell]]) -> tuple[float, float]:
    """Final coordinates; the size of the whole."""
    cells = [cell for row in rows for cell in row]
    left = min(cell.x - cell.left for cell in cells) - MARGIN
    y = float(MARGIN)
    for row in rows:
        high = max(cell.high for cell in row)
        for cell in row:
            cell.x -= left
            cell.y = y + high / 2
            cell.high = cell.high or high
        y += high + APART
    right = max(cell.x + cell.right for cell in cells)
    return right + MARGIN, y - APART + MARGIN
