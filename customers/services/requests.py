"""Tier account requests: born by a change, decided by the vendor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import identifiers
from ..actors import Actor
from ..cleaning import clean_text
from ..errors import field_error
from ..events import record
from ..lifecycle import advance, check, hold, write
from ..models import Participation, Product, TierAccount, TierAccountRequest

UNSUPPORTED_REASON = "The product does not take part in Tier Accounts Sync."


def connected_products(account: TierAccount) -> list[Product]:
    """Products with a live subscription in which the account is customer, tier 1 or tier 2."""
    live = Participation.objects.filter(
        account=account, live=True, kind=Participation.Kind.SUBSCRIPTION
    )
    return list(
        Product.objects.filter(pk__in=live.values("product")).select_related("owner").order_by("pk")
    )


def raise_requests(
    account: TierAccount, *, base_version: int, changed: list[str], actor: Actor
) -> list[TierAccountRequest]:
    """One request per connected product for the change to `account.version`.

    Runs in the transaction of the change, which holds the account row. The change number in the
    id is the new version less one, the index the place of the product by its id (domain 2.0).
    """
    raised = []
    now = timezone.now()
    for index, product in enumerate(connected_products(account), start=1):
        columns = request_columns(
            account.pk, account.provider_id, product, index, base_version=base_version, now=now
        )
        request = identifiers.insert_as(
            TierAccountRequest, columns.pop("id"), changed=changed, **columns
        )
        record(
            "tieraccountrequest.created",
            request,
            actor=actor,
            to_state=request.state,
            reason=request.reason,
            data={"account": account.pk, "version": account.version, "changed": changed},
        )
        raised.append(request)
    return raised


def request_columns(
    account_id: str,
    provider_id: str,
    product: Product,
    index: int,
    *,
    base_version: int,
    now: datetime,
) -> dict[str, Any]:
    """The columns a request is born with, by attribute name, all but `changed`.

    `index` is the place of `product` among the connected ones, from 1.
    """
    supported = product.tier_accounts_sync
    state = TierAccountRequest.State
    return {
        "id": f"TAR-{identifiers.digits(account_id)}-{base_version:03d}-{index:03d}",
        "state": state.PENDING if supported else state.UNSUPPORTED,
        "account_id": account_id,
        "base_version": base_version,
        "version": base_version + 1,
        "product_id": product.pk,
        "vendor_id": product.owner_id,
        "provider_id": provider_id,
        "reason": "" if supported else UNSUPPORTED_REASON,
        "decided_at": None if supported else now,
        "created_at": now,
    }


def accept_request(
    request: TierAccountRequest, *, actor: Actor, revision: int | None = None
) -> TierAccountRequest:
    """The vendor took the change over. Raises PermissionDenied, StaleState, StaleForm."""
    return advance(request, "accept", actor=actor, revision=revision)


@transaction.atomic
def ignore_request(
    request: TierAccountRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> TierAccountRequest:
    """The vendor skips the change; the account keeps its data. `reason` is required.

    Raises PermissionDenied, StaleState, StaleForm, and ValidationError on field `reason`.
    """
    held = hold(request)
    check(held, "ignore", actor, revision)
    return write(held, "ignore", actor=actor, reason=clean_reason(reason))


def clean_reason(reason: str) -> str:
    """The vendor's reason as it is stored; raises ValidationError on field `reason`."""
    try:
        cleaned: str = clean_text(reason, max_length=255, lines=True)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error
    if not cleaned:
        raise field_error("reason", _("Say why the change is ignored."), "required")
    return cleaned
