"""Take an account out of use, on a page that says first what that does and what forbids it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import TierAccount
from customers.services.account_rules import may_decommission
from customers.services.decommission import Effect, decommission_account, effect_of

from ..generic import Fact, PortalActionView
from .seen import told_parent
from .writing import sent_version, standing


class AccountDecommission(PortalActionView):
    """The effect is counted for the page, and again under the lock before it happens."""

    model = TierAccount
    name = "account"
    template_name = "portal/account_decommission.html"
    select_related = ("parent", "hub")
    style = "danger"
    submit_label = gettext_lazy("Decommission")
    question = gettext_lazy(
        "The account disappears from every choice and can no longer be changed or ordered for. "
        "This cannot be taken back; its history stays."
    )

    def check(self) -> None:
        super().check()
        if not may_decommission(self.object, self.actor):
            raise PermissionDenied

    def get_title(self) -> str:
        return _("Decommission %(name)s") % {"name": self.object.name}

    def get_success_message(self, result: TierAccount) -> str:
        return _("%(name)s is decommissioned.") % {"name": self.object.name}

    def perform(self, form: Any) -> TierAccount:
        return decommission_account(
            self.object, actor=self.actor, version=sent_version(self.request)
        )

    def tab(self, name: str) -> str:
        return self.url("account-detail", self.object.pk, name)

    def facts_of(self, effect: Effect) -> list[Fact]:
        account, parent = self.object, told_parent(self.actor, self.object)
        hidden = _("A reseller that is not named to you") if account.parent else None
        return [
            Fact(_("Type"), account.get_type_display()),
            Fact(_("Parent"), parent.name if parent else hidden),
            Fact(_("Live subscriptions"), effect.subscriptions, self.tab("subscriptions")),
            Fact(_("Accounts in use below it"), effect.children, self.tab("hierarchy")),
            Fact(_("Reseller accesses that end"), effect.accesses),
            Fact(_("Tier configurations that stay on record"), effect.configurations),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        effect = effect_of(self.object)
        refused = standing(self.object) or effect.hindrances()
        return super().get_context_data(refused=refused, **kwargs) | {
            "facts": self.facts_of(effect),
            "revision": self.object.version,
        }
