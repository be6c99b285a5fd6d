"""Recorded products, parameters, templates and marketplaces."""

from __future__ import annotations

from customers.models import Marketplace, Product
from tierconfig.models import Parameter, Template

from . import parties
from .reader import Record


def product(record: Record) -> None:
    owner = parties.vendor_of(record, "owner")
    level = record.take("capabilities.tiers.configs.level")
    product = Product(
        pk=record.take("id"),
        name=record.take("name"),
        state=record.take("status"),
        owner=owner,
        tier_accounts_sync=record.take("capabilities.tiers.updates"),
        authorization_level=level,
        created_at=parties.UNKNOWN,
        updated_at=parties.UNKNOWN,
    )
    product.save(force_insert=True)


def parameters(record: Record) -> None:
    for number in range(len(record.data)):
        at = f"{number}."
        pk = record.take(f"{at}id")
        constraints = {}
        if record.has(f"{at}constraints.choices"):
            constraints["choices"] = record.take(f"{at}constraints.choices")
        Parameter.objects.create(
            pk=pk,
            product=Product.objects.get(pk="PRD-" + pk[4:15]),
            **{
                name: record.take(f"{at}{name}", "")
                for name in (
                    "name",
                    "title",
                    "description",
                    "type",
                    "scope",
                    "phase",
                    "hint",
                    "placeholder",
                )
            },
            **{
                flag: record.take(f"{at}constraints.{flag}")
                for flag in ("required", "hidden", "unique")
            },
            constraints=constraints,
            position=record.take(f"{at}position"),
            created_at=record.time(f"{at}events.created.at"),
            updated_at=record.time(f"{at}events.updated.at"),
        )


def templates(record: Record) -> None:
    product = Product.objects.get(pk="PRD-276-377-545")
    for number in range(len(record.data)):
        at = f"{number}."
        Template.objects.create(
            pk=record.take(f"{at}id"),
            product=product,
            name=record.take(f"{at}name"),
            body=record.take(f"{at}body"),
            scope=record.take(f"{at}scope"),
            type=record.take(f"{at}type", ""),
            position=record.take(f"{at}position"),
            created_at=record.time(f"{at}events.created.at"),
            updated_at=record.time(f"{at}events.updated.at"),
        )


def marketplace(record: Record) -> None:
    owner = parties.provider_of(record, "owner")
    countries = range(len(record.data["countries"]))
    Marketplace.objects.create(
        pk=record.take("id"),
        name=record.take("name"),
        owner=owner,
        countries=[record.take(f"countries.{number}.id") for number in countries],
    )
    for number in range(len(record.data["hubs"])):
        at = f"hubs.{number}.hub"
        parties.hub(record.take(f"{at}.id"), record.take(f"{at}.name"), owner, "OA")
