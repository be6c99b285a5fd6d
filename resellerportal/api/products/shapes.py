"""Products as the API shows them (domain 2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

from django.db.models import F, QuerySet

from customers.actors import VENDOR
from customers.models import Product
from customers.services import icons

from ...products.icons import address
from ...products.panel import downloads
from ..happenings import Happenings
from ..shaping import Events, Ref, Rendering, stamp
from . import capabilities
from .capabilities import CapabilitiesShape
from .children import VERSION
from .filters import PURCHASE_MODEL, visibility

#: Stands for the category of products that have none.
NO_CATEGORY: Ref = {"id": "CAT-00000", "name": "None"}
#: Columns of its embedding.
PANEL = ("description", "getting_started", "download_links", "documents", "action_url")
#: What `events` are made of.
VERBS = ("product.created", "product.publish", "product.end_sale")


class ProductSwitches(TypedDict):
    suspend_resume_supported: bool
    requires_reseller_information: bool


class ProductLink(TypedDict):
    title: str
    url: str


class ProductDownload(TypedDict):
    """For administrators, or for everybody who uses it."""

    title: str
    url: str
    visible_for: Literal["admin", "user"]


class ControlPanelAction(TypedDict):
    url: str


class ControlPanel(TypedDict):
    """What control panels show; `action`, where their buttons lead, is for the vendor only."""

    description: str
    getting_started: str
    download_links: list[ProductDownload]
    documents: list[ProductLink]
    languages: list[Ref]
    provisioning_message: str
    action: NotRequired[ControlPanelAction]


class ProductVisibility(TypedDict):
    """Why the reader sees it."""

    owner: bool
    listing: bool
    syndication: bool
    catalog: bool


class UsageRule(TypedDict):
    enabled: bool


class ProductStats(TypedDict):
    versions: int


class ProductShape(TypedDict):
    """`icon` is a path below the host and needs no key. `version` is always 1: published data are
    edited in place."""

    id: str
    name: str
    external_id: str
    icon: str
    status: Literal["draft", "published", "endofsale"]
    end_of_sale_notes: str
    short_description: str
    detailed_description: str
    configurations: ProductSwitches
    customer_ui_settings: ControlPanel
    version: int
    published_at: str | None
    category: Ref
    owner: Ref
    latest: bool
    usage_rule: UsageRule
    stats: ProductStats
    capabilities: CapabilitiesShape
    visibility: ProductVisibility
    changes_description: str
    public: bool
    staging: bool
    purchase_model: str
    events: Events


class ProductRendering(Rendering[Product]):
    shape = ProductShape
    #: Categories stand side by side; clients may ask for what would be above one.
    optional = ("category.parent",)

    def rows(self, rows: QuerySet[Product]) -> QuerySet[Product]:
        """With columns of what stands beside a product, which is quicker than whole rows of it."""
        beside = {f"panel_{name}": F(f"embedding__{name}") for name in PANEL}
        names = {"owner_name": F("owner__name"), "category_name": F("category__name")}
        return rows.annotate(**names, **beside)

    def prepare(self, objects: Sequence[Product]) -> None:
        self.icons = icons.keys_of(each.pk for each in objects)
        # Its history is its vendor's to read.
        told = objects if self.actor.role == VENDOR and self.branches.wants("events") else ()
        self.happenings = Happenings(told, self.actor, verbs=VERBS)
        self.visibility = visibility(self.actor.role)

    def one(self, product: Product) -> dict[str, Any]:
        beside = vars(product)
        events = self.happenings.of(product)
        events["updated"] = {"at": stamp(product.updated_at)}
        if product.published_at is not None:
            events.setdefault("published", {"at": stamp(product.published_at)})
        return {
            "id": product.pk,
            "name": product.name,
            "external_id": product.external_id,
            "icon": address(product.pk, self.icons.get(product.pk, "")),
            "status": product.state,
            "end_of_sale_notes": "",
            "short_description": product.short_description,
            "detailed_description": product.detailed_description,
            "configurations": {
                "suspend_resume_supported": product.administrative_hold,
                "requires_reseller_information": product.authorization_level > 0,
            },
            "customer_ui_settings": self.panel(product),
            "version": VERSION,
            "published_at": stamp(product.published_at) if product.published_at else None,
            "category": self.category(product),
            "owner": {"id": product.owner_id, "name": beside["owner_name"]},
            "latest": True,
            "usage_rule": {"enabled": False},
            "stats": {"versions": 1},
            "capabilities": capabilities.shown(product),
            "visibility": {**self.visibility},
            "changes_description": "",
            "public": product.state != Product.State.DRAFT,
            "staging": False,
            "purchase_model": PURCHASE_MODEL,
            "events": events,
        }

    def category(self, product: Product) -> dict[str, Any]:
        if product.category_id is None:
            return {**NO_CATEGORY}
        return {"id": product.category_id, "name": vars(product)["category_name"]}

    def panel(self, product: Product) -> dict[str, Any]:
        found = {name: vars(product)[f"panel_{name}"] for name in PANEL}
        own = self.actor.role == VENDOR
        links = found["download_links"] or []
        shown: dict[str, Any] = {
            "description": found["description"] or "",
            "getting_started": found["getting_started"] or "",
            "download_links": links if own else downloads(links, self.actor),
            "documents": found["documents"] or [],
            "languages": [],
            "provisioning_message": "",
        }
        if own:
            shown["action"] = {"url": found["action_url"] or ""}
        return shown
