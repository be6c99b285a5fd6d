"""What stands around every page: the portal's name, its modules, who acts and for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.services.endpoints import may_manage

from .. import access
from ..lists import listing

TITLES = {
    VENDOR: _("Vendor portal"),
    DISTRIBUTOR: _("Distributor portal"),
    RESELLER: _("Reseller portal"),
    ADMIN: _("Administration"),
}
#: Counting what waits stops here, the rail says "99+".
MOST = 99
THEMES = ("light", "dark", "system")
THEME_LABELS = {"light": _("Light"), "dark": _("Dark"), "system": _("System")}


@dataclass(frozen=True)
class Module:
    """One entry of the rail; `pages` are (model part of the URL name, label) of its lists.

    A page that is no list is named by its whole URL name.
    """

    name: str
    label: Any
    icon: str
    pages: tuple[tuple[str, Any], ...]


MODULES = (
    Module(
        "customers",
        _("Customers"),
        "fa-users",
        (
            ("account", _("Directory")),
            ("account-tree", _("Hierarchy")),
            ("change", _("Account changes")),
            ("request", _("Account requests")),
            ("import", _("Imports")),
        ),
    ),
    Module(
        "tierconfig",
        _("Tier config"),
        "fa-sliders",
        (
            ("config", _("Directory")),
            ("config-request", _("Requests")),
            ("readiness", _("Readiness")),
        ),
    ),
    Module(
        "subscriptions",
        _("Subscriptions"),
        "fa-box-open",
        (("subscription", _("Directory")), ("order", _("Orders"))),
    ),
    Module("products", _("Products"), "fa-cubes", (("product", _("Products")),)),
    Module(
        "reports",
        _("Reports"),
        "fa-file-lines",
        (
            ("report", _("Reports")),
            ("schedule", _("Schedules")),
            ("holders", _("Who holds what")),
        ),
    ),
    Module(
        "settings",
        _("Settings"),
        "fa-gear",
        (
            ("settings", _("Settings")),
            ("webhook", _("Webhooks")),
            ("webhook-message", _("Deliveries")),
            ("api-key", _("API")),
            ("api-call", _("API calls")),
        ),
    ),
)

#: Pages that administrators of a partner open, and nobody else.
ADMINISTERED = ("webhook", "webhook-message", "api-key", "api-call")


@dataclass
class Entry:
    """A line of the rail; `count` is what waits for the actor there ("" for none)."""

    label: Any
    url: str
    icon: str = ""
    count: str = ""
    current: bool = False
    pages: list[Entry] = field(default_factory=list)
    apart: bool = False


@dataclass
class Shell:
    portal: str
    title: Any
    home: str
    theme: str
    rail: list[Entry] = field(default_factory=list)
    actor: Actor | None = None
    partners: list[tuple[str, str, bool]] = field(default_factory=list)
    signed_in: bool = False
    #: Whether keys without Ctrl or Alt act, as the reader chose; nobody else has any.
    single_keys: bool = False

    @property
    def acting_name(self) -> str:
        return self.actor.partner.name if self.actor and self.actor.partner else ""

    @property
    def settings(self) -> str:
        """Where the pages about the reader himself belong, which have no portal of their own."""
        return address(f"{self.portal}:settings") if self.portal else ""

    @property
    def bs_theme(self) -> str:
        return "dark" if self.theme == "dark" else "light"

    @property
    def themes(self) -> list[tuple[str, Any, str]]:
        """(name, label, "true" for the chosen one else "false")."""
        return [(n, THEME_LABELS[n], "true" if n == self.theme else "false") for n in THEMES]


def shell(request: HttpRequest | None) -> Shell:
    """The shell of a page; bare when nobody is signed in, or outside of a request."""
    theme = request.COOKIES.get("theme", "") if request else ""
    theme = theme if theme in THEMES else "system"
    signed_in = bool(request and hasattr(request, "user") and request.user.is_authenticated)
    actor = access.acting(request) if request and signed_in else None
    if request is None or actor is None:
        return Shell("", "Tierdesk", "/", theme, signed_in=signed_in)
    portal = _portal(request, actor)
    return Shell(
        portal=portal,
        title=TITLES[portal],
        home=address(f"{portal}:home") or "/",
        theme=theme,
        rail=_rail(request, actor, portal),
        actor=actor,
        partners=_partners(request, actor),
        signed_in=True,
        single_keys=request.user.single_keys,  # type: ignore[union-attr]
    )


@lru_cache(maxsize=256)
def _address(_urlconf: Any, name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def address(name: str) -> str:
    """The address of an argument-less URL name, nothing when there is none."""
    return _address(get_urlconf(), name)


def _portal(request: HttpRequest, actor: Actor) -> str:
    space = request.resolver_match.namespace if request.resolver_match else ""
    if space in access.PORTALS and access.may_enter(actor.role, (space,)):
        return space
    return VENDOR if actor.role == ADMIN else actor.role


def _partners(request: HttpRequest, actor: Actor) -> list[tuple[str, str, bool]]:
    rows = access.memberships(request)
    found = [(row.partner_id, row.partner.name, row.partner_id == actor.partner_id) for row in rows]
    if rows and access.is_admin(request.user):
        found.append((ADMIN, str(TITLES[ADMIN]), actor.role == ADMIN))
    return found


def page_name(request: HttpRequest) -> str:
    """Model part of the present URL name: "config-request" of "vendor:config-request-detail"."""
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    known = [page for module in MODULES for page, _label in module.pages]
    fits = [page for page in known if name == page or name.startswith(page + "-")]
    return max(fits, key=len, default="")


def _rail(request: HttpRequest, actor: Actor, portal: str) -> list[Entry]:
    here = page_name(request)
    name = request.resolver_match.view_name if request.resolver_match else ""
    counts = _counts(actor)
    rail = [
        Entry(
            _("Home"),
            address(f"{portal}:home") or "/",
            "fa-house",
            current=name == f"{portal}:home",
        )
    ]
    for module in MODULES:
        pages = [
            Entry(label, url, count=_shown(counts.get(page, 0)), current=page == here)
            for page, label in module.pages
            if (url := address(f"{portal}:{page}-list") or address(f"{portal}:{page}"))
            and (page not in ADMINISTERED or may_manage(actor))
        ]
        if not pages:
            continue
        current = any(page.current for page in pages)
        total = sum(counts.get(page, 0) for page, _label in module.pages)
        first = next((page for page in pages if page.count), pages[0])
        rail.append(
            Entry(
                module.label,
                first.url,
                module.icon,
                _shown(total),
                current,
                pages if current and len(pages) > 1 else [],
            )
        )
    if actor.role == ADMIN:
        rail += _other_portals(portal)
    return rail


def _other_portals(portal: str) -> list[Entry]:
    others = [name for name in access.ADMIN_PORTALS if name != portal]
    entries = [
        Entry(TITLES[name], url, "fa-arrow-right-arrow-left")
        for name in others
        if (url := address(f"{name}:home"))
    ]
    if url := address("admin:index"):
        entries.append(Entry(TITLES[ADMIN], url, "fa-gear"))
    if entries:
        entries[0].apart = True
    return entries


def _counts(actor: Actor) -> dict[str, int]:
    """What waits for the actor by model part of the URL name; home says what waits."""
    from ..home import pages as home  # which draws its pages with this frame

    return home.rail_counts(actor)


def _shown(count: int) -> str:
    return listing.shown(count, MOST) if count else ""
