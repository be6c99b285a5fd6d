"""A parameter changed: its words and settings, its dependency, or removed."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Parameter
from tierconfig.presentation import FLAGS, depends_on
from tierconfig.services.definitions import dependencies, effects, shape
from tierconfig.services.definitions import parameters as services

from ..forms import PortalForm
from ..generic import Fact
from .choice_rows import MORE, rows_of
from .confirming import ConfirmedMixin
from .pages import DefinitionAction, DefinitionForm, SeenForm
from .parameters import ParameterPage
from .preview import preview_of
from .settings_form import SettingsForm, WordsForm


class EditForm(SeenForm, WordsForm, SettingsForm):
    more_rows = 0

    def offer_for(self, parameter: Parameter, *, more: int = 0) -> None:
        names = self.offer(shape.kind_of(parameter), parameter, more=more)
        words = ("title", "description", "hint", "placeholder")
        self.order_fields([*words, *names, "seen"])
        self.fieldsets = (
            (_("What people read"), words),
            (_("Constraints"), tuple(names)),
        )


class ParameterEdit(ConfirmedMixin, ParameterPage, DefinitionForm):
    """Everything but its ID, type, phase and scope, which stay what they are."""

    template_name = "products/parameter_form.html"
    form_class = EditForm
    success_message = gettext_lazy("Saved.")
    service = staticmethod(services.change_parameter)
    more = 0

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.row}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.check()
        self.more = MORE
        typed = {**request.POST.dict(), "choices": rows_of(request.POST, "choices")}
        form = self.form_class(actor=self.actor, obj=self.object, initial=typed)
        form.offer_for(self.row, more=MORE)
        return self.render_to_response(self.get_context_data(form=form))

    def get_form(self, *data: Any) -> PortalForm:
        form: Any = super().get_form(*data)
        form.offer_for(self.row)
        return form

    def get_effects(self, cleaned: dict[str, Any]) -> list[str]:
        given = {name: value for name, value in cleaned.items() if name != "seen"}
        after = copy(self.row)
        for name, value in services.changed_values(self.row, **given).items():
            setattr(after, name, value)
        return effects.effects_of(self.object, self.row, after)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        facts = [
            Fact(_("Parameter ID"), row.name),
            Fact(_("Type"), row.get_type_display()),
            Fact(_("Scope"), row.get_scope_display()),
            Fact(_("Phase"), row.get_phase_display()),
        ]
        return super().get_context_data(facts=facts, preview=preview_of(row, self.actor), **kwargs)


KEEP = (("", gettext_lazy("as defined")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
LABELS = {
    "required": gettext_lazy("Then it is required"),
    "hidden": gettext_lazy("Then it is hidden"),
    "readonly": gettext_lazy("Then it is read-only"),
}


class RuleForm(SeenForm):
    on = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    values = forms.MultipleChoiceField(
        label=gettext_lazy("While it has one of these values"), widget=forms.CheckboxSelectMultiple
    )

    def offer(self, source: Parameter) -> None:
        values: Any = self.fields["values"]
        values.choices = source.choices
        self.fields |= {
            name: forms.ChoiceField(label=LABELS[name], required=False, choices=KEEP)
            for name in FLAGS
        }

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        given = {name: cleaned.pop(name, "") for name in FLAGS}
        flags = {name: said == "yes" for name, said in given.items() if said}
        if not flags and not self.errors:
            self.add_error("required", _("Say what the rule changes."))
        return {**cleaned, "flags": flags}


class ParameterDependency(ConfirmedMixin, ParameterPage, DefinitionForm):
    """First the parameter it depends on, by GET; then its values and what they do."""

    template_name = "products/dependency.html"
    form_class = RuleForm
    success_message = gettext_lazy("Saved.")
    service = staticmethod(dependencies.set_dependency)

    def get_title(self) -> str:
        return _("When %(name)s is asked") % {"name": self.row}

    @cached_property
    def offered(self) -> list[Parameter]:
        rows = Parameter.objects.visible_to(self.actor).filter(product=self.object)
        return dependencies.candidates(self.row, rows.order_by("position", "name"))

    @cached_property
    def source(self) -> Parameter | None:
        """The parameter chosen so far; as the rule has it when none is."""
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        wanted = data.get("on", depends_on(self.row))
        return next((each for each in self.offered if each.name == wanted), None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "without" in request.POST:
            self.check()
            form = SeenForm(request.POST, actor=self.actor, obj=self.object)
            try:
                seen = form.cleaned_data.get("seen", "") if form.is_valid() else ""
                found = dependencies.set_dependency(
                    self.row, actor=self.actor, on="", values=(), flags={}, seen=seen
                )
                return self.finish(found)
            except ValidationError as error:
                form.adopt(error)
                return self.render_to_response(self.get_context_data(form=form), status=422)
        return super().post(request, *args, **kwargs)

    def get_form(self, *data: Any) -> PortalForm:
        form: Any = super().get_form(*data)
        if self.source is None:
            form.fields.pop("values")
            form.clean = lambda: form.add_error(None, _("Choose a parameter first."))
        else:
            form.offer(self.source)
        return form

    def get_initial(self) -> dict[str, Any]:
        rule = dependencies.rule_of(self.row)
        found = {**super().get_initial(), "on": self.source.name if self.source else ""}
        if self.source is None or rule.get("parameter") != self.source.name:
            return found
        flags = {name: "yes" if rule[name] else "no" for name in FLAGS if name in rule}
        return {**found, **flags, "values": rule["values"]}

    def get_effects(self, cleaned: dict[str, Any]) -> list[str]:
        given = {name: cleaned[name] for name in ("on", "values", "flags")}
        rule = dependencies.clean_rule(self.row, **given)
        after = copy(self.row)
        after.constraints = {**self.row.constraints, "dependency": rule}
        return effects.effects_of(self.object, self.row, after)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            offered=self.offered,
            source=self.source,
            has_rule=bool(depends_on(self.row)),
            row=self.row,
            **kwargs,
        )


class ParameterRemove(ParameterPage, DefinitionAction):
    template_name = "products/hindered.html"
    service = staticmethod(services.remove_parameter)
    submit_label = gettext_lazy("Remove")
    success_message = gettext_lazy("Removed.")
    style = "danger"

    def get_title(self) -> str:
        return _("Remove %(name)s") % {"name": self.row}

    @cached_property
    def hindrances(self) -> list[str]:
        return services.obstacles(self.row)

    def get_question(self) -> str:
        if self.hindrances:
            return _("It cannot be removed now. You can hide it instead, or make it optional.")
        return _("It is asked no more, and its definition is gone for good.")

    def get_facts(self) -> list[Fact]:
        found = [Fact(_("Parameter"), self.row), Fact(_("Parameter ID"), self.row.name)]
        if self.hindrances:
            return found
        said = effects.effects_of(self.object, self.row, None)
        return found + [Fact(_("Effect"), text) for text in said]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(hindrances=self.hindrances, **kwargs)
