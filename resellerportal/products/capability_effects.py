"""What a change of a product's capabilities means, counted; said before it is saved."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import Actor
from customers.models import Product, TierAccountRequest
from fulfillment.models import FulfillmentRequest, Subscription
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
    "validates_orders": gettext_lazy("Dynamic Validation of the Draft Requests"),
    "validates_order_inquiries": gettext_lazy("Dynamic Validation of the Inquiring Form"),
    "validates_changes": gettext_lazy("Validation of change requests"),
    "validates_change_inquiries": gettext_lazy("Validation of answers for changes"),
    "administrative_hold": gettext_lazy("Administrative Hold"),
    "editable_ordering_parameters": gettext_lazy("Editable Ordering Parameters in Change Request"),
    "editable_fulfillment_parameters": gettext_lazy(
        "Editable Fulfillment Parameters in Change Request"
    ),
    "schedules_purchases": gettext_lazy("Scheduling of purchases"),
    "schedules_changes": gettext_lazy("Scheduling of changes"),
    "schedules_suspends": gettext_lazy("Scheduling of suspensions"),
    "schedules_resumes": gettext_lazy("Scheduling of resumptions"),
    "schedules_cancels": gettext_lazy("Scheduling of cancellations"),
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
    "validates_orders": (Webhook.Type.PURCHASE,),
    "validates_order_inquiries": (Webhook.Type.PURCHASE_INQUIRY,),
    "validates_changes": (Webhook.Type.CHANGE,),
    "validates_change_inquiries": (Webhook.Type.CHANGE_INQUIRY,),
}
#: Switch -> the type of request that its vendor may accept for a later date.
SCHEDULES = {
    "schedules_purchases": FulfillmentRequest.Type.PURCHASE,
    "schedules_changes": FulfillmentRequest.Type.CHANGE,
    "schedules_suspends": FulfillmentRequest.Type.SUSPEND,
    "schedules_resumes": FulfillmentRequest.Type.RESUME,
    "schedules_cancels": FulfillmentRequest.Type.CANCEL,
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
        if "administrative_hold" in self.new:
            found += self._hold()
        for name, kind in SCHEDULES.items():
            if self.new.get(name) is False:
                found += self._schedule(name, kind)
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
        types = WEBHOOKS[name] if len(WEBHOOKS[name]) == 1 else WEBHOOKS[name][:level]
        rows = Webhook.objects.visible_to(self.actor).filter(product=self.product, active=True)
        known = set(rows.values_list("type", flat=True))
        lacking = [str(each.label) for each in types if each not in known]
        found = [_("%(name)s: counts for requests from now on.") % {"name": LABELS[name]}]
        if lacking:
            text = _("There is no active webhook yet for: %(names)s.")
            found.append(text % {"names": ", ".join(lacking)})
        return found

    def _hold(self) -> list[str]:
        """Who is on hold must be able to come back, whatever the switch says."""
        if self.new["administrative_hold"]:
            return [_("Administrative Hold: active subscriptions can be suspended from now on.")]
        found = [_("Administrative Hold: nothing can be suspended from now on.")]
        rows = Subscription.objects.visible_to(self.actor).filter(product=self.product)
        if count := rows.filter(state=Subscription.State.SUSPENDED).count():
            text = ngettext(
                "%(n)d subscription is suspended now; it can still be resumed.",
                "%(n)d subscriptions are suspended now; they can still be resumed.",
                count,
            )
            found.append(text % {"n": count})
        requests = FulfillmentRequest.objects.visible_to(self.actor).filter(
            subscription__product=self.product,
            type=FulfillmentRequest.Type.SUSPEND,
            state__in=FulfillmentRequest.OPEN,
        )
        if count := requests.count():
            text = ngettext(
                "%(n)d open request to suspend stays as it is.",
                "%(n)d open requests to suspend stay as they are.",
                count,
            )
            found.append(text % {"n": count})
        return found

    def _schedule(self, name: str, kind: str) -> list[str]:
        rows = FulfillmentRequest.objects.visible_to(self.actor).filter(
            subscription__product=self.product,
            type=kind,
            state=FulfillmentRequest.State.SCHEDULED,
        )
        if not (count := rows.count()):
            return []
        text = ngettext(
            "%(name)s: %(n)d request that is scheduled keeps its date.",
            "%(name)s: %(n)d requests that are scheduled keep their dates.",
            count,
        )
        return [text % {"name": LABELS[name], "n": count}]

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
