"""Pages that send something to a service: forms, and steps that ask before they act."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from customers.lifecycle import StaleForm, StaleState, available_steps

from . import history
from .detailview import PortalObjectView
from .forms import PortalForm
from .once import led_to, once, remember
from .parts import Fact


class PortalFormView(PortalObjectView):
    """A form whose input goes to `service([object,] actor=…, **cleaned_data)`; then a redirect.

    With `pk` in the URL it is about that object of `model`, without about none. A service that
    takes `revision` gets the one the form was shown with. ValidationError lands beside the fields
    (status 422), StaleState gives the 409 page, what was deleted meanwhile 404. A form sent twice,
    also at the same moment, is answered with the outcome of the first sending.
    """

    template_name = "portal/form.html"
    form_class: type[PortalForm] = PortalForm
    service: Callable[..., Any]
    title: Any = ""
    submit_label: Any = gettext_lazy("Save")
    success_message: Any = ""
    was_told = False
    #: Where the page that refuses offers to go on (queue/onward.py).
    onward_url = ""

    @cached_property
    def object(self) -> Any:
        return super().object if "pk" in self.kwargs else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.check()
        except StaleState as stale:
            return self.refuse(stale)
        return self.render_to_response(self.get_context_data(form=self.get_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sent := led_to(request):
            return redirect(sent)
        try:
            self.check()
            form = self.get_form(request.POST, request.FILES)
            if form.is_valid():
                return once(request, lambda: self.finish(self.perform(form)), self.get_cancel_url)
        except StaleState as stale:
            return self.refuse(stale)
        except ValidationError as error:
            form.adopt(error)
            self.was_told = isinstance(error, StaleForm)
        except ObjectDoesNotExist:
            raise Http404 from None
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def check(self) -> None:
        """What must hold before the form is shown or read; by default the actor's level."""
        _ = self.object
        if not self.actor.may_act:
            raise PermissionDenied

    def get_form(self, *data: Any) -> PortalForm:
        initial = {} if data else {"initial": self.get_initial()}
        return self.form_class(*data, actor=self.actor, obj=self.object, **initial)

    def get_initial(self) -> dict[str, Any]:
        return {}

    def perform(self, form: PortalForm) -> Any:
        """Call the service with what the form found."""
        arguments = dict(form.cleaned_data)
        revision = self.request.POST.get("revision", "")
        if "revision" in inspect.signature(self.service).parameters and revision.isdecimal():
            arguments["revision"] = int(revision[:9])
        objects = [] if self.object is None else [self.object]
        return self.service(*objects, actor=self.actor, **arguments)

    def finish(self, result: Any) -> HttpResponse:
        if text := self.get_success_message(result):
            messages.success(self.request, self.told(text))
        address = self.get_success_url(result)
        remember(self.request, address)
        return redirect(address)

    def told(self, text: str) -> str:
        """The success message as the next page shows it."""
        return text

    def refuse(self, stale: StaleState) -> HttpResponse:
        """The page that says who decided, and when."""
        context = {
            "stale": stale,
            "who": history.who(stale.event, self.actor) if stale.event else "",
            "back": self.get_cancel_url(),
            "onward": self.onward_url,
        }
        return render(self.request, "409.html", context, status=409)

    def get_title(self) -> str:
        return str(self.title)

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)

    def get_success_url(self, result: Any) -> str:
        """The object's detail page, or the one of what the service returned."""
        return self.url(f"{self.name}-detail", (self.object or result).pk)

    def get_cancel_url(self) -> str:
        if self.object is not None:
            return self.url(f"{self.name}-detail", self.object.pk)
        return self.url(f"{self.name}-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        crumbs = super().get_crumbs()
        return [*crumbs, (self.object.pk, self.get_cancel_url())] if self.object else crumbs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit_label=self.submit_label,
            cancel_url=self.get_cancel_url(),
            token=get_random_string(22),
            revision=self.get_revision(),
            **kwargs,
        )

    def get_revision(self) -> Any:
        """The revision the form was first shown with, until somebody was told that it is old."""
        present = getattr(self.object, "revision", "")
        sent = self.request.POST.get("revision", "")[:9]
        return sent if sent.isdecimal() and not self.was_told else present


class PortalActionView(PortalFormView):
    """A page that asks before it acts on one object: the question, its facts, maybe a form.

    `step` names the transition: who may not take it gets 403, who comes too late the 409 page.
    """

    template_name = "portal/action.html"
    step: str = ""
    question: Any = ""
    style: str = "primary"

    def check(self) -> None:
        super().check()
        if not self.step or self.step in {
            step.name for step in available_steps(self.object, self.actor)
        }:
            return
        if not can_proceed(getattr(self.object, self.step)):
            raise StaleState(self.object, self.step)
        raise PermissionDenied

    def get_facts(self) -> list[Fact]:
        return []

    def get_question(self) -> str:
        return str(self.question)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=self.get_question(), facts=self.get_facts(), style=self.style, **kwargs
        )
