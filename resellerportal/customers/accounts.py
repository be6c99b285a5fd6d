"""The directory of accounts, and one account with everything the actor may know about it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Partner, TierAccount
from customers.permissions import seen
from customers.services.account_rules import may_decommission, may_write
from customers.services.moves import may_move
from customers.services.participation import in_scope, scopes, scopes_of

from .. import cells
from ..generic import Action, DetailTab, Fact, PortalDetailView, PortalListView
from ..lists.listing import Tab
from . import tabs
from .directory import SCOPES, columns, filters
from .seen import named, with_open, with_parent
from .writing import standing

#: What every tab but the last shows.
IN_USE = Q(decommissioned_at=None)


class AccountList(PortalListView):
    """Accounts the actor may see, newest first."""

    model = TierAccount
    name = "account"
    title = gettext_lazy("Accounts")
    row_title = "name"
    row_label = gettext_lazy("Name")
    row_order = "name"
    tabs = (
        Tab("all", gettext_lazy("In use"), IN_USE),
        Tab("customers", gettext_lazy("Customers"), IN_USE & Q(type=TierAccount.Type.CUSTOMER)),
        Tab("resellers", gettext_lazy("Resellers"), IN_USE & Q(type=TierAccount.Type.RESELLER)),
        Tab("decommissioned", gettext_lazy("Decommissioned"), ~IN_USE),
    )
    search_fields = ("name", "contact_email", "external_id")
    search_label = gettext_lazy("Name, ID, e-mail or external ID")
    order = "-created"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.columns, self.filters = columns(self.roles[0]), filters(self.roles[0])

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.vendor and self.address.clean("parent"):
            # Otherwise the filter would tell who hangs below a parent that is not named.
            rows = rows.filter(parent__in=TierAccount.objects.visible_to(self.actor))
        if scope := self.address.clean("scope"):
            rows = rows.filter(in_scope(scope, self.vendor)) if scope in SCOPES else rows.none()
        return with_open(rows, self.actor)

    @property
    def vendor(self) -> Partner | None:
        """The vendor that reads: it is told its own subscriptions' part of everything."""
        return self.actor.partner if self.actor.role == VENDOR else None

    def prepare(self, found: list[Any]) -> None:
        shown = {column.name for column in self.shown}
        if "scopes" in shown:
            taken = scopes_of([row.pk for row in found], self.vendor)
            for row in found:
                row.scopes = taken.get(row.pk, [])
        if "parent" in shown:
            # A vendor is told the parents it sees: asked for these rows, not for the whole list.
            parents = {row.parent.pk for row in found if row.parent}
            told = named(self.actor, parents) if self.vendor else parents
            for row in found:
                row.parent_named = row.parent is not None and row.parent.pk in told

    def get_reports(self) -> list[tuple[Any, str]]:
        return [(_("Customers List report …"), self.url("account-report"))]

    @property
    def empty(self) -> Any:
        if self.portal == VENDOR:
            return _("Companies that take part in subscriptions of your products appear here.")
        return _("Add a reseller first; customers hang below resellers.")

    def get_actions(self) -> list[Action]:
        if not self.actor.may_act:
            return []
        url = self.url("account-add")
        if self.portal == VENDOR:
            return [Action(_("Add preview account"), url, "primary", "fa-plus")]
        return [
            Action(_("Import"), self.url("import-add"), icon="fa-upload"),
            Action(_("Add account"), url, "primary", "fa-plus"),
        ]


class AccountDetail(PortalDetailView):
    """One account; each tab reads only what it shows."""

    model = TierAccount
    name = "account"
    title = "name"
    select_related = ("parent", "provider", "owner", "hub")

    def get_tabs(self) -> tuple[DetailTab, ...]:
        changes = _("Requests") if self.portal == VENDOR else _("Changes")
        mine = self.portal == DISTRIBUTOR
        access = [DetailTab("access", _("Access"), "portal/account_access.html")] if mine else []
        return (
            DetailTab("", _("General"), "portal/account_general.html"),
            DetailTab("hierarchy", _("Hierarchy"), "portal/account_hierarchy.html"),
            DetailTab("subscriptions", _("Subscriptions"), "portal/account_subscriptions.html"),
            DetailTab("configurations", _("Tier configurations"), "portal/account_configs.html"),
            DetailTab("changes", changes, "portal/account_changes.html"),
            DetailTab("versions", _("Versions"), "portal/account_versions.html"),
            *access,
        )

    def get_queryset(self) -> Any:
        return with_parent(super().get_queryset(), self.actor)

    def parent_fact(self) -> Fact:
        parent = self.object.parent
        if parent is None:
            return Fact(_("Parent"), _("None, top of its tree"))
        if not self.object.parent_named:
            return Fact(_("Parent"), _("A reseller that is not named to you"))
        url = self.url("account-detail", parent.pk) if self.object.parent_seen else ""
        return Fact(_("Parent"), parent.name, url)

    def get_facts(self) -> list[Fact]:
        account = self.object
        vendor = self.actor.partner if self.actor.role == VENDOR else None
        taken = [str(SCOPES[scope]) for scope in scopes(account, vendor)]
        facts = [
            Fact(_("Type"), account.get_type_display()),
            self.parent_fact(),
            Fact(_("Takes part as"), ", ".join(taken) or _("nothing yet")),
            Fact(_("Version"), account.version),
        ]
        if self.actor.role != DISTRIBUTOR:
            facts.append(Fact(_("Distributor"), account.provider.name))
        if account.environment != TierAccount.Environment.PRODUCTION:
            facts.append(Fact(_("Environment"), account.get_environment_display()))
        if account.decommissioned_at:
            facts.append(Fact(_("Decommissioned"), cells.age(account.decommissioned_at)))
        return facts

    def get_actions(self) -> list[Action]:
        account, actions = self.object, list[Action]()
        if account.parent is not None:
            seen(account.parent, self.actor, visible=account.parent_seen)
        # In the portal of a vendor accounts are changed that are its own previews.
        foreign = self.portal == VENDOR and account.environment != TierAccount.Environment.PREVIEW
        if foreign or standing(account):
            return actions
        if self.portal != RESELLER and may_decommission(account, self.actor):
            url = self.url("account-decommission", account.pk)
            actions.append(Action(_("Decommission"), url, "danger", "fa-ban"))
        if may_move(account, self.actor):
            url = self.url("account-move", account.pk)
            actions.append(Action(_("Move"), url, icon="fa-right-left"))
        if may_write(account, self.actor):
            url = self.url("account-edit", account.pk)
            actions.append(Action(_("Edit"), url, "primary", "fa-pen"))
        return actions

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.tab.name if self.tab else ""
        return super().get_context_data(**tabs.READ[name](self), **kwargs)
