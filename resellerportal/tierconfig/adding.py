"""Beginning a configuration without an order (7.42): account, product, where, values, summary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Product, TierAccount
from tierconfig.models import Parameter
from tierconfig.services.configs import begin_setup
from tierconfig.services.needs import read_needs

from .. import chains
from ..fulfillment.ordering_forms import connections, marketplaces
from ..generic import Fact
from ..parameters.rules import Rules
from ..wizard import Answers, Step, Typed, WizardView
from .adding_forms import AccountForm, PlaceForm, ProductForm, ValuesForm, key_of


class ConfigAdd(WizardView):
    url_name = "config-add"
    title = gettext_lazy("Begin a configuration")
    submit_label = gettext_lazy("Begin the configuration")
    template_name = "fulfillment/ordering.html"
    steps = (
        Step("account", gettext_lazy("Reseller"), AccountForm),
        Step("product", gettext_lazy("Product"), ProductForm),
        Step("place", gettext_lazy("Which one"), PlaceForm),
        Step("values", gettext_lazy("Values"), ValuesForm, "tierconfig/config_values.html"),
    )

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        return {}

    def _once(self, key: Any, make: Any) -> Any:
        """Rows are read once per request, however often the answers are replayed."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]

    def _stored(self) -> dict[str, Typed]:
        """Who comes from the page of another reseller begins afresh."""
        stored = super()._stored()
        wanted = self.request.GET.get("account") if self.request.method == "GET" else None
        begun = stored.get("account", {}).get("account")
        return {} if wanted and begun != [wanted] else stored

    def outdated(self, step: Step, typed: Typed, answers: Answers) -> tuple[str, ...]:
        """What was said of one reseller or product is not said of another."""
        if step.name not in ("account", "product"):
            return ()
        same = self._stored().get(step.name, {}).get(step.name) == typed.get(step.name)
        return () if same else ("place", "values")

    def _offers(self, answers: Answers) -> tuple[list[int], list[Any], list[Any]]:
        """Tiers, marketplaces and connections there are to choose from; None is a preview."""
        account, product = answers["account"]["account"], answers["product"]["product"]

        def read() -> tuple[list[int], list[Any], list[Any]]:
            tiers = [tier for tier in (1, 2) if product.authorization_level >= tier]
            asked = [tier for tier in tiers if self._own(product, tier)]
            ways = [*connections(product, account.provider_id), None]
            return asked or tiers, marketplaces(self.actor, product, account.provider_id), ways

        found: tuple[list[int], list[Any], list[Any]] = self._once(
            ("offers", account.pk, product.pk), read
        )
        return found

    def _own(self, product: Product, tier: int) -> list[Parameter]:
        scope = Parameter.tier_scope(tier)
        rows = Parameter.objects.visible_to(self.actor).filter(product=product, scope=scope)
        found: list[Parameter] = self._once((product.pk, scope), lambda: list(rows.value_holding()))
        return found

    def _place(self, answers: Answers) -> dict[str, Any]:
        """Tier, marketplace and connection: the chosen ones, or the only ones."""
        tiers, places, ways = self._offers(answers)
        chosen = answers.get("place", {})
        return {
            "tier_level": chosen.get("tier_level") or tiers[0],
            "marketplace": _pick(places, chosen.get("marketplace")),
            "connection": _pick(ways, chosen.get("connection")),
        }

    def _rules(self, answers: Answers) -> Rules:
        product, tier = answers["product"]["product"], self._place(answers)["tier_level"]
        return Rules(self._own(product, tier))

    def get_steps(self, answers: Answers) -> list[Step]:
        left_out = {"place", "values"}
        if "product" in answers:
            if max(map(len, self._offers(answers))) > 1:
                left_out.discard("place")
            if ("place" in left_out or "place" in answers) and self._rules(answers).orderable():
                left_out.discard("values")
        return [step for step in self.steps if step.name not in left_out]

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        if step.name == "place":
            form.offer(*self._offers(answers))
        elif step.name == "values":
            form.offer(self._rules(answers))

    def get_facts(self, step: Step, form: Any, cleaned: dict[str, Any]) -> list[Fact]:
        if step.name == "values":
            found = [Fact(*pair) for pair in form.parameter_facts()]
            return found or [Fact(_("Given now"), _("nothing; what is required is asked by mail"))]
        if step.name == "place":
            return [
                Fact(form[name].label, dict(form.fields[name].choices).get(cleaned[name]))
                for name in form.fields
            ]
        return super().get_facts(step, form, cleaned)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = kwargs.get("answers") or {}
        here = self.wanted == "summary" and "product" in answers
        return super().get_context_data(effects=self._effects(answers) if here else [], **kwargs)

    def _effects(self, answers: Answers) -> list[dict[str, str]]:
        """What begins, in the order in which it goes on."""
        account, product = answers["account"]["account"], answers["product"]["product"]
        place = self._place(answers)
        if product.validates_setups:
            return [_effect(_("A draft is made; nobody else sees it until you submit it."))]
        full = (
            TierAccount.objects.visible_to(self.actor).select_related("parent").get(pk=account.pk)
        )
        tiers = (full, full.parent) if place["tier_level"] == 1 else (None, full)
        texts = []
        for need in read_needs(product, tiers, place["connection"], place["marketplace"]):
            who = {"name": need.account.name, "tier": need.tier_level}
            if need.ready:
                texts.append(_("%(name)s is ready as tier %(tier)s.") % who)
            elif not need.begins:
                texts.append(_("The set-up of %(name)s as tier %(tier)s is under way.") % who)
            else:
                texts.append(_("The set-up of %(name)s as tier %(tier)s begins.") % who)
        texts.append(
            _("What is required and not given is asked by mail; then %(vendor)s decides.")
            % {"vendor": product.owner}
        )
        return [_effect(text) for text in texts]

    def finish(self, answers: Answers) -> str:
        account, product = answers["account"]["account"], answers["product"]["product"]
        values = answers.get("values", {}).get("values", {})
        try:
            made = begin_setup(
                product=product,
                account=account,
                actor=self.actor,
                values=values,
                **self._place(answers),
            )
        except ValidationError as error:
            if there := self._there(error):
                return there
            raise ValidationError(_on_fields(error, answers)) from error
        messages.success(self.request, _("%(id)s has begun.") % {"id": made.pk})
        return self.url("config-request-detail", made.pk)

    def _there(self, error: ValidationError) -> str:
        """The page of what exists already, with the reason above it; "" for other errors."""
        pk = (getattr(error, "params", None) or {}).get("id")
        pages = {"configured": "config", "open_request": "config-request"}
        name = pages.get(getattr(error, "code", ""), "")
        if not pk or not name:
            return ""
        messages.warning(self.request, " ".join(error.messages))
        return chains.address(self.url, f"{name}-detail", pk)


def _pick(rows: list[Any], pk: Any) -> Any:
    return next((row for row in rows if key_of(row) == pk), rows[0] if rows else None)


def _effect(text: str) -> dict[str, str]:
    return {"css": "", "text": text}


def _on_fields(error: ValidationError, answers: Answers) -> Any:
    """Errors of the service under the names that the steps use."""
    if not hasattr(error, "error_dict"):
        return error.error_list
    values = answers.get("values", {}).get("values", {})
    asked = {"tier_level", "marketplace", "connection"}
    found: dict[str, list[Any]] = {}
    for name, errors in error.error_dict.items():
        place = name
        if name in values or name not in {*asked, "account", "product"}:
            place = f"param-{name}"
        elif name in asked and name not in answers.get("place", {}):
            place = "product"
        found.setdefault(place, []).extend(errors)
    return found
