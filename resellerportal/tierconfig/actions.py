"""What can be done with a request: each step is a page that asks, and then posts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import DISTRIBUTOR
from customers.lifecycle import StaleState
from customers.permissions import by_vendor
from fulfillment.models import FulfillmentRequest
from tierconfig import parameters
from tierconfig.models import TierConfigRequest
from tierconfig.rendering import fill
from tierconfig.services import requests as services

from .. import texts
from ..generic import Fact, PortalActionView
from . import shown
from .forms import AnswerForm, ApproveForm, InquireForm, ReasonForm, UpdateForm, ValuesForm
from .requests import ConfigRequestMixin

State = TierConfigRequest.State


class ConfigRequestAction(ConfigRequestMixin, PortalActionView):
    """What every step shows about its request."""

    def get_facts(self) -> list[Fact]:
        config = self.object.configuration
        return [
            Fact(_("Account"), config.account.name),
            Fact(_("Product"), config.product.name),
            Fact(_("Tier"), config.tier_level),
        ]

    @property
    def sets_up(self) -> bool:
        return not self.object.configuration.configured


class ConfigRequestApprove(ConfigRequestAction):
    """Approve; with `preview` in the posted form nothing is done but to show the text."""

    template_name = "tierconfig/config_request_approve.html"
    step = "approve"
    service = staticmethod(services.approve_request)
    form_class = ApproveForm
    title = gettext_lazy("Approve the request")
    submit_label = gettext_lazy("Approve")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.check()
        except StaleState as stale:
            return self.refuse(stale)
        form = self.get_form(request.POST)
        form.is_valid()
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        own, known = form.own, services.known_values(self.object)
        given = {each.name for each in parameters.askable(own, known)}
        return super().get_context_data(
            phases=shown.phases(own, known, self.actor, only=given),
            preview=self.preview(form),
            **kwargs,
        )

    def preview(self, form: ValuesForm) -> SafeString | str:
        """The chosen template with present and typed values, as the reseller will read it."""
        cleaned = getattr(form, "cleaned_data", {})
        template = cleaned.get("template") or form.fields["template"].initial
        if template is None:
            return ""
        values = {**services.known_values(self.object), **form.typed()}
        read = {each.name: parameters.display(each, values.get(each.name)) for each in form.own}
        return texts.rendered(fill(template.body, read))

    def get_success_message(self, result: Any) -> str:
        if self.object.configuration.tier_level == 2 and self.sets_up:
            return _("Approved. What waited for this configuration goes on.")
        return _("Approved. The configuration is active.")


class ConfigRequestInquire(ConfigRequestAction):
    step = "inquire"
    service = staticmethod(services.inquire_request)
    form_class = InquireForm
    title = gettext_lazy("Ask the reseller")
    submit_label = gettext_lazy("Send the inquiry")

    def get_question(self) -> str:
        return _("%(email)s gets a mail with a link to a form; no sign-in is needed.") % {
            "email": self.object.configuration.account.contact_email
        }

    def get_success_message(self, result: Any) -> str:
        return _("%(email)s is asked by mail.") % {"email": result.inquiry_email}


class ConfigRequestUpdate(ConfigRequestAction):
    """The vendor notes values before it decides."""

    service = staticmethod(services.update_request)
    form_class = UpdateForm
    title = gettext_lazy("Edit values")
    submit_label = gettext_lazy("Save")
    question = gettext_lazy("The values are kept with the request; nothing is decided yet.")
    success_message = gettext_lazy("Saved.")

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied
        if self.object.state not in (State.PENDING, State.INQUIRING):
            raise StaleState(self.object, "update")


class ConfigRequestFail(ConfigRequestAction):
    template_name = "tierconfig/config_request_fail.html"
    step = "fail"
    service = staticmethod(services.fail_request)
    form_class = ReasonForm
    style = "danger"
    title = gettext_lazy("Reject the request")
    submit_label = gettext_lazy("Reject")
    success_message = gettext_lazy("Rejected.")

    def get_question(self) -> str:
        if self.sets_up:
            return _("The configuration stays without values; the next order asks for them anew.")
        return _("The configuration keeps the values it has.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(effects=self.effects() if self.sets_up else [], **kwargs)

    def effects(self) -> list[str]:
        """What ends with a set-up: tier 1 requests parked on it, and orders parked on either."""
        config = self.object.configuration
        parked = list(
            TierConfigRequest.objects.visible_to(self.actor).filter(
                parent_configuration=config, state=State.TIERS_SETUP
            )
        )
        configs = [config.pk, *(each.configuration_id for each in parked)]
        orders = (
            FulfillmentRequest.objects.visible_to(self.actor)
            .filter(state=FulfillmentRequest.State.TIERS_SETUP, required_configurations__in=configs)
            .distinct()
            .count()
        )
        counted = [
            ngettext(
                "%(n)d tier 1 request waits for it and is closed too.",
                "%(n)d tier 1 requests wait for it and are closed too.",
                len(parked),
            )
            % {"n": len(parked)},
            ngettext(
                "%(n)d order waits for it and is rejected too.",
                "%(n)d orders wait for it and are rejected too.",
                orders,
            )
            % {"n": orders},
        ]
        return [text for text, n in zip(counted, (len(parked), orders), strict=True) if n]


class ConfigRequestPend(ConfigRequestAction):
    step = "pend"
    service = staticmethod(services.pend_request)
    title = gettext_lazy("Back to pending")
    submit_label = gettext_lazy("Back to pending")
    success_message = gettext_lazy("The request waits for the vendor's decision.")

    def get_question(self) -> str:
        return _("The link mailed to %(email)s stops working; the vendor has to decide.") % {
            "email": self.object.inquiry_email
        }


class ConfigRequestRenew(ConfigRequestAction):
    """A new link for the present inquiry; whoever may take it back may renew it."""

    step = "pend"
    service = staticmethod(services.renew_inquiry)
    title = gettext_lazy("Send the link again")
    submit_label = gettext_lazy("Send a new link")

    def get_question(self) -> str:
        return _("%(email)s gets a new link; the old one stops working.") % {
            "email": self.object.inquiry_email
        }

    def get_success_message(self, result: Any) -> str:
        return _("A new link is on its way to %(email)s.") % {"email": result.inquiry_email}


class ConfigRequestAnswer(ConfigRequestAction):
    """The form of the inquiry, for the reseller and for the distributor on its behalf."""

    template_name = "tierconfig/config_request_answer.html"
    step = "answer"
    service = staticmethod(services.answer_request)
    form_class = AnswerForm
    title = gettext_lazy("Answer the inquiry")
    submit_label = gettext_lazy("Send the answer")
    success_message = gettext_lazy("Thank you. The vendor has the answer and decides next.")

    def get_title(self) -> str:
        return str(_("Answer on behalf") if self.portal == DISTRIBUTOR else self.title)
