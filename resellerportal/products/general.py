"""What a product is: the first tab of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import history
from ..generic import Action, Fact
from .frame import ProductTab, is_vendor, may_administer
from .lists import AUTHORIZATION

if TYPE_CHECKING:
    from .detail import ProductDetail


def actions(page: ProductDetail) -> list[Action]:
    if not may_administer(page):
        return []
    on = page.object.tier_accounts_sync
    label = _("Switch Tier Accounts Sync off") if on else _("Switch Tier Accounts Sync on")
    return [Action(label, page.url("product-sync", page.object.pk))]


def fill(page: ProductDetail) -> dict[str, Any]:
    product = page.object
    facts = [
        Fact(_("Vendor"), product.owner),
        Fact(_("Description"), product.short_description or None),
        Fact(_("External ID"), product.external_id or None),
    ]
    level = product.authorization_level
    asked = {
        0: _("Orders go straight to the vendor; resellers are asked for nothing."),
        1: _(
            "The reseller of a customer needs an approved configuration before its first "
            "order is processed."
        ),
        2: _(
            "The reseller of a customer and the reseller above it need an approved "
            "configuration before the first order is processed."
        ),
    }[level]
    capabilities = [
        Fact(_("Reseller Authorization"), f"{AUTHORIZATION(product)}. {asked}"),
    ]
    if is_vendor(page.actor):
        changes = (
            _("On. Changes of accounts come as requests.")
            if product.tier_accounts_sync
            else _("Off. Changes of accounts are recorded as unsupported.")
        )
        capabilities.append(Fact(_("Tier Accounts Sync"), changes))
    events = history.events_of(product) if is_vendor(page.actor) else []
    return {
        "facts": facts,
        "capabilities": capabilities,
        "thread": history.thread(events, page.actor),
    }


TAB = ProductTab(
    "", gettext_lazy("General"), "products/general.html", fill, actions=actions, shared=True
)
