"""One configuration as its reseller reads it: what it waits for, what was said, what to do."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tierconfig import parameters
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import waiting

from .. import chains, holders, reasons
from ..generic import Action, Fact
from ..tierconfig.configs import ConfigDetail, may_answer
from . import standing

State = TierConfigRequest.State
#: Parameters shown before the rest is unfolded.
ROWS = 4


class ResellerConfigDetail(ConfigDetail):
    def get_tabs(self) -> Any:
        first, *others = self.tabs
        return (type(first)("", first.label, "reseller/config.html"), *others)

    def status(self) -> SafeString:
        request = self.open_request
        state = request.state if request else None
        return standing.badge(standing.standing(state, configured=self.object.configured))

    def get_facts(self) -> list[Fact]:
        config = self.object
        request = self.open_request
        facts = [
            Fact(_("Account"), config.account.name, self.page("account", config.account_id)),
            Fact(_("Tier"), config.tier_level),
            Fact(_("Distributor"), config.provider.name),
            Fact(_("Product ID"), config.product_id, self.page("product", config.product_id)),
        ]
        if request is not None:
            url = self.page("config-request", request.pk)
            facts.append(Fact(_("Request in progress"), request.pk, url))
        return facts

    def get_actions(self) -> list[Action]:
        """Asking for a change stands beside the values, see _change."""
        answer = self.answer_url
        return [Action(_("Requires attention"), answer, "primary")] if answer else []

    @property
    def answer_url(self) -> str:
        request = self.open_request
        if request is None or not may_answer(request, self.actor):
            return ""
        return self.url("config-request-answer", request.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "stages": []}

    def _panel(self) -> dict[str, Any]:
        config, request = self.object, self.open_request
        own = config.definitions()
        offered = parameters.changeable(own, config.params)
        told = self.get_origins() if offered else {}
        values = [
            (
                str(each),
                parameters.display(each, config.params.get(each.name)),
                told.get(each.name, ""),
            )
            for each in offered
        ]
        links = waiting.chain(request, self.actor, own) if request and not config.configured else []
        last = self.requests[0] if self.requests else None
        return {
            **super()._panel(),
            "values": values[:ROWS],
            "more": values[ROWS:],
            "change": self._change(bool(values)),
            "answer_url": self.answer_url,
            "chain": chains.rows(links, self.url, here=links[0].id) if links else [],
            "account_url": self.page("account", config.account_id),
            "rejected": self._rejected(last),
            "last": last,
            "last_url": self.page("config-request", last.pk) if last else "",
            "stays": holders.stays_of(last, self.actor) if last else None,
        }

    def _rejected(self, last: Any) -> str:
        if last is None or last.state != State.FAILED:
            return ""
        return reasons.of(last, self.actor) or _("The configuration of tier 2 was rejected.")

    def _change(self, anything: bool) -> dict[str, str]:
        """The address of the form, or why there is none; nothing for who may not ask at all."""
        config, request = self.object, self.open_request
        # Who sees it here operates its account (TierConfig.visible_to).
        if not config.configured or not self.actor.may_act:
            return {}
        if request is not None:
            url = self.page("config-request", request.pk)
            if request.state == State.DRAFT:
                return {"why": _("A change is begun and not sent yet: go on with it."), "open": url}
            return {"why": _("One request at a time: this one is still open."), "open": url}
        if config.state != TierConfig.State.ACTIVE:
            return {"why": _("Somebody else has begun a change that is not sent yet.")}
        if not anything:
            return {"why": _("There is no value that you could change.")}
        return {"url": self.url("config-change", config.pk)}
