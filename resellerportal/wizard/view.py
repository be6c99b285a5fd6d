"""The pages of a wizard: one for each step, and the summary.

What was typed lives in the session, per wizard and acting partner, as it was typed: every step is
checked again, against the present rows, whenever a later one is shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from ..access import RoleRequiredMixin
from ..forms import PortalForm
from ..generic import Fact
from ..once import led_to, once, remember, token_of
from .state import DRAFT, SUMMARY, Answers, Step, Typed, WizardState


class WizardView(WizardState, RoleRequiredMixin, TemplateView):
    """One route without and one with `<slug:step>`, both under the URL name `url_name`.

    Override `finish(answers)`: call the service, return the address to go to. `answers` is
    {step: cleaned_data}. Step forms get `answers` of the steps before them as an attribute after
    construction through `prepare`.
    """

    template_name = "portal/wizard.html"
    title: Any = ""
    submit_label: Any = gettext_lazy("Create")
    success_message: Any = ""

    def finish(self, answers: Answers) -> str:
        raise Http404

    def rework(self, step: Step, typed: Typed, answers: Answers) -> Typed | None:
        """What another button than the one that goes on makes of a step; None for that one.

        The step is shown again with the result.
        """
        return None

    def outdated(self, step: Step, typed: Typed, answers: Answers) -> tuple[str, ...]:
        """Steps whose earlier answers do not fit what `step` says now; they are asked afresh."""
        return ()

    def stops(self, answers: Answers) -> bool:
        """Whether a button was pressed that finishes with these answers, though steps are left."""
        return False

    def get_facts(self, step: Step, form: PortalForm, cleaned: dict[str, Any]) -> list[Fact]:
        """What the summary says about a step: by default every answered field."""
        return [
            Fact(form[name].label, _said(form, name)) for name in form.fields if cleaned.get(name)
        ]

    def get_success_message(self) -> str:
        return str(self.success_message)

    def uid(self) -> str:
        """The same for two sendings of one page, so that two at once make one thing."""
        token = token_of(self.request) or uuid.uuid4().hex
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.request.user.pk}/{token}"))

    # ---- requests ----

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.wanted = kwargs.get("step", "")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check()
        forms, answers = self._replay()
        names = [step.name for step, _form in forms]
        if self.wanted not in names:
            target = names[-1] if self.wanted != SUMMARY or len(answers) < len(forms) else SUMMARY
            if target != self.wanted:
                if not self.wanted and self._stored():
                    messages.info(
                        request, _("This goes on where you left it; you can start again.")
                    )
                query = f"?{request.GET.urlencode()}" if request.GET else ""
                return redirect(self._address(target) + query)
        return self._page(forms, answers)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check()
        if sent := led_to(request):
            return redirect(sent)
        if "restart" in request.POST:
            self._store({})
            return redirect(self._address())
        forms, answers = self._replay()
        if self.wanted == SUMMARY:
            if len(answers) < len(forms):
                return redirect(self._address(forms[-1][0].name))
            if request.POST.get("shown", self.fingerprint()) != self.fingerprint():
                # Another tab of the same browser went on with the same answers.
                messages.warning(request, _("This was changed elsewhere. Look at it again."))
                return redirect(self._address(SUMMARY))
            return self._finish_once(forms, answers)
        step = next((step for step, _form in forms if step.name == self.wanted), None)
        if step is None:
            return redirect(self._address())
        data = self._stored()
        skipped = ("csrfmiddlewaretoken", "token")
        typed = {k: v for k, v in request.POST.lists() if k not in skipped}
        reworked = self.rework(step, typed, answers)
        for name in self.outdated(step, typed, answers):
            data.pop(name, None)
        data[step.name] = typed if reworked is None else {**reworked, DRAFT: ["1"]}
        self._store(data)
        if reworked is not None:
            return redirect(self._address(step.name))
        forms, answers = self._replay()
        if step.name not in answers:
            return self._page(forms, answers, status=422)
        if self.stops(answers):
            return self._finish_once(forms, answers)
        names = [each.name for each, _form in forms]
        after = names[names.index(step.name) + 1 :]
        return redirect(self._address(after[0] if after else SUMMARY))

    def _finish_once(self, forms: list[Any], answers: Answers) -> HttpResponse:
        return once(self.request, lambda: self._finish(forms, answers), self._address)

    def _finish(self, forms: list[Any], answers: Answers) -> HttpResponse:
        try:
            address = self.finish(answers)
        except ValidationError as error:
            self.wanted = self._guilty(forms, error)
            return self._page(forms, answers, status=422, wrong=error)
        self._store({})
        remember(self.request, address)
        if text := self.get_success_message():
            messages.success(self.request, text)
        return redirect(address)

    def _check(self) -> None:
        if not self.actor.may_act:
            raise PermissionDenied

    # ---- page ----

    def get_template_names(self) -> list[str]:
        step = next((each for each in self.steps if each.name == self.wanted), None)
        return [step.template if step and step.template else self.template_name]

    def _lines(
        self, steps: Sequence[Step], forms: list[tuple[Step, PortalForm]], answers: Answers
    ) -> list[dict[str, Any]]:
        """The steps and the summary as the page lists them; what can be reached is a link."""
        reached = {step.name for step, _form in forms}
        lines = []
        for step in steps:
            here = step.name == self.wanted
            lines.append(
                {
                    "label": step.label,
                    "url": self._address(step.name) if step.name in reached and not here else "",
                    "current": here,
                    "css": "here" if here else "been" if step.name in answers else "",
                }
            )
        here = self.wanted == SUMMARY
        complete = len(answers) == len(steps)
        lines.append(
            {
                "label": _("Summary"),
                "url": self._address(SUMMARY) if complete and not here else "",
                "current": here,
                "css": "here" if here else "",
            }
        )
        return lines

    def _page(
        self,
        forms: list[tuple[Step, PortalForm]],
        answers: Answers,
        *,
        status: int = 200,
        wrong: ValidationError | None = None,
    ) -> HttpResponse:
        steps = self.get_steps(answers)
        names = [step.name for step in steps]
        here = self.wanted
        at = names.index(here) if here in names else len(names)
        form = next((form for step, form in forms if step.name == here), None)
        if wrong is not None:
            form = form or forms[-1][1]
            form.adopt(wrong)
        context = self.get_context_data(
            title=self.title,
            steps=self._lines(steps, forms, answers),
            step_label=next((s.label for s in steps if s.name == here), _("Summary")),
            form=form if here != SUMMARY else None,
            problems=form if wrong is not None else None,
            action=self._address(here) if wrong is not None else "",
            answers=answers,
            summary=self._summary(forms, answers) if here == SUMMARY else [],
            submit_label=self.submit_label if here == SUMMARY else _("Continue"),
            back_url=self._address(names[at - 1]) if at else "",
            token=get_random_string(22),
            shown=self.fingerprint() if here == SUMMARY else "",
        )
        return self.render_to_response(context, status=status)

    def _guilty(self, forms: list[Any], wrong: ValidationError) -> str:
        """The first step whose form has a field of an error of the service, else the summary."""
        found = set(getattr(wrong, "error_dict", {}))
        return next((step.name for step, form in forms if found & set(form.fields)), SUMMARY)

    def _summary(self, forms: list[Any], answers: Answers) -> list[dict[str, Any]]:
        return [
            {
                "label": step.label,
                "url": self._address(step.name),
                "facts": self.get_facts(step, form, answers[step.name]),
            }
            for step, form in forms
            if step.name in answers
        ]


def _said(form: PortalForm, name: str) -> Any:
    """An answer as its label, not as its key."""
    answer = form.cleaned_data[name]
    choices: Callable[..., Any] | Any = getattr(form.fields[name], "choices", None)
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    if choices is not None and isinstance(answer, str):
        return dict(form.fields[name].choices).get(answer, answer)  # type: ignore[attr-defined]
    return answer
