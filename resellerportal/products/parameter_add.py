"""The wizard of a new parameter: general, type, phase and scope, constraints, summary."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.models import Product
from customers.permissions import by_vendor
from tierconfig.models import Parameter
from tierconfig.services.definitions import effects, shape
from tierconfig.services.definitions import parameters as services
from tierconfig.services.definitions.shape import Kind

from ..forms import PortalForm, TextField
from ..generic import Fact
from ..wizard import SUMMARY, Answers, Step, Typed, WizardView
from .choice_rows import MORE, rows_of
from .parameters import CONSTANTS
from .preview import preview_of
from .settings_form import LABELS, LEVELS, SHARED, SettingsForm, WordsForm

TYPE_HELP = {
    "text": gettext_lazy("One line or several"),
    "dropdown": gettext_lazy("One of many choices"),
    "choice": gettext_lazy("One of a few choices, all in sight"),
    "checkbox": gettext_lazy("Any number of choices"),
    "password": gettext_lazy("Masked for everybody but you"),
    "email": gettext_lazy("An e-mail address"),
    "phone": gettext_lazy("A telephone number with its country"),
    "address": gettext_lazy("Street, city, country"),
    "url": gettext_lazy("The address of a web page"),
    "domain": gettext_lazy("company.example"),
    "subdomain": gettext_lazy("A name below one of your domains"),
    "object": gettext_lazy("JSON, for your systems only; never shown to resellers"),
    "heading": gettext_lazy("Shown between inputs; holds nothing"),
    "content": gettext_lazy("A text between inputs; holds nothing"),
}


class GeneralForm(WordsForm):
    name = TextField(
        label=gettext_lazy("Parameter ID"),
        max_length=100,
        help_text=gettext_lazy(
            "Letters, digits, “_” and “-”. Your systems use it; it cannot be changed later."
        ),
    )
    #: The part of the list where the wizard began.
    scope = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    field_order = ("name", "title", "description", "hint", "placeholder")
    product: Product

    def clean_name(self) -> str:
        try:
            name = shape.clean_name(self.cleaned_data["name"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        taken = Parameter.objects.visible_to(self.actor).filter(product=self.product, name=name)
        if taken.exists():
            raise ValidationError(
                _("Another parameter of this product has this ID."), code="unique"
            )
        return name


class TypeForm(PortalForm):
    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        widget=forms.RadioSelect,
        choices=[(key, f"{label} – {TYPE_HELP[key]}") for key, label in Parameter.Type.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["type"]
        kinds.choices = [(k, f"{label} – {TYPE_HELP[k]}") for k, label in Parameter.Type.choices]


class PlaceForm(PortalForm):
    place = forms.ChoiceField(
        label=gettext_lazy("Who gives the value, and what it belongs to"),
        widget=forms.RadioSelect,
        choices=(),
    )

    def offer(self, product: Product, first: str) -> None:
        """Only the combinations that this product can have."""
        phases = {
            "ordering": _("Asked when ordering"),
            "fulfillment": _("Filled in by you"),
            "configuration": _("Constant"),
        }
        scopes = dict(Parameter.Scope.choices)
        pairs = shape.places(product.authorization_level)
        place: Any = self.fields["place"]
        place.choices = [(f"{p}:{s}", f"{phases[p]} · {scopes[s]}") for p, s in pairs]
        if product.authorization_level < Product.Authorization.TIER_2:
            place.help_text = _("Further tiers come with Reseller Authorization.")
        wanted = f"configuration:{Parameter.Scope.PRODUCT}" if first == CONSTANTS else ""
        wanted = wanted or f"ordering:{first}"
        if wanted in dict(place.choices):
            place.initial = wanted


class ParameterAdd(WizardView):
    """Keeps what was typed per product."""

    roles = (VENDOR,)
    url_name = "product-parameter-add"
    title = gettext_lazy("Add parameter")
    submit_label = gettext_lazy("Add parameter")
    success_message = gettext_lazy("Added.")
    template_name = "products/parameter_wizard.html"
    steps = (
        Step("general", gettext_lazy("General"), GeneralForm),
        Step("type", gettext_lazy("Type"), TypeForm),
        Step("place", gettext_lazy("Phase and scope"), PlaceForm),
        Step("settings", gettext_lazy("Constraints"), SettingsForm),
    )

    @cached_property
    def product(self) -> Product:
        pk = self.kwargs["pk"]
        if "\0" in pk:
            raise Http404
        product: Product = get_object_or_404(Product.objects.visible_to(self.actor), pk=pk)
        return product

    def get_arguments(self) -> list[str]:
        return [self.product.pk]

    def _check(self) -> None:
        product = self.product
        super()._check()
        if not by_vendor(product, self.actor):
            raise PermissionDenied

    def kind(self, answers: Answers) -> Kind:
        phase, _colon, scope = answers["place"]["place"].partition(":")
        return Kind(answers["type"]["type"], phase, scope)

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        if step.name == "general":
            form.product = self.product
        elif step.name == "place":
            form.offer(self.product, answers["general"]["scope"])
        elif step.name == "settings":
            drafted = form.initial.get("choices")
            form.offer(self.kind(answers), more=MORE if drafted else 0)

    def rework(self, step: Step, typed: Typed, answers: Answers) -> Typed | None:
        if "more" not in typed:
            return None
        rows = rows_of(typed, "choices")
        kept = {name: values for name, values in typed.items() if name != "more"}
        return {**kept, "choices": [json.dumps(rows)]}

    def outdated(self, step: Step, typed: Typed, answers: Answers) -> tuple[str, ...]:
        """Another type or phase asks other constraints."""
        field = {"type": "type", "place": "place"}.get(step.name)
        if field is None or step.name not in answers:
            return ()
        return () if typed.get(field) == [answers[step.name][field]] else ("settings",)

    def made(self, answers: Answers) -> Parameter:
        """The parameter as it would be."""
        kind = self.kind(answers)
        made = shape.sample(kind, **_words(answers), **answers["settings"])
        made.product = self.product
        return made

    def get_facts(self, step: Step, form: PortalForm, cleaned: dict[str, Any]) -> list[Fact]:
        if step.name != "settings":
            shown = {name: value for name, value in cleaned.items() if name != "scope"}
            return super().get_facts(step, form, shown)
        facts = [Fact(LABELS[n], _("Yes")) for n in shape.FLAGS if cleaned[n]]
        for name, value in cleaned["constraints"].items():
            facts.append(Fact(LABELS[name], _said(name, value)))
        return facts or [Fact(_("Constraints"), _("none"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product = self.product
        back = self.url("product-detail", product.pk)
        context = {
            "crumbs": [
                (_("Products"), self.url("product-list")),
                (product.name, back),
                (_("Parameters"), f"{back}parameters/"),
            ],
            "preview": None,
            "effects": [],
        }
        answers = kwargs.get("answers") or {}
        if self.wanted == SUMMARY and "settings" in answers:
            made = self.made(answers)
            context["preview"] = preview_of(made, self.actor)
            context["effects"] = effects.effects_of(product, None, made)
        return super().get_context_data(**context, **kwargs)

    def finish(self, answers: Answers) -> str:
        kind = self.kind(answers)
        made = services.add_parameter(
            self.product,
            actor=self.actor,
            type=kind.type,
            phase=kind.phase,
            scope=kind.scope,
            **_words(answers),
            **answers["settings"],
        )
        part = CONSTANTS if made.phase == Parameter.Phase.CONFIGURATION else made.scope
        return f"{self.url('product-detail', self.product.pk, 'parameters')}?scope={part}"


def _words(answers: Answers) -> dict[str, Any]:
    return {name: text for name, text in answers["general"].items() if name != "scope"}


def _said(name: str, value: Any) -> str:
    if name == "choices":
        return ", ".join(each["label"] for each in value)
    if name == "level":
        return str(dict(LEVELS)[str(value)])
    if name == "shared":
        return str(dict(SHARED)[value])
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values())
    return _("Yes") if value is True else str(value)
