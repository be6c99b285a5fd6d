"""The draft of an order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from fulfillment.models import FulfillmentRequest, Item, Subscription
from fulfillment.services import drafts
from tierconfig import parameters
from tierconfig.models import Parameter

from ..parameters.forms import Group
from ..parameters.rules import Rules
from ..processing.drafting import Discard, Edit, Submit, SubmitForm, Validate
from . import drafting
from .actions import OrderStep
from .change_drafts import ChangeDraftForm
from .ordering_forms import connections, marketplaces, way_named
from .ordering_lines import RECORDS, LinesMixin, OrderedValues, RecordsForm

Type = FulfillmentRequest.Type
#: What errors about the whole order are called; "" for what speaks for itself.
TITLES = {
    "items": gettext_lazy("Items"),
    "product": "",
    "customer": gettext_lazy("Customer"),
    "marketplace": "",
    "connection": "",
    "external_id": gettext_lazy("External ID"),
    "external_uid": gettext_lazy("External UUID"),
}


class PlaceMixin(forms.Form):
    """Where the draft is to be ordered, as far as there is a choice.

    What it says now and is not offered any more can only be replaced. `cleaned_data` has objects.
    """

    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"), widget=forms.RadioSelect)
    connection = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Tier configurations are kept per connection."),
    )

    def offer_places(self, draft: Subscription, actor: Actor) -> tuple[str, ...]:
        """Names of the fields that are left. A preview stays one."""
        product, provider = draft.product, draft.provider_id
        ways = connections(product, provider) if draft.connection_id else []
        self.offered: dict[str, dict[str, Any]] = {
            "marketplace": {each.pk: each for each in marketplaces(actor, product, provider)},
            "connection": {each.pk: each for each in ways},
        }
        labels: dict[str, Any] = {"connection": lambda way: way_named(way, actor)}
        left = []
        for name, found in self.offered.items():
            present = getattr(draft, f"{name}_id")
            if not found or set(found) == {present}:
                del self.fields[name]
                continue
            field: Any = self.fields[name]
            field.choices = [(pk, labels.get(name, str)(each)) for pk, each in found.items()]
            field.initial = present if present in found else None
            left.append(name)
        return tuple(left)

    def places(self) -> dict[str, Any]:
        """What was chosen, as objects."""
        return {
            name: found[self.cleaned_data[name]]
            for name, found in self.offered.items()
            if name in self.fields and name in self.cleaned_data
        }


class DraftForm(PlaceMixin, LinesMixin, OrderedValues, RecordsForm):
    """All of the draft of a purchase that can be changed; anything may be missing.

    `cleaned_data` has `items`, RECORDS, and `values`: raw values by scope, all of them; and of
    marketplace and connection what there is a choice of.
    """

    lenient = True

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.raw: dict[str, dict[str, Any]] = {}
        subscription = obj.subscription
        items = Item.objects.visible_to(self.actor).filter(
            product=subscription.product, status=Item.Status.PUBLISHED
        )
        present = {line.item_id: line.quantity for line in obj.items.all()}
        self.offer_items(list(items.order_by("pk")[:200]), present)
        own = Rules(obj.definitions(), obj.params)
        needs = drafting.read_needs(obj, self.actor)
        parts = self.offer_values(
            subscription.customer, own, drafting.fillable(obj, needs, self.actor)
        )
        where = self.offer_places(subscription, self.actor)
        own_place = ((_("Where it is ordered"), where),) if where else ()
        self.fieldsets = (*parts, *own_place, (_("For your records"), RECORDS))
        for name in ("external_id", "external_uid"):
            self.fields[name].initial = getattr(subscription, name) or ""
        self.fields["external_uid"].help_text = _("Left empty, it stays as it is.")
        self.fields["note"].initial = obj.note

    @property
    def helper(self) -> Any:
        """The quantities stand in the table of the page."""
        helper = super().helper
        helper.render_unmentioned_fields = False
        return helper

    def _leave_out(self, group: Group, cleaned: dict[str, Any]) -> None:
        """What counts of a scope is kept whole: the service replaces all the draft had."""
        super()._leave_out(group, cleaned)
        known = group.rules.known if group.rules else {}
        kept = {}
        for name, field in group.fields.items():
            made: Any = self.fields[field]
            if field not in cleaned or made.disabled:
                continue
            typed = cleaned[field]
            if made.parameter.type == Parameter.Type.PASSWORD and not typed:
                typed = str((known.get(name) or {}).get("value") or "")
            if typed or parameters.has_value(known.get(name)):
                kept[name] = typed
        self.raw[group.keyword] = kept

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for group in self.groups:
            cleaned.pop(group.keyword, None)
        return {**cleaned, **self.places(), "values": self.raw}


class OrderEdit(OrderStep, Edit):
    """All of the draft on one page."""

    @property
    def buys(self) -> bool:
        return bool(self.object.type == Type.PURCHASE)

    def get_template_names(self) -> list[str]:
        change = "fulfillment/change_draft_edit.html"
        return ["fulfillment/draft_edit.html" if self.buys else change]

    def get_form(self, *data: Any) -> Any:
        self.form_class = DraftForm if self.buys else ChangeDraftForm
        return super().get_form(*data)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("subscription__connection__hub")

    def service(
        self,
        order: FulfillmentRequest,
        *,
        actor: Any,
        values: dict[str, Any],
        revision: int | None = None,
        external_uid: str = "",
        **typed: Any,
    ) -> FulfillmentRequest:
        if not self.buys:
            typed |= {"values": values, "revision": revision}
            return drafts.edit_draft(order, actor=actor, **typed)
        before = drafts.purchase_of(order)
        purchase = replace(
            before,
            values={**before.values, **values},
            external_uid=external_uid or before.external_uid,
            **typed,
        )
        return drafts.edit_draft(order, actor=actor, purchase=purchase, revision=revision)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(checked=drafting.checked(self.object), **kwargs)


class OrderValidate(OrderStep, Validate):
    pass


class OrderSubmitForm(SubmitForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles |= TITLES


class OrderSubmit(OrderStep, Submit):
    service = staticmethod(drafts.submit_request)
    form_class = OrderSubmitForm
    title = gettext_lazy("Submit the order")

    def get_question(self) -> str:
        if self.object.type == Type.PURCHASE:
            return _(
                "The order is placed: what is missing is asked by mail, then the vendor decides."
            )
        return _("The vendor decides next; the subscription stays as it is until then.")


class OrderDiscard(OrderStep, Discard):
    service = staticmethod(drafts.discard_request)

    def get_success_url(self, result: Any) -> str:
        if self.object.type == Type.PURCHASE:
            return self.url("order-list")
        return self.url("subscription-detail", self.object.subscription_id)
