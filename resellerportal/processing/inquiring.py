"""What belongs to an inquiry that waits: its answer, colleagues, reminders, another contact."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lifecycle import StaleState
from tierconfig.models import Delegation
from tierconfig.services import answer_drafts, delegations, inquiry_care
from tierconfig.services.validation import validated_answer

from ..generic import Action, PortalActionView
from .answering import AnsweringForm, DelegateForm, standing


class Answer(PortalActionView):
    """The form of the inquiry, for the reseller and for the distributor on its behalf.

    With `save` or `ask` in the posted form what was typed is only kept.
    """

    template_name = "processing/answer.html"
    step = "answer"
    service = staticmethod(validated_answer)
    form_class = AnsweringForm
    title = gettext_lazy("Answer the inquiry")
    submit_label = gettext_lazy("Send the answer")
    success_message = gettext_lazy("Thank you. The vendor has the answer and decides next.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not {"save", "ask"} & request.POST.keys():
            return super().post(request, *args, **kwargs)
        try:
            self.check()
            form: Any = self.get_form(request.POST)
            if not (form.draft and form.is_kept):
                self._keep(form)
        except StaleState as stale:
            return self.refuse(stale)
        except ValidationError as error:
            form.is_valid()
            form.adopt(error)
            self.was_told = getattr(error, "code", "") == "stale"
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return self._kept(request)

    def _keep(self, form: Any) -> None:
        sent = self.request.POST.get("revision", "")[:9]
        answer_drafts.save_draft(
            self.object,
            actor=self.actor,
            values=form.typed(),
            shown=form.shown(),
            revision=int(sent) if sent.isdecimal() else None,
        )

    def _kept(self, request: HttpRequest) -> HttpResponse:
        """What could not be sent like this is said at once."""
        if "ask" in request.POST:
            return redirect(self.url(f"{self.name}-delegate", self.object.pk))
        del self.object
        self.was_told = True
        form = self.get_form(request.POST)
        if form.is_valid():
            messages.success(request, _("Saved. It is not sent yet."))
            return redirect(request.path)
        context = self.get_context_data(form=form, saved=True)
        return self.render_to_response(context, status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"saved": False, **kwargs})


class Delegate(PortalActionView):
    """Pass single questions on to a colleague, and see how those passed on stand."""

    template_name = "processing/delegate.html"
    step = "answer"
    service = staticmethod(delegations.delegate)
    form_class = DelegateForm
    title = gettext_lazy("Ask a colleague")
    submit_label = gettext_lazy("Send the question")
    question = gettext_lazy(
        "Your colleague gets a link by e-mail, sees only what you choose here, and needs no "
        "sign-in. The answer comes into your form; sending it stays with you."
    )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take_back" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.check()
            number = request.POST["take_back"][:18]
            delegations.take_back(
                self.object,
                actor=self.actor,
                number=int(number) if number.isascii() and number.isdecimal() else 0,
            )
        except StaleState as stale:
            return self.refuse(stale)
        except Delegation.DoesNotExist:
            raise Http404 from None
        return redirect(request.path)

    def get_success_message(self, result: Any) -> str:
        return _("%(email)s is asked by mail.") % {"email": result.email}

    def get_success_url(self, result: Any) -> str:
        return self.url(f"{self.name}-delegate", self.object.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            standing=standing(self.object),
            back=self.url(f"{self.name}-answer", self.object.pk),
            **kwargs,
        )


class Remind(PortalActionView):
    """A reminder now; whoever may take the inquiry back may remind."""

    step = "pend"
    service = staticmethod(inquiry_care.remind_request)
    title = gettext_lazy("Send a reminder")
    submit_label = gettext_lazy("Send the reminder")

    def get_question(self) -> str:
        return _("%(email)s is reminded of the question, with its link.") % {
            "email": self.object.inquiry_email
        }

    def get_success_message(self, result: Any) -> str:
        return _("A reminder is on its way to %(email)s.") % {"email": result.inquiry_email}


class AskContact(PortalActionView):
    """Ask who is the account's contact now, instead of who was asked."""

    step = "pend"
    service = staticmethod(inquiry_care.ask_new_contact)
    title = gettext_lazy("Ask the new contact instead")
    submit_label = gettext_lazy("Ask the new contact")

    def get_question(self) -> str:
        return _(
            "%(new)s gets the same question with a new link. The link of %(old)s stops working, "
            "and what was saved but not sent is dropped."
        ) % {"new": self.object.addressee(), "old": self.object.inquiry_email}

    def get_success_message(self, result: Any) -> str:
        return _("%(email)s is asked by mail.") % {"email": result.inquiry_email}


def inquiry_actions(view: Any) -> list[Action]:
    """Buttons for an inquiry that waits, for who may take it back; on the request's page."""
    request = view.object
    if not view.may("pend"):
        return []
    found = [("renew", _("Send link again")), ("remind", _("Send a reminder"))]
    if inquiry_care.has_new_contact(request):
        found.append(("ask-contact", _("Ask the new contact")))
    actions = []
    for page, label in found:
        try:
            actions.append(Action(label, view.url(f"{view.name}-{page}", request.pk)))
        except NoReverseMatch:
            continue
    return actions
