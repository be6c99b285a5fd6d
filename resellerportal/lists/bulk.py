"""A step for many rows of a list at once: first its effect, counted, then the step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.lifecycle import StaleState, available_steps

from .. import history
from ..cells import age
from ..forms import PortalForm
from ..formview import PortalFormView
from ..parts import Fact
from ..states import badge
from . import listing
from .choosing import ALL
from .listview import PortalListView

#: Rows chosen at a time, ticked one by one or "all of this list".
MOST = 1000
#: Choices a session remembers.
KEPT = 3
#: Refused rows named in the message afterwards.
NAMED = 5
ID = re.compile(r"[A-Z]{2,3}(?:-\d{1,8}){2,5}", re.ASCII)


@dataclass(frozen=True)
class Many:
    """What the page of one step says; `form_class` asks for what the service needs besides."""

    title: Any
    question: Any
    submit_label: Any
    #: A lazy ngettext with %(n)d.
    done: Any
    form_class: type[PortalForm] = PortalForm
    style: str = "primary"


@dataclass(frozen=True)
class Refusal:
    """A chosen row the step cannot be taken on, and who was first."""

    row: Any
    badge: SafeString
    who: str
    when: SafeString | None
    #: What it lacks; empty where somebody was first.
    why: str = ""
    #: Whom it is about, and the page of it.
    name: str = ""
    url: str = ""


class PortalBulkView(PortalFormView):
    """Preview and confirmation of `service(rows, actor=…, step=…, **cleaned_data)`.

    Rows come from the boxes of the list `list_view`, or are all it shows (ALL, `query` is the
    query string of the list then). What is not visible to the actor is counted as not there.
    The service answers with `decided` rows and `refused` StaleStates.
    """

    template_name = "portal/bulk.html"
    list_view: type[PortalListView]
    steps: dict[str, Many]
    order: tuple[str, ...] = ("created_at", "pk")
    most = MOST

    @cached_property
    def step(self) -> Many:
        if self.kwargs["step"] not in self.steps:
            raise Http404
        return self.steps[self.kwargs["step"]]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        if not self.chosen:
            return redirect(self.get_cancel_url())
        return self.render_to_response(self.get_context_data(form=self.get_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        if "token" in request.POST:
            return super().post(request, *args, **kwargs)
        if not self.chosen:
            messages.warning(request, _("Choose at least one row first."))
            return redirect(self.get_cancel_url())
        return redirect(f"{request.path}?choice={self.remember()}")

    def remember(self) -> str:
        """Keep what was chosen in the session, so that "back" leads to a page that can be had."""
        key, kept = get_random_string(12), self.request.session.get("choices", {})
        kept = {**kept, key: [self.query, ",".join(self.chosen)]}
        self.request.session["choices"] = dict(list(kept.items())[-KEPT:])
        return key

    @cached_property
    def sent(self) -> QueryDict:
        """What the list or this page sent, or what is remembered of it."""
        sent = self.request.POST.copy()
        if self.request.method != "POST":
            kept = self.request.session.get("choices", {})
            query, chosen = kept.get(self.request.GET.get("choice", ""), ["", ""])
            sent.update({"query": query, "chosen": chosen})
        return sent

    def check(self) -> None:
        super().check()
        _ = self.step

    def get_form(self, *data: Any) -> PortalForm:
        return self.step.form_class(*data, actor=self.actor)

    @cached_property
    def chosen(self) -> list[str]:
        """Ids as they came, readable ones only; foreign and unknown ones among them."""
        sent = self.sent
        if ALL in sent and "chosen" not in sent:
            return self.listed
        raw = sent["chosen"].split(",") if "chosen" in sent else sent.getlist("pk")
        known = dict.fromkeys(each for each in raw[: MOST + 1] if ID.fullmatch(each))
        return list(known)[: self.most]

    @cached_property
    def listed(self) -> list[str]:
        """All rows of the list as it was shown, the oldest `most` of them."""
        view = self.list_view(roles=self.roles)
        view.actor, view.bare = self.actor, True
        view.address = listing.Address(QueryDict(self.query))
        view.setup(self.request)
        rows = view.in_tab().order_by(*self.order).values_list("pk", flat=True)
        return list(rows[: self.most])

    @cached_property
    def query(self) -> str:
        return self.sent.get("query", "")[:2000].lstrip("?")

    @cached_property
    def rows(self) -> list[Any]:
        """The chosen rows that the actor sees."""
        return list(self.get_queryset().filter(pk__in=self.chosen).order_by(*self.order))

    def perform(self, form: PortalForm) -> Any:
        step = self.kwargs["step"]
        return self.service(self.rows, actor=self.actor, step=step, **form.cleaned_data)

    def finish(self, result: Any) -> HttpResponse:
        answer = super().finish(result)
        if result.refused:
            messages.warning(self.request, self.get_refused_message(result.refused))
        return answer

    def get_success_message(self, result: Any) -> str:
        count = len(result.decided)
        return self.step.done % {"n": count} if count else ""

    def get_refused_message(self, refused: list[StaleState]) -> str:
        count = len(refused)
        text = ngettext(
            "%(n)d was decided before and stays as it is: %(which)s",
            "%(n)d were decided before and stay as they are: %(which)s",
            count,
        )
        which = [
            f"{stale.obj.pk} ({history.who(stale.event, self.actor)})"
            if stale.event
            else str(stale.obj.pk)
            for stale in refused[:NAMED]
        ]
        if count > NAMED:
            which.append(_("and %(n)d more") % {"n": count - NAMED})
        return text % {"n": count, "which": ", ".join(which)}

    def get_success_url(self, result: Any) -> str:
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        """The list as it was left, on its first page."""
        query = listing.Address(QueryDict(self.query)).to().rstrip("?")
        return self.url(f"{self.name}-list") + query

    def get_title(self) -> str:
        return str(self.step.title)

    def split(self) -> tuple[list[Any], list[Any]]:
        """Rows the step can be taken on now, and the others."""
        name = self.kwargs["step"]
        able = {
            row.pk
            for row in self.rows
            if name in {step.name for step in available_steps(row, self.actor)}
        }
        return (
            [row for row in self.rows if row.pk in able],
            [row for row in self.rows if row.pk not in able],
        )

    def refusals(self, rows: list[Any]) -> list[Refusal]:
        if not rows:
            return []
        last: dict[str, Any] = {}
        for event in history.events_of(*rows, limit=5 * len(rows)):
            if event.to_state:
                last.setdefault(event.object_id, event)
        return [
            Refusal(
                row,
                badge(row),
                history.who(last[row.pk], self.actor) if row.pk in last else "",
                age(last[row.pk].at) if row.pk in last else None,
            )
            for row in rows
        ]

    def get_facts(self, able: list[Any]) -> list[Fact]:
        """What the step will touch, counted."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        able, others = self.split()
        return super().get_context_data(
            question=str(self.step.question),
            style=self.step.style,
            able=able,
            facts=self.get_facts(able),
            refused=self.refusals(others),
            missing=len(self.chosen) - len(self.rows),
            chosen=",".join(row.pk for row in able),
            query=self.query,
            most=self.most if len(self.chosen) == self.most else 0,
            **kwargs,
        ) | {"submit_label": self.step.submit_label}
