"""Trees of any size, computed first and written in bulk afterwards."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from customers import trees
from customers.models import TierAccount


@dataclass(slots=True, eq=False)
class Node:
    """An account to be; `number()` fills in where it sits, bulk writers count it as `place`."""

    kind: str
    name: str = ""
    pk: str = ""
    country: str = ""
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    tree_id: int = 0
    lft: int = 0
    rght: int = 0
    level: int = 0
    place: int = 0

    def add(self, kind: str, name: str = "", pk: str = "", country: str = "") -> Node:
        child = Node(kind, name, pk, country, parent=self)
        self.children.append(child)
        return child

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


def grow(rng: random.Random, size: int) -> Node:
    """A tree of `size` accounts on at most four levels, about one reseller to four customers."""
    root = Node("reseller")
    resellers = [root]
    depth = {id(root): 0}
    for _number in range(size - 1):
        # Every other one goes to a reseller of late, so that trees grow down as well as out.
        late = resellers[-1 - min(int(rng.expovariate(0.25)), len(resellers) - 1)]
        parent = late if rng.random() < 0.5 else rng.choice(resellers)
        below = depth[id(parent)] + 1
        kind = "reseller" if below < 3 and rng.random() < 0.22 else "customer"
        child = parent.add(kind)
        if kind == "reseller":
            resellers.append(child)
            depth[id(child)] = below
    return root


def sizes(rng: random.Random, total: int) -> Iterator[int]:
    """Tree sizes that add up to `total`: many small ones, a few large ones."""
    largest = max(12, total // 20)
    while total > 0:
        size = min(total, largest, int(4 * rng.paretovariate(0.9)))
        yield size
        total -= size


def first_tree_id() -> int:
    """Where the ids of new trees begin; takes the lock that guards the birth of trees."""
    trees.lock([trees.NEW_TREE])
    last = TierAccount._base_manager.order_by("-tree_id").values_list("tree_id", flat=True).first()
    return (last or 0) + 1


def number(root: Node, tree_id: int) -> None:
    """Fill in tree_id, lft, rght and level of a whole tree."""
    counter = 0
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        counter += 1
        if done:
            node.rght = counter
            continue
        node.tree_id, node.lft = tree_id, counter
        node.level = node.parent.level + 1 if node.parent else 0
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node.children))
