"""Recorded accounts and account requests."""

from __future__ import annotations

from customers.models import Product, TierAccount, TierAccountRequest

from . import definitions, parties
from .reader import Record


def tier_account(record: Record) -> None:
    provider = parties.no_provider()
    created = record.time("events.created.at")
    parent = parties.account(record, "parent", provider, created=created)
    account = parties.account(
        record,
        "",
        provider,
        kind=record.take("type"),
        parent=parent,
        version=record.take("version"),
        created=created,
        updated=record.time("events.updated.at"),
    )
    definitions.event(
        record, "events.created", "create", account, "distributor", data={"version": 1}
    )


def account_requests(record: Record) -> None:
    provider = parties.provider_of(record, "0.provider")
    vendor = parties.vendor_of(record, "0.vendor")
    bender = parties.product(record, "0.product", vendor, tier_accounts_sync=True)
    windows = parties.product(record, "1.product", vendor)
    parties.marketplace(record, "0.account.marketplace", provider, bender, windows)
    account = parties.account(
        record,
        "0.account",
        provider,
        version=record.take("0.account.version"),
        environment=record.take("0.account.environment"),
        created=record.time("0.account.events.created.at"),
        updated=record.time("0.account.events.updated.at"),
    )
    definitions.event(
        record, "0.account.events.created", "create", account, "distributor", data={"version": 1}
    )
    for place, product in enumerate((bender, windows)):
        request = _account_request(record, f"{place}.", account, product, version=8)
        definitions.event(
            record,
            f"{place}.events.created",
            "created",
            request,
            "distributor",
            to_state=request.state,
            reason=request.reason,
            data={"account": account.pk, "version": 8, "changed": []},
        )


def account_request_ignored(record: Record) -> None:
    account = TierAccount.objects.get(pk="TA-6458-9737-0065")
    product = Product.objects.get(pk=record.take("product.id"))
    request = _account_request(record, "", account, product, version=6)
    definitions.event(
        record, "events.created", "created", request, "distributor", to_state="pending"
    )
    definitions.event(
        record,
        "events.updated",
        "ignore",
        request,
        "vendor",
        from_state="pending",
        to_state="ignored",
        reason=request.reason,
    )


def _account_request(
    record: Record, at: str, account: TierAccount, product: Product, *, version: int
) -> TierAccountRequest:
    state = record.take(f"{at}status")
    updated = record.time(f"{at}events.updated.at")
    request = TierAccountRequest(
        pk=record.take(f"{at}id"),
        type=record.take(f"{at}type"),
        state=state,
        account=account,
        base_version=version - 1,
        version=version,
        product=product,
        vendor_id=record.take(f"{at}vendor.id"),
        provider_id=record.take(f"{at}provider.id"),
        reason=record.take(f"{at}reason", ""),
        decided_at=None if state == "pending" else updated,
        created_at=record.time(f"{at}events.created.at"),
        updated_at=updated,
        state_since=updated,
    )
    request.save(force_insert=True)
    return request
