"""Forms of the steps that configuration requests and orders have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from tierconfig import parameters
from tierconfig.models import ProcessedRequest, Template
from tierconfig.presentation import depends_on
from tierconfig.services.complaints import MAX_COMPLAINT
from tierconfig.services.definitions.messages import messages_for
from tierconfig.services.processing import EARLIEST, LATEST, known_values
from tierconfig.services.waiting import asked

from ..forms import PortalForm, TextField, in_zone
from ..parameters.forms import ParameterForm
from ..parameters.rules import Rules
from .suggesting import suggested
from .values import reads_passwords


class TemplateField(forms.ModelChoiceField):
    """A choice of texts; which ones is said when the form knows its request."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Template.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)

    def offer(self, offered: QuerySet[Template]) -> list[Template]:
        """Let these be chosen; they are read once, which Django's own choices are not."""
        found = list(offered)
        self.queryset = offered
        blank = [] if self.empty_label is None else [("", self.empty_label)]
        self.choices = [*blank, *((each.pk, self.label_from_instance(each)) for each in found)]
        return found


def templates(actor: Actor, request: ProcessedRequest, kind: str) -> QuerySet[Template]:
    """Templates of the request's product and scope, of this type, in the vendor's order."""
    product, scope = request.parameter_scope()
    found: QuerySet[Template] = Template.objects.visible_to(actor).filter(
        product=product, scope=scope, type=kind
    )
    return found.order_by("position", "id")


class ReasonForm(PortalForm):
    reason = TextField(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=500,
        help_text=gettext_lazy("Everybody who sees the request reads it."),
    )


class AnswerForm(ParameterForm):
    """What was asked of the buying side, and what else may be corrected with it."""

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        known = known_values(obj)
        rules = Rules(obj.definitions(), known, obj.presentation)
        self.add_parameters(
            parameters.askable(rules.possible, known),
            known,
            asked=asked(rules.now, known),
            rules=rules,
        )
        if self.data.get("insist"):
            self._offer_to_insist()

    def adopt(self, error: ValidationError) -> None:
        """Whoever could not have the values checked may send them nevertheless."""
        super().adopt(error)
        if any(each.code == "unvalidated" for each in getattr(error, "error_list", ())):
            self._offer_to_insist()

    def _offer_to_insist(self) -> None:
        field: Any = forms.BooleanField(
            label=_("Send it without this check"),
            required=False,
            help_text=_("The vendor's service did not agree in time; a person will look at it."),
        )
        field.told = []
        self.fields["insist"] = field


class ValuesForm(ParameterForm):
    """What the vendor fills in; `own` are all parameters of the request."""

    #: Whether required values are called so.
    needed = False

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        known = known_values(obj)
        rules = Rules(obj.definitions(), known, obj.presentation, vendor=True)
        self.own = rules.now
        self.names = self.add_parameters(
            obj.offered_to_vendor(self.own), known, required=self.needed, rules=rules
        )

    def typed(self) -> dict[str, parameters.Stored]:
        """What the valid fields of a bound form would store."""
        raw = getattr(self, "cleaned_data", {}).get("values", {})
        return {
            each.name: parameters.clean_value(each, raw[each.name])
            for each in self.own
            if each.name in raw
        }


class ApproveForm(ValuesForm):
    """The text the other side will read, and the values that complete the request."""

    needed = True
    #: What is said of a required value that only the other side can give; takes %(title)s.
    lacking: Any

    template = TemplateField(empty_label=None)
    effective_date = forms.DateTimeField(
        label=gettext_lazy("Effective date"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        help_text=in_zone(gettext_lazy("Without one, it takes effect with the approval.")),
    )

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        field: Any = self.fields["template"]
        offered = field.offer(templates(self.actor, obj, obj.template_type))
        present = self.present_template()
        field.initial = next((each for each in offered if each.pk == present), None) or next(
            iter(offered), None
        )
        values = ((_("Values you fill in"), tuple(self.names)),) if self.names else ()
        self.fieldsets = (*values, (_("Control panel"), ("template", "effective_date")))

    def present_template(self) -> Any:
        """Id of the template of the text in force, None when there is none."""
        return None

    def lacks(self) -> list[str]:
        """Titles of required values that only the other side can give, and has not given.

        None that a value of this form might make superfluous.
        """
        known = known_values(self.obj)
        empty = parameters.missing(self.own, known, visible_ordering_only=False)
        return [
            str(each)
            for each in empty
            if f"param-{each.name}" not in self.fields and not depends_on(each)
        ]

    def adopt(self, error: ValidationError) -> None:
        """A value the vendor has no field for is named by its title, with what to do."""
        if hasattr(error, "error_dict"):
            named = {}
            for name, errors in error.error_dict.items():
                title = next((str(each) for each in self.own if each.name == name), "")
                if title and f"param-{name}" not in self.fields:
                    self.add_error(None, self.lacking % {"title": title})
                else:
                    named[name] = errors
            if not named:
                return
            error = ValidationError(named)
        super().adopt(error)


class MarksMixin:
    """Fields that say what is wrong with single values, for a form about a request."""

    marks: dict[str, str]

    def add_marks(self: Any) -> None:
        """One line per parameter that can be asked for, with what was noted about it so far."""
        request = self.obj
        known = known_values(request)
        masked = not reads_passwords(self.actor)
        offered = [each.value for each in messages_for(request.parameter_scope()[0])]
        noted = parameters.complaints(request.params)
        self.marks = {}
        self.asked = request.presented()
        for each in parameters.askable(self.asked, known):
            if each.readonly:
                continue
            name = f"mark-{each.name}"
            self.marks[each.name] = name
            value = parameters.display(each, known.get(each.name), masked=masked)
            self.fields[name] = TextField(
                label=str(each),
                max_length=MAX_COMPLAINT,
                required=False,
                initial=noted.get(each.name, ""),
                widget=suggested(offered, first=len(self.marks) == 1),
                help_text=_("Now: %(value)s") % {"value": value} if value else _("Empty now."),
            )

    def take_marks(self: Any, cleaned: dict[str, Any]) -> dict[str, str]:
        """What was written or changed, by parameter; blank where a complaint was taken away."""
        noted = parameters.complaints(self.obj.params)
        typed = {name: cleaned.pop(mark, "") for name, mark in self.marks.items()}
        return {name: text for name, text in typed.items() if text != noted.get(name, "")}


class InquireForm(MarksMixin, PortalForm):
    """What is wrong with single values, and a message about all of them."""

    message = TextField(
        label=gettext_lazy("Message"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Mailed with the link to the form, and shown above it."),
    )

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.add_marks()
        self.mark_missing()

    def mark_missing(self) -> None:
        """What is required and empty is asked for already; otherwise writing begins at the top."""
        known = known_values(self.obj)
        empty = parameters.missing(self.asked, known, visible_ordering_only=True)
        names = [self.marks[each.name] for each in empty if each.name in self.marks]
        for name in names:
            self.fields[name].initial = self.fields[name].initial or _("Please fill this in.")
        if not names:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    @property
    def fieldsets(self) -> Any:  # type: ignore[override]
        marks = tuple(self.marks.values())
        rest = tuple(name for name in self.fields if name not in marks)
        found = ((_("What is wrong or missing, by parameter"), marks),) if marks else ()
        return (*found, (_("What to say about all of it"), rest))

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        cleaned["errors"] = self.take_marks(cleaned)
        return cleaned
