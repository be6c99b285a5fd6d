"""The menu of views beside a list, and what of an address may be kept in one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.services.saved_views import views_of

from .. import statements
from ..cells import esc
from ..lists import listing

#: Parameters of every list, besides its filters.
ALWAYS = ("tab", "q", "order", "size", "columns")
#: Address of a list without anything chosen, for who begins it elsewhere.
WHOLE = "?whole=1"


def list_of(request: HttpRequest, actor: Actor, portal: str, name: str, query: str) -> Any:
    """The list of that name in a portal, as the query string asks for it; None: there is none."""
    try:
        made: Any = resolve(reverse(f"{portal}:{name}-list")).func
    except NoReverseMatch:
        return None
    if not hasattr(getattr(made, "view_class", None), "in_tab"):
        return None
    found = made.view_class(**made.view_initkwargs)
    found.actor, found.bare = actor, True
    found.address = listing.Address(QueryDict(query[:1900]))
    found.setup(request)
    return found


def kept(view: Any) -> str:
    """What a list understands of its address, without the page, as a query string."""
    names = (*ALWAYS, *(each.name for each in view.filters))
    pairs = [(name, view.address.clean(name)) for name in dict.fromkeys(names)]
    return urlencode([(name, text) for name, text in pairs if text])[:2000]


class SavedViewsMixin:
    """A list that offers its views, and begins with the one its reader chose."""

    request: HttpRequest
    actor: Actor
    address: listing.Address

    @cached_property
    def views(self) -> list[tuple[Any, ...]]:
        """(pk, title, query, shared, author, author's name, begins): one query."""
        user = self.actor.user
        if user is None or self.actor.partner is None or self._name is None:
            return []
        paths = ("pk", "title", "query", "shared", "user_id", "user__name", "begins")
        rows = statements.rows(
            ("views", self._name, user.pk, self.actor.partner_id),
            self.actor,
            lambda: views_of(self.actor, self._name or "").values_list(*paths),
        )
        return [tuple(row) for row in rows]

    @cached_property
    def _name(self) -> str | None:
        """The name of the list; None where that alone does not lead to it."""
        view: Any = self
        try:
            found = reverse(f"{view.portal}:{view.name}-list") == self.request.path
        except NoReverseMatch:
            return None
        return str(view.name) if found else None

    def beginning(self) -> str:
        """Where to begin instead, "" for here. Links of the list say when they mean all of it."""
        query = next((row[2] for row in self.views if row[6]), "")
        if query:
            self.address.bare = WHOLE
        elsewhere = query and not self.request.GET and self.request.path.endswith("/")
        return f"{self.request.path}?{query}" if elsewhere else ""

    def views_menu(self) -> SafeString:
        """The button "Views" and what it offers."""
        user = self.actor.user
        if user is None or self.actor.partner is None or self._name is None:
            return SafeString("")
        wanted = kept(self) if self.request.GET else ""
        here = sorted(QueryDict(wanted).items()) if self.views else []
        present, lines = "", []
        for _pk, title, query, shared, author, named, _begins in self.views:
            current = sorted(QueryDict(query).items()) == here
            present = present or (title if current else "")
            note = named if author != user.pk else _("shared") if shared else ""
            lines.append(
                f'<a class="line" href="?{esc(query)}"{" aria-current=true" if current else ""}>'
                f"{esc(title)}{f' <span class=sub>{esc(note)}</span>' if note else ''}</a>"
            )
        address = reverse("saved-views", args=[self._name])
        tail = esc(urlencode({"query": wanted}))
        rule = "<hr>" if lines else ""
        return SafeString(
            '<details class="menu"><summary class="btn btn-outline-secondary"><i class="fa-regular '
            f'fa-bookmark" aria-hidden="true"></i> {esc(present or _("Views"))}</summary>'
            f'<div class="sheet">{"".join(lines)}{rule}'
            f'<a class="line" href="{address}?{tail}">{esc(_("Save or change views"))} …</a>'
            "</div></details>"
        )
