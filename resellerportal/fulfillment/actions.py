"""What can be done with an order: each step is a page that asks, and then posts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.services import requests as services

from ..generic import Fact
from ..processing import actions, editing, inquiring
from .forms import ApproveForm, InquireForm
from .orders import OrderMixin


class OrderStep(OrderMixin):
    """What every step shows about its order."""

    object: Any

    def get_facts(self) -> list[Fact]:
        subscription = self.object.subscription
        return [
            Fact(_("Customer"), subscription.customer),
            Fact(_("Product"), subscription.product),
        ]


class OrderApprove(OrderStep, actions.Approve):
    service = staticmethod(services.approve_request)
    form_class = ApproveForm
    title = gettext_lazy("Approve the order")
    buyer = gettext_lazy("Customer")
    preview_title = gettext_lazy("What the customer will read")
    success_message = gettext_lazy("Approved. The subscription is active.")


class OrderInquire(OrderStep, actions.Inquire):
    form_class = InquireForm
    title = gettext_lazy("Ask the customer")


class OrderFail(OrderStep, actions.Fail):
    service = staticmethod(services.fail_request)
    title = gettext_lazy("Reject the order")
    question = gettext_lazy("The order ends here, and its subscription is terminated.")
    success_message = gettext_lazy("Rejected. The subscription is terminated.")


class OrderWithdraw(OrderFail):
    step = "withdraw"
    service = staticmethod(services.withdraw_request)
    title = gettext_lazy("Withdraw the order")
    submit_label = gettext_lazy("Withdraw")
    question = gettext_lazy(
        "The order ends here, and its subscription is terminated. Tier configurations under way "
        "go on; a later order can use them."
    )
    success_message = gettext_lazy("Withdrawn. The subscription is terminated.")


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
