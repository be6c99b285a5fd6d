"""Rows of an import are chosen and put right; whoever does it comes back to where he was."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports import services
from customers.imports.fields import BY_NAME
from customers.models import ImportRow

from ..forms import PortalForm
from ..generic import PortalFormView
from .rowcards import Card, card
from .workbench import SIZE, TABS, ImportMixin, Outcome, State, number


class Posted(PortalForm):
    """What a button of the workbench sends is read by its view."""


class ImportChoose(ImportMixin, PortalFormView):
    """POST `shown` and `chosen` lines of a page, or `all` with "1" or "0" for a whole outcome."""

    form_class = Posted

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        return redirect(self.get_cancel_url())

    def perform(self, form: PortalForm) -> bool:
        """Whether the choice could be kept; why not is told on the page of rows."""
        try:
            self.choose()
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return False
        return True

    def choose(self) -> None:
        post, batch = self.request.POST, self.object
        outcome = post.get("outcome", "")
        if outcome not in ImportRow.WRITING:
            raise ValidationError(_("Choose rows that write something."))
        if (every := post.get("all")) is not None:
            services.choose(batch, actor=self.actor, chosen=every == "1", outcome=outcome)
            return
        shown = [number(text) for text in post.getlist("shown")[: SIZE * 4]]
        wanted = {number(text) for text in post.getlist("chosen")[: SIZE * 4]}
        for chosen in (False, True):
            numbers = [line for line in shown if (line in wanted) == chosen]
            services.choose(batch, actor=self.actor, chosen=chosen, numbers=numbers)

    def get_success_url(self, result: Any) -> str:
        return place(self, self.request.POST.get("outcome", ""))

    def get_success_message(self, result: Any) -> str:
        return _("Your choice is kept.") if result else ""


def place(view: Any, outcome: str) -> str:
    """The page of rows a form was sent from."""
    known = [str(key) for key, _label in TABS]
    args = [outcome] if outcome in known else []
    after = number(view.request.POST.get("after", ""))
    return view.url("import-detail", view.object.pk, *args) + (f"?after={after}" if after else "")


class RowForm(PortalForm):
    """The texts of one row, by field; `obj` is the import."""

    def __init__(self, *args: Any, row: ImportRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        for name in services.row_values(row, self.obj):
            attrs = {"autocomplete": "off"}
            self.fields[name] = forms.CharField(
                label=BY_NAME[name].label,
                required=False,
                strip=False,
                max_length=4000,
                widget=forms.TextInput(attrs=attrs),
            )


class ImportRowFix(ImportMixin, PortalFormView):
    """One row, all its fields; what a page of rows sends holds the wrong ones only."""

    template_name = "imports/row.html"
    submit_label = gettext_lazy("Check this row")

    @cached_property
    def row(self) -> ImportRow:
        rows = ImportRow.objects.visible_to(self.actor).filter(batch=self.object)
        found = rows.filter(number=self.kwargs["number"]).first()
        if found is None:
            raise Http404
        return found

    def check(self) -> None:
        super().check()
        _ = self.row

    def get_form(self, *data: Any) -> RowForm:
        values = services.row_values(self.row, self.object)
        if data:
            sent = {name: data[0][name] for name in values if name in data[0]}
            return RowForm({**values, **sent}, actor=self.actor, obj=self.object, row=self.row)
        form = RowForm(values, actor=self.actor, obj=self.object, row=self.row)
        form.is_valid()
        for name, sentences in self.row.errors.items():
            form.add_error(name if name in form.fields else None, list(sentences))
        return form

    def perform(self, form: PortalForm) -> ImportRow:
        before = services.row_values(self.row, self.object)
        values = {name: text for name, text in form.cleaned_data.items() if text != before[name]}
        return services.fix_row(self.object, self.row.number, actor=self.actor, values=values)

    def get_success_message(self, row: ImportRow) -> str:
        label = row.get_outcome_display()  # type: ignore[attr-defined]
        return _("Line %(n)d: %(outcome)s") % {"n": row.number, "outcome": label}

    def get_success_url(self, row: ImportRow) -> str:
        came = self.request.POST.get("outcome", "")
        if came:
            return f"{place(self, came)}#line-{row.number}"
        if row.outcome == Outcome.ERROR:
            return self.url("import-row", self.object.pk, row.number)
        return self.url("import-detail", self.object.pk)

    def get_title(self) -> str:
        return _("Line %(n)d") % {"n": self.kwargs["number"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: Card = card(self.row, self.object, self.url)
        open_ = self.object.state == State.CHECKED and not self.object.busy
        return super().get_context_data(
            card=found, open=open_, came=self.request.GET.get("from", ""), **kwargs
        )
