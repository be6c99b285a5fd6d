"""The four pages of the portal: list, detail, form and action. Views are declarations over them.

Order of checks everywhere: role of the URL (403), visible (404), level (403), state (409), input.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django_fsm import can_proceed

from customers.lifecycle import StaleForm, StaleState, available_steps

from . import history, shell
from .access import RoleRequiredMixin, ScopedMixin
from .cells import value
from .forms import PortalForm
from .listview import PortalListView
from .parts import Action, DetailTab, Fact
from .states import lifecycle

__all__ = [
    "Action",
    "DetailTab",
    "Fact",
    "PortalActionView",
    "PortalDetailView",
    "PortalFormView",
    "PortalListView",
    "PortalObjectView",
]


class PortalObjectView(RoleRequiredMixin, ScopedMixin, TemplateView):
    """A page about one visible object, found by `pk` in the URL.

    `name` is the model part of the URL names, `title` an attribute path of the heading.
    """

    name: ClassVar[str]
    title: str = ""

    @cached_property
    def object(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return str(value(self.title)(self.object)) if self.title else str(self.object)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """(label, address) of the pages above, the list of this model by default."""
        address = shell.address(f"{self.portal}:{self.name}-list")
        for module in shell.MODULES:
            for page, label in module.pages:
                if page == self.name:
                    return [(module.label, ""), (label, address)]
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            object=self.object, title=self.get_title(), crumbs=self.get_crumbs(), **kwargs
        )


class PortalDetailView(PortalObjectView):
    """Head with facts and the steps the actor may take, lifecycle strip, tabs, history.

    A step appears as a button when `<portal>:<name>-<step>` is a URL. Each tab has its own URL:
    the route takes an optional `<slug:tab>` under the same URL name.
    """

    template_name = "portal/detail.html"
    tabs: tuple[DetailTab, ...] = ()

    @cached_property
    def tab(self) -> DetailTab | None:
        wanted = self.kwargs.get("tab", "")
        found = next((tab for tab in self.get_tabs() if tab.name == wanted), None)
        if found is None and wanted:
            raise Http404
        return found

    def get_tabs(self) -> tuple[DetailTab, ...]:
        return self.tabs

    def get_template_names(self) -> list[str]:
        return [self.tab.template if self.tab else self.template_name]

    def get_facts(self) -> list[Fact]:
        return []

    def get_actions(self) -> list[Action]:
        """Steps of the state machine that have a page here; extend for what is no step."""
        actions: list[Action] = []
        if not hasattr(self.object, "get_available_user_state_transitions"):
            return actions
        for step in available_steps(self.object, self.actor):
            try:
                url = self.url(f"{self.name}-{step.name}", self.object.pk)
            except NoReverseMatch:
                continue
            actions.append(Action(step.label, url, step.style))
        return sorted(actions, key=lambda action: action.style == "primary")

    def get_history_objects(self) -> list[Model]:
        """Objects whose events make the thread; all must be visible to the actor."""
        return [self.object]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = history.events_of(*self.get_history_objects())
        own = [event for event in events if event.object_id == self.object.pk]
        has_states = hasattr(self.object, "state_since")
        pk = self.object.pk
        tabs = [
            {
                "label": tab.label,
                "url": self.url(f"{self.name}-detail", pk, *filter(None, [tab.name])),
                "current": tab == self.tab,
            }
            for tab in self.get_tabs()
        ]
        return super().get_context_data(
            facts=self.get_facts(),
            actions=self.get_actions(),
            tabs=tabs,
            stages=lifecycle(self.object, own) if has_states else [],
            thread=history.thread(events, self.actor),
            **kwargs,
        )


class PortalFormView(PortalObjectView):
    """A form whose input goes to `service([object,] actor=…, **cleaned_data)`; then a redirect.

    With `pk` in the URL it is about that object of `model`, without about none. A service that
    takes `revision` gets the one the form was shown with. ValidationError lands beside the fields
    (status 422), StaleState gives the 409 page. A form sent twice is answered with the outcome of
    the first sending.
    """

    template_name = "portal/form.html"
    form_class: type[PortalForm] = PortalForm
    service: Callable[..., Any]
    title: Any = ""
    submit_label: Any = gettext_lazy("Save")
    success_message: Any = ""
    was_told = False

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
        if sent := request.session.get("sent", {}).get(request.POST.get("token", "")):
            return redirect(sent)
        try:
            self.check()
            form = self.get_form(request.POST, request.FILES)
            if form.is_valid():
                return self.finish(self.perform(form))
        except StaleState as stale:
            return self.refuse(stale)
        except ValidationError as error:
            form.adopt(error)
            self.was_told = isinstance(error, StaleForm)
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
            messages.success(self.request, text)
        address = self.get_success_url(result)
        if token := self.request.POST.get("token", "")[:64]:
            sent = {**self.request.session.get("sent", {}), token: address}
            self.request.session["sent"] = dict(list(sent.items())[-20:])
        return redirect(address)

    def refuse(self, stale: StaleState) -> HttpResponse:
        """The page that says who decided, and when."""
        context = {
            "stale": stale,
            "who": history.who(stale.event, self.actor) if stale.event else "",
            "back": self.get_cancel_url(),
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
