"""What follows from written accounts: events, requests of vendors, and who holds these."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import bulk, holding
from ..actors import Actor
from ..models import Holding, Partner, TierAccountRequest
from ..services.requests import request_columns
from .products import connected
from .steps import Step
from .tables import REQUEST


@dataclass
class Consequences:
    """Rows as customers.events and customers.services.requests would write them one by one.

    `vendors` counts the requests that wait for each vendor.
    """

    provider: Partner
    actor: Actor
    batch_id: str
    now: datetime
    vendors: dict[str, int] = field(default_factory=dict)

    def requests(self, changed: Iterable[tuple[Step, list[str]]]) -> list[tuple[Any, ...]]:
        """Write the requests these changes raise; answers their events."""
        products = connected(step.pk for step, _names in changed)
        rows, events, held = [], [], []
        for step, names in changed:
            for index, product in enumerate(products.get(step.pk, ()), start=1):
                columns = request_columns(
                    step.pk,
                    self.provider.pk,
                    product,
                    index,
                    base_version=step.base,
                    now=self.now,
                )
                columns["changed"] = names
                rows.append(tuple(columns[name] for name in REQUEST))
                events.append(self._created(columns, step, names))
                if columns["state"] == TierAccountRequest.State.PENDING:
                    vendor = columns["vendor_id"]
                    held.append(self._held(columns))
                    self.vendors[vendor] = self.vendors.get(vendor, 0) + 1
        bulk.write(TierAccountRequest, REQUEST, rows)
        bulk.write(Holding, holding.COLUMNS, held)
        return events

    def _created(self, columns: dict[str, Any], step: Step, names: list[str]) -> tuple[Any, ...]:
        return self.event(
            "tieraccountrequest.created",
            "tieraccountrequest",
            columns["id"],
            {"account": step.pk, "version": step.base + 1, "changed": names},
            vendor_id=columns["vendor_id"],
            to_state=columns["state"],
            reason=columns["reason"],
        )

    def _held(self, columns: dict[str, Any]) -> tuple[Any, ...]:
        """The segment with which a request begins: its vendor has to act."""
        return holding.row(
            "tieraccountrequest",
            columns["id"],
            columns["state"],
            (self.now, None),
            product=columns["product_id"],
            vendor=columns["vendor_id"],
            provider=self.provider.pk,
        )

    def event(
        self, verb: str, kind: str, pk: str, data: dict[str, Any], **more: str
    ) -> tuple[Any, ...]:
        """One event that is not told by itself: the batch tells of all."""
        actor = self.actor
        return (
            uuid.uuid4(),
            self.now,
            verb,
            kind,
            pk,
            self.provider.pk,
            more.get("vendor_id"),
            actor.user.pk if actor.user else None,
            actor.partner_id,
            actor.role,
            str(actor)[:254],
            actor.key,
            more.get("to_state", ""),
            more.get("reason", ""),
            {**data, "batch": self.batch_id},
            self.now,
        )
