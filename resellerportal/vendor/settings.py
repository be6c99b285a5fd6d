"""What a vendor decides about its portal: how long requests should stay in a state."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.models import Partner
from customers.services.partners import may_set
from fulfillment.models import FulfillmentRequest
from fulfillment.services import endings
from tierconfig.models import ServiceLevel, TierConfigRequest
from tierconfig.services.levels import (
    ENDED_BY_TIME,
    MOST,
    Level,
    check_levels,
    defaults,
    levels,
    save_levels,
)

from .. import history
from ..forms import PortalForm
from ..generic import PortalFormView
from ..states import state_label

MODELS = {
    ServiceLevel.Entity.CONFIG_REQUEST: TierConfigRequest,
    ServiceLevel.Entity.ORDER: FulfillmentRequest,
}


#: The numbers of a level: name, label, least.
NUMBERS: tuple[tuple[str, Any, int], ...] = (
    ("late", gettext_lazy("%(state)s: late after days"), 0),
    ("overdue", gettext_lazy("%(state)s: overdue after days"), 0),
    ("terminate", gettext_lazy("%(state)s: ended after days"), 1),
)


class LevelsForm(PortalForm):
    """Numbers of days for each state, by kind of request; the last one is empty for never."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = list(defaults())
        parts: dict[str, list[str]] = {}
        for entity, state in self.keys:
            label = state_label(MODELS[ServiceLevel.Entity(entity)], state)
            for name, text, least in NUMBERS:
                if name == "terminate" and state not in ENDED_BY_TIME:
                    continue
                field = f"{entity}-{state}-{name}"
                self.fields[field] = forms.IntegerField(
                    label=text % {"state": label},
                    min_value=least,
                    max_value=MOST,
                    required=name != "terminate",
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
                )
                parts.setdefault(str(ServiceLevel.Entity(entity).label), []).append(field)
        self.fieldsets = tuple((legend, tuple(names)) for legend, names in parts.items())

    def clean(self) -> dict[str, Any]:
        typed = dict(super().clean() or self.cleaned_data)
        found = {}
        for entity, state in self.keys:
            late, overdue, end = (typed.get(f"{entity}-{state}-{name}") for name, *_ in NUMBERS)
            if late is not None and overdue is not None:
                found[entity, state] = Level(late, overdue, end)
        return {"levels": found}

    def ask(self, question: str, count: int) -> None:
        """Show a box to tick, whose value is what was counted."""
        box = forms.CheckboxInput(attrs={"value": str(count)})
        self.fields["confirm"] = forms.BooleanField(
            label=_("End these requests"), help_text=question, required=False, widget=box
        )


class ServiceLevels(PortalFormView):
    """Everybody of the vendor reads them, its administrators change them."""

    roles = (VENDOR,)
    model = Partner
    name = "settings"
    template_name = "vendor/settings.html"
    title = gettext_lazy("Service levels")
    form_class = LevelsForm
    service = staticmethod(save_levels)
    success_message = gettext_lazy("Saved.")

    @cached_property
    def object(self) -> Any:
        return self.actor.partner

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object is None:  # an administrator of the platform has no settings of its own
            return redirect("admin:customers_partner_changelist")
        return super().get(request, *args, **kwargs)

    def check(self) -> None:
        writes = self.request.method == "POST"
        if writes and (self.object is None or not may_set(self.object, self.actor)):
            raise PermissionDenied

    def get_form(self, *data: Any) -> PortalForm:
        form = super().get_form(*data)
        for field in form.fields.values():
            field.disabled = not may_set(self.object, self.actor)
        return form

    def get_initial(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for (entity, state), level in self.levels.items():
            for name, *_rest in NUMBERS:
                days = getattr(level, name)
                found[f"{entity}-{state}-{name}"] = "" if days is None else days
        return found

    @cached_property
    def levels(self) -> Any:
        return levels([self.object.pk])[self.object.pk]

    def perform(self, form: PortalForm) -> Any:
        self._ask(form)
        return super().perform(form)

    def _ask(self, form: PortalForm) -> None:
        """What would end at once, by rules that are new or stricter, is counted and asked first."""
        wanted = form.cleaned_data["levels"]
        check_levels(wanted)
        stricter = {
            key: level
            for key, level in wanted.items()
            if level.terminate is not None and _is_stricter(level, self.levels[key])
        }
        counts = endings.would_end(self.object, stricter, self.actor)
        total = sum(counts.values())
        if total and self.request.POST.get("confirm") != str(total):
            parts = "; ".join(endings.told(counts))
            text = _("This ends requests that wait today, within minutes and for good. %(parts)s.")
            form.ask(text % {"parts": parts}, total)  # type: ignore[attr-defined]
            raise ValidationError({"confirm": _("Tick this if they are to be ended.")})

    def get_success_url(self, result: Any) -> str:
        return self.url("settings-levels")

    def get_cancel_url(self) -> str:
        return ""

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Settings"), self.url("settings"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = history.events_of(self.object, before=Q(verb="partner.service_levels"))
        hint = _("Only administrators of %(name)s change these settings.")
        return super().get_context_data(
            hint="" if may_set(self.object, self.actor) else hint % {"name": self.object.name},
            thread=history.thread(events, self.actor),
            **kwargs,
        )


def _is_stricter(level: Level, before: Level) -> bool:
    """Whether it ends what the level before did not."""
    end = level.terminate or MOST
    return before.terminate is None or end < before.terminate
