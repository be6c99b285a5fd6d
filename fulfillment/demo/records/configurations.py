"""Recorded tier configurations and their requests."""

from __future__ import annotations

from typing import Any

from customers.models import Participation, Product, TierAccount
from customers.services import participation
from tierconfig.models import TierConfig, TierConfigRequest

from . import definitions, parties
from .reader import Record


def tier_config(record: Record) -> None:
    provider = parties.provider_of(record, "connection.provider")
    vendor = parties.vendor_of(record, "connection.vendor")
    product = parties.product(record, "product", vendor, authorization_level=1)
    hub = parties.hub(
        record.take("connection.hub.id"), record.take("connection.hub.name"), provider
    )
    connection = parties.connection(
        record.take("connection.id"),
        product,
        hub,
        record.time("connection.created_at"),
        type=record.take("connection.type"),
        status=record.take("connection.status"),
    )
    market = parties.marketplace(record, "marketplace", provider, product)
    account = parties.account(record, "account", provider)
    definitions.recorded_parameter(record, "params.0", product)
    level = record.take("tier_level")
    template = definitions.template(
        record, "template", product, f"tier{level}", "", "representation"
    )
    _config(
        record,
        "",
        account,
        product,
        connection=connection,
        marketplace=market,
        params=values(record, "params"),
        template=template,
    )


def config_request(record: Record) -> None:
    config_at = "configuration."
    provider = parties.provider_of(record, f"{config_at}connection.provider")
    vendor = parties.vendor_of(record, f"{config_at}connection.vendor")
    product = parties.product(record, f"{config_at}product", vendor)
    market = parties.marketplace(record, f"{config_at}marketplace", provider, product)
    environment = record.take("environment")
    account = parties.account(record, f"{config_at}account", provider, environment=environment)
    definitions.recorded_parameter(record, "params.0", product)
    config = _config(record, config_at, account, product, connection=None, marketplace=market)
    request = TierConfigRequest(
        pk=record.take("id"),
        type=record.take("type"),
        state=record.take("status"),
        configuration=config,
        vendor=vendor,
        provider=provider,
        tier1=account,
        params=values(record, "params"),
        notes=record.take("notes"),
        environment=environment,
        inquiry_number=1,
        inquiry_email=account.contact_email,
        inquiry_sent_at=record.time("events.inquired.at"),
        created_at=record.time("events.created.at"),
        updated_at=record.time("events.updated.at"),
        state_since=record.time("events.pended.at"),
    )
    request.save(force_insert=True)
    definitions.event(
        record,
        "events.created",
        "created",
        request,
        "system",
        to_state="inquiring",
        data={"inquiry": 1, "email": account.contact_email, "asked": ["gift_code"]},
    )
    definitions.event(
        record,
        "events.pended",
        "pend",
        request,
        "vendor",
        from_state="inquiring",
        to_state="pending",
    )


def config_request_approved(record: Record) -> None:
    """A tier 1 configuration with two requests that only its open request's number proves."""
    provider, vendor = parties.no_provider(), parties.no_vendor()
    config_at, parent_at = "configuration.", "parent_configuration."
    product = parties.product(record, f"{config_at}product", vendor, authorization_level=2)
    market = parties.marketplace(record, f"{config_at}marketplace", provider, product)
    hub = parties.hub("HB-0000-0001", "Hub not recorded", provider)
    made_at = record.time(f"{parent_at}events.created.at")
    connection = parties.connection(
        record.take(f"{config_at}connection.id"), product, hub, made_at, type="production"
    )
    tier2 = parties.account(record, "tiers.tier2", provider)
    tier1 = parties.account(record, "tiers.tier1", provider, parent=tier2)
    for number in range(len(record.data["params"])):
        definitions.recorded_parameter(record, f"params.{number}", product)
    for number, phase in enumerate(("ordering", "fulfillment")):
        name = record.look(f"{parent_at}params.{number}.id")
        definitions.parameter(product, "tier2", name, name, phase=phase, required=True)
    place = {"connection": connection, "marketplace": market}
    templates = {
        at: definitions.template(record, f"{at}template", product, scope, "", "representation")
        for at, scope in ((parent_at, "tier2"), (config_at, "tier1"))
    }
    parent = _config(
        record,
        parent_at,
        tier2,
        product,
        params=values(record, f"{parent_at}params"),
        template=templates[parent_at],
        **place,
    )
    config = _config(
        record,
        config_at,
        tier1,
        product,
        params=values(record, f"{config_at}params"),
        template=templates[config_at],
        configured_at=record.time("events.approved.at"),
        **place,
    )
    request = _approved_setup(record, config, parent)
    _missing_requests(record, config, request)


def _approved_setup(record: Record, config: TierConfig, parent: TierConfig) -> TierConfigRequest:
    approved = record.time("events.approved.at")
    email = config.account.contact_email
    request = TierConfigRequest(
        pk=record.take("id"),
        type=record.take("type"),
        state=record.take("status"),
        configuration=config,
        parent_configuration=parent,
        vendor_id=config.vendor_id,
        provider_id=config.provider_id,
        tier1=config.account,
        tier2=parent.account,
        params=values(record, "params"),
        assignee=parties.user_of(record, "assignee"),
        template=config.template,
        template_text=record.take("template.representation"),
        environment=record.take("environment"),
        inquiry_number=1,
        inquiry_email=email,
        inquiry_sent_at=record.time("events.inquired.at"),
        effective_date=approved,
        decided_at=approved,
        created_at=record.time("events.created.at"),
        updated_at=record.time("events.updated.at"),
        state_since=approved,
    )
    request.save(force_insert=True)
    asked = {"inquiry": 1, "email": email, "asked": ["tier1ordering"]}
    for path, verb, role, before, after, data in (
        ("created", "created", "system", "", "tiers_setup", {}),
        ("inquired", "ask", "system", "tiers_setup", "inquiring", asked),
        ("pended", "answer", "contact", "inquiring", "pending", {}),
        ("approved", "approve", "vendor", "pending", "approved", {}),
    ):
        definitions.event(
            record,
            f"events.{path}",
            verb,
            request,
            role,
            from_state=before,
            to_state=after,
            data=data,
        )
    return request


def _missing_requests(record: Record, config: TierConfig, setup: TierConfigRequest) -> None:
    """Request 002, which must have changed the values, and 003, which is open."""
    at = record.time("configuration.events.updated.at")
    common: dict[str, Any] = {
        "type": TierConfigRequest.Type.UPDATE,
        "configuration": config,
        "vendor_id": config.vendor_id,
        "provider_id": config.provider_id,
        "tier1": setup.tier1,
        "tier2": setup.tier2,
        "params": {"tier1ordering": config.params["tier1ordering"]},
        "environment": setup.environment,
        "created_at": at,
        "updated_at": at,
        "state_since": at,
    }
    pk = record.take("configuration.open_request.id")
    changed = TierConfigRequest(
        pk=f"{pk[:-3]}002",
        state=TierConfigRequest.State.APPROVED,
        decided_at=at,
        effective_date=at,
        template=setup.template,
        template_text=setup.template_text,
        **common,
    )
    changed.save(force_insert=True)
    TierConfigRequest(pk=pk, state=TierConfigRequest.State.PENDING, **common).save(
        force_insert=True
    )


def _config(
    record: Record, at: str, account: TierAccount, product: Product, **fields: Any
) -> TierConfig:
    """A configuration with its participation; one with a template was configured."""
    updated = record.time(f"{at}events.updated.at")
    template = fields.get("template")
    fields.setdefault("configured_at", updated if template else None)
    config = TierConfig(
        pk=record.take(f"{at}id"),
        state=record.take(f"{at}status"),
        account=account,
        product=product,
        tier_level=record.take(f"{at}tier_level"),
        vendor_id=product.owner_id,
        provider_id=account.provider_id,
        template_text=template.body if template else "",
        created_at=record.time(f"{at}events.created.at"),
        updated_at=updated,
        state_since=updated,
        **fields,
    )
    config.save(force_insert=True)
    participation.join(
        product,
        config.pk,
        Participation.Kind.CONFIGURATION,
        [(account, config.tier_level)],
    )
    definitions.event(
        record, f"{at}events.created", "created", config, "system", to_state="processing"
    )
    return config


def values(record: Record, path: str) -> dict[str, dict[str, str]]:
    """Recorded values by parameter name; an empty complaint is no complaint."""
    found = {}
    for number, _value in enumerate(record.look(path)):
        stored = {}
        if record.take(f"{path}.{number}.value"):
            stored["value"] = record.take(f"{path}.{number}.value")
        if record.take(f"{path}.{number}.value_error"):
            stored["value_error"] = record.take(f"{path}.{number}.value_error")
        if stored:
            found[record.take(f"{path}.{number}.id")] = stored
    return found
