"""Passing single questions on: the page of whoever was asked, and the one of the colleague."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from customers.lifecycle import StaleForm, StaleState
from tierconfig.models import Delegation

from ..processing.answering import DelegateForm, PartForm, standing
from . import limits, questions
from .questions import Part, Question, find_part, find_question
from .views import STATUS, LinkView


class InquiryAsk(LinkView):
    """What to pass on to whom, and how the questions passed on stand."""

    def get(self, request: HttpRequest, pk: str, code: str) -> HttpResponse:
        question = self.look_up(find_question, pk, code)
        if question is None:
            return self.unknown()
        if question.state != questions.OPEN:
            return self.closed(question, STATUS[question.state])
        return self._page(question, 200, DelegateForm(actor=question.actor, obj=question.request))

    def post(self, request: HttpRequest, pk: str, code: str) -> HttpResponse:
        question = self.look_up(find_question, pk, code)
        if question is None:
            return self.unknown()
        if question.state != questions.OPEN:
            return self.closed(question, 409)
        form = DelegateForm(request.POST, actor=question.actor, obj=question.request)
        try:
            if "take_back" in request.POST:
                return self._take_back(question)
            if limits.mails_too_much(request):
                form.is_valid()
                form.add_error(None, limits.wait_for_mails())
            elif form.is_valid():
                question.delegate(**form.cleaned_data)
                limits.count_mail(request)
                return redirect(request.path)
        except StaleState:
            fresh = self.look_up(find_question, pk, code)
            return self.closed(fresh, 409) if fresh else self.unknown()
        except ValidationError as error:
            form.adopt(error)
        return self._page(question, 422, form)

    def _take_back(self, question: Question) -> HttpResponse:
        number = self.request.POST.get("take_back", "")
        try:
            question.take_back(int(number) if number.isascii() and number.isdecimal() else 0)
        except (Delegation.DoesNotExist, OverflowError, ValueError):
            return self.unknown()
        return redirect(self.request.path)

    def _page(self, question: Question, status: int, form: DelegateForm) -> HttpResponse:
        context = {
            "question": question,
            "form": form,
            "standing": standing(question.request),
            "code": self.kwargs["code"],
        }
        return render(self.request, "inquiry/ask.html", context, status=status)


class InquiryPart(LinkView):
    """The colleague's page: the fields he was asked for, and nothing else."""

    def get(self, request: HttpRequest, pk: str, number: int, code: str) -> HttpResponse:
        part = self._find()
        if part is None:
            return self.unknown()
        return self._page(part, STATUS[part.state])

    def post(self, request: HttpRequest, pk: str, number: int, code: str) -> HttpResponse:
        part = self._find()
        if part is None:
            return self.unknown()
        if part.state != questions.OPEN:
            return self._page(part, 409)
        form, final = _form(part, request.POST), "save" not in request.POST
        valid = form.is_valid()
        try:
            if not final or valid:
                stamp = request.POST.get("stamp", "")
                if not final and stamp != part.stamp and form.is_kept:
                    return redirect(request.path)  # sent twice
                part.save(form.typed(), form.shown(), stamp, final=final)
                if valid:
                    return redirect(request.path)
                return self._page(part, 422, _bound(part, request.POST), saved=True)
        except StaleState:
            fresh = self._find()
            return self._page(fresh, 409) if fresh else self.unknown()
        except StaleForm as error:
            form.adopt(error)
            return self._page(part, 409, form)
        except ValidationError as error:
            form.adopt(error)
        return self._page(part, 422, form)

    def _find(self) -> Part | None:
        key = self.kwargs
        found: Part | None = self.look_up(find_part, key["pk"], key["number"], key["code"])
        return found

    def _page(
        self, part: Part, status: int, form: PartForm | None = None, *, saved: bool = False
    ) -> HttpResponse:
        context = {"part": part, "question": part.question, "late": status == 409}
        if part.state != questions.OPEN:
            return render(self.request, "inquiry/part_closed.html", context, status=status)
        more = {"form": form or _form(part), "saved": saved}
        return render(self.request, "inquiry/part.html", context | more, status=status)


def _form(part: Part, *data: Any) -> PartForm:
    question = part.question
    return PartForm(*data, actor=question.actor, obj=question.request, names=part.names)


def _bound(part: Part, data: Any) -> PartForm:
    form = _form(part, data)
    form.is_valid()
    return form
