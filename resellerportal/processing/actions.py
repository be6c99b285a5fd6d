"""The steps that configuration requests and orders have in common.

Each is a page that asks, and then posts. The concrete pages add whose request it is, and titles.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from customers.lifecycle import StaleState
from tierconfig import parameters
from tierconfig.services import processing

from .. import texts
from ..generic import PortalActionView
from ..queue.onward import Onward
from . import values
from .forms import InquireForm, ReasonForm, ValuesForm


class Approve(Onward, PortalActionView):
    """Approve; with `preview` in the posted form nothing is done but to show the text."""

    template_name = "processing/approve.html"
    step = "approve"
    submit_label = gettext_lazy("Approve")
    #: What the side that buys is called in the list of values, and over the preview.
    buyer: Any
    preview_title: Any
    #: Whether the other side can be asked for values.
    asks = True

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
        own, known = form.own, processing.known_values(self.object)
        askable = parameters.askable(own, known)
        given = {each.name for each in askable if f"param-{each.name}" not in form.fields}
        blocked = self.blocked(form)
        found = super().get_context_data(
            phases=values.phases(own, known, self.actor, buyer=str(self.buyer), only=given),
            preview=self.preview(form),
            blocked=blocked,
            preview_title=self.preview_title,
            **kwargs,
        )
        return {**found, "question": ""} if blocked else found

    def blocked(self, form: Any) -> dict[str, Any] | None:
        """What the other side has to be asked for first, and where that is done."""
        titles = form.lacks()
        if not titles:
            return None
        asks = self.asks and can_proceed(self.object.inquire)
        return {
            "texts": [form.lacking % {"title": title} for title in titles],
            "ask": self.instead("inquire") if asks else "",
            "next": self.onward_page(),
        }

    def preview(self, form: ValuesForm) -> SafeString | str:
        """The chosen template with present and typed values, as the other side will read it."""
        cleaned = getattr(form, "cleaned_data", {})
        template = cleaned.get("template") or form.fields["template"].initial
        if template is None:
            return ""
        known = {**processing.known_values(self.object), **form.typed()}
        return texts.rendered(processing.rendered(template, form.own, known))


class Inquire(Onward, PortalActionView):
    step = "inquire"
    service = staticmethod(processing.inquire_request)
    form_class = InquireForm
    submit_label = gettext_lazy("Send the inquiry")

    def get_question(self) -> str:
        return _("%(email)s gets a mail with a link to a form; no sign-in is needed.") % {
            "email": self.object.addressee()
        }

    def get_success_message(self, result: Any) -> str:
        return _("%(email)s is asked by mail.") % {"email": result.inquiry_email}


class Fail(Onward, PortalActionView):
    step = "fail"
    form_class = ReasonForm
    style = "danger"
    submit_label = gettext_lazy("Reject")


class Pend(PortalActionView):
    step = "pend"
    service = staticmethod(processing.pend_request)
    title = gettext_lazy("Take the inquiry back")
    submit_label = gettext_lazy("Back to pending")
    success_message = gettext_lazy("The request waits for the vendor's decision.")

    def get_question(self) -> str:
        return _("The link mailed to %(email)s stops working; the vendor has to decide.") % {
            "email": self.object.inquiry_email
        }


class Renew(PortalActionView):
    """A new link for the present inquiry; whoever may take it back may renew it."""

    step = "pend"
    service = staticmethod(processing.renew_inquiry)
    title = gettext_lazy("Send the link again")
    submit_label = gettext_lazy("Send a new link")

    def get_question(self) -> str:
        return _("%(email)s gets a new link; the old one stops working.") % {
            "email": self.object.inquiry_email
        }

    def get_success_message(self, result: Any) -> str:
        return _("A new link is on its way to %(email)s.") % {"email": result.inquiry_email}
