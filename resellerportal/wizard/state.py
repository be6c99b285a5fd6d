"""What was typed in a wizard: kept in the session, checked again whenever a page is shown."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from customers.actors import Actor

from ..forms import PortalForm

SUMMARY = "summary"
#: Marks what was typed in a step as not meant to go on yet: shown again, not judged.
DRAFT = "_draft"
Answers = dict[str, dict[str, Any]]
Typed = dict[str, list[str]]


@dataclass(frozen=True)
class Step:
    """One step: its part of the URL, its label, its form."""

    name: str
    label: Any
    form: type[PortalForm]
    template: str = ""


class WizardState:
    """The part of a WizardView that remembers; see there."""

    request: HttpRequest
    actor: Actor
    url_name: ClassVar[str]
    steps: tuple[Step, ...] = ()

    def get_arguments(self) -> list[str]:
        """What the address has before the step: whose wizard it is, each with its own answers."""
        return []

    def get_steps(self, answers: Answers) -> list[Step]:
        """The steps after these answers; leave out those that do not apply."""
        return list(self.steps)

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        """Adapt the form of a step to the answers before it (narrow choices, add fields)."""

    @property
    def _key(self) -> str:
        own = [self.url_name, self.actor.partner_id or "", *self.get_arguments()]
        return ":".join(["wizard", *own])

    def _stored(self) -> dict[str, dict[str, list[str]]]:
        return dict(self.request.session.get(self._key, {}))

    def fingerprint(self) -> str:
        """Of what was typed; the summary posts it, so that only what it shows is finished."""
        typed = json.dumps(self._stored(), sort_keys=True)
        return hashlib.sha256(typed.encode()).hexdigest()[:16]

    def _store(self, data: dict[str, dict[str, list[str]]]) -> None:
        if data:
            self.request.session[self._key] = data
        else:
            self.request.session.pop(self._key, None)

    def _replay(self) -> tuple[list[tuple[Step, PortalForm]], Answers]:
        """Forms up to the first step that is not answered well, and the good answers."""
        stored, answers = self._stored(), Answers()
        forms: list[tuple[Step, PortalForm]] = []
        done: set[str] = set()
        while step := next((s for s in self.get_steps(answers) if s.name not in done), None):
            done.add(step.name)
            typed = stored.get(step.name)
            form = self._form(step, typed)
            self.prepare(step, form, answers)
            forms.append((step, form))
            if typed is None or not form.is_valid():
                break
            answers[step.name] = form.cleaned_data
        return forms, answers

    def _form(self, step: Step, typed: dict[str, list[str]] | None) -> PortalForm:
        if typed is None:
            return step.form(actor=self.actor, initial=self.request.GET.dict())
        if DRAFT in typed:
            drafted = {name: values[-1] for name, values in typed.items() if values}
            return step.form(actor=self.actor, initial=drafted)
        data = QueryDict(mutable=True)
        for name, values in typed.items():
            data.setlist(name, values)
        return step.form(data, actor=self.actor)

    def _address(self, step: str = "") -> str:
        space = self.request.resolver_match.namespace  # type: ignore[union-attr]
        name = f"{space}:{self.url_name}" if space else self.url_name
        return reverse(name, args=[*self.get_arguments(), *filter(None, [step])])
