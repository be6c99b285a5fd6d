"""What can be done with a request: each step is a page that asks, and then posts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import DISTRIBUTOR
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest
from tierconfig.services import requests as services

from ..generic import Fact
from ..holders import Nudge
from ..processing import actions, editing, inquiring
from .forms import ApproveForm
from .requests import ConfigRequestMixin
from .shown import environment

State = TierConfigRequest.State


class ConfigRequestStep(ConfigRequestMixin):
    """What every step shows about its request."""

    object: Any

    def get_facts(self) -> list[Fact]:
        config = self.object.configuration
        return [
            Fact(_("Account"), config.account.name),
            Fact(_("Product"), config.product.name),
            Fact(_("Tier"), config.tier_level),
        ]

    @property
    def sets_up(self) -> bool:
        return not self.object.configuration.configured


class ConfigRequestApprove(ConfigRequestStep, actions.Approve):
    service = staticmethod(services.approve_request)
    form_class = ApproveForm
    title = gettext_lazy("Approve the request")
    buyer = gettext_lazy("Reseller")
    preview_title = gettext_lazy("What the reseller will read")

    def get_facts(self) -> list[Fact]:
        """Also what the request stands on."""
        request = self.object
        rows = TierConfigRequest.objects.visible_to(self.actor).filter(
            configuration=request.configuration_id, state=State.APPROVED
        )
        before = rows.order_by("-decided_at", "-pk").first()
        parent = request.parent_configuration
        found = [*super().get_facts(), Fact(_("Environment"), environment(request.configuration))]
        if parent is not None:
            found.append(
                Fact(
                    _("Tier 2 configuration"),
                    f"{parent.pk} · {parent.account.name}",
                    self.url("config-detail", parent.pk),
                )
            )
        if before is not None:
            address = self.url("config-request-detail", before.pk)
            found.append(Fact(_("Previously approved"), before.pk, address))
        return found

    def get_success_message(self, result: Any) -> str:
        if self.object.configuration.tier_level == 2 and self.sets_up:
            return _("Approved. What waited for this configuration goes on.")
        return _("Approved. The configuration is active.")


class ConfigRequestInquire(ConfigRequestStep, actions.Inquire):
    title = gettext_lazy("Ask the reseller")


class ConfigRequestUpdate(ConfigRequestStep, editing.Edit):
    pass


class ConfigRequestNotes(ConfigRequestStep, editing.Notes):
    pass


class ConfigRequestFail(ConfigRequestStep, actions.Fail):
    template_name = "tierconfig/config_request_fail.html"
    service = staticmethod(services.fail_request)
    title = gettext_lazy("Reject the request")
    success_message = gettext_lazy("Rejected.")

    def get_question(self) -> str:
        if self.sets_up:
            return _("The configuration stays without values; the next order asks for them anew.")
        return _("The configuration keeps the values it has.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(effects=self.effects() if self.sets_up else [], **kwargs)

    def effects(self) -> list[str]:
        """What ends with a set-up: tier 1 requests parked on it, and orders parked on either."""
        config = self.object.configuration
        parked = list(
            TierConfigRequest.objects.visible_to(self.actor).filter(
                parent_configuration=config, state=State.TIERS_SETUP
            )
        )
        configs = [config.pk, *(each.configuration_id for each in parked)]
        orders = (
            FulfillmentRequest.objects.visible_to(self.actor)
            .filter(state=FulfillmentRequest.State.TIERS_SETUP, required_configurations__in=configs)
            .distinct()
            .count()
        )
        found = []
        if parked:
            text = ngettext(
                "%(n)d tier 1 request waits for it and is closed too.",
                "%(n)d tier 1 requests wait for it and are closed too.",
                len(parked),
            )
            found.append(text % {"n": len(parked)})
        if orders:
            text = ngettext(
                "%(n)d order waits for it and is rejected too.",
                "%(n)d orders wait for it and are rejected too.",
                orders,
            )
            found.append(text % {"n": orders})
        return found


class ConfigRequestPend(ConfigRequestStep, actions.Pend):
    pass


class ConfigRequestRenew(ConfigRequestStep, actions.Renew):
    pass


class ConfigRequestAnswer(ConfigRequestStep, inquiring.Answer):
    def get_title(self) -> str:
        return str(_("Answer on behalf") if self.portal == DISTRIBUTOR else self.title)


class ConfigRequestDelegate(ConfigRequestStep, inquiring.Delegate):
    pass


class ConfigRequestRemind(ConfigRequestStep, inquiring.Remind):
    pass


class ConfigRequestNudge(ConfigRequestStep, Nudge):
    pass


class ConfigRequestAskContact(ConfigRequestStep, inquiring.AskContact):
    pass
