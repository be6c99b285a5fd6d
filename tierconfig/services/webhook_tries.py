"""Trying a webhook out: a call about a made-up request, so that a vendor sees what comes back."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied

from customers.actors import Actor
from customers.models import TierAccount
from customers.permissions import by_administrator_of

from .. import samples
from ..models import ProcessedRequest, TierConfig, TierConfigRequest, Webhook
from .definitions.webhooks import USES
from .validation import Verdict, ask

_makers: dict[str, Callable[[Webhook], ProcessedRequest]] = {}


def register(kind: str, maker: Callable[[Webhook], ProcessedRequest]) -> None:
    """Say who makes up the request for webhooks of a type; by default it is a configuration's."""
    _makers[kind] = maker


def try_webhook(webhook: Webhook, *, actor: Actor) -> Verdict:
    """Call it with sample values and note the outcome on it; nothing else is stored.

    Ids of what is made up consist of zeros. Runs outside of any transaction, because it waits for
    the answer. For administrators of the vendor; raises PermissionDenied.
    """
    if not by_administrator_of(webhook.product, actor):
        raise PermissionDenied
    request = _makers.get(webhook.type, _made_up)(webhook)
    own = request.definitions()
    return ask(webhook, request, samples.sample_values(own), own)


def _made_up(webhook: Webhook) -> TierConfigRequest:
    """A request of the kind the webhook is asked about; it is never saved."""
    tier = USES[webhook.type][0]
    account = TierAccount(pk="TA-0000-0000-0000", name="Sample")
    config = TierConfig(
        pk="TC-000-000-000", product=webhook.product, account=account, tier_level=tier
    )
    kind = TierConfigRequest.Type.UPDATE if "update" in webhook.type else "setup"
    state = "inquiring" if "inq" in webhook.type else "draft"
    request: TierConfigRequest = TierConfigRequest(
        pk="TCR-000-000-000-000",
        type=kind,
        state=state,
        configuration=config,
        environment="preview",
        tier1=account if tier == 1 else None,
        tier2=account if tier == 2 else None,
    )
    return request
