"""Templates: texts an approval puts into the control panel (domain 2.8)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NotRequired, TypedDict

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.service_rights import PRODUCTS, SUBSCRIPTIONS, TIER_CONFIG
from customers.services.service_users import actor_of
from fulfillment.models import FulfillmentRequest
from tierconfig import samples
from tierconfig.models import Parameter, Template, TierConfigRequest
from tierconfig.rendering import FORM_ADDRESS, without_address
from tierconfig.services import texts
from tierconfig.services.definitions import templates as services

from ..errors import ApiError, NotFound
from ..rql import EQ, NULL, RQL_NULL, TEXT, custom, field
from ..shaping import Events, Markdown, Rendering
from ..shared.texts import markdown
from ..views import ApiView
from .bodies import Text
from .children import Child, ChildFilters, Children, events_of, given, holding, removed

#: Beginning of a request's id -> its model, and the right without which nobody reads its values.
REQUESTS: dict[str, tuple[Any, str]] = {
    "TCR": (TierConfigRequest, TIER_CONFIG),
    "PR": (FulfillmentRequest, SUBSCRIPTIONS),
}


class TemplateOfProduct(TypedDict):
    """`title` and `name` are the same. Those of tiers have no `type`."""

    id: str
    title: str
    name: str
    body: str
    scope: Literal["asset", "tier1", "tier2"]
    type: NotRequired[Literal["fulfillment", "inquire", "pending"]]
    position: int
    events: Events


class TemplateRendering(Rendering[Template]):
    shape = TemplateOfProduct

    def one(self, template: Template) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": template.pk,
            "title": template.name,
            "name": template.name,
            "body": template.body,
            "scope": template.scope,
        }
        if template.type:
            found["type"] = template.type
        return found | {"position": template.position, "events": events_of(template)}


class TemplateFilters(ChildFilters):
    MODEL = Template
    FILTERS = [
        field("id", order=True),
        field("name", order=True, search=True),
        field("scope", order=True),
        custom("type", lookups={*TEXT, NULL}, order=True),
        field("position", order=True),
    ]
    ALIASES = {"title": "name"}

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        """Those of tiers are found as "fulfillment", too: what a missing type means to clients."""
        if value == RQL_NULL:
            return Q(type="")
        found = self.column("type", lookup, value.casefold())
        fulfils = lookup == EQ and value.casefold() == Template.Type.FULFILLMENT
        return found | Q(type="") if fulfils else found

    def order_name(self, name: str) -> str:
        return "type"


class TemplateBody(serializers.Serializer[Any]):
    name = Text()
    title = Text()
    body = Text()


class NewTemplateBody(TemplateBody):
    scope = Text(required=True)
    type = Text()


class Templates(Children):
    """Texts of the control panel; their vendor's alone."""

    model = Template
    filters = TemplateFilters
    rendering = TemplateRendering
    body = NewTemplateBody

    def post(self, request: Request, **ids: str) -> Response:
        """Add a template behind those of its scope and type."""
        product = self.own()
        data = self.sent()
        made = services.add_template(
            product,
            actor=self.actor,
            name=given(data, "name", data.get("title")),
            body=given(data, "body", ""),
            scope=data["scope"],
            type=given(data, "type", ""),
        )
        return self.shown(made, 201)


class TemplateDetail(Child):
    """Scope and type stay."""

    model = Template
    rendering = TemplateRendering
    body = TemplateBody

    @holding
    def put(self, request: Request, **ids: str) -> Response:
        """Change name and text; it counts from the next approval on."""
        template = self.own_row()
        data = self.sent()
        changed = services.edit_template(
            template,
            actor=self.actor,
            name=given(data, "name", data.get("title", template.name)),
            body=given(data, "body", template.body),
        )
        return self.shown(changed)

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove it; texts made from it stay. The last one an approval needs is refused."""
        services.remove_template(self.own_row(), actor=self.actor)
        return removed()


class Rendered(ApiView):
    """A template with values in place: of the request `request_id`, or of samples without one."""

    module: ClassVar[str] = PRODUCTS
    refuses = {"GET": (400,)}

    def text(self, template: Template) -> str:
        wanted = self.request.GET.get("request_id", "")
        if not wanted:
            own: Any = Parameter.objects.visible_to(self.actor).of_scope(
                template.product_id, template.scope
            )
            values = samples.sample_values(own)
        else:
            request = self.asked_for(wanted, template)
            values = {**request.base_values(), **request.params}
            own = request.presented(values)
        found = texts.rendered(template, own, values, kept=(FORM_ADDRESS,))
        return without_address(found, _("(the link is in the mail to the contact)"))

    def asked_for(self, pk: str, template: Template) -> Any:
        """The visible request of this id that shows templates of this product and scope."""
        model, module = REQUESTS.get(pk.partition("-")[0], (None, ""))
        unknown = ApiError(_("request_id: there is no such request for this template."))
        if model is None:
            raise unknown
        actor_of(self.service_user, module, write=False)
        try:
            found = self.visible(model, pk)
        except NotFound as error:
            raise unknown from error
        if found.parameter_scope() != (template.product_id, template.scope):
            raise unknown
        return found


class TemplateText(Rendered, Child):
    """`preview` and `render` of a product's template: the text as JSON."""

    model = Template
    rendering = TemplateRendering
    answers = {"GET": (200, str)}
    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, **ids: str) -> Response:
        return Response(self.text(self.object(**ids)))


class TemplateRender(Rendered):
    """The text itself, for clients that know a template by its id alone."""

    answers = {"GET": (200, Markdown)}

    def get(self, request: Request, pk: str) -> HttpResponse:
        return markdown(self.text(self.visible(Template, pk)))
