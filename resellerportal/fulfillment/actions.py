"""What can be done with an order: each step is a page that asks, and then posts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services

from .. import cells, texts
from ..generic import Fact
from ..holders import Nudge
from ..processing import actions, editing, inquiring
from . import shown
from .forms import ApproveForm, InquireForm
from .orders import OrderMixin
from .wording import ASKABLE, BARE, words

State = FulfillmentRequest.State


class OrderStep(OrderMixin):
    """What every step shows about its order."""

    object: Any

    def get_facts(self) -> list[Fact]:
        order, subscription = self.object, self.object.subscription
        facts = [
            Fact(_("Request"), order.get_type_display()),
            Fact(_("Customer"), subscription.customer),
            Fact(_("Product"), subscription.product),
        ]
        if order.planned_date:
            facts.append(Fact(_("Planned for"), cells.absolute(order.planned_date)))
        return facts


class OrderApprove(OrderStep, actions.Approve):
    template_name = "fulfillment/order_approve.html"
    service = staticmethod(services.approve_request)
    form_class = ApproveForm
    title = gettext_lazy("Approve the order")
    buyer = gettext_lazy("Customer")
    preview_title = gettext_lazy("What the customer will read")

    @property
    def asks(self) -> bool:  # type: ignore[override]
        return self.object.type in ASKABLE

    def get_question(self) -> str:
        return str(words(self.object).approving)

    def get_success_message(self, result: Any) -> str:
        return str(words(result).approved)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        if self.object.type in BARE:
            found["phases"] = []
        lines = shown.lines(self.object)
        return {**found, "items": lines, "changes": shown.changes(self.object)}

    def preview(self, form: Any) -> SafeString | str:
        found = super().preview(form)
        if found or self.object.type not in BARE:
            return found
        present = self.object.subscription.template_text
        return texts.rendered(present) if present else _("Nothing, as before.")


class OrderInquire(OrderStep, actions.Inquire):
    form_class = InquireForm
    title = gettext_lazy("Ask the customer")

    def among(self) -> Q:
        return super().among() & Q(type__in=ASKABLE)


class OrderFail(OrderStep, actions.Fail):
    service = staticmethod(services.fail_request)
    title = gettext_lazy("Reject the order")

    def get_question(self) -> str:
        return str(words(self.object).ending)

    def get_success_message(self, result: Any) -> str:
        return _("Rejected. %(outcome)s") % {"outcome": words(result).ended}


class OrderWithdraw(OrderFail):
    step = "withdraw"
    service = staticmethod(services.withdraw_request)
    title = gettext_lazy("Withdraw the order")
    submit_label = gettext_lazy("Withdraw")

    def get_question(self) -> str:
        text = super().get_question()
        if self.object.state != State.TIERS_SETUP:
            return text
        more = _("Tier configurations under way go on; a later order can use them.")
        return f"{text} {more}"

    def get_success_message(self, result: Any) -> str:
        return _("Withdrawn. %(outcome)s") % {"outcome": words(result).ended}


class OrderPend(OrderStep, actions.Pend):
    pass


class OrderRenew(OrderStep, actions.Renew):
    pass


class OrderAnswer(OrderStep, inquiring.Answer):
    pass


class OrderDelegate(OrderStep, inquiring.Delegate):
    pass


class OrderRemind(OrderStep, inquiring.Remind):
    pass


class OrderAskContact(OrderStep, inquiring.AskContact):
    pass


class OrderValues(OrderStep, editing.Edit):
    pass


class OrderNudge(OrderStep, Nudge):
    pass
