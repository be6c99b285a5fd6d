"""Actions: buttons of the control panel that lead to the vendor with a token (domain 2.9)."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.permissions import by_administrator_of
from customers.service_rights import SUBSCRIPTIONS, TIER_CONFIG
from customers.services.service_users import actor_of
from fulfillment.models import Subscription
from tierconfig.models import Action, TierConfig
from tierconfig.services.action_links import press
from tierconfig.services.definitions import actions as services
from tierconfig.services.definitions.embedding import new_secret

from ..errors import ApiError, NotFound
from ..rql import field
from ..shaping import Events, Rendering
from .bodies import Text
from .children import Child, ChildFilters, Children, OfProduct, events_of, given, holding, removed

#: There is no other type.
BUTTON = "button"
#: Who presses: name in the query -> its model, and the right without which nobody reads it.
HOLDERS: dict[str, tuple[Any, str]] = {
    "asset_id": (Subscription, SUBSCRIPTIONS),
    "tier_config_id": (TierConfig, TIER_CONFIG),
}


class ActionShape(TypedDict):
    """`action` is the vendor's own id of it. `title` and `name` are the same."""

    id: str
    action: str
    name: str
    title: str
    type: Literal["button"]
    scope: Literal["asset", "tier1", "tier2"]
    description: str
    events: Events


class ActionRendering(Rendering[Action]):
    shape = ActionShape

    def one(self, action: Action) -> dict[str, Any]:
        return {
            "id": action.pk,
            "action": action.action,
            "name": action.name,
            "title": action.name,
            "type": BUTTON,
            "scope": action.scope,
            "description": action.description,
            "events": events_of(action),
        }


class ActionFilters(ChildFilters):
    MODEL = Action
    FILTERS = [
        field("id", order=True),
        field("action"),
        field("name", order=True, search=True),
        field("scope", order=True),
    ]
    ALIASES = {"title": "name"}


class ActionBody(serializers.Serializer[Any]):
    action = Text()
    name = Text()
    type = Text()
    scope = Text()
    description = Text()

    def validate_type(self, value: str | None) -> str | None:
        if value and value != BUTTON:
            raise serializers.ValidationError(_("Every action is a button."))
        return value


class NewActionBody(ActionBody):
    action = Text(required=True)
    name = Text(required=True)
    scope = Text(required=True)
    description = Text(required=True)


NAMES = ("action", "name", "scope", "description")


class Actions(Children):
    """Buttons of the control panel."""

    model = Action
    filters = ActionFilters
    rendering = ActionRendering
    body = NewActionBody

    def post(self, request: Request, **ids: str) -> Response:
        """Add a button behind those of its scope."""
        product = self.own()
        data = self.sent()
        values = {name: data[name] for name in NAMES}
        return self.shown(services.add_action(product, actor=self.actor, **values), 201)


class ActionDetail(Child):
    """A button."""

    model = Action
    rendering = ActionRendering
    body = ActionBody

    @holding
    def put(self, request: Request, **ids: str) -> Response:
        """Change a button; tokens made from now on carry its new ID."""
        action = self.own_row()
        data = self.sent()
        values = {name: given(data, name, getattr(action, name)) for name in NAMES}
        return self.shown(services.edit_action(action, actor=self.actor, **values))

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove a button."""
        services.remove_action(self.own_row(), actor=self.actor)
        return removed()


class ActionSecret(TypedDict):
    jwt_secret: str


class NewSecret(OfProduct):
    """Replace the secret that signs the tokens; it is answered now and never again."""

    shape = ActionSecret

    def post(self, request: Request, **ids: str) -> Response:
        if not by_administrator_of(self.product, self.actor):
            raise PermissionDenied
        return Response({"jwt_secret": new_secret(self.product, actor=self.actor)})


class ActionLinkShape(TypedDict):
    link: str


class ActionLink(Child):
    """Press the button for `asset_id` or `tier_config_id`; the link is good for a moment only.

    The key needs to write products, because who presses may do something at the vendor's.
    """

    model = Action
    rendering = ActionRendering
    shape = ActionLinkShape
    refuses = {"GET": (400,)}
    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, **ids: str) -> Response:
        action = self.object(**ids)
        name = next((each for each in HOLDERS if request.GET.get(each)), "")
        if not name:
            raise ApiError(_("Name an asset_id or a tier_config_id."))
        model, module = HOLDERS[name]
        actor_of(self.service_user, module, write=False)
        try:
            holder = self.visible(model, request.GET[name])
        except NotFound as error:
            raise ApiError(_("%(name)s: this is unknown.") % {"name": name}) from error
        return Response({"link": press(holder, actor=self.actor, action=action)})
