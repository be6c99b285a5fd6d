"""Whether a request may be opened on a configuration by hand, and by whom."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from customers.actors import VENDOR, Actor
from customers.models import Connection, Listing, Marketplace, Product, TierAccount
from customers.permissions import by_distributor, by_preview_owner, by_reseller

from ..models import Parameter, TierConfig, TierConfigRequest
from .needs import Need


def may_begin_setup(account: TierAccount, actor: Actor) -> bool:
    """The account's distributor, a reseller that operates this very account, administrators; a
    vendor for the accounts of its previews."""
    subject = TierConfig(account=account, provider_id=account.provider_id)
    return (
        by_distributor(subject, actor)
        or by_reseller(subject, actor)
        or by_preview_owner(account, actor)
    )


def check_opener(account: TierAccount, product: Product, actor: Actor) -> None:
    """Raise PermissionDenied unless the actor may begin setups of this account: vendors those of
    their own products."""
    is_foreign = actor.role == VENDOR and product.owner_id != actor.partner_id
    if is_foreign or not may_begin_setup(account, actor):
        raise PermissionDenied


def check_opening(
    product: Product,
    account: TierAccount,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> None:
    """Raise ValidationError on the field that does not fit the others."""
    if account.decommissioned_at is not None:
        raise ValidationError({"account": _("This account was decommissioned.")})
    if account.type != TierAccount.Type.RESELLER:
        raise ValidationError({"account": _("Only resellers are configured.")})
    if connection is not None and account.environment == TierAccount.Environment.PREVIEW:
        raise ValidationError(
            {"account": _("A preview account takes part in previews only, without a connection.")}
        )
    if product.state != Product.State.PUBLISHED:
        raise ValidationError({"product": _("This product is not on sale.")})
    _check_place(product, account, connection, marketplace)
    if tier_level not in (1, 2) or product.authorization_level < tier_level:
        raise ValidationError(
            {"tier_level": _("This product does not authorise resellers of that tier.")}
        )
    if not Parameter.objects.of_scope(product.pk, Parameter.tier_scope(tier_level)):
        raise ValidationError({"tier_level": _("This product asks nothing of that tier.")})


def _check_place(
    product: Product,
    account: TierAccount,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> None:
    if connection is None and marketplace is None:
        raise ValidationError({"marketplace": _("A preview needs a marketplace.")})
    if marketplace is not None and marketplace.owner_id != account.provider_id:
        raise ValidationError({"marketplace": _("Choose a marketplace of the account's side.")})
    listed = Listing.objects.filter(
        product=product, marketplace__owner=account.provider_id, active=True
    )
    if marketplace is not None:
        listed = listed.filter(marketplace=marketplace)
    if not listed.exists():
        raise ValidationError({"product": _("This product is not listed there.")})
    if connection is not None and (
        connection.product_id != product.pk
        or connection.hub.provider_id != account.provider_id
        or connection.status != Connection.Status.APPROVED
    ):
        raise ValidationError({"connection": _("Choose an approved connection of this product.")})


def check_need(need: Need[TierAccount] | None, actor: Actor) -> None:
    """Refuse before anything is made what `check_free` refuses under the lock."""
    if need is not None and need.config is not None:
        _refuse(need.config, need.open_request, actor)


def check_free(config: TierConfig, actor: Actor) -> None:
    """Refuse a setup of a held configuration that is configured or being set up."""
    opened = config.requests.filter(state__in=TierConfigRequest.OPEN).first()
    _refuse(config, opened, actor)


def check_active(config: TierConfig, actor: Actor) -> None:
    """Refuse a change of a held configuration that is not active, or has an open request."""
    opened = config.requests.filter(state__in=TierConfigRequest.OPEN).first()
    if opened is not None:
        raise blocked_by(opened, actor)
    if config.state != TierConfig.State.ACTIVE:
        raise ValidationError(_("Only an active configuration can be changed."), code="state")


def blocked_by(opened: TierConfigRequest, actor: Actor) -> ValidationError:
    """Names the open request; of somebody else's draft only that there is one."""
    if not TierConfigRequest.objects.visible_to(actor).filter(pk=opened.pk).exists():
        return ValidationError(
            _("Another party is preparing a request for this configuration already."),
            code="open_request",
        )
    params: dict[str, Any] = {"id": opened.pk}
    return ValidationError(
        _("%(id)s is still open; wait until it is decided."), code="open_request", params=params
    )


def _refuse(config: TierConfig, opened: TierConfigRequest | None, actor: Actor) -> None:
    if config.configured:
        raise ValidationError(
            _("%(id)s is configured already; request a change of it."),
            code="configured",
            params={"id": config.pk},
        )
    if opened is not None:
        raise blocked_by(opened, actor)
