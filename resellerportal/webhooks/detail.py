"""One endpoint, and one message with all its tries."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from customers.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from customers.services.endpoints import may_manage

from ..cells import absolute
from ..detailview import PortalObjectView
from ..generic import Action, Fact, PortalDetailView
from ..secret_pages import AdministratorsOnly
from .frame import endpoint_facts, standing

#: Messages shown on the page of their endpoint; the log has all.
LATEST = 10


class EndpointDetail(AdministratorsOnly, PortalDetailView):
    model = WebhookEndpoint
    name = "webhook"
    template_name = "webhooks/endpoint.html"
    select_related = ("product",)

    def get_facts(self) -> list[Fact]:
        facts = endpoint_facts(self.object)
        if self.object.failing_since:
            facts.append(Fact(_("Failing since"), absolute(self.object.failing_since)))
        return facts

    def get_actions(self) -> list[Action]:
        pk = self.object.pk
        switch = _("Switch off") if self.object.active else _("Switch on")
        return [
            Action(_("Delete"), self.url("webhook-delete", pk), "danger"),
            Action(switch, self.url("webhook-switch", pk)),
            Action(_("New secret"), self.url("webhook-secret", pk)),
            Action(_("Send again …"), self.url("webhook-replay", pk)),
            Action(_("Send a test"), self.url("webhook-test", pk)),
            Action(_("Edit"), self.url("webhook-edit", pk), "primary"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = WebhookMessage.objects.visible_to(self.actor).filter(endpoint=self.object)
        latest = [
            {
                "row": row,
                "url": self.url("webhook-message-detail", row.pk),
                "badge": standing(row),
            }
            for row in rows.order_by("-created_at", "pk")[:LATEST]
        ]
        log = self.url("webhook-message-list") + f"?endpoint={self.object.pk}"
        return super().get_context_data(latest=latest, log=log, **kwargs)


class MessageDetail(AdministratorsOnly, PortalObjectView):
    model = WebhookMessage
    name = "webhook-message"
    template_name = "webhooks/message.html"
    title = "type"
    select_related = ("endpoint",)

    def get_facts(self) -> list[Fact]:
        message, endpoint = self.object, self.object.endpoint
        facts = [
            Fact(_("State"), standing(message)),
            Fact(_("Webhook"), endpoint.label, self.url("webhook-detail", endpoint.pk)),
            Fact(_("Made"), absolute(message.created_at)),
            Fact(_("Tries"), message.attempts),
        ]
        if message.state == message.State.WAITING:
            facts.append(Fact(_("Next try"), absolute(message.next_attempt_at)))
        return facts

    def get_actions(self) -> list[Action]:
        if not may_manage(self.actor) or not self.object.endpoint.active:
            return []
        url = self.url("webhook-message-replay", self.object.pk)
        return [Action(_("Send again"), url, "primary")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tries = WebhookAttempt.objects.visible_to(self.actor).filter(message=self.object)
        return super().get_context_data(
            facts=self.get_facts(),
            actions=self.get_actions(),
            payload=json.dumps(self.object.payload, indent=2, ensure_ascii=False),
            tries=list(tries),
            link=(self.object.payload.get("data") or {}).get("link", ""),
            **kwargs,
        )
