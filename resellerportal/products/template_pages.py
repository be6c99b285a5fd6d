"""Writing a template: with a preview, beside the text that is in force."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fulfillment.models import Subscription
from tierconfig import parameters, samples
from tierconfig.models import Parameter, Template, TierConfig
from tierconfig.rendering import fill
from tierconfig.services.definitions import templates as services

from .. import texts
from ..forms import PortalForm, TextField
from ..generic import Fact
from .pages import DefinitionAction, DefinitionForm, DefinitionMove, SeenForm

#: Configurations and subscriptions whose values a preview may be tried with.
LATEST = 20
KINDS = (
    ("asset:fulfillment", gettext_lazy("Subscription: approved")),
    ("asset:inquire", gettext_lazy("Subscription: inquiring")),
    ("asset:pending", gettext_lazy("Subscription: pending")),
    ("tier1:", gettext_lazy("Tier 1: approved")),
    ("tier2:", gettext_lazy("Tier 2: approved")),
)


class WritingForm(SeenForm):
    name = TextField(label=gettext_lazy("Name"), max_length=services.MAX_NAME)
    body = TextField(
        label=gettext_lazy("Text"),
        rows=14,
        max_length=services.MAX_BODY,
        help_text=gettext_lazy(
            "Markdown. {{ name }} stands for the value of a parameter; the names are listed below."
        ),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Preview with the values of"), required=False, choices=()
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.pop("source", None)
        return dict(cleaned)


class AddForm(WritingForm):
    kind = forms.ChoiceField(label=gettext_lazy("Shown where, and when"), choices=KINDS)
    field_order = ("kind", "name", "body", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = services.scopes_of(self.obj)
        offered = [each for each in KINDS if each[0].partition(":")[0] in scopes]
        kind: Any = self.fields["kind"]
        kind.choices = offered

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        scope, _colon, kind = cleaned.pop("kind", "asset:fulfillment").partition(":")
        return {**cleaned, "scope": scope, "type": kind}

    def adopt(self, error: ValidationError) -> None:
        """What is wrong with scope or type stands beside the one field that sets both."""
        found = getattr(error, "error_dict", {})
        for name in ("scope", "type"):
            if name in found:
                found["kind"] = found.pop(name)
        super().adopt(error)


class Writing(DefinitionForm):
    """With `preview` in the posted form nothing is done but to show the text."""

    part = Template
    tab = "templates"
    template_name = "products/template_form.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.check()
        form = self.get_form(request.POST)
        form.is_valid()
        return self.render_to_response(self.get_context_data(form=form))

    def get_form(self, *data: Any) -> PortalForm:
        form = super().get_form(*data)
        source: Any = form.fields["source"]
        source.choices = [("", _("Sample values")), *self.holders.keys_and_labels()]
        return form

    @cached_property
    def scope(self) -> tuple[str, str]:
        """(scope, type) of the text; of a new one as chosen so far."""
        if self.row is not None:
            return self.row.scope, self.row.type
        known = dict(KINDS)
        kind = self.request.POST.get("kind") or self.request.GET.get("kind") or ""
        scope, _colon, type_ = (kind if kind in known else KINDS[0][0]).partition(":")
        return scope, type_

    @cached_property
    def holders(self) -> Holders:
        return Holders(self)

    def finish(self, result: Template) -> HttpResponse:
        answer = super().finish(result)
        known = services.placeholders(self.object, result.scope, result.type)
        if unknown := services.unknown_placeholders(result.body, known):
            messages.warning(self.request, _left_empty(unknown))
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        body = str(form["body"].value() or "")
        known = services.placeholders(self.object, *self.scope)
        unknown = services.unknown_placeholders(body, known)
        return super().get_context_data(
            preview=self.rendered(body) if body else "",
            present=self.rendered(self.row.body) if self.row else "",
            is_changed=bool(self.row) and body.replace("\r\n", "\n").strip() != self.row.body,
            placeholders=known,
            unknown=_left_empty(unknown) if unknown else "",
            stays=self.stays(),
            **kwargs,
        )

    def rendered(self, body: str) -> SafeString:
        own = Parameter.objects.of_scope(self.object.pk, self.scope[0])
        values = self.holders.chosen() or samples.sample_values(own)
        shown = {each.name: parameters.display(each, values.get(each.name)) for each in own}
        if self.scope[1] == Template.Type.INQUIRE:
            shown[services.FORM_ADDRESS] = self.request.build_absolute_uri("/inquiry/…")
        return texts.rendered(fill(body, shown))

    def stays(self) -> str:
        return carried(self.row, self.actor) if self.row else ""


class Holders:
    """The latest approved configurations or subscriptions that a preview may be tried with."""

    def __init__(self, page: Writing) -> None:
        self.page = page
        self.scope = page.scope[0]

    @cached_property
    def rows(self) -> list[Any]:
        actor, product = self.page.actor, self.page.object
        if self.scope == Template.Scope.ASSET:
            found = Subscription.objects.visible_to(actor).filter(product=product)
            found = found.exclude(params={}).select_related("customer")
            return list(found.order_by("-created_at", "-pk")[:LATEST])
        level = 1 if self.scope == Template.Scope.TIER_1 else 2
        rows = TierConfig.objects.visible_to(actor).filter(product=product, tier_level=level)
        rows = rows.exclude(configured_at=None).select_related("account")
        return list(rows.order_by("-created_at", "-pk")[:LATEST])

    def keys_and_labels(self) -> list[tuple[str, str]]:
        return [
            (each.pk, f"{getattr(each, 'account', None) or each.customer} ({each.pk})")
            for each in self.rows
        ]

    def chosen(self) -> parameters.Values | None:
        wanted = self.page.request.POST.get("source", "")
        found = next((each for each in self.rows if each.pk == wanted), None)
        return found.params if found else None


class TemplateAdd(Writing):
    form_class = AddForm
    service = staticmethod(services.add_template)
    title = gettext_lazy("Add a template")
    submit_label = gettext_lazy("Add")
    success_message = gettext_lazy("The template is added; approvals offer it from now on.")

    def get_initial(self) -> dict[str, Any]:
        return {"kind": ":".join(self.scope)}


class TemplateEdit(Writing):
    form_class = WritingForm
    service = staticmethod(services.edit_template)
    success_message = gettext_lazy("Saved. Approvals from now on use the new text.")

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.row.name}


class TemplateRemove(DefinitionAction):
    part = Template
    tab = "templates"
    service = staticmethod(services.remove_template)
    style = "danger"
    submit_label = gettext_lazy("Remove")
    success_message = gettext_lazy("The template is removed.")

    def get_title(self) -> str:
        return _("Remove %(name)s") % {"name": self.row.name}

    def get_facts(self) -> list[Fact]:
        kind = self.row.get_scope_display()
        if self.row.type:
            kind = f"{kind} · {self.row.get_type_display()}"
        return [
            Fact(_("Scope"), kind),
            Fact(_("Texts made from it"), carried(self.row, self.actor) or _("none")),
        ]


class TemplateMove(DefinitionMove):
    part = Template
    tab = "templates"
    service = staticmethod(services.move_template)


def carried(template: Template, actor: Any) -> str:
    """How many control panels show a text made from the template, "" for none."""
    configs = TierConfig.objects.visible_to(actor).filter(template=template).count()
    sold = Subscription.objects.visible_to(actor).filter(template=template).count()
    parts = []
    if configs:
        text = ngettext("%(n)d configuration", "%(n)d configurations", configs)
        parts.append(text % {"n": configs})
    if sold:
        parts.append(ngettext("%(n)d subscription", "%(n)d subscriptions", sold) % {"n": sold})
    if not parts:
        return ""
    shown = _(" and ").join(parts)
    return _("%(which)s: the text stays as it is there until the next approval.") % {"which": shown}


def _left_empty(names: list[str]) -> str:
    shown = ", ".join(names)
    return _("No parameter of this scope is called %(names)s; it is left empty.") % {"names": shown}
