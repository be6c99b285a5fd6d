"""How requests are opened: what a body names is looked up, then the portal's services decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from customers.actors import RESELLER, Actor
from customers.models import Connection, Marketplace, Product, TierAccount
from customers.permissions import by_vendor
from tierconfig.models import Parameter, Template, TierConfig, TierConfigRequest
from tierconfig.services import configs as services
from tierconfig.services.openings import check_active, check_opener

from ...fulfillment.ordering_forms import connections, marketplaces
from ..errors import WRONG_STATE, ApiError
from ..shaping import NO_CONNECTION
from ..shared.accounts import Readable
from ..shared.known import absent, known, unknown
from ..shared.param_bodies import naming, read_params
from .newcomers import is_whole, make_account

Type = TierConfigRequest.Type
OTHER_OPEN = "TCR_004"
#: Codes of services -> those of the API.
CODES = {"open_request": OTHER_OPEN, "state": WRONG_STATE["tierconfig"], "configured": "TC_001"}


@dataclass(frozen=True)
class Key:
    """Which configuration is set up."""

    product: Product
    account: TierAccount
    tier_level: int
    connection: Connection | None
    marketplace: Marketplace | None


def open_request(sent: Mapping[str, Any], actor: Actor) -> TierConfigRequest:
    """Setup, update or adjustment, as the body wants it. Raises ApiError and what services do.

    Another open request is TCR_004 and told by its id, as far as the actor sees it.
    """
    try:
        return _open(sent, actor)
    except ValidationError as error:
        code = CODES.get(getattr(error, "code", None) or "")
        if code is None:
            raise
        pk = (error.params or {}).get("id") if code == OTHER_OPEN else None
        params = {"request_id": pk} if pk else None
        raise ApiError(error.messages, code=code, params=params) from error


def _open(sent: Mapping[str, Any], actor: Actor) -> TierConfigRequest:
    where = sent["configuration"]
    kind = sent.get("type") or (Type.UPDATE if where.get("id") else Type.SETUP)
    values = [*where.get("params", []), *sent.get("params", [])]
    more = {"notes": notes_of(sent, actor)}
    if kind == Type.SETUP:
        return _set_up(_key(where, actor), values, actor, more)
    if not where.get("id"):
        raise absent("configuration.id")
    rows = TierConfig.objects.visible_to(actor).select_related("product", "account")
    config = known(rows, where["id"], "configuration.id")
    adjusts = kind == Type.ADJUSTMENT
    if not (by_vendor if adjusts else services.may_request_change)(config, actor):
        raise PermissionDenied
    check_active(config, actor)
    if adjusts:
        return _adjust(config, sent, values, actor, more)
    own = config.definitions()
    given = read_params(values, own, actor=actor, known=config.params)
    with naming(own):
        return services.request_change(config, actor=actor, values=given.values, **more)


def _adjust(
    config: TierConfig, sent: Mapping[str, Any], values: Any, actor: Actor, more: Any
) -> TierConfigRequest:
    own = config.definitions()
    given = read_params(values, own, actor=actor, known=config.params)
    template = None
    if named := (sent.get("template") or {}).get("id"):
        template = known(Template.objects.visible_to(actor), named, "template.id")
    with naming(own):
        return services.adjust_config(
            config, actor=actor, values=given.values, template=template, **more
        )


def _set_up(key: Key, values: Any, actor: Actor, more: Any) -> TierConfigRequest:
    check_opener(key.account, key.product, actor)
    scope = Parameter.tier_scope(key.tier_level)
    own = list(_definitions(key.product, scope, actor))
    given = read_params(values, own, actor=actor)
    with naming(own):
        return services.begin_setup(
            product=key.product,
            account=key.account,
            tier_level=key.tier_level,
            connection=key.connection,
            marketplace=key.marketplace,
            actor=actor,
            values=given.values,
            **more,
        )


def _definitions(product: Product, scope: str, actor: Actor) -> Any:
    rows = Parameter.objects.visible_to(actor).filter(product=product, scope=scope)
    return rows.value_holding()


def _key(where: Mapping[str, Any], actor: Actor) -> Key:
    if where.get("id"):
        rows = TierConfig.objects.visible_to(actor).select_related(
            "product", "account", "connection__hub", "marketplace"
        )
        config = known(rows, where["id"], "configuration.id")
        return Key(
            config.product,
            config.account,
            config.tier_level,
            config.connection,
            config.marketplace,
        )
    named = (where.get("product") or {}).get("id")
    if not named:
        raise absent("configuration.product.id")
    product = known(Product.objects.visible_to(actor), named, "configuration.product.id")
    account = _account(where, actor)
    _check_parent(where.get("parent_account") or {}, account, actor)
    if where.get("tier_level") is None:
        raise absent("configuration.tier_level")
    connection, marketplace = _place(where, product, account, actor)
    return Key(product, account, where["tier_level"], connection, marketplace)


def _account(where: Mapping[str, Any], actor: Actor) -> TierAccount:
    sent = where.get("account") or {}
    rows = TierAccount.objects.visible_to(actor).select_related("parent")
    if sent.get("id"):
        return known(rows, sent["id"], "configuration.account.id")
    for name in ("external_uid", "external_id"):
        if not sent.get(name):
            continue
        found = list(rows.filter(**{name: sent[name]})[:2])
        if len(found) == 1:
            return found[0]
        if found or not is_whole(sent):
            raise unknown(sent[name], f"configuration.account.{name}")
    if is_whole(sent):
        return make_account(where, actor)
    raise absent("configuration.account.id")


def _check_parent(sent: Mapping[str, Any], account: TierAccount, actor: Actor) -> None:
    """Tiers come from the tree (decision 16): another parent is refused, not made."""
    readable = Readable(actor, (account.parent,))
    for name in [name for name in PARENT if sent.get(name)][:1]:
        if not readable.knows_as(account.parent, name, sent[name]):
            raise ApiError(
                _("%(field)s: This is not the parent of the account.")
                % {"field": f"configuration.parent_account.{name}"}
            )


PARENT = ("id", "external_uid", "external_id")


def _place(
    where: Mapping[str, Any], product: Product, account: TierAccount, actor: Actor
) -> tuple[Connection | None, Marketplace | None]:
    """The named ones, or the only ones. Without a connection, but with a marketplace, it is a
    preview, as it is on a preview account."""
    sent, market = where.get("connection") or {}, (where.get("marketplace") or {}).get("id")
    ways = connections(product, account.provider_id)
    is_preview = sent.get("id") == NO_CONNECTION or sent.get("type") == "preview"
    chosen: Connection | None = None
    if sent.get("id") and not is_preview:
        chosen = _one_of(ways, sent["id"], "configuration.connection.id")
    elif not (is_preview or market or account.environment == "preview"):
        if len(ways) != 1:
            raise absent("configuration.connection.id")
        chosen = ways[0]
    places = marketplaces(actor, product, account.provider_id)
    if market:
        return chosen, _one_of(places, market, "configuration.marketplace.id")
    if chosen is None and len(places) != 1:
        raise absent("configuration.marketplace.id")
    return chosen, places[0] if len(places) == 1 else None


def _one_of(rows: list[Any], pk: str, field: str) -> Any:
    for each in rows:
        if each.pk == pk:
            return each
    raise unknown(pk, field)


def notes_of(sent: Mapping[str, Any], actor: Actor, before: str = "") -> str:
    """Notes are between vendor and distributor; a reseller neither reads nor writes them."""
    notes = sent.get("notes") or ""
    if actor.role == RESELLER and notes != before:
        raise ValidationError(
            {"notes": _("Only vendor and distributor write notes; write a message instead.")}
        )
    return notes
