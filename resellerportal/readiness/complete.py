"""Completing what is missing of one reseller: one form, one result for each configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.lifecycle import StaleState
from fulfillment.services import readiness
from tierconfig.models import TierConfigRequest
from tierconfig.services.openings import may_begin_setup

from ..formview import PortalFormView
from ..once import led_to
from ..states import badge
from .forms import CompleteForm
from .one import ReadinessMixin
from .products import orderable
from .work import Task, answerable, known_of


@dataclass(frozen=True)
class Outcome:
    """What became of one task: its request, or the error."""

    task: Task
    request: TierConfigRequest | None = None
    error: ValidationError | None = None

    @property
    def title(self) -> str:
        words = {"product": self.task.product.name, "tier": self.task.need.tier_level}
        return _("%(product)s, tier %(tier)d") % words

    @property
    def state(self) -> SafeString | str:
        return badge(self.request) if self.request else ""

    @property
    def text(self) -> str:
        if self.error is not None:
            return " ".join(self.error.messages)
        return self.request.pk if self.request else ""


class ReadinessComplete(ReadinessMixin, PortalFormView):
    """Each chosen configuration is sent in a transaction of its own.

    When some are refused, the page tells what became of each and keeps what was typed for those.
    """

    template_name = "readiness/complete.html"
    title = gettext_lazy("Complete what is missing")
    submit_label = gettext_lazy("Send")

    def check(self) -> None:
        super().check()
        if not may_begin_setup(self.object, self.actor):
            raise PermissionDenied

    @cached_property
    def tasks(self) -> list[Task]:
        wanted = self.request.GET.get("product", "")
        products = [each for each in orderable(self.actor) if wanted in ("", each.pk)]
        known = readiness.terms(products, self.place, [self.object.provider_id])
        cells = self.matrix(products, known, holders=False)
        return answerable(self.actor, self.object, products, cells)

    def get_form(self, *data: Any) -> CompleteForm:
        return CompleteForm(
            *data,
            actor=self.actor,
            obj=self.object,
            tasks=self.tasks,
            known=known_of(self.actor, self.object),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sent := led_to(request):
            return redirect(sent)
        self.check()
        form = self.get_form(request.POST)
        outcomes: list[Outcome] = []
        if form.is_valid():
            outcomes = [self._send(task, form) for task in form.wanted]
            if not any(each.error for each in outcomes):
                return self.finish(outcomes)
            form = self._again(outcomes)
        context = self.get_context_data(form=form, outcomes=outcomes)
        return self.render_to_response(context, status=422)

    def _send(self, task: Task, form: CompleteForm) -> Outcome:
        values = form.cleaned_data[task.key]
        revision = form.cleaned_data.get(f"revision-{task.key}")
        try:
            return Outcome(task, task.perform(self.actor, values, revision))
        except ValidationError as error:
            return Outcome(task, error=error)
        except StaleState as stale:
            return Outcome(task, error=ValidationError(stale.message))
        except ObjectDoesNotExist:
            return Outcome(task, error=ValidationError(_("This is not there any more.")))
        except PermissionDenied:
            return Outcome(task, error=ValidationError(_("You may not do this any more.")))
        except OperationalError:
            busy = _("Somebody else was at work on it just now; please send it again.")
            return Outcome(task, error=ValidationError(busy))

    def _again(self, outcomes: list[Outcome]) -> CompleteForm:
        """The form without what was sent, with what was typed and the errors beside it."""
        done = {each.task.key for each in outcomes if each.request is not None}
        self.tasks = [task for task in self.tasks if task.key not in done]
        form = self.get_form(self.request.POST)
        form.is_valid()
        for each in outcomes:
            if each.error is not None:
                form.adopt_for(each.task.key, each.error)
        return form

    def finish(self, result: list[Outcome]) -> HttpResponse:
        for each in result:
            words = {"what": each.title, "id": each.text}
            messages.success(self.request, _("%(what)s: %(id)s is sent.") % words)
        return super().finish(result)

    def get_success_url(self, result: Any) -> str:
        return self.here("readiness-detail")

    def get_cancel_url(self) -> str:
        return self.here("readiness-detail")

    def get_title(self) -> str:
        return f"{self.title} · {self.object.name}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        outcomes = kwargs.pop("outcomes", [])
        sent = sum(each.request is not None for each in outcomes)
        summary = ngettext("%(n)d was sent", "%(n)d were sent", sent) % {"n": sent} if sent else ""
        return super().get_context_data(
            outcomes=outcomes,
            summary=f"{summary}. {_('The rest was not')}" if summary else "",
            places=self.places(),
            anything=bool(kwargs["form"].tasks),
            **kwargs,
        )
