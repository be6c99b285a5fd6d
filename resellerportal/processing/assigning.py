"""Who of a vendor's people looks after a request: one by one, and many at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from customers.actors import VENDOR, Actor
from customers.lifecycle import StaleState
from customers.models import User
from customers.permissions import by_vendor
from tierconfig.services.assignment import assign_request, assignees

from ..forms import PortalForm
from ..generic import Bulk, Fact, PortalActionView
from ..lists.bulk import Many, PortalBulkView
from ..lists.listing import Filter

ME, NOBODY = "me", "nobody"


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.email})" if obj.name else str(obj.email)


class AssignForm(PortalForm):
    user = ColleagueField(
        label=gettext_lazy("Colleague"),
        queryset=User.objects.none(),
        error_messages={"required": gettext_lazy("Choose a colleague.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: Any = self.fields["user"]
        user.queryset = assignees(self.obj)
        user.initial = self.obj.assignee_id


class Assign(PortalActionView):
    """Give the request to a colleague."""

    service = staticmethod(assign_request)
    form_class = AssignForm
    title = gettext_lazy("Assign the request")
    submit_label = gettext_lazy("Assign")
    question = gettext_lazy("Everybody of the vendor may still work on it.")

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied
        if self.object.decided_at is not None:
            raise StaleState(self.object, "assign")

    def get_facts(self) -> list[Fact]:
        return [*super().get_facts(), Fact(_("Assignee"), self.object.assignee or _("nobody"))]

    def get_success_message(self, result: Any) -> str:
        if result.assignee is None:
            return _("Nobody is assigned now.")
        return _("Assigned to %(name)s.") % {"name": result.assignee}


class AssignToMe(Assign):
    form_class = PortalForm
    title = gettext_lazy("Assign the request to me")
    submit_label = gettext_lazy("Assign to me")

    def check(self) -> None:
        super().check()
        if self.actor.role != VENDOR:  # an administrator of the platform is nobody's colleague
            raise PermissionDenied

    def perform(self, form: PortalForm) -> Any:
        return assign_request(self.object, actor=self.actor, user=self.actor.user)


class Unassign(Assign):
    form_class = PortalForm
    title = gettext_lazy("Unassign the request")
    submit_label = gettext_lazy("Unassign")

    def perform(self, form: PortalForm) -> Any:
        return assign_request(self.object, actor=self.actor, user=None)


def offers(view: Any) -> dict[str, str]:
    """Addresses of what may be done about the assignee, for the page of a request."""
    request, actor = view.object, view.actor
    if view.portal != VENDOR or request.decided_at or not by_vendor(request, actor):
        return {}
    found = {"assign": view.url(f"{view.name}-assign", request.pk)}
    if actor.role == VENDOR and request.assignee_id != actor.user.pk:
        found["me"] = view.url(f"{view.name}-take", request.pk)
    if request.assignee_id:
        found["unassign"] = view.url(f"{view.name}-unassign", request.pk)
    return found


def assignee_filter(view: Any) -> Filter:
    """Mine, or nobody's; `view` is the list, whose actor is known when it filters."""

    def lookup(wanted: str) -> Q:
        if wanted == NOBODY:
            return Q(assignee=None)
        if wanted != ME or view.actor.user is None:
            raise ValidationError("unknown assignee")
        return Q(assignee=view.actor.user)

    choices = ((ME, gettext_lazy("me")), (NOBODY, gettext_lazy("nobody")))
    return Filter("assignee", gettext_lazy("Assignee"), lookup, choices)


TAKE = Bulk("take", gettext_lazy("Assign to me"))


@dataclass
class Taken:
    decided: list[Any] = field(default_factory=list)
    refused: list[StaleState] = field(default_factory=list)


def take(rows: list[Any], *, actor: Actor, step: str) -> Taken:
    """Assign each to the actor."""
    return give(rows, actor=actor, user=actor.user)


def give(rows: list[Any], *, actor: Actor, user: User | None) -> Taken:
    """Assign each to `user`; one that was decided meanwhile keeps nobody from the others."""
    found = Taken()
    for row in rows:
        try:
            found.decided.append(assign_request(row, actor=actor, user=user))
        except StaleState as stale:
            found.refused.append(stale)
    return found


class TakeMany(PortalBulkView):
    """Assign what was chosen in a queue to oneself."""

    template_name = "processing/take.html"
    service = staticmethod(take)
    steps = {
        "take": Many(
            gettext_lazy("Assign several requests to me"),
            gettext_lazy("You look after these from now on; who did before no longer does."),
            gettext_lazy("Assign all of these to me"),
            ngettext_lazy("%(n)d is assigned to you.", "%(n)d are assigned to you.", "n"),
        )
    }

    def check(self) -> None:
        super().check()
        if self.actor.role != VENDOR:
            raise PermissionDenied

    def split(self) -> tuple[list[Any], list[Any]]:
        able = [row for row in self.rows if row.decided_at is None and by_vendor(row, self.actor)]
        known = {row.pk for row in able}
        return able, [row for row in self.rows if row.pk not in known]

    def get_facts(self, able: list[Any]) -> list[Fact]:
        own = sum(row.assignee == self.actor.user for row in able)
        others = sum(row.assignee is not None for row in able) - own
        text = ngettext("%(n)d request", "%(n)d requests", len(able)) % {"n": len(able)}
        return [
            Fact(_("Will be yours"), text),
            Fact(_("Yours already"), own),
            Fact(_("Taken from colleagues"), others),
        ]
