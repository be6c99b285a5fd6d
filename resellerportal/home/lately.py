"""The latest events in an actor's scope, each with what it is about by name."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, Model, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat

from customers.actors import RESELLER, Actor
from customers.models import Event, Product, TierAccount, TierAccountRequest
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest

from .. import history
from ..lists.rows import fetch

#: Events shown.
MOST = 8
#: Which names say what an event of these is about: those of a company and of a product.
NAMES: dict[type[Model], tuple[str, ...]] = {
    TierAccount: ("name",),
    TierAccountRequest: ("account__name", "product__name"),
    TierConfig: ("account__name", "product__name"),
    TierConfigRequest: ("configuration__account__name", "configuration__product__name"),
    Subscription: ("customer__name", "product__name"),
    FulfillmentRequest: ("subscription__customer__name", "subscription__product__name"),
    Product: ("name",),
}


def latest(actor: Actor) -> list[Any]:
    """The latest events in the actor's scope; a reseller reads those of its latest requests.

    With history.OF_THREAD and `about`: names as the actor sees them now, empty of what is gone.
    """

    def build() -> QuerySet[Any]:
        rows = Event.objects.visible_to(actor)
        if actor.role == RESELLER:
            orders = _latest(FulfillmentRequest.objects.visible_to(actor))
            setups = _latest(TierConfigRequest.objects.visible_to(actor))
            rows = Event.objects.filter(object_id__in=orders.union(setups))
        return rows.annotate(about=_about(actor)).order_by("-at")[:MOST]

    return fetch(Event, (*history.OF_THREAD, "about"), build, ("latest",), actor)


def _latest(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Ids of the latest; sliced in a subquery, because SQLite takes no limit inside of a union."""
    return rows.filter(pk__in=rows.order_by("-updated_at").values("pk")[:MOST]).values("pk")


def _about(actor: Actor) -> Case:
    named = [
        When(object_type=model._meta.model_name, then=_names(model, paths, actor))
        for model, paths in NAMES.items()
    ]
    return Case(*named, default=Value(""), output_field=CharField())


def _names(model: type[Model], paths: tuple[str, ...], actor: Actor) -> Subquery:
    text = Concat(F(paths[0]), Value(" · "), F(paths[1])) if paths[1:] else F(paths[0])
    rows = model._default_manager.visible_to(actor)  # type: ignore[attr-defined]
    return Subquery(rows.filter(pk=OuterRef("object_id")).annotate(called=text).values("called"))
