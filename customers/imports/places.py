"""The places of accounts that an import makes, moves or removes, computed for whole trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from .. import trees
from ..bulk import among
from ..models import TierAccount
from ..trees import Place
from .lookups import parts

#: More trees than this are locked as the whole forest: each lock takes room in the server.
MANY = 200


def lock(pks: Iterable[str], *, new_tree: bool) -> dict[str, int]:
    """Lock the trees of these accounts; account -> tree. Accounts that are gone are missing.

    Raises trees.TreeChanged when one was moved to another tree before its lock was granted.
    """
    wanted = set(pks)
    before = _trees_of(wanted)
    if len(set(before.values())) > MANY:
        trees.lock_forest()
    else:
        trees.lock([*([trees.NEW_TREE] if new_tree else []), *before.values()])
    after = _trees_of(wanted)
    if after != before:
        raise trees.TreeChanged
    return after


def hold_rows(pks: Iterable[str]) -> None:
    """Lock the rows of accounts that may vanish, in the order of their ids, after their trees."""
    for part in parts(pks):
        rows = TierAccount._base_manager.select_for_update().filter(among("pk", part))
        list(rows.order_by("pk").values_list("pk"))


def _trees_of(pks: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts(pks):
        rows = TierAccount._base_manager.filter(among("pk", part))
        found.update(rows.values_list("pk", "tree_id"))
    return found


@dataclass
class Forest:
    """The trees an import touches, as they are and as they shall be.

    Nothing is written: `places()` says where everything belongs after `put` and `remove`.
    """

    tree_ids: set[int]
    stored: dict[str, Place] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    #: Parent -> its children in their order, as the keys of a dict: removing one is quick.
    children: dict[str | None, dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = ("pk", "parent_id", "tree_id", "lft", "rght", "level")
        for part in parts(self.tree_ids):
            rows = TierAccount._base_manager.filter(among("tree_id", part)).order_by(
                "tree_id", "lft"
            )
            for pk, parent, *place in rows.values_list(*columns).iterator():
                self.stored[pk] = Place(*place)
                self.parents[pk] = parent
                self.children.setdefault(parent, {})[pk] = None

    def put(self, pk: str, parent: str | None) -> None:
        """Hang an account, new or not, as the last child of `parent`."""
        if pk in self.parents:
            del self.children[self.parents[pk]][pk]
        self.parents[pk] = parent
        self.children.setdefault(parent, {})[pk] = None

    def remove(self, pks: Iterable[str]) -> None:
        for pk in pks:
            del self.children[self.parents.pop(pk)][pk]

    def places(self) -> dict[str, Place]:
        """Raises ValidationError when accounts hang in a circle."""
        right: dict[str, Place] = {}
        free = TierAccount._base_manager.aggregate(last=Max("tree_id"))["last"] or 0
        children = {parent: list(pks) for parent, pks in self.children.items()}
        for root in children.get(None, []):
            stored = self.stored.get(root)
            if stored is not None and stored.level == 0:
                tree_id = stored.tree_id
            else:
                free += 1
                tree_id = free
            trees.number(root, tree_id, children, right)
        if len(right) != len(self.parents):
            lost = next(pk for pk in self.parents if pk not in right)
            raise ValidationError(
                _("%(id)s would hang below itself; check the import again."), params={"id": lost}
            )
        return right

    def write(self, right: dict[str, Place], fresh: Sequence[str] | set[str]) -> None:
        """Store the places of all accounts that are there already and sit elsewhere now."""
        new = set(fresh)
        trees.write_places(
            (pk, place)
            for pk, place in right.items()
            if pk not in new and self.stored.get(pk) != place
        )
