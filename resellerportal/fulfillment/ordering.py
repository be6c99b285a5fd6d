"""Placing an order in steps: product, customer, where, items, parameters, summary."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER
from customers.models import Product, TierAccount
from fulfillment.models import FulfillmentRequest, Item
from fulfillment.services.orders import create_purchase
from fulfillment.services.purchases import Purchase, Requirement, requirements
from tierconfig.models import Parameter

from ..forms import PortalForm
from ..generic import Fact
from ..parameter_rules import Rules
from ..wizard import Answers, Step, WizardView
from . import forecast
from . import ordering_forms as forms


class OrderAdd(WizardView):
    url_name = "order-add"
    title = gettext_lazy("Place an order")
    submit_label = gettext_lazy("Place the order")
    success_message = gettext_lazy("The order is placed.")
    steps = (
        Step("product", gettext_lazy("Product"), forms.ProductForm),
        Step("customer", gettext_lazy("Customer"), forms.CustomerForm),
        Step("place", gettext_lazy("Where"), forms.PlaceForm),
        Step("items", gettext_lazy("Items"), forms.ItemsForm),
        Step(
            "parameters",
            gettext_lazy("Parameters"),
            forms.ParametersForm,
            "fulfillment/ordering_parameters.html",
        ),
    )
    template_name = "fulfillment/ordering.html"

    # ---- what was answered ----

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        return {}

    def _once(self, key: Any, make: Any) -> Any:
        """Rows are read once per request, however often the answers are replayed."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]

    def _places(self, answers: Answers) -> tuple[list[Any], list[Any]]:
        product, customer = answers["product"]["product"], answers["customer"]["customer"]
        return self._once(
            ("places", product.pk, customer.pk),
            lambda: (
                forms.marketplaces(self.actor, product, customer),
                forms.connections(product, customer),
            ),
        )

    def _place(self, answers: Answers) -> tuple[Any, Any]:
        """Marketplace and connection: the chosen ones, or the only ones."""
        chosen = answers.get("place", {})
        places, ways = self._places(answers)
        market = next((p for p in places if p.pk == chosen.get("marketplace")), places[0])
        way = next((w for w in ways if w.pk == chosen.get("connection")), ways[0])
        return market, way

    def _needs(self, answers: Answers) -> list[Requirement]:
        product, customer = answers["product"]["product"], answers["customer"]["customer"]
        market, way = self._place(answers)
        full = self._once(
            ("customer", customer.pk),
            lambda: (
                TierAccount.objects.visible_to(self.actor)
                .select_related("parent__parent")
                .get(pk=customer.pk)
            ),
        )
        key = ("needs", product.pk, customer.pk, market.pk, way.pk)
        return self._once(key, lambda: requirements(product, full, way, market))

    def _asset(self, product: Product) -> Rules:
        """The parameters of the subscription."""
        rows = product.parameters.visible_to(self.actor).filter(scope=Parameter.Scope.ASSET)
        return self._once(("asset", product.pk), lambda: Rules(list(rows.value_holding())))

    def _fillable(self, answers: Answers) -> list[tuple[Requirement, Rules]]:
        """Tiers whose values may be given now: their setup begins, and the actor may know them."""
        begin = [need for need in self._needs(answers) if need.begins]
        found = [(need, Rules(need.definitions)) for need in begin]
        found = [(need, rules) for need, rules in found if rules.orderable()]
        if self.actor.role == RESELLER and found:
            accounts = [need.account.pk for need, _rules in found]
            own = self._once(
                ("seen", *accounts),
                lambda: set(
                    TierAccount.objects.visible_to(self.actor)
                    .filter(pk__in=accounts)
                    .values_list("pk", flat=True)
                ),
            )
            found = [(need, rules) for need, rules in found if need.account.pk in own]
        return found

    # ---- steps ----

    def get_steps(self, answers: Answers) -> list[Step]:
        left_out = set()
        if "customer" in answers:
            if max(map(len, self._places(answers))) < 2:
                left_out.add("place")
            if "place" in left_out or "place" in answers:
                product = answers["product"]["product"]
                if not self._asset(product).orderable() and not self._fillable(answers):
                    left_out.add("parameters")
        else:
            left_out.add("place")
        return [step for step in self.steps if step.name not in left_out]

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        product = answers.get("product", {}).get("product")
        if step.name == "customer":
            form.product = product
        elif step.name == "place":
            form.offer(*self._places(answers))
        elif step.name == "items":
            form.offer(self._items(product))
        elif step.name == "parameters":
            customer = answers["customer"]["customer"]
            form.offer(customer, self._asset(product), self._fillable(answers))
            self.parameter_form = form

    def _items(self, product: Product) -> list[Item]:
        return self._once(
            ("items", product.pk),
            lambda: list(
                Item.objects.visible_to(self.actor)
                .filter(product=product, status=Item.Status.PUBLISHED)
                .order_by("pk")[:200]
            ),
        )

    # ---- summary ----

    def get_facts(self, step: Step, form: PortalForm, cleaned: dict[str, Any]) -> list[Fact]:
        if step.name == "product":
            product = cleaned["product"]
            return [Fact(_("Product"), product), Fact(_("Vendor"), product.owner)]
        if step.name == "customer":
            customer = cleaned["customer"]
            return [Fact(_("Customer"), customer), Fact(_("Contact"), customer.contact_email)]
        if step.name == "items":
            names = {item.pk: item for item in form.items.values()}  # type: ignore[attr-defined]
            facts = [Fact(names[pk].name, count) for pk, count in cleaned["items"].items()]
            extra = (("external_id", _("Your reference")), ("note", _("Note for the vendor")))
            return facts + [Fact(label, cleaned[name]) for name, label in extra if cleaned[name]]
        if step.name == "parameters":
            found = [Fact(*pair) for pair in form.parameter_facts()]  # type: ignore[attr-defined]
            return found or [Fact(_("Given now"), _("nothing; what is required is asked by mail"))]
        return super().get_facts(step, form, cleaned)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = kwargs.get("answers") or {}
        here = self.wanted == "summary" and "items" in answers
        return super().get_context_data(effects=self._effects(answers) if here else [], **kwargs)

    def _effects(self, answers: Answers) -> list[forecast.Effect]:
        product = answers["product"]["product"]
        return forecast.effects(
            product,
            answers["customer"]["customer"],
            self._needs(answers),
            self._asset(product).own,
            answers.get("parameters", {}),
            self.actor,
        )

    # ---- the order ----

    def finish(self, answers: Answers) -> str:
        market, way = self._place(answers)
        items = answers["items"]
        purchase = Purchase(
            product=answers["product"]["product"],
            customer=answers["customer"]["customer"],
            items=items["items"],
            marketplace=market,
            connection=way,
            values={scope: raw for scope, raw in answers.get("parameters", {}).items() if raw},
            external_id=items["external_id"],
            external_uid=self.uid(),
            note=items["note"],
        )
        try:
            order = create_purchase(purchase, actor=self.actor)
        except ValidationError as error:
            if found := self._sent_already(purchase):
                return self.url("order-detail", found.pk)
            raise ValidationError(self._on_fields(error, answers)) from error
        return self.url("order-detail", order.pk)

    def _sent_already(self, purchase: Purchase) -> FulfillmentRequest | None:
        """The order the same page gave a moment ago, whatever stands in the way of a second one."""
        return (
            FulfillmentRequest.objects.visible_to(self.actor)
            .filter(
                subscription__external_uid=purchase.external_uid,
                subscription__product=purchase.product,
            )
            .first()
        )

    def _on_fields(self, error: ValidationError, answers: Answers) -> Any:
        """Errors of the service under the names the steps use."""
        if not hasattr(error, "error_dict"):
            return error.error_list
        moved: dict[str, list[Any]] = {}
        first = next(
            (f"quantity-{item.pk}" for item in self._items(answers["product"]["product"])), ""
        )
        names = {"items": first, "marketplace": "customer", "connection": "customer"}
        for step in ("place",):
            for name in answers.get(step, {}):
                names[name] = name
        for name, errors in error.error_dict.items():
            form = getattr(self, "parameter_form", None)
            places = form.fields_of(name) if form is not None else []
            place = places[0] if places else names.get(name, name)
            moved.setdefault(place or NON_FIELD_ERRORS, []).extend(errors)
        return moved
