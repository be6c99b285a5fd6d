"""Whether a request of a type may be made of a subscription: by whom, and when."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import StaleState
from customers.permissions import by_distributor, by_preview_owner, by_reseller, by_vendor

from ..models import FulfillmentRequest, Subscription
from .effects import EFFECTS

Type = FulfillmentRequest.Type


def may_ask(subscription: Subscription, kind: str, actor: Actor) -> bool:
    """Adjustments are the vendor's; the rest the distributor's and the reseller's, in previews
    also the vendor's for a preview account it owns."""
    if kind == Type.ADJUSTMENT:
        return by_vendor(subscription, actor)
    if by_distributor(subscription, actor) or by_reseller(subscription, actor):
        return True
    return (
        subscription.environment == "preview"
        and by_vendor(subscription, actor)
        and by_preview_owner(subscription.customer, actor)
    )


def open_request(subscription: Subscription) -> FulfillmentRequest | None:
    """The one request of the subscription that is not decided."""
    rows = FulfillmentRequest.objects.filter(
        subscription=subscription, state__in=FulfillmentRequest.OPEN
    )
    found: FulfillmentRequest | None = rows.first()
    return found


def blocked_by(
    opened: FulfillmentRequest, actor: Actor, *, sees: bool | None = None
) -> ValidationError:
    """Names the open request; of somebody else's draft only that there is one.

    Whether the actor `sees` it is asked where it is not known.
    """
    if not (_sees(opened, actor) if sees is None else sees):
        return ValidationError(
            _("Another party is preparing a request for this subscription already."),
            code="open_request",
        )
    return ValidationError(
        _("%(id)s is still open; wait until it is decided."),
        code="open_request",
        params={"id": opened.pk},
    )


def check_possible(subscription: Subscription, kind: str) -> None:
    """Raise StaleState, or ValidationError with code "capability", unless the held subscription
    and its product are ready for such a request."""
    if subscription.state not in EFFECTS[kind].begins:
        raise StaleState(subscription, kind)
    if why := why_not_able(subscription, kind):
        raise ValidationError(why, code="capability")


def why_not_able(subscription: Subscription, kind: str) -> str:
    """Why the product does not know such requests, "" when it does.

    What was suspended can be resumed whatever the switch says now.
    """
    if kind == Type.SUSPEND and not subscription.product.administrative_hold:
        return _("Subscriptions of this product cannot be suspended.")
    return ""


def _sees(request: FulfillmentRequest, actor: Actor) -> bool:
    return FulfillmentRequest.objects.visible_to(actor).filter(pk=request.pk).exists()
