"""What can be done with an order: each step is a page that asks, and then posts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lifecycle import StaleState
from customers.permissions import by_vendor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services
from tierconfig import parameters
from tierconfig.rendering import fill

from .. import texts
from ..forms import PortalForm
from ..generic import Fact, PortalActionView
from .forms import AnswerForm, ApproveForm, InquireForm, ReasonForm, ValuesForm
from .orders import OrderMixin

State = FulfillmentRequest.State


class OrderAction(OrderMixin, PortalActionView):
    """What every step shows about its order."""

    def get_facts(self) -> list[Fact]:
        subscription = self.object.subscription
        return [
            Fact(_("Customer"), subscription.customer),
            Fact(_("Product"), subscription.product),
        ]


class OrderApprove(OrderAction):
    """Approve; with `preview` in the posted form nothing is done but to show the text."""

    template_name = "fulfillment/order_approve.html"
    step = "approve"
    service = staticmethod(services.approve_request)
    form_class = ApproveForm
    title = gettext_lazy("Approve the order")
    submit_label = gettext_lazy("Approve")
    success_message = gettext_lazy("Approved. The subscription is active.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.check()
        except StaleState as stale:
            return self.refuse(stale)
        form = self.get_form(request.POST)
        form.is_valid()
        context = self.get_context_data(form=form, preview=self._preview(form))
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("preview", self._preview(context["form"]))
        return context

    def _preview(self, form: PortalForm) -> SafeString | str:
        """The chosen template with present and typed values, as the customer will read it."""
        cleaned = getattr(form, "cleaned_data", {}) if form.is_bound else {}
        template = cleaned.get("template") or form.fields["template"].initial
        if template is None:
            return ""
        order = self.object
        own = services.definitions(order)
        typed = {
            each.name: parameters.clean_value(each, cleaned["values"][each.name])
            for each in own
            if each.name in cleaned.get("values", {})
        }
        values = parameters.merged(order.subscription.params, {**order.params, **typed})
        shown = {each.name: parameters.display(each, values.get(each.name)) for each in own}
        return texts.rendered(fill(template.body, shown))


class OrderInquire(OrderAction):
    step = "inquire"
    service = staticmethod(services.inquire_request)
    form_class = InquireForm
    title = gettext_lazy("Ask the customer")
    submit_label = gettext_lazy("Send the inquiry")

    def get_question(self) -> str:
        return _("%(email)s gets a mail with a link to a form; no sign-in is needed.") % {
            "email": self.object.subscription.customer.contact_email
        }

    def get_success_message(self, result: Any) -> str:
        return _("%(email)s is asked by mail.") % {"email": result.inquiry_email}


class OrderFail(OrderAction):
    step = "fail"
    service = staticmethod(services.fail_request)
    form_class = ReasonForm
    style = "danger"
    title = gettext_lazy("Reject the order")
    submit_label = gettext_lazy("Reject")
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


class OrderPend(OrderAction):
    step = "pend"
    service = staticmethod(services.pend_request)
    title = gettext_lazy("Take the inquiry back")
    submit_label = gettext_lazy("Back to pending")
    success_message = gettext_lazy("The order waits for the vendor again.")

    def get_question(self) -> str:
        return _("The link mailed to %(email)s stops working; the vendor has to decide.") % {
            "email": self.object.inquiry_email or _("the contact")
        }


class OrderRenew(OrderAction):
    """A new link for the present inquiry; whoever may take it back may renew it."""

    step = "pend"
    service = staticmethod(services.renew_inquiry)
    title = gettext_lazy("Send the link again")
    submit_label = gettext_lazy("Send a new link")

    def get_question(self) -> str:
        return _("%(email)s gets a new link; the old one stops working.") % {
            "email": self.object.inquiry_email or _("The contact")
        }

    def get_success_message(self, result: Any) -> str:
        return _("A new link is on its way to %(email)s.") % {"email": result.inquiry_email}


class OrderAnswer(OrderAction):
    step = "answer"
    service = staticmethod(services.answer_request)
    form_class = AnswerForm
    title = gettext_lazy("Answer the inquiry")
    submit_label = gettext_lazy("Send the answer")
    success_message = gettext_lazy("Thank you. The vendor goes on with the order.")

    def get_question(self) -> str:
        return self.object.inquiry_message


class OrderValues(OrderAction):
    """The vendor notes values before it decides."""

    service = staticmethod(services.update_request)
    form_class = ValuesForm
    title = gettext_lazy("Edit values")
    submit_label = gettext_lazy("Save")
    success_message = gettext_lazy("Saved.")

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied
        if self.object.state not in (State.PENDING, State.INQUIRING):
            raise StaleState(self.object, "update")
