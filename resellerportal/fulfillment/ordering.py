"""Placing an order in steps: what, for whom, where, how many, with which values."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services.newcomers import place_purchase
from fulfillment.services.purchases import Purchase

from ..customers.similar import ANYWAY
from ..forms import PortalForm
from ..generic import Fact
from ..processing.drafting import have_checked
from ..wizard import SUMMARY, Answers, Step, WizardView
from . import forecast
from . import ordering_accounts as accounts
from . import ordering_forms as forms
from .ordering_lines import ItemsForm, ParametersForm
from .queue import environment

#: Name of the button that keeps what there is as a draft.
SAVE = "save"
#: Templates of steps.
CHOICE, DATA = "fulfillment/ordering_account.html", "portal/account_add.html"
VALUES = "fulfillment/ordering_values.html"


class OrderAdd(accounts.NewAccounts, WizardView):
    url_name = "order-add"
    title = gettext_lazy("Place an order")
    submit_label = gettext_lazy("Place the order")
    template_name = "fulfillment/ordering_step.html"
    steps = (
        Step("environment", gettext_lazy("Environment"), forms.EnvironmentForm),
        Step("product", gettext_lazy("Product"), forms.ProductForm),
        Step("market", gettext_lazy("Marketplace"), forms.MarketForm),
        Step("customer", gettext_lazy("Customer"), accounts.CustomerForm, CHOICE),
        Step("parent", gettext_lazy("Reseller"), accounts.ParentForm, CHOICE),
        Step("reseller", gettext_lazy("New reseller"), accounts.ResellerForm, DATA),
        Step("company", gettext_lazy("New customer"), accounts.CompanyForm, DATA),
        Step("place", gettext_lazy("Where"), forms.PlaceForm),
        Step("items", gettext_lazy("Items"), ItemsForm, "fulfillment/ordering_items.html"),
        Step("parameters", gettext_lazy("Parameters"), ParametersForm, VALUES),
    )

    # ---- steps ----

    def get_steps(self, answers: Answers) -> list[Step]:
        left_out = self._about_accounts(answers)
        if len(self.environments) < 2:
            left_out.add("environment")
        if not self.previews or "product" not in answers or len(self.markets(answers)) < 2:
            left_out.add("market")
        known = self.knows_customer(answers)
        if not known or max(map(len, self.places(answers))) < 2:
            left_out.add("place")
        if known and ("place" in left_out or "place" in answers):
            product = self.product(answers)
            if not self.asset(product).orderable() and not self.fillable(answers):
                left_out.add("parameters")
        return [step for step in self.steps if step.name not in left_out]

    def _about_accounts(self, answers: Answers) -> set[str]:
        """Steps about accounts that do not apply: nothing is created, or below a known reseller."""
        if not answers.get("customer", {}).get("new"):
            return {"parent", "reseller", "company"}
        return set() if answers.get("parent", {}).get("new") else {"reseller"}

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        if step.name == "environment":
            form.offer(self.environments)
        elif step.name == "product":
            form.offer(self.environment(answers))
        elif step.name == "market":
            form.offer(self.markets(answers))
        elif step.name in ("customer", "parent"):
            self._prepare_choice(step, form, answers)
        elif step.name in accounts.KINDS:
            self.prepare_account(step, form, answers)
        elif step.name == "place":
            form.offer(*self.places(answers))
        elif step.name == "items":
            form.offer(self.items(self.product(answers)))
        elif step.name == "parameters":
            asset = self.asset(self.product(answers))
            form.offer(self.customer(answers), asset, self.fillable(answers))
            self.parameter_form = form

    def _prepare_choice(self, step: Step, form: Any, answers: Answers) -> None:
        product = form.product = self.product(answers)
        if self.previews:
            scope = "preview_customers" if step.name == "customer" else "previews"
            form.among(scope, self.market(answers).owner)
            return
        environment_ = self.environment(answers)
        form.sold = lambda account: all(self.ways(product, account.provider_id, environment_))

    def stops(self, answers: Answers) -> bool:
        return SAVE in self.request.POST and "items" in answers

    # ---- pages ----

    def get_facts(self, step: Step, form: PortalForm, cleaned: dict[str, Any]) -> list[Fact]:
        if step.name == "environment":
            return [Fact(_("Environment"), environment(cleaned["environment"]))]
        if step.name == "product":
            product = cleaned["product"]
            return [Fact(_("Product"), product), Fact(_("Vendor"), product.owner)]
        if step.name in ("customer", "parent"):
            account = cleaned[step.name]
            if account is None:  # its data follow
                return []
            return [Fact(step.label, account), Fact(_("Contact"), account.contact_email)]
        if step.name in ("items", "parameters"):
            found = [Fact(*pair) for pair in form.facts()]  # type: ignore[attr-defined]
            return found or [Fact(_("Given now"), _("nothing; what is required is asked by mail"))]
        return super().get_facts(step, form, cleaned)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers: Answers = kwargs.get("answers") or {}
        summary = self.wanted == SUMMARY
        sold = self.knows_customer(answers) and ("items" in answers or self.wanted == "items")
        context = super().get_context_data(
            effects=self._effects(answers) if summary and "items" in answers else [],
            nodes=self._tiers(answers) if sold and (summary or self.wanted == "items") else [],
            saves=self.wanted in ("items", "parameters", SUMMARY),
            drafting=self.wanted in (*accounts.KINDS, "items"),
            invented=self.wanted in accounts.KINDS and self.previews,
            similar=self.doubts(answers) if summary and sold else None,
            tax_warnings=self.tax_warnings(answers) if summary else [],
            **kwargs,
        )
        if self.previews:
            context["title"] = _("Place a preview order")
        if summary and self.product(answers).validates_orders:
            context["submit_label"] = _("Have it checked")
        return context

    def _tiers(self, answers: Answers) -> list[dict[str, Any]]:
        return forecast.tiers_to_be(
            self.customer(answers),
            self.needs(answers),
            self.actor,
            self.url,
            seen=self.seen(answers),
        )

    def _effects(self, answers: Answers) -> list[forecast.Effect]:
        product = self.product(answers)
        found = forecast.effects(
            product,
            self.customer(answers),
            self.needs(answers),
            self.asset(product).own,
            answers.get("parameters", {}),
            self.seen(answers),
        )
        first = forecast.created(self._created(answers))
        return [*first, *forecast.checked(product), *found]

    def _created(self, answers: Answers) -> list[TierAccount]:
        customer = self.customer(answers)
        return [each for each in (customer.parent, customer) if each and each._state.adding]

    # ---- the order ----

    def finish(self, answers: Answers) -> str:
        product, draft = self.product(answers), SAVE in self.request.POST
        purchase = self._purchase(answers)
        try:
            self.check_doubts(answers, ANYWAY in self.request.POST)
            order = place_purchase(
                purchase,
                actor=self.actor,
                newcomers=self.newcomers(answers, self.uid()),
                draft=draft or product.validates_orders,
            )
        except ValidationError as error:
            given = answers["items"]["external_uid"]
            if not given and (found := self._sent_already(purchase)):
                return self.url("order-detail", found.pk)
            raise ValidationError(self._on_fields(error, answers)) from error
        self._say(order, draft)
        return self.url("order-detail", order.pk)

    def _purchase(self, answers: Answers) -> Purchase:
        market, way = self.place(answers)
        items = answers["items"]
        return Purchase(
            product=self.product(answers),
            customer=self.customer(answers),
            items=items["items"],
            marketplace=market,
            connection=way,
            values={scope: raw for scope, raw in answers.get("parameters", {}).items() if raw},
            external_id=items["external_id"],
            external_uid=items["external_uid"] or self.uid(),
            note=items["note"],
        )

    def _say(self, order: FulfillmentRequest, draft: bool) -> None:
        """What came of it; a draft that the vendor's service looks at is looked at now."""
        if order.state != FulfillmentRequest.State.DRAFT:
            messages.success(self.request, _("The order is placed."))
            return
        messages.success(self.request, _("The draft is saved. Nobody else sees it."))
        if not draft:
            have_checked(self.request, order, self.actor)

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

    def _summary(self, forms: list[Any], answers: Answers) -> list[dict[str, Any]]:
        return [part for part in super()._summary(forms, answers) if part["facts"]]

    def _guilty(self, forms: list[Any], wrong: ValidationError) -> str:
        return self.guilty or super()._guilty(forms, wrong)

    guilty = ""

    def _on_fields(self, error: ValidationError, answers: Answers) -> Any:
        """Errors of the service under the names the steps use."""
        if not hasattr(error, "error_dict"):
            return error.error_list
        moved: dict[str, list[Any]] = {}
        first = next((f"quantity-{each.pk}" for each in self.items(self.product(answers))), "")
        names = {"items": first, "marketplace": "customer", "connection": "customer"}
        names |= {name: name for name in answers.get("place", {})}
        for name, errors in error.error_dict.items():
            part, _dot, field = name.rpartition(".")
            self.guilty = self.guilty or part
            form = getattr(self, "parameter_form", None)
            places = form.fields_of(name) if form is not None else []
            place = field if part else places[0] if places else names.get(name, name)
            moved.setdefault(place or NON_FIELD_ERRORS, []).extend(errors)
        return moved
