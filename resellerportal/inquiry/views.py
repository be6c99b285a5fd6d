"""Answering an inquiry with the mailed link.

No session, cookie or sign-in is used: the code in the address is the whole right. That is why
the pages are exempt from the CSRF check (a forged form would have to know the code; and under
`Referrer-Policy: no-referrer`, which keeps the code out of other servers' logs, browsers send
`Origin: null`, which that check refuses). Nothing changes on GET: mail scanners open links.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from customers.lifecycle import StaleForm, StaleState

from ..processing.answering import AnsweringForm
from . import limits, questions
from .questions import Question, find_question

#: HTTP status of a page that shows how a link stands. Answered is what its holder wanted.
STATUS = {
    questions.OPEN: 200,
    questions.EXPIRED: 200,
    questions.ANSWERED: 200,
    questions.REPLACED: 410,
    questions.WITHDRAWN: 410,
    questions.CLOSED: 410,
}


@method_decorator(csrf_exempt, name="dispatch")
class LinkView(View):
    """A page whose address is the right to it."""

    http_method_names = ["get", "head", "post"]
    limited = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    def look_up(self, found: Any, pk: str, *key: Any) -> Any:
        """What the link opens, None for a wrong one, which counts against its client."""
        self.limited = limits.is_limited(self.request, pk)
        if self.limited:
            return None
        thing = found(pk, *key)
        if thing is None:
            limits.count_failure(self.request, pk)
        return thing

    def unknown(self) -> HttpResponse:
        context = {"limited": self.limited}
        status = 429 if self.limited else 404
        return render(self.request, "inquiry/unknown.html", context, status=status)

    def closed(self, question: Question, status: int) -> HttpResponse:
        context = {"question": question, "late": status == 409, "code": self.kwargs["code"]}
        return render(self.request, "inquiry/closed.html", context, status=status)


class InquiryAnswer(LinkView):
    """GET shows the question or how the link stands; POST answers, saves, or renews the link."""

    def get(self, request: HttpRequest, pk: str, code: str) -> HttpResponse:
        question = self._find(pk, code)
        if question is None:
            return self.unknown()
        return self._page(question, STATUS[question.state])

    def post(self, request: HttpRequest, pk: str, code: str) -> HttpResponse:
        question = self._find(pk, code)
        if question is None:
            return self.unknown()
        if question.state == questions.EXPIRED and "renew" in request.POST:
            return self._renew(question)
        if question.state != questions.OPEN:
            return self._page(question, 409)
        form = _form(question, request.POST)
        unsent = bool({"save", "ask"} & request.POST.keys())
        try:
            # The code was checked against the question as it was read: that very revision is
            # what may be answered, and the one the form was shown with.
            if self.request.POST.get("revision") != str(question.request.revision):
                if unsent and form.draft is not None and form.is_kept:
                    return self._saved(pk, code)  # sent twice
                form.is_valid()
                raise StaleForm
            if unsent:
                question.save(form.typed(), form.shown(), question.request.revision)
                return self._saved(pk, code)
            if form.is_valid():
                typed = form.cleaned_data
                question.answer(
                    typed["values"], question.request.revision, insist=typed.get("insist", False)
                )
                return redirect(request.path)
        except StaleState:
            return self._again(pk, code)
        except ValidationError as error:
            return self._refuse(question, form, error)
        return self._page(question, 422, form)

    def _find(self, pk: str, code: str) -> Question | None:
        found: Question | None = self.look_up(find_question, pk, code)
        return found

    def _renew(self, question: Question) -> HttpResponse:
        try:
            question.renew()
        except StaleState:
            return self._again(question.request.pk, self.kwargs["code"])
        return redirect(self.request.path)

    def _saved(self, pk: str, code: str) -> HttpResponse:
        """After saving: what could not be sent like this is said at once."""
        if "ask" in self.request.POST:
            return redirect(reverse("inquiry-ask", args=[pk, code]))
        fresh = self._find(pk, code)
        if fresh is None or fresh.state != questions.OPEN:
            return self._again(pk, code)
        form = _form(fresh, self.request.POST)
        if form.is_valid():
            return redirect(self.request.path)
        return self._page(fresh, 422, form, saved=True)

    def _again(self, pk: str, code: str) -> HttpResponse:
        """How the link stands after somebody else was first."""
        question = self._find(pk, code)
        return self._page(question, 409) if question else self.unknown()

    def _refuse(
        self, question: Question, form: AnsweringForm, error: ValidationError
    ) -> HttpResponse:
        """The form again with the service's errors; after a change by others with fresh data."""
        if getattr(error, "code", "") != "stale":
            form.is_valid()
            form.adopt(error)
            return self._page(question, 422, form)
        pk, code = question.request.pk, self.kwargs["code"]
        fresh = self._find(pk, code)
        if fresh is None or fresh.state != questions.OPEN:
            return self._again(pk, code)
        form = _form(fresh, self.request.POST)
        form.is_valid()
        form.adopt(error)
        return self._page(fresh, 409, form)

    def _page(
        self,
        question: Question,
        status: int,
        form: AnsweringForm | None = None,
        *,
        saved: bool = False,
    ) -> HttpResponse:
        if question.state != questions.OPEN:
            return self.closed(question, status)
        form = form or _form(question)
        context = {"question": question, "form": form, "saved": saved}
        return render(self.request, "inquiry/answer.html", context, status=status)


def _form(question: Question, *data: Any) -> AnsweringForm:
    return AnsweringForm(*data, actor=question.actor, obj=question.request)
