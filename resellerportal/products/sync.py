"""Switching Tier Accounts Sync of a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import VENDOR
from customers.models import Product, TierAccountRequest
from customers.permissions import by_administrator_of
from customers.services.products import switch_sync

from ..forms import PortalForm
from ..generic import Fact, PortalActionView


class SyncForm(PortalForm):
    """What the page offered, so that one that was left open does not switch the other way."""

    on = forms.TypedChoiceField(
        choices=(("on", ""), ("off", "")),
        coerce=lambda wanted: wanted == "on",
        widget=forms.HiddenInput,
    )


class ProductSync(PortalActionView):
    """The switch with its effect; for administrators of the vendor."""

    roles = (VENDOR,)
    model = Product
    name = "product"
    service = staticmethod(switch_sync)
    form_class = SyncForm

    def check(self) -> None:
        super().check()
        if not by_administrator_of(self.object, self.actor):
            raise PermissionDenied

    def get_initial(self) -> dict[str, Any]:
        return {"on": "off" if self.object.tier_accounts_sync else "on"}

    def get_title(self) -> str:
        if self.object.tier_accounts_sync:
            return _("Switch Tier Accounts Sync off")
        return _("Switch Tier Accounts Sync on")

    def get_question(self) -> str:
        if self.object.tier_accounts_sync:
            return _(
                "From now on, changes of accounts that use this product are closed as unsupported: "
                "you can read them, but nobody waits for your answer."
            )
        return _(
            "From now on, each change of an account that uses this product waits for you to "
            "accept or ignore it."
        )

    def get_facts(self) -> list[Fact]:
        requests = TierAccountRequest.objects.visible_to(self.actor).filter(product=self.object)
        count = requests.filter(state=TierAccountRequest.State.PENDING).count()
        stays = ngettext(
            "%(n)d request that waits now stays as it is",
            "%(n)d requests that wait now stay as they are",
            count,
        )
        return [
            Fact(_("Product"), self.object.name),
            Fact(_("Earlier changes"), stays % {"n": count} if count else _("none waits now")),
        ]

    def get_success_message(self, result: Product) -> str:
        if result.tier_accounts_sync:
            return _("Tier Accounts Sync is on for changes from now on.")
        return _("Tier Accounts Sync is off for changes from now on.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"submit_label": self.get_title()}
