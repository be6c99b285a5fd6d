"""Tier account requests as the API shows them (domain 2.13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from customers.models import TierAccountRequest
from customers.snapshots import COLUMNS

from ..happenings import Happenings
from ..shaping import Events, Ref, Rendering, ref
from ..shared.products import ProductRef, Products
from ..tier_accounts.shapes import AccountShape, Snapshots

#: The present data of the account: a request shows those since its change.
NOT_SHOWN = tuple(f"account__{name}" for name in COLUMNS)


class AccountRequestShape(TypedDict):
    id: str
    type: str
    status: str
    #: As it is since the change, whatever came later.
    account: AccountShape
    vendor: Ref
    provider: Ref
    product: ProductRef
    #: Why it was ignored, or could not be taken over.
    reason: NotRequired[str]
    events: Events


class AccountRequestRendering(Rendering[TierAccountRequest]):
    shape = AccountRequestShape
    related = ("account__hub",)
    #: A page has many requests of few products and parties.
    shared = ("product__category", "vendor", "provider")

    def rows(self, rows: Any) -> Any:
        found = super().rows(rows).defer(*NOT_SHOWN).prefetch_related(*self.shared)
        return found.with_snapshot() if self.branches.wants("account") else found

    def prepare(self, objects: Sequence[TierAccountRequest]) -> None:
        wants = self.branches.wants
        self.products = Products(each.product for each in objects)
        self.happenings = Happenings(objects if wants("events") else (), self.actor)
        if wants("account"):
            self.snapshots = Snapshots(
                self.actor,
                {each.account_id: each.account for each in objects}.values(),
                [each.snapshot for each in objects],
            )

    def one(self, request: TierAccountRequest) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": request.pk,
            "type": request.type,
            "status": request.state,
            "vendor": ref(request.vendor),
            "provider": ref(request.provider),
            "product": self.products.ref(request.product_id),
            "events": self.happenings.of(request),
        }
        if self.branches.wants("account"):
            found["account"] = self.snapshots.of(
                request.account, request.version, request.snapshot, request.created_at
            )
        if request.reason:
            found["reason"] = request.reason
        return found
