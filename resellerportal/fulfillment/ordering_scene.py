"""What the answers of the order wizard come to: who buys what, through whom, and where."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import Marketplace, Partner, Product, TierAccount
from fulfillment.models import Item
from fulfillment.services.purchases import Requirement, requirements
from tierconfig.models import Parameter

from ..parameters.rules import Rules
from ..wizard import Answers
from . import ordering_forms as forms

PREVIEW = str(TierAccount.Environment.PREVIEW)
#: Ids of accounts that are created with the order; they are never stored.
NEW_CUSTOMER, NEW_RESELLER = "new-customer", "new-reseller"
#: Marketplaces and connections to choose from.
Ways = tuple[list[Any], list[Any]]


class Scene:
    """For a WizardView. Rows are read once per request, however often the answers are replayed."""

    actor: Actor

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        return {}

    def _once(self, key: Any, make: Any) -> Any:
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]

    @property
    def previews(self) -> bool:
        """A vendor orders previews of its own products, nothing else."""
        return self.actor.role == VENDOR

    # ---- environment, product, place ----

    @cached_property
    def environments(self) -> list[str]:
        return [PREVIEW] if self.previews else forms.environments(self.actor)

    def environment(self, answers: Answers) -> str:
        """The chosen one, or the only one; "" as long as nothing can be ordered."""
        chosen = answers.get("environment", {}).get("environment")
        return str(chosen or next(iter(self.environments), ""))

    def product(self, answers: Answers) -> Product:
        product: Product = answers["product"]["product"]
        return product

    def markets(self, answers: Answers) -> list[Marketplace]:
        """Where the product is listed, of any distributor: a vendor's choice."""
        product = self.product(answers)
        found: list[Marketplace] = self._once(
            ("markets", product.pk), lambda: forms.listed(self.actor, product)
        )
        return found

    def market(self, answers: Answers) -> Marketplace:
        """A vendor's marketplace; the chosen one, or the only one."""
        chosen = answers.get("market", {}).get("marketplace")
        found = self.markets(answers)
        return next((each for each in found if each.pk == chosen), found[0])

    def places(self, answers: Answers) -> Ways:
        """Marketplaces and connections for the customer; no connection for previews."""
        if self.previews:
            return [self.market(answers)], [None]
        provider = self.customer(answers).provider_id
        return self.ways(self.product(answers), provider, self.environment(answers))

    def ways(
        self, product: Product, provider: str, environment: str
    ) -> tuple[list[Any], list[Any]]:
        """Marketplaces and connections for customers of a distributor."""
        found: Ways = self._once(
            ("ways", product.pk, provider, environment),
            lambda: (
                forms.marketplaces(self.actor, product, provider),
                forms.connections(product, provider, environment),
            ),
        )
        return found

    def place(self, answers: Answers) -> tuple[Any, Any]:
        """Marketplace and connection: the chosen ones, or the only ones."""
        chosen = answers.get("place", {})
        places, ways = self.places(answers)
        market = next((p for p in places if p.pk == chosen.get("marketplace")), places[0])
        way = next((w for w in ways if w and w.pk == chosen.get("connection")), ways[0])
        return market, way

    # ---- who ----

    def knows_customer(self, answers: Answers) -> bool:
        if "customer" not in answers:
            return False
        return not answers["customer"]["new"] or "company" in answers

    def provider(self, answers: Answers) -> Partner:
        """The distributor of accounts that are created: the parent's, the marketplace's or self."""
        if self.previews:
            return self.market(answers).owner
        for step in ("reseller", "parent"):
            parent: TierAccount | None = answers.get(step, {}).get("parent")
            if parent is not None:
                return parent.provider
        assert self.actor.partner is not None
        return self.actor.partner

    def customer(self, answers: Answers) -> TierAccount:
        """With its parents read; one that is created with the order is not stored yet."""
        chosen = answers["customer"]["customer"]
        return self._read(chosen) if chosen is not None else self._new_customer(answers)

    def _read(self, account: TierAccount) -> TierAccount:
        rows = TierAccount.objects.visible_to(self.actor)
        rows = rows.select_related("provider", "parent__parent")
        found: TierAccount = self._once(("account", account.pk), lambda: rows.get(pk=account.pk))
        return found

    def _new_customer(self, answers: Answers) -> TierAccount:
        parent = answers["parent"]["parent"]
        above = self._read(parent) if parent is not None else self._new_reseller(answers)
        return self._new(answers, "company", NEW_CUSTOMER, above)

    def _new_reseller(self, answers: Answers) -> TierAccount:
        parent = answers["reseller"]["parent"]
        return self._new(answers, "reseller", NEW_RESELLER, parent and self._read(parent))

    def _new(self, answers: Answers, step: str, pk: str, parent: Any) -> TierAccount:
        typed = answers[step]
        names = ("name", "contact_email", "contact_first_name", "contact_last_name")
        shown = {name: typed[name] for name in names}
        return TierAccount(pk=pk, parent=parent, provider=self.provider(answers), **shown)

    # ---- what ----

    def items(self, product: Product) -> list[Item]:
        rows = Item.objects.visible_to(self.actor).filter(
            product=product, status=Item.Status.PUBLISHED
        )
        found: list[Item] = self._once(
            ("items", product.pk), lambda: list(rows.order_by("pk")[:200])
        )
        return found

    def needs(self, answers: Answers) -> list[Requirement]:
        product, customer = self.product(answers), self.customer(answers)
        market, way = self.place(answers)
        key = ("needs", product.pk, customer.pk, customer.parent_id, market.pk, way and way.pk)
        found: list[Requirement] = self._once(
            key, lambda: requirements(product, customer, way, market)
        )
        return found

    def asset(self, product: Product) -> Rules:
        """The parameters of the subscription."""
        rows = product.parameters.visible_to(self.actor).filter(scope=Parameter.Scope.ASSET)
        found: Rules = self._once(("asset", product.pk), lambda: Rules(list(rows.value_holding())))
        return found

    def fillable(self, answers: Answers) -> list[tuple[Requirement, Rules]]:
        """Tiers whose values may be given now: their setup begins, and the actor may know them."""
        begin = [need for need in self.needs(answers) if need.begins]
        found = [(need, Rules(need.definitions)) for need in begin]
        found = [(need, rules) for need, rules in found if rules.orderable()]
        if self.actor.role in (RESELLER, VENDOR):
            own = self.seen(answers)
            found = [(need, rules) for need, rules in found if need.account.pk in own]
        return found

    def seen(self, answers: Answers) -> set[str]:
        """Which accounts of the order the actor sees; what it creates with this order it does."""
        customer = self.customer(answers)
        above = customer.parent
        chain = [each for each in (customer, above, above and above.parent) if each is not None]
        stored = [each.pk for each in chain if not each._state.adding]
        rows = TierAccount.objects.visible_to(self.actor).filter(pk__in=stored)
        known: set[str] = (
            self._once(("seen", *stored), lambda: set(rows.values_list("pk", flat=True)))
            if stored
            else set()
        )
        return known | {each.pk for each in chain if each._state.adding}
