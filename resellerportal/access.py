"""Who acts in this request, for which partner, and which pages that opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from customers import moments
from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import Membership

from . import signin

#: Roles with a portal of their own; each is a URL namespace and a path prefix.
PORTALS = (VENDOR, DISTRIBUTOR, RESELLER)
EVERYONE = (*PORTALS, ADMIN)
#: Portals an administrator may enter (decision 5).
ADMIN_PORTALS = (VENDOR, DISTRIBUTOR)
SESSION_KEY = "acting_partner"


class ActingPartnerMiddleware:
    """Put `request.actor` in place; nothing is read before somebody asks for it.

    The attribute is lazy and falsy when nobody acts. Views behind RoleRequiredMixin get the
    plain Actor instead. Memberships are read anew in every request, so a withdrawn one is gone
    at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: acting(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def forget_zone(**_kwargs: Any) -> None:
    """A thread that answered somebody goes on in the time zone of the installation."""
    timezone.deactivate()


def acting(request: HttpRequest) -> Actor | None:
    """The actor of this request, None for anonymous users and users without any partner."""
    if not hasattr(request, "_acting"):
        request._acting = _resolve(request)  # type: ignore[attr-defined]
    return request._acting  # type: ignore[attr-defined, no-any-return]


def memberships(request: HttpRequest) -> list[Membership]:
    """Usable memberships of the signed-in user by partner name, read with the user."""
    user: Any = request.user
    if not user.is_authenticated:
        return []
    if not hasattr(user, "usable_memberships"):  # signed in by this very request
        user.usable_memberships = list(signin.usable(user.pk))
    found: list[Membership] = user.usable_memberships
    return found


def is_admin(user: Any) -> bool:
    """Whether the user may act as administrator here, with all rights of all tenants.

    Superusers only: staff have the rights given to them in the administration, and no others.
    """
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def may_enter(role: str, roles: Iterable[str]) -> bool:
    """Whether `role` opens a page declared for `roles`."""
    roles = tuple(roles)
    return role in roles or (role == ADMIN and any(portal in roles for portal in ADMIN_PORTALS))


def home_of(role: str) -> str:
    return reverse(f"{VENDOR if role == ADMIN else role}:home")


def _resolve(request: HttpRequest) -> Actor | None:
    user = request.user
    if not user.is_authenticated:
        return None
    chosen = request.session.get(SESSION_KEY)
    own = memberships(request)
    if is_admin(user) and (not own or chosen == ADMIN):
        return Actor.admin(user)
    if not own:
        return None
    return Actor.of(next((row for row in own if row.partner_id == chosen), own[0]))


class WrongRole(PermissionDenied):
    """The page belongs to another role than the one acted in."""


class RoleRequiredMixin:
    """First check of every portal view: sign-in, then role, before any row is looked up.

    `roles` names the roles that may enter; an administrator may enter what vendors or
    distributors may. Afterwards `self.actor` and `request.actor` are the plain Actor.
    """

    roles: tuple[str, ...] = ()
    actor: Actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        actor = acting(request)
        if actor is None or not may_enter(actor.role, self.roles):
            request.switch_offers = [  # type: ignore[attr-defined]
                row.partner
                for row in memberships(request)
                if row.partner.role in self.roles
                and row.partner_id != getattr(actor, "partner_id", "")
            ]
            raise WrongRole
        self.actor = request.actor = actor  # type: ignore[attr-defined]
        moments.use(request.user.time_zone)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    @property
    def portal(self) -> str:
        """Namespace of this page's links: the one of its URL, else the actor's own."""
        match = self.request.resolver_match  # type: ignore[attr-defined]
        own = VENDOR if self.actor.role == ADMIN else self.actor.role
        return match.namespace if match and match.namespace in PORTALS else own

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Address of `<portal>:<name>`, for example `self.url("account-detail", pk)`."""
        return reverse(f"{self.portal}:{name}", args=args, kwargs=kwargs)


class ScopedMixin:
    """Rows the actor may see; anything else does not exist (404)."""

    model: type[Model]
    select_related: tuple[str, ...] = ()
    actor: Actor

    def get_queryset(self) -> QuerySet[Any]:
        rows = self.model._default_manager.visible_to(self.actor)  # type: ignore[attr-defined]
        return rows.select_related(*self.select_related) if self.select_related else rows


class SwitchPartner(View):
    """POST `partner` (and a local `next`): act for another of one's own partners from now on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login("/")
        chosen = request.POST.get("partner", "")
        names = {row.partner_id: row.partner.name for row in memberships(request)}
        if is_admin(request.user):
            names[ADMIN] = _("Administration")
        if chosen not in names:
            raise PermissionDenied
        request.session[SESSION_KEY] = chosen
        if hasattr(request, "_acting"):
            del request._acting
        messages.info(request, _("You now act for %(name)s.") % {"name": names[chosen]})
        actor = acting(request)
        assert actor is not None
        return redirect(local_address(request, request.POST.get("next", "")) or home_of(actor.role))


def local_address(request: HttpRequest, address: str) -> str:
    """`address` when it is a path of this host, else nothing: redirect() reverses bare words."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe and address.startswith("/") else ""
