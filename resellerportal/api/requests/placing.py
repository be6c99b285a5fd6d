"""Purchases: what a body names is looked up, then the portal's services decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import Connection, Marketplace, Partner, Product, TierAccount
from fulfillment.models import FulfillmentRequest, Item
from fulfillment.services.newcomers import place_purchase
from fulfillment.services.purchases import Purchase
from tierconfig.models import Parameter

from ...fulfillment.ordering_forms import connections, marketplaces
from ..errors import ApiError
from ..shaping import NO_CONNECTION
from ..shared.account_bodies import FIELDS as COLUMNS
from ..shared.known import absent, known, unknown
from ..shared.param_bodies import naming, read_params
from . import tiers
from .bodies import DRAFT

#: Fields of services -> where the API has them.
FIELDS = {
    "items": "asset.items",
    "product": "asset.product.id",
    "customer": "asset.tiers.customer",
    "connection": "asset.connection.id",
    "marketplace": "marketplace.id",
    "external_id": "asset.external_id",
    "external_uid": "asset.external_uid",
    "template": "template_id",
    "user": "id",
    **{
        f"{part}.{name}": f"asset.tiers.{tier}.{COLUMNS.get(name, name)}"
        for part, tier in (("company", "customer"), ("reseller", "tier1"), ("above", "tier2"))
        for name in (*COLUMNS, "type", "name", "tax_id", "external_id", "external_uid")
    },
}
TAKEN = "PR_002"
PARAMS = "asset.params"
SCOPES = (Parameter.Scope.ASSET, Parameter.Scope.TIER_1, Parameter.Scope.TIER_2)


def place(sent: Mapping[str, Any], actor: Actor) -> FulfillmentRequest:
    """Place the order, with the accounts it brings. Raises ApiError and what services do; 409 when
    there is an order of this external id already."""
    asset, wanted = sent["asset"], tiers.sent_tiers(sent)
    product = _product(asset, actor)
    if not wanted["customer"]:
        raise absent("asset.tiers.customer")
    customer = tiers.by_id(wanted["customer"], "customer", actor)
    market = _market_sent(sent, actor)
    where = tiers.Place(_provider(customer, market, actor), None)
    where = tiers.Place(where.provider, _connection(asset, product, where, customer, actor))
    customer = customer or tiers.find(wanted["customer"], "customer", where, actor)
    new = None
    if customer is not None:
        tiers.check_above(customer, wanted, actor)
    else:
        new = tiers.newcomers(wanted, where, actor)
    own = _definitions(product, actor)
    purchase = Purchase(
        product=product,
        customer=customer,  # type: ignore[arg-type]
        items=quantities(asset.get("items") or [], product, actor),
        marketplace=market or _only_market(product, where.provider, actor),
        connection=where.connection,
        values=_values(asset.get("params") or [], own, customer, actor),
        external_id=asset.get("external_id") or "",
        external_uid=asset.get("external_uid") or "",
        note=sent.get("note") or "",
    )
    is_draft = (sent.get("status") or "").lower() == DRAFT
    try:
        with naming([each for rows in own.values() for each in rows], PARAMS):
            return place_purchase(purchase, actor=actor, newcomers=new, draft=is_draft)
    except ValidationError as error:
        if field := _taken(error):
            raise _conflict(field, purchase, where.provider, actor) from error
        raise


def quantities(sent: Sequence[Mapping[str, Any]], product: Product, actor: Actor) -> dict[str, int]:
    """How many of each item, by its global id. Raises ApiError for unknown ones."""
    rows = Item.objects.visible_to(actor).filter(product=product) if sent else ()
    names: dict[str, str] = {}
    for column in ("mpn", "local_id", "pk"):
        names |= {getattr(each, column): each.pk for each in rows}
    found: dict[str, int] = {}
    for number, each in enumerate(sent):
        name = each.get("global_id") or each.get("id") or each.get("mpn") or ""
        if not name:
            raise absent(f"asset.items[{number}].id")
        if name not in names:
            raise unknown(name, "asset.items")
        if names[name] in found:
            text = _("asset.items: `%(id)s` is there twice.")
            raise ApiError(text % {"id": name})
        found[names[name]] = each["quantity"]
    return found


def _product(asset: Mapping[str, Any], actor: Actor) -> Product:
    """The named one, or that of the connection, or of an item that is named by its global id."""
    rows = Product.objects.visible_to(actor)
    if named := (asset.get("product") or {}).get("id"):
        return known(rows, named, "asset.product.id")
    names = [each.get("global_id") or each.get("id") for each in asset.get("items") or []]
    for meant, found in (
        (Connection.objects, [(asset.get("connection") or {}).get("id")]),
        (Item.objects, names),
    ):
        of = meant.visible_to(actor).filter(pk__in=filter(None, found)).values("product")
        if product := rows.filter(pk__in=of).first():
            return product
    raise absent("asset.product.id")


def _market_sent(sent: Mapping[str, Any], actor: Actor) -> Marketplace | None:
    for field, found in (
        ("marketplace.id", sent.get("marketplace")),
        ("asset.marketplace.id", sent["asset"].get("marketplace")),
    ):
        if named := (found or {}).get("id"):
            rows = Marketplace.objects.visible_to(actor).select_related("owner")
            return known(rows, named, field)
    return None


def _only_market(product: Product, provider: Partner, actor: Actor) -> Marketplace:
    found = marketplaces(actor, product, provider.pk)
    if len(found) != 1:
        raise absent("marketplace.id")
    return found[0]


def _provider(customer: TierAccount | None, market: Marketplace | None, actor: Actor) -> Partner:
    """The distributor whose accounts are meant."""
    if customer is not None:
        return customer.provider
    if actor.role == DISTRIBUTOR and actor.partner is not None:
        return actor.partner
    if market is None:
        raise absent("marketplace.id")
    return market.owner


def _connection(
    asset: Mapping[str, Any],
    product: Product,
    where: tiers.Place,
    customer: TierAccount | None,
    actor: Actor,
) -> Connection | None:
    """The named one, or the only one of its type; None for the null object, which is a preview.

    Vendors order previews only.
    """
    sent = asset.get("connection") or {}
    named, kind = sent.get("id") or "", (sent.get("type") or "").lower()
    if named == NO_CONNECTION or (not named and kind == "preview"):
        return None
    ways = connections(product, where.provider.pk, kind if not named else "")
    if named:
        for each in ways:
            if each.pk == named:
                return each
        raise unknown(named, "asset.connection.id")
    is_preview = customer is not None and customer.environment == "preview"
    if actor.role == VENDOR or is_preview:
        return None
    ways = ways if kind else [each for each in ways if each.type == Connection.Type.PRODUCTION]
    if len(ways) != 1:
        raise absent("asset.connection.id")
    return ways[0]


def _definitions(product: Product, actor: Actor) -> dict[str, list[Parameter]]:
    """The parameters of a product by scope."""
    rows = Parameter.objects.visible_to(actor).of_scopes([(product.pk, each) for each in SCOPES])
    return {scope: own for (_product, scope), own in rows.items()}


def _values(
    sent: Sequence[Mapping[str, Any]],
    own: Mapping[str, Sequence[Parameter]],
    customer: TierAccount | None,
    actor: Actor,
) -> dict[str, dict[str, Any]]:
    """Raw values by scope. Those of tiers come from who may know the tier's account."""
    scopes = {each.name: scope for scope, rows in own.items() for each in rows}
    parts: dict[str, list[Mapping[str, Any]]] = {}
    closed = _closed(customer, actor)
    for each in sent:
        scope = scopes.get(each["id"], Parameter.Scope.ASSET)
        parts.setdefault(Parameter.Scope.ASSET if scope in closed else scope, []).append(each)
    return {
        scope: read_params(part, own[scope], actor=actor, path=PARAMS).values
        for scope, part in parts.items()
    }


def _closed(customer: TierAccount | None, actor: Actor) -> set[str]:
    """Scopes of tiers that the actor may not know."""
    if customer is None or actor.role not in (RESELLER, VENDOR):
        return set()
    tier1 = customer.parent
    accounts = {
        Parameter.Scope.TIER_1: tier1,
        Parameter.Scope.TIER_2: tier1.parent if tier1 else None,
    }
    rows = TierAccount.objects.visible_to(actor)
    seen = set(
        rows.filter(pk__in=[each.pk for each in accounts.values() if each]).values_list(
            "pk", flat=True
        )
    )
    return {scope for scope, each in accounts.items() if each and each.pk not in seen}


def _taken(error: ValidationError) -> str:
    """The external id that another order has, "" when it is about something else."""
    for name, errors in getattr(error, "error_dict", {}).items():
        if any(each.code == "duplicate" for each in errors):
            return name
    return ""


def _conflict(field: str, purchase: Purchase, provider: Partner, actor: Actor) -> ApiError:
    """Names the other order to who may see it."""
    rows = FulfillmentRequest.objects.visible_to(actor).select_related("subscription")
    other = rows.filter(
        subscription__product=purchase.product,
        subscription__provider=provider,
        type=FulfillmentRequest.Type.PURCHASE,
        **{f"subscription__{field}": getattr(purchase, field)},
    ).first()
    params = (
        {
            "request_status": other.state,
            "asset_status": other.subscription.state,
            "request_id": other.pk,
            "asset_id": other.subscription_id,
        }
        if other
        else None
    )
    text = _("%(field)s: An order for this product has it already.")
    return ApiError(text % {"field": FIELDS[field]}, code=TAKEN, status=409, params=params)
