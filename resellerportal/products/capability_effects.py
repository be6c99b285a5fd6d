"""What a change of a product's capabilities means, counted; said before it is saved."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import Actor
from customers.models import Product, TierAccountRequest
from fulfillment.services.products import sales_of
from tierconfig.models import Parameter, TierConfigRequest, Webhook
from tierconfig.services.definitions import capabilities as services
from tierconfig.services.definitions.shape import TIERS

LABELS = {
    "tier_accounts_sync": gettext_lazy("Tier Accounts Sync"),
    "authorization_level": gettext_lazy("Reseller Authorization"),
    "validates_setups": gettext_lazy("Dynamic Validation of Tier Requests"),
    "validates_setup_inquiries": gettext_lazy("Validation of answers for setups"),
    "validates_updates": gettext_lazy("Validation of updates"),
    "validates_update_inquiries": gettext_lazy("Validation of answers for updates"),
    "remind_after_days": gettext_lazy("Reminders of unanswered questions"),
    "escalate_after_days": gettext_lazy("The distributor is told"),
}
#: Switch -> types of the webhooks that it asks, by tier.
WEBHOOKS = {
    "validates_setups": (Webhook.Type.DRAFT_TIER_1, Webhook.Type.DRAFT_TIER_2),
    "validates_setup_inquiries": (
        Webhook.Type.SETUP_INQUIRY_TIER_1,
        Webhook.Type.SETUP_INQUIRY_TIER_2,
    ),
    "validates_updates": (Webhook.Type.UPDATE_TIER_1, Webhook.Type.UPDATE_TIER_2),
    "validates_update_inquiries": (
        Webhook.Type.UPDATE_INQUIRY_TIER_1,
        Webhook.Type.UPDATE_INQUIRY_TIER_2,
    ),
}


class Effects:
    """One sentence or more for each switch that changes; nothing for what stays."""

    def __init__(self, product: Product, actor: Actor, wanted: dict[str, Any]) -> None:
        self.product = product
        self.actor = actor
        self.new = {n: v for n, v in wanted.items() if v != getattr(product, n, v)}

    def sentences(self) -> list[str]:
        found = []
        if "tier_accounts_sync" in self.new:
            found += self._sync()
        if "authorization_level" in self.new:
            found += self._level()
        for name in WEBHOOKS:
            if self.new.get(name):
                found += self._validation(name)
        if self.new.keys() & services.MAX_DAYS.keys():
            found += self._days()
        return found

    def _sync(self) -> list[str]:
        rows = TierAccountRequest.objects.visible_to(self.actor)
        rows = rows.filter(product=self.product, state=TierAccountRequest.State.PENDING)
        count = rows.count()
        text = (
            _(
                "Tier Accounts Sync: from now on, each change of an account that uses this product "
                "waits for you to accept or ignore it."
            )
            if self.new["tier_accounts_sync"]
            else _(
                "Tier Accounts Sync: from now on, changes of accounts that use this product are "
                "closed as unsupported: you can read them, but nobody waits for your answer."
            )
        )
        if not count:
            return [text]
        stays = ngettext(
            "%(n)d request that waits now stays as it is.",
            "%(n)d requests that wait now stay as they are.",
            count,
        )
        return [text, stays % {"n": count}]

    def _level(self) -> list[str]:
        level, before = self.new["authorization_level"], self.product.authorization_level
        if services.level_obstacles(self.product, level):
            return []  # refused anyway, with the reasons at the field
        found = []
        for tier, scope in enumerate(TIERS, start=1):
            if before < tier <= level:
                rows = Parameter.objects.visible_to(self.actor)
                if rows.filter(product=self.product, scope=scope).value_holding().exists():
                    text = _("Orders from now on wait for a configuration of tier %(tier)d.")
                else:
                    text = _(
                        "Tier %(tier)d can be asked; orders wait for it as soon as it has a "
                        "parameter."
                    )
                found.append(text % {"tier": tier})
            elif level < tier <= before:
                text = _("Orders from now on need no configuration of tier %(tier)d.")
                found.append(text % {"tier": tier})
        if orders := sales_of(self.product).orders:
            text = ngettext(
                "%(n)d open order stays as it is.", "%(n)d open orders stay as they are.", orders
            )
            found.append(text % {"n": orders})
        return found

    def _validation(self, name: str) -> list[str]:
        level = self.new.get("authorization_level", self.product.authorization_level)
        rows = Webhook.objects.visible_to(self.actor).filter(product=self.product, active=True)
        known = set(rows.values_list("type", flat=True))
        lacking = [str(each.label) for each in WEBHOOKS[name][:level] if each not in known]
        found = [_("%(name)s: counts for requests from now on.") % {"name": LABELS[name]}]
        if lacking:
            text = _("There is no active webhook yet for: %(names)s.")
            found.append(text % {"names": ", ".join(lacking)})
        return found

    def _days(self) -> list[str]:
        rows = TierConfigRequest.objects.visible_to(self.actor)
        rows = rows.filter(
            configuration__product=self.product, state=TierConfigRequest.State.INQUIRING
        )
        count = rows.count()
        if not count:
            return []
        text = ngettext(
            "The new days count for %(n)d question that is open now, too.",
            "The new days count for %(n)d questions that are open now, too.",
            count,
        )
        return [text % {"n": count}]
