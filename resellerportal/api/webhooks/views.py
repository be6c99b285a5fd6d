"""Webhooks of a vendor's products; its administrators write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import VENDOR
from customers.models import Product
from tierconfig.models import Webhook
from tierconfig.services.definitions import webhooks as services
from tierconfig.services.webhook_tries import try_webhook

from ..shared.known import absent, known
from ..views import ApiView, DetailView, ListView
from .bodies import WebhookBody, WebhookChangeBody
from .filters import WebhookFilters
from .shapes import VerdictShape, WebhookRendering


class Webhooks(ListView):
    """The vendor's webhooks, of all its products."""

    module = "webhooks"
    roles = (VENDOR,)
    model = Webhook
    filters = WebhookFilters
    rendering = WebhookRendering
    body = WebhookBody

    def post(self, request: Request, **ids: str) -> Response:
        """Add a webhook to a product."""
        sent = self.sent()
        field, product_id = _product_of(sent)
        if not product_id:
            raise absent("product_id")
        webhook = services.add_webhook(
            known(Product.objects.visible_to(self.actor), product_id, field),
            actor=self.actor,
            type=sent["type"],
            label=sent["label"],
            external_url=sent["external_url"],
            jwt_secret=sent.get("jwt_secret", ""),
            active=sent["active"],
        )
        shown = self.rendering(self.actor).alone(webhook)
        if "jwt_secret" not in sent:
            shown["jwt_secret"] = webhook.jwt_secret.open()
        return Response(shown, status=201)


class WebhookDetail(DetailView):
    """One webhook."""

    module = "webhooks"
    roles = (VENDOR,)
    model = Webhook
    rendering = WebhookRendering
    bodies = {"PUT": WebhookChangeBody}

    def put(self, request: Request, **ids: str) -> Response:
        """Change what is sent: label, address, secret, or whether it is active."""
        webhook = self.object(**ids)
        self._change(webhook, self.sent(WebhookChangeBody))
        return self.shown(webhook)

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove the webhook."""
        services.remove_webhook(self.object(**ids), actor=self.actor)
        return Response(status=204)

    @transaction.atomic
    def _change(self, webhook: Webhook, sent: Mapping[str, Any]) -> None:
        """All of it or nothing, through the services of the portal's pages."""
        fresh = services.edit_webhook(
            webhook,
            actor=self.actor,
            label=sent.get("label", webhook.label),
            external_url=sent.get("external_url", webhook.external_url),
        )
        field, product_id = _product_of(sent)
        fixed = {"type": fresh.type, field: fresh.product_id}
        for name, given in (("type", sent.get("type")), (field, product_id)):
            if given and given != fixed[name]:
                raise ValidationError({name: _("This cannot be changed.")})
        if "active" in sent:
            services.switch_webhook(fresh, actor=self.actor, on=sent["active"])
        if "jwt_secret" in sent:
            services.new_webhook_secret(fresh, actor=self.actor, jwt_secret=sent["jwt_secret"])


def _product_of(sent: Mapping[str, Any]) -> tuple[str, str]:
    """The field that names the product, and the id in it."""
    if "product_id" in sent:
        return "product_id", sent["product_id"]
    return "product.id", sent.get("product", {}).get("id", "")


class WebhookTrigger(ApiView):
    """Call it now, about a request that is made up, and tell what came back."""

    module = "webhooks"
    roles = (VENDOR,)
    shape = VerdictShape
    asks_outside = True

    def post(self, request: Request, **ids: str) -> Response:
        verdict = try_webhook(self.visible(Webhook, ids["pk"]), actor=self.actor)
        errors = verdict.problems if verdict.answered or not verdict.why else [verdict.why]
        status = "success" if verdict.answered else "failure"
        return Response({"status": status, "params": verdict.errors, "errors": errors})
