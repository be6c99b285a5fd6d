"""The forest of accounts as far as the actor sees it, read piece by piece.

A piece is a page of tops or of the accounts directly below one, by name. Every page takes the
same number of queries, whatever the forest's size. A top is an account whose parent the actor
does not see; what hangs below a hidden account is a top of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from customers.actors import RESELLER, VENDOR, Actor
from customers.ancestry import parents_of, way_up
from customers.models import AccountAccess, TierAccount

from ..lists.keyset import Keyset
from ..lists.rows import fetch
from .seen import with_open

#: Accounts of one piece, and hits of a search.
PAGE, HITS = 50, 50
SEARCHED = ("name", "external_id")
BY_NAME = ("name", "pk")
READS = (
    *("name", "type", "level", "parent__name", "decommissioned_at", "hub__type"),
    *("open", "inner"),
)


@dataclass(frozen=True)
class Piece:
    """Ids in order, and the key of the last one when there are more.

    `early` are ids at the head that would come later: whoever reads on leaves them out.
    """

    pks: tuple[str, ...] = ()
    more: str = ""
    early: tuple[str, ...] = ()


@dataclass(eq=False)
class Node:
    """An account with what is shown of what hangs below it.

    `below` is None as long as nothing was read; `piece` is what was read, `part` says that only
    hits of a search are in it. `top` is one whose parent is not shown above it.
    """

    row: Any
    below: list[Node] | None = None
    piece: Piece = Piece()
    part: bool = False
    top: bool = False
    hit: bool = False

    @property
    def pk(self) -> str:
        return str(self.row.pk)


@dataclass
class Found:
    """What a search shows: the nodes on the ways to the hits, and whether there are more hits."""

    nodes: list[Node] = field(default_factory=list)
    shown: int = 0
    more: bool = False


class Forest:
    """Reads for one actor in one request."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.keyset = Keyset(TierAccount, "name")

    def visible(self) -> QuerySet[Any]:
        return TierAccount.objects.visible_to(self.actor).order_by()

    def tops(self, after: str = "", but: Collection[str] = ()) -> Piece:
        return self._piece(lambda: self._tops().exclude(pk__in=but), after)

    def children(self, pk: str, after: str = "", but: Collection[str] = ()) -> Piece:
        return self._piece(lambda: self.visible().filter(parent=pk).exclude(pk__in=but), after)

    def nodes(self, pks: Iterable[str]) -> dict[str, Node]:
        """The visible ones of these accounts, without anything below them."""
        wanted = list(pks)
        inner = self.visible().filter(parent=OuterRef("pk"))
        rows = fetch(
            TierAccount,
            READS,
            lambda: (
                with_open(self.visible(), self.actor)
                .annotate(inner=Exists(inner))
                .filter(pk__in=wanted)
            ),
        )
        found = {row.pk: Node(row) for row in rows}
        return {pk: found[pk] for pk in wanted if pk in found}

    def ways(self, pks: Collection[str]) -> dict[str, list[str]]:
        """For each visible one of these accounts itself and what is seen above it, nearest first.

        A hidden account ends the way.
        """
        parents = parents_of(pks)
        seen = set(self.visible().filter(pk__in=parents).values_list("pk", flat=True))
        known = {pk: parent for pk, parent in parents.items() if pk in seen}
        return {pk: way_up(pk, known) for pk in pks if pk in known}

    def opened(
        self,
        ways: Iterable[Sequence[str]],
        after: str = "",
        rest: tuple[str, str] | None = None,
    ) -> tuple[list[Node], Piece]:
        """A page of tops with these ways open.

        The accounts of a way are shown even where they come later than the first PAGE of their
        parent's; the end of each way is open too. `rest` is an account and a key: of what is
        below this one the piece after the key is shown.
        """
        ways = [list(way) for way in ways]
        tops = self.tops(after)
        pieces = self._windows({pk for way in ways for pk in way})
        if rest and rest[0] in pieces:
            pieces[rest[0]] = self.children(*rest)
        for way in ways:
            for pk, parent in pairwise(way):
                pieces[parent] = _with(pieces.get(parent, Piece()), pk)
            tops = _with(tops, way[-1])
        nodes = self.nodes({*tops.pks, *(pk for piece in pieces.values() for pk in piece.pks)})
        for pk, piece in pieces.items():
            if pk in nodes:
                nodes[pk].below = [nodes[each] for each in piece.pks if each in nodes]
                nodes[pk].piece = piece
        found = [nodes[pk] for pk in tops.pks if pk in nodes]
        for node in found:
            node.top = True
        return found, tops

    def search(self, where: Q) -> Found:
        """The first HITS accounts that meet `where`, by name, with the ways to them."""
        rows = self.visible().filter(where)
        hits = list(rows.order_by(*BY_NAME).values_list("pk", flat=True)[: HITS + 1])
        more, hits = len(hits) > HITS, hits[:HITS]
        ways = self.ways(hits)
        nodes = self.nodes(dict.fromkeys(pk for way in ways.values() for pk in reversed(way)))
        tops: dict[str, Node] = {}
        for pk, way in ways.items():
            if not nodes.keys() >= set(way):
                continue  # moved away between two queries
            nodes[pk].hit = True
            tops[way[-1]] = nodes[way[-1]]
            for child, parent in pairwise(way):
                node = nodes[parent]
                node.part, node.below = True, node.below or []
                if nodes[child] not in node.below:
                    node.below.append(nodes[child])
        for node in nodes.values():
            node.below = sorted(node.below, key=_by_name) if node.below else None
        for node in tops.values():
            node.top = True
        return Found(sorted(tops.values(), key=_by_name), len(hits), more)

    def tiers(self, pk: str) -> dict[str, int]:
        """Account id -> tier, seen from the account `pk`: itself and the two above it."""
        row = self.visible().filter(pk=pk).values_list("pk", "parent", "parent__parent").first()
        return {each: tier for tier, each in enumerate(row or ()) if each}

    def _tops(self) -> QuerySet[Any]:
        if self.actor.role not in (VENDOR, RESELLER):
            # A parent is of the same distributor.
            return self.visible().filter(parent=None)
        rows = self.visible()
        if self.actor.role == RESELLER:
            # Where its sight begins; asking all it sees for its parent would cost more.
            rows = rows.filter(
                pk__in=AccountAccess.objects.visible_to(self.actor).current().values("account")
            )
        above = self.visible().filter(pk=OuterRef("parent_id"))
        return rows.filter(~Exists(above))

    def _piece(self, build: Callable[[], Any], after: str) -> Piece:
        page = self.keyset.page(build, PAGE, after, "", ("name",))
        more = self.keyset.key(page.rows[-1]) if page.older else ""
        return Piece(tuple(row.pk for row in page.rows), more)

    def _windows(self, parents: Collection[str]) -> dict[str, Piece]:
        """The first PAGE children of each of these, in one query."""
        place = Window(RowNumber(), partition_by=F("parent_id"), order_by=BY_NAME)
        rows = self.visible().filter(parent__in=list(parents)).annotate(place=place)
        found = rows.filter(place__lte=PAGE + 1).order_by("parent_id", "place")
        below: dict[str, list[tuple[str, str]]] = {}
        for parent, pk, name in found.values_list("parent_id", "pk", "name"):
            below.setdefault(parent, []).append((pk, name))
        pieces = {}
        for parent, children in below.items():
            last = children[PAGE - 1] if len(children) > PAGE else None
            pieces[parent] = Piece(
                tuple(pk for pk, _name in children[:PAGE]), f"{last[1]}~{last[0]}" if last else ""
            )
        return pieces


def _with(piece: Piece, pk: str) -> Piece:
    """The piece with one more account at its head, unless it is among the first ones."""
    if pk in piece.pks:
        return piece
    return replace(piece, pks=(pk, *piece.pks), early=(pk, *piece.early))


def _by_name(node: Node) -> tuple[str, str]:
    return node.row.name, node.pk
