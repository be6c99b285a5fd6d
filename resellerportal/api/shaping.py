"""From rows to what the API answers: read together what is shown together, then one dict each.

Shapes are TypedDicts: they are the documentation of the answer, too (the OpenAPI document is made
from them), and say which branches `select()` may name.
"""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Generic, NotRequired, TypedDict, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from customers.actors import Actor

from .errors import UNREADABLE, ApiError

M = TypeVar("M", bound=Model)


class Ref(TypedDict):
    """Somebody or something by id and name."""

    id: str
    name: str


class Happening(TypedDict):
    """When something happened, and who did it; nobody when the platform did it by itself."""

    at: str
    by: NotRequired[Ref]


Events = dict[str, Happening]


class Markdown(str):
    """An answer that is no JSON but a text."""

    MEDIA = "text/markdown"


#: Null objects are no rows; they are only ever shown (decision 6).
NO_HUB: Ref = {"id": "HB-0000-0000", "name": "None"}
NO_MARKETPLACE: Ref = {"id": "MP-00000", "name": "None"}
NO_CONNECTION = "CT-0000-0000-0000"
NO_CONTRACT: Ref = {"id": "CRD-00000-00000-00000", "name": "None"}


def stamp(at: datetime) -> str:
    """`2026-11-21T18:28:30+00:00`: UTC, no fraction, no Z; reports cannot read anything else."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def ref(obj: Any) -> Ref:
    return {"id": obj.pk, "name": obj.name}


class Branches:
    """What `select()` asked for: branches left out, and optional ones put in."""

    def __init__(self, without: Collection[str] = (), extra: Collection[str] = ()) -> None:
        self.without = frozenset(without)
        self.extra = frozenset(extra)

    def wants(self, path: str) -> bool:
        """Whether the branch at the dotted path is shown, so that what it needs must be read."""
        parts = path.split(".")
        prefixes = {".".join(parts[: n + 1]) for n in range(len(parts))}
        return not prefixes & self.without

    def asked(self, path: str) -> bool:
        """Whether an optional branch was asked for by name, or a branch within it."""
        return any(each == path or each.startswith(f"{path}.") for each in self.extra)

    def below(self, path: str) -> Branches:
        """What was asked for within one branch, in its own names."""
        start = f"{path}."
        without = (each[len(start) :] for each in self.without if each.startswith(start))
        extra = (each[len(start) :] for each in self.extra if each.startswith(start))
        return Branches(tuple(without), tuple(extra))

    def prune(self, shape: dict[str, Any]) -> dict[str, Any]:
        """The shape without the branches that were not wanted; it is changed in place."""
        for path in self.without:
            _drop(shape, path.split("."))
        return shape


def _drop(shape: Any, path: Sequence[str]) -> None:
    if isinstance(shape, list):
        for each in shape:
            _drop(each, path)
    elif isinstance(shape, dict):
        if len(path) == 1:
            shape.pop(path[0], None)
        else:
            _drop(shape.get(path[0]), path[1:])


class Rendering(Generic[M]):
    """Shows objects of one model to one reader.

    `shape` is the TypedDict of `one()`. `optional` branches appear only when `select()` names them.
    `related` is joined to every list; with `reads`, objects are rows of these values. What several
    objects need together is read by `prepare()`, so that a page costs the same for one row and for
    a hundred.
    """

    shape: ClassVar[Any]
    optional: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def __init__(self, actor: Actor, branches: Branches | None = None) -> None:
        self.actor = actor
        self.branches = branches or Branches()

    def rows(self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows with what `one()` reads of each."""
        if self.reads:
            return rows.values(*self.reads)  # type: ignore[return-value]
        return rows.select_related(*self.related) if self.related else rows

    def prepare(self, objects: Sequence[M]) -> None:
        """Read what all of them need, in a number of queries that does not grow with them."""

    def one(self, obj: M) -> dict[str, Any]:
        """The object in its `shape`."""
        raise LookupError(type(self))

    def all(self, objects: Iterable[M]) -> list[dict[str, Any]]:
        objects = list(objects)
        self.prepare(objects)
        prune = self.branches.prune if self.branches.without else _whole
        return [prune(self.one(each)) for each in objects]

    def alone(self, obj: M) -> dict[str, Any]:
        return self.all([obj])[0]

    @classmethod
    def selecting(cls, props: Iterable[str]) -> Branches:
        """The branches of select(); raises ApiError 400 for one that is not part of the shape."""
        without, extra = set(), set()
        for prop in props:
            name = prop.lstrip("+-")
            if name not in paths_of(cls.shape) and not name.startswith(cls.optional):
                raise ApiError(_("Bad select filter: %(name)s.") % {"name": prop}, code=UNREADABLE)
            (without if prop.startswith("-") else extra).add(name)
        return Branches(without, extra)


def _whole(shape: dict[str, Any]) -> dict[str, Any]:
    return shape


@cache
def paths_of(shape: Any, depth: int = 5) -> frozenset[str]:
    """Dotted names of all branches of a TypedDict, those of what is listed in it too."""
    found = set()
    for name, hint in typing.get_type_hints(shape).items():
        found.add(name)
        if depth > 1:
            for inner in _shapes_in(hint):
                found |= {f"{name}.{path}" for path in paths_of(inner, depth - 1)}
    return frozenset(found)


def _shapes_in(hint: Any) -> list[Any]:
    if typing.is_typeddict(hint):
        return [hint]
    return [found for inner in typing.get_args(hint) for found in _shapes_in(inner)]


def named(obj: Any, null: Mapping[str, str]) -> Ref:
    """The object by id and name, or the null object that stands for none."""
    return ref(obj) if obj is not None else {"id": null["id"], "name": null["name"]}
