"""What each type of request does to its subscription (domain 3.7): one table, and its steps.

Every function is called with a held request whose `subscription` is the held one.
"""

from __future__ import annotations

from dataclasses import dataclass

from customers.actors import Actor
from customers.lifecycle import touch, write
from customers.services import participation
from tierconfig.parameters import Stored
from tierconfig.services.uniqueness import give_up, keep_in_force

from ..models import FulfillmentRequest, Subscription, SubscriptionItem

Type = FulfillmentRequest.Type
ACTIVE, SUSPENDED = Subscription.State.ACTIVE, Subscription.State.SUSPENDED
#: As an end: the step that leads to the state before the request.
BACK = "back"
_BACK = {ACTIVE: "activate", SUSPENDED: "suspend"}


@dataclass(frozen=True)
class Effect:
    """Steps of the subscription, "" for none.

    `begins` are the states in which such a request can be made; purchases bear their own
    subscription. `end` is what happens when the request ends without approval. With `applies` its
    items and values go to the subscription at approval, with a template; without, a template is
    optional.
    """

    begins: tuple[str, ...] = ()
    birth: str = ""
    approval: str = ""
    end: str = ""
    applies: bool = False


EFFECTS: dict[str, Effect] = {
    Type.PURCHASE: Effect(approval="activate", end="terminate", applies=True),
    Type.CHANGE: Effect(begins=(ACTIVE,), applies=True),
    Type.SUSPEND: Effect(begins=(ACTIVE,), approval="suspend"),
    Type.RESUME: Effect(begins=(SUSPENDED,), approval="activate"),
    Type.CANCEL: Effect(
        begins=(ACTIVE, SUSPENDED), birth="begin_termination", approval="terminate", end=BACK
    ),
    Type.ADJUSTMENT: Effect(begins=(ACTIVE,), applies=True),
}


def on_birth(request: FulfillmentRequest) -> None:
    """The request was made, and is no draft."""
    _take(request.subscription, EFFECTS[request.type].birth)


def on_approval(request: FulfillmentRequest, values: dict[str, Stored]) -> None:
    """The request was approved; `values` are all that are in force with it.

    Its text, if it has one, becomes the subscription's.
    """
    effect, subscription = EFFECTS[request.type], request.subscription
    if effect.applies:
        subscription.params = values
        keep_in_force(request)
        _apply_items(request)
    subscription.template, subscription.template_text = request.template, request.template_text
    if effect.approval:
        _take(subscription, effect.approval)
    else:
        touch(subscription)


def on_end(request: FulfillmentRequest) -> None:
    """The request was rejected, withdrawn, revoked, or ran out."""
    effect, subscription = EFFECTS[request.type], request.subscription
    if effect.applies:
        keep_in_force(request)
    step = effect.end
    _take(
        subscription,
        _BACK[Subscription.State(request.subscription_state)] if step == BACK else step,
    )


def _take(subscription: Subscription, step: str) -> None:
    if not step:
        return
    write(subscription, step, actor=Actor.system())
    if subscription.state == Subscription.State.TERMINATED:
        participation.leave(subscription.pk)
        give_up(subscription.pk)


def _apply_items(request: FulfillmentRequest) -> None:
    """Purchases have theirs from their birth."""
    if request.type != Type.CHANGE:
        return
    for line in request.items.all():
        rows = SubscriptionItem.objects.filter(subscription=request.subscription, item=line.item_id)
        if not line.quantity:
            rows.delete()
        elif not rows.update(quantity=line.quantity):
            SubscriptionItem.objects.create(
                subscription=request.subscription, item_id=line.item_id, quantity=line.quantity
            )
