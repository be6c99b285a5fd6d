"""The lines of the forest as HTML, nested lists that scripts may unfold (see cells.py for why)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import Hub, TierAccount

from ..cells import esc
from .forest import Node, Piece

#: Stands for the id in an address that is made once for all lines.
PK = "TA-PK"


class Branches:
    """Draws nodes for one actor.

    `url` gives the address of a page of the portal, `tiers` are account ids with their tier seen
    from the account `seen_from`, `here` is the account the page was asked for.
    """

    def __init__(
        self,
        actor: Actor,
        url: Callable[..., str],
        *,
        writes: bool,
        tiers: Mapping[str, int] | None = None,
        seen_from: str = "",
        here: str = "",
    ) -> None:
        self.actor, self.writes, self.here = actor, writes and actor.may_act, here
        self.tiers = tiers or {}
        self.keep = {"for": seen_from} if seen_from else {}
        self.tree = url("account-tree")
        self.pages = {
            "detail": url("account-detail", PK),
            "changes": url("account-detail", PK, "changes"),
            "children": url("account-children", PK),
            "list": f"{url('account-list')}?parent={PK}",
            "move": url("account-move", PK) if writes else "",
        }

    def draw(self, nodes: Iterable[Node], rest: Piece | None = None, parent: str = "") -> str:
        """List items; then a link to the rest of what is directly below `parent`, or of the tops.

        `rest` is the piece the nodes are from.
        """
        lines = "".join([self._item(node) for node in nodes])
        return SafeString(lines + (self._more(rest, parent) if rest and rest.more else ""))

    def _to(self, page: str, pk: str) -> str:
        return esc(self.pages[page].replace(PK, pk))

    def _at(self, **query: str) -> str:
        """The page of the whole forest with `query`, as what is open would not change otherwise."""
        wanted = {**self.keep, **{name: value for name, value in query.items() if value}}
        anchor = f"#{query['open']}" if query.get("open") else ""
        return esc(f"{self.tree}?{urlencode(wanted)}{anchor}" if wanted else self.tree)

    def _item(self, node: Node) -> str:
        inner = ""
        if node.row.inner:
            items = "" if node.below is None else self.draw(node.below, node.piece, node.pk)
            if node.part:
                items += self._all(node)
            hidden = " hidden" if node.below is None else ""
            inner = f'<ul id="below-{node.pk}"{hidden}>{items}</ul>'
        css = "node"
        css += " here" if node.pk == self.here else " hit" if node.hit else ""
        css += " ended" if node.row.decommissioned_at else ""
        what = (
            f'<a class="name" href="{self._to("detail", node.pk)}">{esc(node.row.name)}</a>',
            self._tier(node.pk),
            self._open(node),
            self._notes(node),
            f'<span class="id">{node.pk}</span>',
        )
        parts = (
            self._level(node),
            self._twist(node),
            self._kind(node),
            f'<div class="what">{"".join(what)}</div>',
            self._menu(node),
        )
        line = f'<div class="{css}"{self._drag(node)}>{"".join(parts)}</div>'
        return f'<li id="{node.pk}">{line}{inner}</li>\n'

    def _level(self, node: Node) -> str:
        number = node.row.level + 1
        text = _("Level %(n)d") % {"n": number}
        return (
            f'<span class="level"><span class="long">{esc(text)}</span>'
            f'<span class="short" aria-hidden="true">{number}</span></span>'
        )

    def _twist(self, node: Node) -> str:
        if not node.row.inner:
            return '<span class="twist"></span>'
        text = _("What is below %(name)s") % {"name": node.row.name}
        opened = node.below is not None
        parent = node.row.parent.pk if opened and node.row.parent and not node.top else ""
        href = self._at(open=parent if opened else node.pk)
        read = self._to("children", node.pk) + (f"?{urlencode(self.keep)}" if self.keep else "")
        return (
            f'<a class="twist" href="{href}" aria-expanded="{str(opened).lower()}" '
            f'aria-label="{esc(text)}" aria-controls="below-{node.pk}" hx-get="{read}" '
            f'hx-trigger="unfold" hx-target="#below-{node.pk}">'
            '<i class="fa-solid fa-chevron-right" aria-hidden="true"></i></a>'
        )

    def _kind(self, node: Node) -> str:
        reseller = node.row.type == TierAccount.Type.RESELLER
        icon, label = ("fa-store", _("Reseller")) if reseller else ("fa-building", _("Customer"))
        return (
            f'<i class="fa-solid {icon}" aria-hidden="true" title="{esc(label)}"></i>'
            f'<span class="visually-hidden">{esc(label)}</span> '
        )

    def _tier(self, pk: str) -> str:
        if pk not in self.tiers:
            return ""
        return f'<span class="tier on">{esc(_("Tier %(n)d") % {"n": self.tiers[pk]})}</span>'

    def _open(self, node: Node) -> str:
        if not node.row.open:
            return ""
        text = ngettext("open request", "open requests", node.row.open)
        return (
            f'<a class="asked" href="{self._to("changes", node.pk)}" title="{esc(text)}">'
            f'<span class="dot" aria-hidden="true"></span>{node.row.open}'
            f'<span class="visually-hidden"> {esc(text)}</span></a>'
        )

    def _notes(self, node: Node) -> str:
        notes = ""
        if node.row.decommissioned_at:
            notes += f'<span class="sub">{esc(_("decommissioned"))}</span>'
        parent = node.row.parent
        if node.top and parent is not None:
            # Who sees no further up is told the name as orders tell it (decision 4).
            unnamed = self.actor.role == VENDOR
            name = _("a reseller that is not named to you") if unnamed else parent.name
            tier = "" if unnamed else self._tier(parent.pk)
            notes += f'<span class="sub">{esc(_("below %(name)s") % {"name": name})}</span>{tier}'
        return notes

    def _movable(self, node: Node) -> bool:
        hub, row = node.row.hub, node.row
        if not self.writes or row.decommissioned_at or (hub and hub.type == Hub.Type.COMMERCE):
            return False
        # A reseller moves what is below its own.
        return self.actor.role != RESELLER or not node.top

    def _drag(self, node: Node) -> str:
        attributes = ""
        if self._movable(node):
            attributes += f' draggable="true" data-move="{self._to("move", node.pk)}"'
            if node.row.type == TierAccount.Type.RESELLER and node.row.parent is not None:
                attributes += " data-alone" if self.actor.role != RESELLER else ""
        target = node.row.type == TierAccount.Type.RESELLER and not node.row.decommissioned_at
        return attributes + (f' data-target="{node.pk}"' if self.writes and target else "")

    def _menu(self, node: Node) -> str:
        lines = []
        if self._movable(node):
            lines.append((self._to("move", node.pk), "fa-right-left", _("Move")))
        if node.row.type == TierAccount.Type.CUSTOMER:
            seen = esc(f"{self.tree}?{urlencode({'for': node.pk})}#{node.pk}")
            lines.append((seen, "fa-layer-group", _("Show its tiers")))
        if node.row.inner:
            lines.append((self._to("list", node.pk), "fa-list", _("List what is directly below")))
        if not lines:
            return '<span class="menu"></span>'
        text = esc(_("Actions for %(name)s") % {"name": node.row.name})
        items = "".join(
            f'<a class="line" href="{href}"><i class="fa-solid {icon}" aria-hidden="true"></i> '
            f"{esc(label)}</a>"
            for href, icon, label in lines
        )
        return (
            f'<details class="menu"><summary aria-label="{text}">'
            '<i class="fa-solid fa-ellipsis" aria-hidden="true"></i></summary>'
            f'<div class="sheet">{items}</div></details>'
        )

    def _more(self, rest: Piece, parent: str) -> str:
        """The next piece: in place of this line, or as a page of its own."""
        query = {**self.keep, "after": rest.more}
        if rest.early:
            query["but"] = ",".join(rest.early)
        page = self.pages["children"].replace(PK, parent) if parent else self.tree
        href = (
            self._at(open=parent, rest=rest.more)
            if parent
            else esc(f"{self.tree}?{urlencode({**self.keep, 'after': rest.more})}")
        )
        return self._link(href, f"{page}?{urlencode(query)}", "closest li", _("Show more"))

    def _all(self, node: Node) -> str:
        name = SafeString(f'<span class="visually-hidden">{esc(node.row.name)}</span>')
        text = SafeString(esc(_("Show everything below %(name)s")) % {"name": name})
        read = self.pages["children"].replace(PK, node.pk)
        read += f"?{urlencode(self.keep)}" if self.keep else ""
        return self._link(self._at(open=node.pk), read, f"#below-{node.pk}", text)

    def _link(self, href: str, read: str, target: str, text: str) -> str:
        swap = "outerHTML" if target == "closest li" else "innerHTML"
        return (
            f'<li class="more"><a href="{href}" hx-get="{esc(read)}" hx-target="{target}" '
            f'hx-swap="{swap}">{esc(text)}</a></li>\n'
        )
