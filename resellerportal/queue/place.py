"""Where an object stands in the list it was opened from, and what stands beside it.

Rows of a list that `walks` lead to pages that know the list: `in` is its query string, page and
all. A decision takes a row out of its list and gives it another key, so whoever decides passes on
the key it had: `was`. What was next then is next afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse

from customers.actors import VENDOR

from .. import statements
from ..home import overview
from ..lists import listing
from ..lists.rows import fetch

IN, WAS = "in", "was"
#: The step to go on with afterwards, where it is not the page's own.
THEN = "then"
#: Of an address no more is read: fewer parameters than Django refuses.
LENGTH = 1900
#: What an address of a list says for one visit only.
PASSING = ("format", "choose")


@dataclass(frozen=True)
class Place:
    """`key` is where the object stands, or stood when it is no longer `here`.

    `previous` and `next` are ids, empty at the ends; `before` counts the rows in front.
    """

    query: str
    key: str
    here: bool
    before: listing.Count
    total: listing.Count
    previous: str
    next: str


def query_of(request: HttpRequest) -> str:
    """The query string under which rows of the present list find back to it."""
    if not request.GET:
        return ""
    params = request.GET.copy()
    for name in (*PASSING, IN, WAS, THEN):
        params.pop(name, None)
    return params.urlencode()[:LENGTH]


def suffix(query: str, was: str = "") -> str:
    """What the address of a page needs to know the list."""
    return "?" + urlencode({IN: query, **({WAS: was} if was else {})})


def given(request: HttpRequest) -> str | None:
    """The query string of the list the page was opened from; None: from somewhere else."""
    return request.GET[IN][:LENGTH].lstrip("?") if IN in request.GET else None


def carried(view: Any, address: str) -> str:
    """An address under the object's own, with the list that the present page knows."""
    query = given(view.request)
    own = view.url(f"{view.name}-detail", view.object.pk)
    if query is None or "?" in address or not address.startswith(own):
        return address
    return address + suffix(query)


def list_of(view: Any, query: str) -> Any:
    """The list of the same kind in the same portal, as that query string shows it; or None."""
    made = _list_at(settings.ROOT_URLCONF, f"{view.portal}:{view.name}-list")
    if not getattr(getattr(made, "view_class", None), "walks", False):
        return None
    found = made.view_class(**made.view_initkwargs)
    found.actor, found.address = view.actor, listing.Address(QueryDict(query))
    found.bare = True
    found.setup(view.request)
    return found


@lru_cache
def _list_at(_urlconf: str, name: str) -> Any:
    """What answers at the address of that name; None: there is none."""
    try:
        return resolve(reverse(name)).func
    except NoReverseMatch:
        return None


def place_of(view: Any) -> Place | None:
    """Where the object of `view` stands in the list that its address names.

    Without such a list it is the one its vendor begins with, if the object waits there.
    """
    query = given(view.request)
    if query is None and not _waits(view):
        return None
    found = list_of(view, query or "")
    if found is None:
        return None
    was = view.request.POST.get(WAS) or view.request.GET.get(WAS, "")
    place = stand(found, view.object, query or "", was[:500])
    return place if place.here or query is not None else None


def _waits(view: Any) -> bool:
    if view.portal != VENDOR or view.name not in overview.KINDS:
        return False
    return view.object.state in overview.mine(view.actor).get(view.name, ())


def stand(found: Any, obj: Any, query: str, was: str, more: Q | None = None) -> Place:
    """The place of `obj` in the list `found`; with `more`, among its rows that fulfil it.

    One query for what is in the list, at most three for what is not.
    """
    keyset, own, more = found.wanted.keyset, _key(found, obj), more or Q()
    place = _look(found, obj, query, own, more)
    if place.here or was == own:
        return place
    return _look(found, obj, query, was if keyset.reads(was) else "", more)


def _look(found: Any, obj: Any, query: str, key: str, more: Q) -> Place:
    """As far as lists count their rows."""
    before, behind = found.wanted.keyset.around(found.in_tab().filter(more), key)
    ahead, rest = _ids(before, behind)
    here = rest[:1] == [obj.pk]
    total = len(ahead) + len(rest)
    return Place(
        query,
        key,
        here,
        _counted(len(ahead)),
        _counted(total),
        previous=ahead[0] if ahead else "",
        next=next(iter(rest[here:]), ""),
    )


def _ids(*sides: QuerySet[Any]) -> list[list[Any]]:
    """The ids of each side by one statement, one more than lists count at most.

    Databases give what one part of a UNION ALL puts in order in that order.
    """
    parts = [
        side.values_list("pk", Value(number))[: listing.CAP + 1]
        for number, side in enumerate(sides)
    ]
    found: list[list[Any]] = [[] for _side in sides]
    for pk, number in statements.run_rows(statements.build_joined(parts)):
        found[number].append(pk)
    return found


def _counted(number: int) -> listing.Count:
    return listing.Count(min(number, listing.CAP), number > listing.CAP)


def _key(found: Any, obj: Any) -> str:
    """Where `obj` stands in the order of the list; what it is ranked by may have to be read."""
    keyset = found.wanted.keyset
    try:
        return str(keyset.key(obj))
    except AttributeError:
        rows = fetch(found.model, {keyset.path}, lambda: found.get_queryset().filter(pk=obj.pk))
        return str(keyset.key(rows[0])) if rows else ""


def back(view: Any, place: Place, *, anew: bool = False) -> str:
    """The address of the list, on the page that was left or (`anew`) on its first."""
    query = place.query
    if anew:
        query = listing.Address(QueryDict(query)).to().lstrip("?")
    return str(view.url(f"{view.name}-list")) + (f"?{query}" if query else "")


def links(view: Any, place: Place | None, page: str = "detail") -> dict[str, Any]:
    """The place for portal/_place.html; its neighbours lead to their `page`."""
    if place is None:
        return {}
    tail = suffix(place.query)
    beside = {
        way: view.url(f"{view.name}-{page}", key) + tail if key else ""
        for way, key in (("previous", place.previous), ("next", place.next))
    }
    number = listing.Count(place.before.least + 1)
    return {
        **beside,
        "back": back(view, place),
        "here": place.here and not place.before.more,
        "number": str(number),
        "total": str(place.total),
        "gone": not place.here,
    }
