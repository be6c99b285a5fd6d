"""The naive model's subscriptions: bought, changed, held and ended by orders of every type."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleState

from .naive_births import ASKING, Births, Key, Order, Request, Sold
from .questions import Refused, Values, by_answerer, by_anybody, by_buyer

BUYING = ("distributor", "operator", "admin")
#: Type -> the states of a subscription in which it begins.
BEGINS = {
    "change": ("active",),
    "suspend": ("active",),
    "resume": ("suspended",),
    "cancel": ("active", "suspended"),
    "adjustment": ("active",),
}
#: Type -> what an approved one makes of the subscription.
LEADS = {
    "purchase": "active",
    "change": "active",
    "adjustment": "active",
    "suspend": "suspended",
    "resume": "active",
    "cancel": "terminated",
}
VALUED = (*ASKING, "adjustment")


class Orders(Births):
    # -- purchases

    def place(
        self,
        product: str,
        customer: str,
        place: str,
        sent: dict[str, Values],
        by: str,
        *,
        draft: bool = False,
    ) -> None:
        if by not in BUYING:
            raise Refused(PermissionDenied)
        sold = Sold(product, customer, place)
        order = Order(sold, "purchase", self.bought(sold, sent), self.party(by))
        self.orders.append(order)
        if draft or self.offers[product].validates_orders:
            order.tiers = {scope: values for scope, values in sent.items() if scope != "asset"}
        else:
            self.begin_purchase(order, by, sent)

    def bought(self, sold: Sold, sent: dict[str, Values]) -> Values:
        """The values of the subscription, when all that is sent fits together."""
        offer = self.offers[sold.product]
        if not offer.on_sale:
            raise Refused(ValidationError)
        self.needed(sold, sent)
        values, _form = offer.take("asset", {}, sent.get("asset", {}), by_buyer)
        return values

    def needed(self, sold: Sold, sent: dict[str, Values]) -> list[Key]:
        tier1 = self.parents[sold.customer]
        assert tier1 is not None
        needs = self.needs(sold.product, (self.parents[tier1], tier1), sold.place)
        scopes = {f"tier{key[2]}" for key in needs} | {"asset"}
        if any(any(values.values()) for scope, values in sent.items() if scope not in scopes):
            raise Refused(ValidationError)
        return needs

    def begin_purchase(self, order: Order, by: str, sent: dict[str, Values]) -> None:
        order.needs = self.needed(order.sold, sent)
        for key in order.needs:
            above = order.needs[0] if key[2] == 1 and len(order.needs) == 2 else None
            self.ensure(key, above, sent.get(f"tier{key[2]}", {}), by=by)
        order.sold.state, order.sold.quantity = "processing", 1
        self.judge(order)

    def edit_purchase(
        self, order: Order, by: str, customer: str, place: str, sent: dict[str, Values]
    ) -> None:
        self.check(order, by, f"{order.by} admin", "draft")
        order.sold.customer, order.sold.place = customer, place
        order.values = self.bought(order.sold, sent)
        order.tiers = {scope: values for scope, values in sent.items() if scope != "asset"}

    # -- what is asked of a subscription

    def ask_for(
        self, sold: Sold, kind: str, by: str, sent: Values, quantity: int, *, draft: bool = False
    ) -> Order:
        """`quantity` is the one wanted of a change."""
        offer = self.offers[sold.product]
        if by not in (("vendor", "admin") if kind == "adjustment" else BUYING):
            raise Refused(PermissionDenied)
        if self.open_order(sold):
            raise Refused(ValidationError)
        if sold.state not in BEGINS[kind]:
            raise Refused(StaleState)
        if kind == "suspend" and not offer.administrative_hold:
            raise Refused(ValidationError)
        order = Order(sold, kind, {}, self.party(by, kind), before=sold.state)
        if kind == "change":
            self.set_change(order, sent, quantity)
            self.check_change(order)
        elif kind == "adjustment":
            taken, _form = offer.take("asset", sold.values, sent, by_anybody, vendor=True)
            order.values = self.differing(sold, taken)
        elif kind == "cancel":
            sold.state = "terminating"
        self.orders.append(order)
        if not (draft or (kind == "change" and offer.validates_changes)):
            self.judge(order)
        return order

    def set_change(self, order: Order, sent: Values, quantity: int) -> None:
        sold = order.sold
        if not quantity:
            raise Refused(ValidationError)
        offer = self.offers[sold.product]
        taken, _form = offer.take("asset", sold.values, sent, by_answerer)
        order.values, order.quantity = self.differing(sold, taken), quantity
        if order.values and not offer.editable_ordering_parameters:
            raise Refused(ValidationError)

    def check_change(self, order: Order) -> None:
        order.values = self.differing(order.sold, order.values)
        if not order.values and order.quantity == order.sold.quantity:
            raise Refused(ValidationError)
        if order.values and not self.offers[order.sold.product].editable_ordering_parameters:
            raise Refused(ValidationError)

    def edit_change(self, order: Order, by: str, sent: Values, quantity: int) -> None:
        self.check(order, by, f"{order.by} admin", "draft")
        self.set_change(order, sent, quantity)

    def adjust_sold(self, sold: Sold, by: str, sent: Values, *, apply: bool) -> None:
        order = self.ask_for(sold, "adjustment", by, sent, 0)
        if apply:
            self.fulfil(order, by, {})
        elif not order.values:
            raise Refused(ValidationError)

    def differing(self, sold: Sold, values: Values) -> Values:
        return {n: text for n, text in values.items() if text != sold.values.get(n, "")}

    # -- drafts

    def submit_order(self, order: Order, by: str) -> None:
        self.check(order, by, f"{order.by} admin", "draft")
        if order.kind == "purchase":
            if not self.offers[order.sold.product].on_sale:
                raise Refused(ValidationError)
            sent, order.tiers = order.tiers, {}
            order.values = {name: text for name, text in order.values.items() if text}
            self.begin_purchase(order, by, sent)
        else:
            self.check_change(order)
            self.judge(order)

    def discard_order(self, order: Order, by: str) -> None:
        self.check(order, by, f"{order.by} admin system", "draft")
        order.state = "discarded"
        if order.sold.state == "draft":
            order.sold.state = "discarded"

    # -- the vendor's

    def for_vendor(self, request: Request | Order) -> set[str]:
        """Names of what the vendor fills in."""
        offer, scope, known = self.seen(request)
        own = [each for each in offer.now(scope, known).values() if each.for_vendor]
        if isinstance(request, Order):
            if request.kind not in VALUED:
                return set()
            if request.kind == "change" and not offer.editable_fulfillment_parameters:
                force = request.sold.values
                own = [q for q in own if q.phase == "ordering" or not force.get(q.name)]
        return {each.name for each in own}

    def take_filled(self, request: Request | Order, filled: Values) -> None:
        if set(filled) - self.for_vendor(request):
            raise Refused(ValidationError)
        request.values = {**request.values, **filled}

    def complete(self, request: Request | Order) -> Values:
        """The values in force after an approval."""
        offer, scope, known = self.seen(request)
        if any(
            each.required and not known.get(name) for name, each in offer.now(scope, known).items()
        ):
            raise Refused(ValidationError)
        return {name: text for name, text in known.items() if text}

    def fulfil(self, order: Order, by: str, filled: Values) -> None:
        self.check(order, by, "vendor admin system", "pending", "scheduled", "revoking")
        self.take_filled(order, filled)
        if order.kind in VALUED:
            order.sold.values = self.complete(order)
        if order.kind == "change":
            order.sold.quantity = order.quantity
        order.state, order.due, order.sold.state = "approved", False, LEADS[order.kind]

    def reject(self, order: Order, by: str) -> None:
        preview = " distributor" if order.sold.place == "preview" else ""
        self.check(order, by, "vendor admin" + preview, "pending", "inquiring")
        self.end_order(order)

    def withdraw(self, order: Order, by: str) -> None:
        self.check(order, by, "distributor operator admin", "tiers_setup", "inquiring")
        self.end_order(order)

    def end_order(self, order: Order, state: str = "failed") -> None:
        order.state = state
        if order.kind == "purchase":
            order.sold.state = "terminated"
        elif order.kind == "cancel":
            order.sold.state = order.before

    # -- later dates

    def plan(self, order: Order, by: str, *, automatic: bool) -> None:
        self.check(order, by, "vendor admin", "pending")
        if order.kind == "adjustment" or not self.offers[order.sold.product].schedules:
            raise Refused(ValidationError)
        order.state, order.automatic = "scheduled", automatic

    def day(self, order: Order) -> None:
        """The planned date comes, which says something to what is scheduled only."""
        if order.state != "scheduled" or order.due:
            return
        order.due = True
        if order.automatic:
            try:
                self.fulfil(order, "system", {})
            except Refused:
                return

    def revoke(self, order: Order, by: str) -> None:
        self.check(order, by, "distributor admin", "scheduled")
        order.state, order.due = "revoking", False

    def confirm(self, order: Order, by: str) -> None:
        self.check(order, by, "vendor admin", "revoking")
        self.end_order(order, "revoked")

    def expire_order(self, order: Order) -> None:
        """It stays too long, where that is anything."""
        if order.state == "draft":
            self.discard_order(order, "system")
        elif order.state in ("pending", "inquiring", "revoking"):
            self.end_order(order)

    @staticmethod
    def party(by: str, kind: str = "") -> str:
        """Whom an administrator stands in for."""
        if by != "admin":
            return by
        return "vendor" if kind == "adjustment" else "distributor"
