"""Steps of random stories around orders and subscriptions; those of configurations are in the
test itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.models import Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, discarding, drafts, endings, schedule
from fulfillment.services import requests as orders
from fulfillment.services.orders import create_purchase, draft_purchase
from fulfillment.services.purchases import Purchase
from tierconfig.models import ServiceLevel

from .market import BUYERS, SIDES, VENDORS, Market, typed
from .naive import Order, Sold
from .questions import Values
from .scene import LETTERS, SCOPES, key_of

ASKERS = (*["distributor"] * 4, "operator", "operator", "admin", "vendor")
AGO = timedelta(days=8)


class Orders(Market):
    # -- what is ordered

    def place(self) -> None:
        self.buy(draft=False)

    def draft_order(self) -> None:
        self.buy(draft=True)

    def buy(self, *, draft: bool) -> None:
        pk, by = self.chance.choice(sorted(self.model.offers)), self.chance.choice(ASKERS)
        customer, place, sent = self.wanted(pk)
        purchase, actor = self.purchase(pk, customer, place, sent), self.scene.actor(by)
        placed = self.does(
            lambda: self.model.place(pk, customer, place, sent, by, draft=draft),
            lambda: (draft_purchase if draft else create_purchase)(purchase, actor=actor),
        )
        if placed:
            self.rows.append(placed.pk)
            self.check_needs(placed)

    def edit_order(self) -> None:
        order, row = self.order("draft")
        by = self.maker_of(order)
        if order.kind != "purchase":
            sent, quantity = self.typed_for(order.sold), self.chance.randrange(4)
            items = {row.subscription.product.items.get().pk: quantity}
            self.does(
                lambda: self.model.edit_change(order, by, sent, quantity),
                lambda: drafts.edit_draft(
                    row, actor=self.scene.actor(by), items=items, values=sent
                ),
            )
            return
        customer, place, sent_all = self.wanted(order.sold.product)
        purchase = self.purchase(order.sold.product, customer, place, sent_all)
        self.does(
            lambda: self.model.edit_purchase(order, by, customer, place, sent_all),
            lambda: drafts.edit_draft(row, actor=self.scene.actor(by), purchase=purchase),
        )

    def submit_order(self) -> None:
        order, row = self.order("draft")
        by = self.maker_of(order)
        sent = self.does(
            lambda: self.model.submit_order(order, by),
            lambda: drafts.submit_request(row, actor=self.scene.actor(by)),
        )
        if sent:
            self.check_needs(sent)

    def discard_order(self) -> None:
        order, row = self.order("draft")
        by = self.maker_of(order)
        self.does(
            lambda: self.model.discard_order(order, by),
            lambda: drafts.discard_request(row, actor=self.scene.actor(by)),
        )

    def forget(self) -> None:
        """Nobody touches a draft for long."""
        order, row = self.order("draft")
        late = timezone.now() - timedelta(days=900)
        FulfillmentRequest.objects.filter(pk=row.pk).update(updated_at=late)
        self.does(
            lambda: order.state == "draft" and self.model.discard_order(order, "system"),
            discarding.expire_drafts,
        )
        FulfillmentRequest.objects.filter(pk=row.pk).update(updated_at=timezone.now())

    def wanted(self, pk: str) -> tuple[str, str, dict[str, Values]]:
        """For whom, where, and what is sent along."""
        chance = self.chance
        sent = {
            scope: typed(self.model.offers[pk], scope, {}, chance)
            for scope in SCOPES
            if chance.random() < (0.7 if scope == "asset" else 0.2)
        }
        place = chance.choice(["live", "live", "live", "preview"])
        return chance.choice(self.scene.customers), place, sent

    def purchase(self, pk: str, customer: str, place: str, sent: dict[str, Values]) -> Purchase:
        product = Product.objects.get(pk=pk)
        return Purchase(
            product=product,
            customer=self.scene.accounts[customer],
            items={product.items.get().pk: 1},
            marketplace=self.scene.market,
            connection=product.connections.get() if place == "live" else None,
            values=sent,
        )

    def check_needs(self, row: FulfillmentRequest) -> None:
        order = self.model.orders[self.rows.index(row.pk)]
        assert {key_of(each) for each in row.required_configurations.all()} == set(order.needs)

    def maker_of(self, order: Order) -> str:
        return order.by if self.chance.random() < 0.8 else self.chance.choice(SIDES)

    # -- what is asked of a subscription

    def sold(self, *wanted: str) -> tuple[Sold, Subscription]:
        rows = list({each.sold: None for each in self.model.orders if each.state != "discarded"})
        free = [e for e in rows if e.state in wanted and not self.model.open_order(e)]
        chosen = self.one_of(free, rows)
        first = next(each for each in self.model.orders if each.sold is chosen)
        return chosen, self.order_row(first).subscription

    def typed_for(self, sold: Sold) -> Values:
        """Other values, mostly of what has one."""
        own = [each.name for each in self.model.offers[sold.product].of("asset")]
        names = sorted(sold.values) if sold.values and self.chance.random() < 0.7 else own
        letters = [*LETTERS, ""]
        return {name: self.chance.choice(letters) for name in names if self.chance.random() < 0.5}

    def change_sold(self) -> None:
        sold, row = self.sold("active")
        by, sent = self.chance.choice(ASKERS), self.typed_for(sold)
        quantity, draft = self.chance.choice([0, 1, 2, 3, 4]), self.chance.random() < 0.2
        items = {row.product.items.get().pk: quantity}
        self.asked(
            lambda: self.model.ask_for(sold, "change", by, sent, quantity, draft=draft),
            lambda: changes.request_change(
                row, actor=self.scene.actor(by), items=items, values=sent, draft=draft
            ),
        )

    def hold_sold(self) -> None:
        self.ask_plainly("suspend", "active")

    def resume_sold(self) -> None:
        self.ask_plainly("resume", "suspended")

    def cancel_sold(self) -> None:
        self.ask_plainly("cancel", "active", "suspended")

    def ask_plainly(self, kind: str, *wanted: str) -> None:
        sold, row = self.sold(*wanted)
        by, service = self.chance.choice(ASKERS), getattr(changes, f"request_{kind}")
        self.asked(
            lambda: self.model.ask_for(sold, kind, by, {}, 0),
            lambda: service(row, actor=self.scene.actor(by)),
        )

    def adjust_sold(self) -> None:
        sold, row = self.sold("active")
        by, sent, apply = self.chance.choice(VENDORS), self.typed_for(sold), False
        more: dict[str, Any] = {}
        if self.chance.random() < 0.5:
            apply, more = (
                True,
                {"apply": True, "template": row.product.templates.get(scope="asset")},
            )
        self.asked(
            lambda: self.model.adjust_sold(sold, by, sent, apply=apply),
            lambda: changes.request_adjustment(
                row, actor=self.scene.actor(by), values=sent, **more
            ),
        )

    def asked(self, predict: Any, call: Any) -> None:
        made = self.does(predict, call)
        if made:
            self.rows.append(made.pk)

    # -- orders under way

    def reply(self) -> None:
        order, row = self.order("inquiring")
        by, sent = self.chance.choice(BUYERS), self.values(order)
        self.does(
            lambda: self.model.answer(order, by, sent),
            lambda: orders.answer_request(row, actor=self.scene.actor(by, row), values=sent),
        )

    def fulfil(self) -> None:
        order, row = self.order("pending", "scheduled", "revoking")
        by, filled = self.chance.choice(VENDORS), self.values(order, vendor=True)
        template = row.subscription.product.templates.get(scope="asset")
        self.does(
            lambda: self.model.fulfil(order, by, filled),
            lambda: orders.approve_request(
                row, actor=self.scene.actor(by), template=template, values=filled
            ),
        )

    def fill_order(self) -> None:
        order, row = self.order("pending", "inquiring")
        by, filled = self.chance.choice(VENDORS), self.values(order, vendor=True)
        self.does(
            lambda: self.model.fill(order, by, filled),
            lambda: orders.update_request(row, actor=self.scene.actor(by), values=filled),
        )

    def ask_buyer(self) -> None:
        order, row = self.order("pending")
        by, text = self.chance.choice(VENDORS), "Is that so?"
        self.does(
            lambda: self.model.inquire(order, by),
            lambda: orders.inquire_request(
                row, actor=self.scene.actor(by), errors={}, message=text
            ),
        )

    def pend_order(self) -> None:
        order, row = self.order("inquiring")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.pend(order, by),
            lambda: orders.pend_request(row, actor=self.scene.actor(by)),
        )

    def reject(self) -> None:
        order, row = self.order("pending", "inquiring")
        by = self.chance.choice(VENDORS)
        self.does(
            lambda: self.model.reject(order, by),
            lambda: orders.fail_request(row, actor=self.scene.actor(by), reason="Out of stock."),
        )

    def withdraw(self) -> None:
        order, row = self.order("tiers_setup", "inquiring")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.withdraw(order, by),
            lambda: orders.withdraw_request(row, actor=self.scene.actor(by), reason="Twice."),
        )

    # -- later dates, and too late

    def plan(self) -> None:
        order, row = self.order("pending")
        by, automatic = self.chance.choice(VENDORS), self.chance.random() < 0.7
        given = {
            "planned_date": timezone.now() + timedelta(days=1),
            "template": row.subscription.product.templates.get(scope="asset"),
            "automatic": automatic,
        }
        self.does(
            lambda: self.model.plan(order, by, automatic=automatic),
            lambda: orders.schedule_request(row, actor=self.scene.actor(by), **given),
        )

    def day(self) -> None:
        order, row = self.order("scheduled")
        if row.planned_date:
            FulfillmentRequest.objects.filter(pk=row.pk).update(planned_date=timezone.now())
        self.does(lambda: self.model.day(order), schedule.planned_dates)

    def revoke(self) -> None:
        order, row = self.order("scheduled")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.revoke(order, by),
            lambda: orders.revoke_request(row, actor=self.scene.actor(by), reason="Wait."),
        )

    def confirm(self) -> None:
        order, row = self.order("revoking")
        by = self.chance.choice(VENDORS)
        self.does(
            lambda: self.model.confirm(order, by),
            lambda: orders.confirm_request(row, actor=self.scene.actor(by)),
        )

    def expire_order(self) -> None:
        order, row = self.order("draft", "pending", "inquiring", "revoking")
        self.too_late(row, lambda: self.model.expire_order(order), ServiceLevel.Entity.ORDER)

    def expire_setup(self) -> None:
        request, row = self.request("draft", "pending", "inquiring")
        entity = ServiceLevel.Entity.CONFIG_REQUEST
        self.too_late(row, lambda: self.model.expire(request), entity)

    def too_late(self, row: Any, predict: Any, entity: str) -> None:
        """Its vendor ends what stays so long in the state of this one; others are young."""
        kept = {"updated_at": row.updated_at, "state_since": row.state_since}
        rows = type(row).objects.filter(pk=row.pk)
        rows.update(**{name: at - AGO for name, at in kept.items()})
        given = {"partner": row.vendor, "entity": entity, "state": row.state}
        rule = ServiceLevel.objects.create(**given, late=1, overdue=2, terminate=7)
        self.does(predict, endings.end_overdue)
        rule.delete()
        rows.filter(state=row.state).update(**kept)
