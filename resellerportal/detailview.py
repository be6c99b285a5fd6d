"""Pages about one object."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from customers.lifecycle import Step, available_steps
from customers.models import Event
from customers.models.notes import SUBJECTS
from customers.permissions import asking_once, seen
from customers.services.icons import key_at
from customers.services.watches import watched_by

from . import history
from .access import RoleRequiredMixin, ScopedMixin
from .cells import value
from .frame import shell
from .notes import thread
from .notes.talk import talk
from .parts import Action, DetailTab, Fact
from .queue import place as places
from .queue.keys import keyed
from .states import lifecycle
from .templatetags.portal import picture


class PortalObjectView(RoleRequiredMixin, ScopedMixin, TemplateView):
    """A page about one visible object, found by `pk` in the URL.

    `name` is the model part of the URL names, `title` an attribute path of the heading.
    """

    name: ClassVar[str]
    title: str = ""

    @cached_property
    def object(self) -> Any:
        if "\0" in self.kwargs["pk"]:  # PostgreSQL refuses to compare with it
            raise Http404
        try:
            found = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        except (ValueError, ValidationError):  # no number, no UUID
            raise Http404 from None
        seen(found, self.actor)
        return found

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
    """Head with facts and the steps the actor may take, lifecycle strip, tabs, thread.

    A step appears as a button when `<portal>:<name>-<step>` is a URL. Each tab has its own URL:
    the route takes an optional `<slug:tab>` under the same URL name.
    """

    template_name = "portal/detail.html"
    tabs: tuple[DetailTab, ...] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing is done on such a page: what it offers is asked once."""
        with asking_once(self.actor):
            return super().get(request, *args, **kwargs)

    @cached_property
    def tab(self) -> DetailTab | None:
        wanted = self.kwargs.get("tab", "")
        found = next((tab for tab in self.get_tabs() if tab.name == wanted), None)
        if found is None and wanted:
            raise Http404
        return found

    @cached_property
    def steps(self) -> list[Step]:
        """The steps of the state machine that the actor may take now; asked once per page."""
        return available_steps(self.object, self.actor)

    def may(self, step: str) -> bool:
        return any(each.name == step for each in self.steps)

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
        for step in self.steps:
            try:
                url = self.url(f"{self.name}-{step.name}", self.object.pk)
            except NoReverseMatch:
                continue
            actions.append(Action(step.label, url, step.style))
        return sorted(actions, key=lambda action: action.style == "primary")

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if _of_product(self.model):
            rows = rows.annotate(icon_at=F("product__icon__updated_at"))
        return watched_by(rows, self.actor) if self.model._meta.model_name in SUBJECTS else rows

    @property
    def picture(self) -> str:
        """The icon of the product the object is about, "" where there is none."""
        moment = getattr(self.object, "icon_at", None)
        product = self.object.product_id if moment else ""
        return picture(product, key_at(product, moment)) if moment else ""

    @cached_property
    def place(self) -> places.Place | None:
        """Where the object stands in the list that the page was opened from."""
        return places.place_of(self)

    def _walking(self) -> list[Action]:
        """The buttons with their keys; those of steps take the list along."""
        found = [keyed(each) for each in self.get_actions()]
        return [replace(each, url=places.carried(self, each.url)) for each in found]

    def get_history_objects(self) -> list[Model]:
        """Objects whose events make the thread; all must be visible to the actor."""
        return [self.object]

    @cached_property
    def thread(self) -> thread.Thread:
        return thread.read(self.get_history_objects(), self.actor, self.request.GET)

    @property
    def every_event(self) -> list[Event] | None:
        """All events of the objects of the thread, None when the page shows a part of them."""
        return self.thread.events if self.thread.complete else None

    def get_never(self) -> Collection[str]:
        """States of the machine that this object does not come to."""
        return ()

    def get_explanation(self) -> str:
        """Where the help draws the machine of the object, with its state marked."""
        address = reverse("help-lifecycle", args=[self.model._meta.model_name])
        return f"{address}?{urlencode({'at': self.object.state})}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.thread
        # The strip shows the latest, whatever page of the thread is open.
        events = history.events_of(self.object) if found.newest else found.events
        own = [event for event in events if event.object_id == self.object.pk]
        has_states = hasattr(self.object, "state_since")
        pk = self.object.pk
        tabs = [
            {
                "label": tab.label,
                "url": places.carried(
                    self, self.url(f"{self.name}-detail", pk, *filter(None, [tab.name]))
                ),
                "current": tab == self.tab,
            }
            for tab in self.get_tabs()
        ]
        return super().get_context_data(
            facts=self.get_facts(),
            actions=self._walking(),
            place=places.links(self, self.place),
            tabs=tabs,
            stages=lifecycle(self.object, own, self.get_never()) if has_states else [],
            explained=self.get_explanation() if has_states else "",
            talk=talk(self, found),
            picture=self.picture,
            **kwargs,
        )


@lru_cache
def _of_product(model: type[Model]) -> bool:
    return any(field.name == "product" for field in model._meta.fields)
