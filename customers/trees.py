"""The tree lock, the checker and the repair of account trees.

Writers take `pg_advisory_xact_lock(NAMESPACE, tree_id)` before they read a node or a target;
key 0 guards the birth of a new tree. The repair, which renumbers every tree, takes the key of the
whole forest, which everybody else holds shared. On SQLite a transaction begins by taking the one
write lock, which does the same job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from .models import TierAccount

NAMESPACE = 7_145
NEW_TREE = 0
FOREST = -1
_TRIES = 3
P = ParamSpec("P")
R = TypeVar("R")


class TreeChanged(Exception):
    """The tree of a node changed between reading its id and getting its lock."""


def lock(tree_ids: Iterable[int], *, shared: bool = False) -> None:
    """Take the locks of the given trees, in ascending order, until the transaction ends."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the tree lock needs an atomic block")
    if connection.vendor != "postgresql":
        return
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [NAMESPACE, FOREST])
        for tree_id in sorted(set(tree_ids)):
            cursor.execute(f"SELECT {function}(%s, %s)", [NAMESPACE, tree_id])


def lock_forest() -> None:
    """Keep every other writer of every tree out until the transaction ends."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the tree lock needs an atomic block")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NAMESPACE, FOREST])


def tree_of(pk: str) -> int:
    """The tree id of an account, read now. Raises TierAccount.DoesNotExist."""
    return int(TierAccount._base_manager.values_list("tree_id", flat=True).get(pk=pk))


def lock_accounts(
    *pks: str | None, shared: bool = False, new_tree: bool = False
) -> dict[str, TierAccount]:
    """Lock the trees of the given accounts and return them as read under the lock.

    Raises TreeChanged when a tree id moved on before its lock was granted: roll back, start
    again. The rows themselves are not locked.
    """
    wanted = [pk for pk in pks if pk is not None]
    before = {pk: tree_of(pk) for pk in wanted}
    lock([*([NEW_TREE] if new_tree else []), *before.values()], shared=shared)
    fresh = TierAccount._base_manager.select_related("parent").in_bulk(wanted)
    for pk in wanted:
        if pk not in fresh or fresh[pk].tree_id != before[pk]:
            raise TreeChanged(pk)
    return fresh


def in_tree_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction of its own, again when a tree moved before its lock was granted.

    After three failures a ValidationError asks the caller to try again.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(_TRIES):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except TreeChanged:
                continue
        raise ValidationError(
            _("The hierarchy is being changed by somebody else; please try again."), code="busy"
        )

    return wrapper


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is: what mptt stores and what the parents say it should be."""

    tree_id: int
    lft: int
    rght: int
    level: int


def computed_places() -> tuple[dict[str, Place], dict[str, Place]]:
    """(stored, right) places of all accounts, computed from `parent` alone.

    Children keep their present order; a tree keeps its root's tree id unless another root has it.
    """
    rows = list(
        TierAccount._base_manager.order_by("tree_id", "lft", "pk").values_list(
            "pk", "parent_id", "tree_id", "lft", "rght", "level"
        )
    )
    stored = {row[0]: Place(*row[2:]) for row in rows}
    children: dict[str | None, list[str]] = {}
    for pk, parent, *_rest in rows:
        children.setdefault(parent, []).append(pk)
    right: dict[str, Place] = {}
    used: set[int] = set()
    free = max((place.tree_id for place in stored.values()), default=0)
    for root in children.get(None, []):
        tree_id = stored[root].tree_id
        if tree_id in used or tree_id == NEW_TREE:
            free += 1
            tree_id = free
        used.add(tree_id)
        number(root, tree_id, children, right)
    return stored, right


def number(
    root: str, tree_id: int, children: dict[str | None, list[str]], right: dict[str, Place]
) -> None:
    """Depth-first numbering without recursion, so depth is no limit."""
    counter = 1
    left = {root: counter}
    stack = [(root, 0, iter(children.get(root, [])))]
    while stack:
        node, level, rest = stack[-1]
        child = next(rest, None)
        counter += 1
        if child is None:
            right[node] = Place(tree_id, left[node], counter, level)
            stack.pop()
        else:
            left[child] = counter
            stack.append((child, level + 1, iter(children.get(child, []))))


def broken() -> list[tuple[str, Place, Place | None]]:
    """(id, stored place, right place) of every account that sits wrong.

    An account without a right place hangs on no root: its parents form a circle. A valid
    nested-set numbering with gaps counts as right: only order and containment matter, so a node
    is compared with its own tree's numbering after gaps are closed.
    """
    stored, right = computed_places()
    dense = _without_gaps(stored)
    return [
        (pk, place, right.get(pk))
        for pk, place in stored.items()
        if pk not in right or dense[pk] != right[pk]
    ]


def _without_gaps(stored: dict[str, Place]) -> dict[str, Place]:
    trees: dict[int, list[tuple[int, str, bool]]] = {}
    for pk, place in stored.items():
        trees.setdefault(place.tree_id, []).extend([(place.lft, pk, True), (place.rght, pk, False)])
    left: dict[str, int] = {}
    dense: dict[str, Place] = {}
    for tree_id, edges in trees.items():
        for number, (_position, pk, is_left) in enumerate(sorted(edges), start=1):
            if is_left:
                left[pk] = number
            else:
                dense[pk] = Place(tree_id, left.get(pk, 0), number, stored[pk].level)
    return dense


@transaction.atomic
def rebuild() -> int:
    """Write the right place of every account that sits wrong; returns how many were changed.

    Blocks all other writers of accounts meanwhile. Raises ValueError when parents form a circle.
    """
    lock_forest()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Not a weaker mode: an edit that holds its row must end first, or both wait for ever.
            cursor.execute("LOCK TABLE customers_tieraccount IN EXCLUSIVE MODE")
    stored, right = computed_places()
    lost = [pk for pk in stored if pk not in right]
    if lost:
        raise ValueError(f"parents form a circle: {', '.join(sorted(lost)[:10])}")
    wrong = [(pk, place) for pk, place in right.items() if stored[pk] != place]
    write_places(wrong)
    return len(wrong)


def write_places(places: Iterable[tuple[str, Place]]) -> None:
    """Store where these accounts are; the caller has the tree locks."""
    rows = [(pk, p.tree_id, p.lft, p.rght, p.level) for pk, p in places]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _write_by_copy(cursor, rows)
        else:
            cursor.executemany(
                "UPDATE customers_tieraccount SET tree_id=%s, lft=%s, rght=%s, level=%s "
                "WHERE id=%s",
                [(*row[1:], row[0]) for row in rows],
            )


def _write_by_copy(cursor: object, rows: list[tuple[str, int, int, int, int]]) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(
        "CREATE TEMP TABLE places (id text PRIMARY KEY, tree_id int, lft int, rght int,"
        " level int) ON COMMIT DROP"
    )
    with cursor.copy("COPY places FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
    execute(
        "UPDATE customers_tieraccount a SET tree_id=p.tree_id, lft=p.lft, rght=p.rght,"
        " level=p.level FROM places p WHERE a.id = p.id"
    )
    execute("DROP TABLE places")  # the transaction may go on, and repair again
