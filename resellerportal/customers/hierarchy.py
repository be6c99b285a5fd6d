"""The page of the whole forest, and what a script adds to it piece by piece."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.actors import VENDOR
from customers.models import TierAccount

from ..access import RoleRequiredMixin
from ..generic import Action, PortalObjectView
from ..lists import listing
from .branches import Branches
from .forest import SEARCHED, Forest, Node, Piece


def wants_piece(request: HttpRequest) -> bool:
    """A script asks for lines only."""
    return request.headers.get("HX-Request") == "true"


class ForestMixin(RoleRequiredMixin):
    """What the page and its pieces share; all of it is in the address."""

    request: HttpRequest

    @cached_property
    def forest(self) -> Forest:
        return Forest(self.actor)

    @cached_property
    def asked(self) -> listing.Address:
        return listing.Address(self.request.GET)

    @cached_property
    def but(self) -> list[str]:
        return [pk for pk in self.asked.clean("but").split(",") if pk]

    @cached_property
    def after(self) -> str:
        return self.request.GET.get("after", "")[:500]

    def branches(self, seen_from: str, here: str = "") -> Branches:
        tiers = self.forest.tiers(seen_from) if seen_from else {}
        return Branches(
            self.actor,
            self.url,
            writes=self.portal != VENDOR,
            tiers=tiers,
            seen_from=seen_from if tiers else "",
            here=here,
        )

    def piece(self, found: Piece, parent: str = "") -> HttpResponse:
        nodes = list(self.forest.nodes(found.pks).values())
        for node in nodes:
            node.top = not parent
        lines = self.branches(self.asked.clean("for")).draw(nodes, found, parent)
        return HttpResponse(lines)


class AccountTree(ForestMixin, TemplateView):
    """The forest. `q` shows the ways to what is found, `open` the way to one account and what is
    below it, `for` names the tiers seen from one customer."""

    template_name = "portal/account_tree.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_piece(request):
            response = self.piece(self.forest.tops(self.after, self.but))
        else:
            response = super().get(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text, here, seen_from = (self.asked.clean(name) for name in ("q", "open", "for"))
        condition = listing.search_condition(text, SEARCHED, TierAccount) if text else None
        note, rest = "", None
        if text and condition is None:
            note = _("Type at least three letters, or an ID.")
        if condition is not None:
            found = self.forest.search(condition)
            nodes, note = found.nodes, self._counted(found.shown, found.more)
        else:
            nodes, rest, unknown = self._opened(here, seen_from)
            note = note or (_("No such account.") if unknown else "")
        branches = self.branches(seen_from, here or seen_from)
        return super().get_context_data(
            title=_("Hierarchy"),
            lines=SafeString(branches.draw(nodes, rest)),
            any=bool(nodes),
            q=text,
            note=note,
            seen_from=self._seen_from(nodes, branches),
            actions=self._actions(),
            alone=self.portal != VENDOR and self.actor.role in ("distributor", "admin"),
            **kwargs,
        )

    def _opened(self, here: str, seen_from: str) -> tuple[list[Node], Piece, bool]:
        wanted = [pk for pk in dict.fromkeys([here, seen_from]) if pk]
        ways = self.forest.ways(wanted) if wanted else {}
        rest = self.request.GET.get("rest", "")[:500]
        nodes, piece = self.forest.opened(ways.values(), self.after, (here, rest) if rest else None)
        return nodes, piece, len(ways) < len(wanted)

    def _counted(self, shown: int, more: bool) -> str:
        if not more:
            return ngettext("%(n)d account found", "%(n)d accounts found", shown) % {"n": shown}
        return _("The first %(n)d found, and there are more; type more of the name.") % {"n": shown}

    def _seen_from(self, nodes: list[Node], branches: Branches) -> dict[str, str]:
        """The customer whose tiers are shown, and the page without them."""
        pk = next((pk for pk, tier in branches.tiers.items() if tier == 0), "")
        return {"pk": pk, "name": _name(nodes, pk), "url": self.url("account-tree")} if pk else {}

    def _actions(self) -> list[Action]:
        if self.portal == VENDOR or not self.actor.may_act:
            return []
        return [Action(_("Add account"), self.url("account-add"), "primary", "fa-plus")]


class AccountChildren(ForestMixin, PortalObjectView):
    """The accounts directly below one, as lines; without a script the page with it open."""

    model = TierAccount
    name = "account"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = self.object.pk
        if wants_piece(request):
            response = self.piece(self.forest.children(pk, self.after, self.but), pk)
        else:
            response = redirect(f"{self.url('account-tree')}?{urlencode({'open': pk})}#{pk}")
        patch_vary_headers(response, ["HX-Request"])
        return response


def _name(nodes: list[Node], pk: str) -> str:
    """The name of an account among these nodes and those below them, else its id."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node.pk == pk:
            return str(node.row.name)
        waiting += node.below or []
    return pk
