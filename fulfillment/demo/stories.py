"""What happens in the demo, told through the services; each story is one thread of the agenda.

An outcome names where a story ends: `approved`, or the object at which it stops and the state it
leaves there, for example `tier2:inquiring` or `order:failed`.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from customers.actors import Actor
from customers.models import Participation, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.parameters import askable, has_value
from tierconfig.services import configs
from tierconfig.services import requests as setups
from tierconfig.services.answer_drafts import answerable

from ..models import FulfillmentRequest
from ..services import requests as orders
from ..services.orders import create_purchase
from ..services.purchases import Purchase
from . import accounts, texts
from .clock import Story, hours
from .world import World

#: Yields waits, returns whether the story goes on.
Part = Generator[timedelta, None, bool]


def buy(
    world: World,
    product_key: str,
    customer: TierAccount,
    outcome: str,
    *,
    sent: tuple[str, ...] = (),
    by_reseller: bool = False,
) -> Story:
    """Order a product and carry it as far as `outcome` says.

    `sent` names the scopes whose ordering values go with the order; the rest is asked for.
    """
    end_scope, _, end_state = outcome.rpartition(":")
    actor = world.distributor_of(customer)
    if by_reseller:
        actor = world.operator_of(customer.parent) or actor
    order = create_purchase(purchase(world, product_key, customer, sent), actor=actor)
    yield hours(world.rng, 0.5, 5)
    for config in order.required_configurations.order_by("-tier_level"):
        stop = end_state if end_scope == config.scope else ""
        if not (yield from _settle_setup(world, config, stop)):
            return
    stop = end_state if end_scope == "order" else ""
    yield from _settle_order(world, order.pk, stop)


def change_config(world: World, config: TierConfig, outcome: str, *, by: str) -> Story:
    """An active configuration gets other values; `outcome` is a state of the request."""
    config = TierConfig.objects.select_related("account").get(pk=config.pk)
    actor: Actor | None = {
        "vendor": world.vendor_of,
        "distributor": world.distributor_of,
    }.get(by, lambda each: world.operator_of(each.account))(config)
    actor = actor or world.distributor_of(config)
    if config.state != TierConfig.State.ACTIVE:
        return
    offered = [each for each in configs.change_offer(config, actor) if each.phase == "ordering"]
    values = {each.name: world.other_value(each, config.account) for each in offered[:1]}
    if not values:
        return
    request = configs.request_change(config, actor=actor, values=values)
    yield hours(world.rng, 2, 30)
    yield from _settle_request(world, request.pk, outcome, setups, TierConfigRequest)


def edit_somebody(world: World, distributor: str, kind: str, decision: str) -> Story:
    """Change an account that takes part in a live subscription; each is picked once.

    `decision` is the state its requests end in, `pending` for none.
    """
    account = _pick(world, distributor)
    if account is None:
        return
    actor = world.operator_of(account) or world.distributor_of(account)
    target = _other_parent(world, account) if kind == "move" else None
    if target is not None:
        _account, raised = edit_account(account, actor=actor, data={}, parent=target)
    else:
        _account, raised = edit_account(account, actor=actor, data=_edit_data(world, account, kind))
    for request in raised:
        if request.state != TierAccountRequest.State.PENDING or decision == "pending":
            continue
        yield hours(world.rng, 1, 40)
        vendor = world.vendor_of(request)
        if decision == "accepted":
            accept_request(request, actor=vendor)
        else:
            ignore_request(request, actor=vendor, reason=world.rng.choice(texts.IGNORED))


def _pick(world: World, distributor: str) -> TierAccount | None:
    named = {each.tree_id for each in world.accounts[distributor] if each.pk in accounts.ROOTS}
    live = Participation.objects.filter(live=True, kind=Participation.Kind.SUBSCRIPTION)
    found = TierAccount.objects.filter(
        provider=world.partners[distributor], pk__in=live.values("account")
    ).exclude(tree_id__in=named)
    waiting = list(found.exclude(pk__in=world.edited).order_by("pk"))
    if not waiting:
        return None
    picked: TierAccount = world.rng.choice(waiting)
    world.edited.add(picked.pk)
    return picked


def _other_parent(world: World, account: TierAccount) -> TierAccount | None:
    """A reseller of the same tree that could take a customer over."""
    if account.type != TierAccount.Type.CUSTOMER:
        return None
    others = TierAccount.objects.filter(tree_id=account.tree_id, type=TierAccount.Type.RESELLER)
    found = list(others.exclude(pk=account.parent_id).order_by("pk"))
    return world.rng.choice(found) if found else None


def purchase(
    world: World,
    product_key: str,
    customer: TierAccount,
    sent: tuple[str, ...],
    *,
    preview: bool = False,
) -> Purchase:
    """What a customer orders; `sent` names the scopes whose ordering values go with it."""
    key = world.distributor_key(customer)
    product = world.products[product_key]
    values: dict[str, dict[str, Any]] = {}
    who = {"asset": customer, "tier1": customer.parent, "tier2": customer.parent.parent}
    for scope in sent:
        own = Parameter.objects.of_scope(product.pk, scope)
        visible = [each for each in own if each.phase == "ordering" and not each.hidden]
        values[scope] = world.values(visible, who[scope])
    items = list(product.items.order_by("pk"))
    chosen = {items[0].pk: world.rng.choice([3, 5, 8, 12, 20, 45, 120])}
    if world.rng.random() < 0.3:
        chosen[items[-1].pk] = world.rng.randint(1, 10)
    return Purchase(
        product=product,
        customer=customer,
        items=chosen,
        marketplace=world.markets[key][0],
        connection=None if preview else world.connections[product_key, key],
        values=values,
        external_id=f"PO-{world.names.digits('######')}",
        note=world.rng.choice(texts.NOTES),
    )


def _settle_setup(world: World, config: TierConfig, stop: str) -> Part:
    request = config.requests.filter(state__in=TierConfigRequest.OPEN).first()
    if request is None:
        return True
    return (yield from _settle_request(world, request.pk, stop, setups, TierConfigRequest))


def _settle_order(world: World, pk: str, stop: str) -> Part:
    if stop == "withdrawn":
        order = FulfillmentRequest.objects.get(pk=pk)
        if order.state == FulfillmentRequest.State.INQUIRING:
            actor = world.distributor_of(order)
            orders.withdraw_request(order, actor=actor, reason=texts.WITHDRAWN)
        return False
    return (yield from _settle_request(world, pk, stop, orders, FulfillmentRequest))


def _settle_request(world: World, pk: str, stop: str, service: Any, model: Any) -> Part:
    """Answer and decide until the request is closed, or stands where it shall stop."""
    asked_again = world.rng.random() < 0.25
    while True:
        request = model.objects.get(pk=pk)
        if request.state == "inquiring":
            if stop == "inquiring" and (request.inquiry_number > 1 or not asked_again):
                return False
            _answer(world, request, service)
        elif request.state == "pending":
            if stop == "pending":
                return False
            if stop == "failed":
                reason = world.rng.choice(texts.REJECTED)
                service.fail_request(request, actor=world.vendor_of(request), reason=reason)
                return False
            if stop == "inquiring" or (asked_again and request.inquiry_number < 2):
                _inquire(world, request, service)
            else:
                _approve(world, request, service)
        else:
            return bool(request.state == "approved")
        yield hours(world.rng, 1, 26)


def _subject(request: Any) -> tuple[TierAccount, str, str]:
    """Whose values a request holds, of which product and scope."""
    if isinstance(request, TierConfigRequest):
        config = request.configuration
        return config.account, config.product_id, config.scope
    return request.subscription.customer, request.subscription.product_id, "asset"


def _present(request: Any) -> dict[str, Any]:
    if isinstance(request, TierConfigRequest):
        return setups.known_values(request)
    return dict(request.params)


def _answer(world: World, request: Any, service: Any) -> None:
    account, _product_id, scope = _subject(request)
    present = _present(request)
    own = [each for each in answerable(request) if not each.readonly]
    wanted = {
        each.name
        for each in own
        if not has_value(present.get(each.name)) or present[each.name].get("value_error")
    }
    operated = account if scope != "asset" else account.parent
    actor = world.operator_of(operated) or Actor.contact(request.inquiry_email, request.pk)
    if world.rng.random() < 0.2:
        actor = world.distributor_of(request)
    values = world.values(own, account, wanted)
    service.answer_request(request, actor=actor, values=values)


def _inquire(world: World, request: Any, service: Any) -> None:
    _account, product_id, scope = _subject(request)
    own = askable(Parameter.objects.of_scope(product_id, scope), _present(request))
    marked = [each for each in own if each.required] or own
    errors = {marked[0].name: world.rng.choice(texts.COMPLAINTS)} if marked else {}
    extra: dict[str, Any] = {}
    if scope == "asset":
        extra["template"] = world.template(product_id, scope, "inquire")
    service.inquire_request(
        request,
        actor=world.vendor_of(request),
        errors=errors,
        message=world.rng.choice(texts.MESSAGES),
        **extra,
    )


def _approve(world: World, request: Any, service: Any) -> None:
    account, product_id, scope = _subject(request)
    own = [
        each
        for each in Parameter.objects.of_scope(product_id, scope)
        if each.phase == "fulfillment" and not has_value(_present(request).get(each.name))
    ]
    service.approve_request(
        request,
        actor=world.vendor_of(request),
        template=world.template(product_id, scope, "fulfillment" if scope == "asset" else ""),
        values=world.values(own, account),
    )


def _edit_data(world: World, account: TierAccount, kind: str) -> dict[str, Any]:
    names = world.names
    if kind == "contact":
        return names.contact(account.country, None, account.name)
    if kind == "address":
        return names.address(account.country)
    if kind == "name":
        return {"name": texts.renamed(account.name)}
    if kind == "tax":
        return {"tax_id": f"{account.country}{names.digits('#########')}"}
    return {
        **names.address(account.country),
        **names.contact(account.country, None, account.name),
    }
