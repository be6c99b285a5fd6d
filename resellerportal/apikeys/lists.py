"""The lists: keys with how they stand, and what they called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from customers.models import ApiCall, ServiceUser

from .. import cells
from ..generic import Action, PortalListView
from ..lists.listing import Column, Filter, newer
from ..secret_pages import AdministratorsOnly
from ..states import badge_of
from .frame import health, rights_text

#: First digit of a status -> what it says, and the state that looks like it.
CLASSES = {
    "2": (gettext_lazy("2xx: done"), "applied"),
    "4": (gettext_lazy("4xx: refused"), "discarded"),
    "5": (gettext_lazy("5xx: failed"), "failed"),
}


def rights(row: Any) -> Any:
    return cells.clip(rights_text(row.rights))


def expires(row: Any) -> Any:
    return row.expires_at and cells.age(row.expires_at)


def last_used(row: Any) -> Any:
    return row.last_used_at and cells.age(row.last_used_at)


class KeyList(AdministratorsOnly, PortalListView):
    model = ServiceUser
    name = "api-key"
    title = gettext_lazy("API keys")
    row_title = "name"
    row_label = gettext_lazy("Key")
    row_order = "name"
    columns = (
        Column(
            "health",
            gettext_lazy("State"),
            health,
            reads=("active", "expires_at", "owner_level"),
        ),
        Column("rights", gettext_lazy("May"), rights, optional=True, reads=("rights",)),
        Column("hint", gettext_lazy("Secret ends with"), "secret_hint", optional=True),
        Column("owner", gettext_lazy("Owner"), "owner.name", optional=True),
        Column("expires", gettext_lazy("Expires"), expires, optional=True, reads=("expires_at",)),
        Column(
            "used",
            gettext_lazy("Last used"),
            last_used,
            num=True,
            reads=("last_used_at",),
        ),
    )
    search_fields = ("name",)
    search_label = gettext_lazy("Name or ID")
    order = "name"
    empty = gettext_lazy(
        "A key lets one of your own systems do over the API what you do here: each system gets "
        "one of its own."
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = ServiceUser.objects.visible_to(self.actor).with_owner_level()
        return rows

    def get_actions(self) -> list[Action]:
        return [
            Action(_("Recent calls"), self.url("api-call-list"), icon="fa-list"),
            Action(_("Make a key"), self.url("api-key-add"), "primary", "fa-plus"),
        ]


def keys(actor: Actor) -> list[tuple[str, str]]:
    rows = ServiceUser.objects.visible_to(actor).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


def of_class(digit: str) -> Q:
    """Calls whose status begins with a digit."""
    if digit not in CLASSES:
        raise ValidationError("unknown class")
    return Q(status__gte=int(digit) * 100, status__lt=int(digit) * 100 + 100)


def outcome(row: Any) -> SafeString:
    """The status of a call, or of a row of one."""
    _label, look = CLASSES.get(str(row.status)[0], ("", "draft"))
    return badge_of(look, str(row.status))


def took(row: Any) -> str:
    return _("%(n)d ms") % {"n": row.milliseconds}


class CallList(AdministratorsOnly, PortalListView):
    model = ApiCall
    name = "api-call"
    title = gettext_lazy("API calls")
    row_title = "path"
    row_label = gettext_lazy("Call")
    reads = ("method", "service_user_id")
    columns = (
        Column("status", gettext_lazy("Status"), outcome, reads=("status",)),
        Column("key", gettext_lazy("Key"), "service_user.name", optional=True),
        Column(
            "took", gettext_lazy("Took"), took, num=True, optional=True, reads=("milliseconds",)
        ),
        Column("request", gettext_lazy("Request"), "request_id", optional=True, hidden=True),
        Column("address", gettext_lazy("Client"), "address", optional=True, hidden=True),
        Column("at", gettext_lazy("When"), cells.since("at"), order="at", num=True),
    )
    filters = (
        Filter("key", gettext_lazy("Key"), "service_user_id", keys),
        Filter(
            "status",
            gettext_lazy("Status"),
            of_class,
            [(digit, text) for digit, (text, _look) in CLASSES.items()],
        ),
        newer("at", gettext_lazy("When"), "at"),
    )
    order = "-at"
    empty = gettext_lazy("What your keys call appears here a second later, and stays for a week.")

    def links(self) -> Callable[[Any], tuple[str, Any]]:
        """A call has no page of its own: it leads to its key; under it stands its method."""
        shape = reverse(f"{self.portal}:api-key-detail", args=["PK"])
        return lambda row: (shape.replace("PK", row.service_user_id), row.method)
