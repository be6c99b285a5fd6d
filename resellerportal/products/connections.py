"""The hubs a product is connected to: asked for by distributors, decided by the vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import ADMINISTRATOR, DISTRIBUTOR
from customers.models import Connection, Hub, Product
from customers.services import connections as services

from ..forms import PortalForm
from ..generic import Action, Fact, PortalFormView
from .frame import ProductTab, crumbs
from .pages import DefinitionAction

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    """All connections to their vendor, to a distributor those of its own hubs."""
    rows = Connection.objects.visible_to(page.actor).filter(product=page.object)
    found = rows.select_related("hub__provider").order_by("hub__provider__name", "type", "pk")
    decides = page.portal != DISTRIBUTOR
    return {
        "connections": [
            (row, services.decisions_for(row, page.object, page.actor) if decides else [])
            for row in found
        ]
    }


def actions(page: ProductDetail) -> list[Action]:
    may = page.portal == DISTRIBUTOR and page.actor.level == ADMINISTRATOR
    if not may or not Hub.objects.visible_to(page.actor).exists():
        return []
    url = page.url("product-connection-add", page.object.pk)
    return [Action(_("Request a connection"), url, "primary")]


TAB = ProductTab(
    "connections",
    gettext_lazy("Connections"),
    "products/connections.html",
    fill,
    actions=actions,
    readers=(DISTRIBUTOR,),
)


class RequestForm(PortalForm):
    hub = forms.ModelChoiceField(
        label=gettext_lazy("Hub"),
        queryset=Hub.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("The system of yours that orders will come from."),
    )
    type = forms.ChoiceField(label=gettext_lazy("Environment"), choices=Connection.Type.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hub: Any = self.fields["hub"]
        hub.queryset = Hub.objects.visible_to(self.actor).order_by("name", "pk")


class ConnectionAdd(PortalFormView):
    """For administrators of a distributor: product × hub × environment, once."""

    roles = (DISTRIBUTOR,)
    model = Product
    name = "product"
    form_class = RequestForm
    service = staticmethod(services.request_connection)
    title = gettext_lazy("Request a connection")
    submit_label = gettext_lazy("Send the request")
    success_message = gettext_lazy("The vendor is asked. Orders can use it once it is approved.")

    def check(self) -> None:
        super().check()
        if self.actor.level != ADMINISTRATOR:
            raise PermissionDenied

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return crumbs(self, self.object)

    def get_success_url(self, result: Any) -> str:
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return self.url("product-detail", self.object.pk, "connections")


class ConnectionDecision(DefinitionAction):
    part = Connection
    tab = "connections"
    administrators = True

    def get_facts(self) -> list[Fact]:
        hub = self.row.hub
        return [
            Fact(_("Connection"), self.row.pk),
            Fact(_("Distributor"), hub.provider),
            Fact(_("Hub"), f"{hub.name} ({hub.pk})"),
            Fact(_("Environment"), self.row.get_type_display()),
            Fact(_("Status"), self.row.get_status_display()),
        ]


class ConnectionApprove(ConnectionDecision):
    service = staticmethod(services.approve_connection)
    title = gettext_lazy("Approve the connection")
    submit_label = gettext_lazy("Approve")
    question = gettext_lazy("The distributor can place orders over it from now on.")
    success_message = gettext_lazy("The connection is approved.")


class ConnectionReject(ConnectionDecision):
    service = staticmethod(services.reject_connection)
    title = gettext_lazy("Reject the connection")
    submit_label = gettext_lazy("Reject")
    style = "danger"
    question = gettext_lazy("No order can use it. You can still approve it later.")
    success_message = gettext_lazy("The connection is rejected.")
