"""Items: what of a product can be bought (domain 2.5)."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from django.db.models import Q
from django.utils.translation import gettext as _
from py_rql.constants import FilterLookups
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.models import Item
from fulfillment.services import items as services

from ..errors import ApiError
from ..rql import FLAG, TEXT, custom, field
from ..shaping import Events, Rendering
from .bodies import COMMITMENT, PRECISION, ItemBody, NewItemBody
from .children import Child, ChildFilters, Children, events_of, given, holding, removed

UNIT = "Licenses"
FIELDS = {"unit": "unit.id"}


class ItemUnit(TypedDict):
    """Units are words of the vendor's own; the word is its id, too."""

    id: str
    name: str
    title: str
    unit: str


class ItemCommitment(TypedDict):
    multiplier: str
    count: int


class ItemUi(TypedDict):
    visibility: bool


class ItemShape(TypedDict):
    """`local_id` is the vendor's own name of it; requests name items by it.

    Type, period and precision stand in small letters here, as the field answers them, and as they
    are defined in the lines of requests.
    """

    id: str
    name: str
    display_name: str
    status: Literal["published", "endofsale"]
    external_id: str
    local_id: str
    mpn: str
    description: str
    type: Literal["reservation", "ppu"]
    item_type: Literal["reservation", "ppu"]
    period: str
    precision: str
    unit: ItemUnit
    commitment: ItemCommitment
    dynamic: bool
    position: int
    depth: int
    end_of_sale_notes: str | None
    ui: ItemUi
    ui_visibility: bool
    events: Events


class ItemRendering(Rendering[Item]):
    shape = ItemShape

    def one(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.pk,
            "name": item.name,
            "display_name": item.name,
            "status": item.status,
            "external_id": item.local_id,
            "local_id": item.local_id,
            "mpn": item.mpn,
            "description": item.description,
            "type": item.type.lower(),
            "item_type": item.type.lower(),
            "period": item.period.lower(),
            "precision": PRECISION,
            "unit": dict.fromkeys(("id", "name", "title", "unit"), item.unit),
            "commitment": {**COMMITMENT},
            "dynamic": False,
            "position": int(item.pk.rsplit("-", 1)[1]) * 10_000,
            "depth": 0,
            "end_of_sale_notes": None,
            "ui": {"visibility": True},
            "ui_visibility": True,
            "events": events_of(item),
        }


class ItemFilters(ChildFilters):
    MODEL = Item
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True, search=True),
        field("description.value", "description", search=True),
        field("mpn", order=True, search=True),
        field("local_id", search=True),
        field("status", search=True),
        field("type", search=True),
        custom("period", lookups=TEXT),
        field("unit.title", "unit", search=True),
        field("events.created.at", "created_at", order=True),
        field("events.updated.at", "updated_at", order=True),
        field("verbose_id", "id"),
        field("display_name", "name", search=True),
        field("external_id", "local_id"),
        field("item_type", "type"),
        field("unit.id", "unit"),
        custom("dynamic", lookups=FLAG),
    ]
    ALIASES = {"description": "description.value"}
    CONSTANTS = {"dynamic": "false"}

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        """Periods are kept in another spelling than they are answered in."""
        if name == "period":
            return self.column("period", FilterLookups.I_LIKE, value)
        return super().narrow(name, lookup, value)

    def searched(self, words: str) -> Q:
        return super().searched(words) | Q(period__icontains=words)


class Items(Children):
    """What of the product can be bought."""

    model = Item
    filters = ItemFilters
    rendering = ItemRendering
    ordering = ("pk",)
    body = NewItemBody
    fields = FIELDS

    def post(self, request: Request, **ids: str) -> Response:
        """Add a published item; without an ID of the vendor its MPN stands for it."""
        product = self.own()
        data = self.sent()
        made = services.add_item(
            product,
            actor=self.actor,
            name=data["name"],
            mpn=data["mpn"],
            local_id=given(data, "local_id", None) or given(data, "external_id", ""),
            description=given(data, "description", ""),
            type=_word(data, "type", tuple(Item.Type.values)) or Item.Type.RESERVATION,
            period=_word(data, "period", services.PERIODS) or services.PERIODS[0],
            unit=given(data.get("unit", {}), "id", "") or UNIT,
        )
        return self.shown(made, 201)


class ItemDetail(Child):
    """An item."""

    model = Item
    rendering = ItemRendering
    body = ItemBody
    fields = FIELDS

    @holding
    def put(self, request: Request, **ids: str) -> Response:
        """Change name, MPN and description; type, period, unit and the vendor's ID stay."""
        item = self.own_row()
        data = self.sent()
        _check_fixed(item, data)
        changed = services.edit_item(
            item,
            actor=self.actor,
            name=given(data, "name", item.name),
            mpn=given(data, "mpn", item.mpn),
            description=given(data, "description", item.description),
            status=item.status,
        )
        return self.shown(changed)

    def delete(self, request: Request, **ids: str) -> Response:
        """Delete an item that nobody ever ordered."""
        services.remove_item(self.own_row(), actor=self.actor)
        return removed()


class ItemEndSale(Child):
    """Nobody can order it from now on."""

    http_method_names = ["post", "options"]
    model = Item
    rendering = ItemRendering

    def post(self, request: Request, **ids: str) -> Response:
        return self.shown(services.end_item_sale(self.own_row(), actor=self.actor))


class ItemResumeSale(Child):
    """It can be ordered again."""

    http_method_names = ["post", "options"]
    model = Item
    rendering = ItemRendering

    def post(self, request: Request, **ids: str) -> Response:
        return self.shown(services.resume_item_sale(self.own_row(), actor=self.actor))


def _word(data: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    """What was sent, as it is spelled here: clients differ in the case of such words."""
    sent = str(data.get(name) or "")
    return next((word for word in known if word.casefold() == sent.casefold()), sent)


def _check_fixed(item: Item, data: dict[str, Any]) -> None:
    """What orders were made with stays: raise for another type, period, unit or ID."""
    present = {"type": item.type, "period": item.period, "local_id": item.local_id}
    sent = {
        "type": _word(data, "type", tuple(Item.Type.values)),
        "period": _word(data, "period", services.PERIODS),
        "local_id": data.get("local_id") or data.get("external_id"),
    }
    wrong = [name for name, value in present.items() if sent[name] and sent[name] != value]
    unit = (data.get("unit") or {}).get("id")
    if unit and unit != item.unit:
        wrong.append("unit.id")
    if wrong:
        raise ApiError([_("%(name)s: this cannot be changed.") % {"name": name} for name in wrong])
