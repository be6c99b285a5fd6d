"""Transitions in the administration: a button and a list action each, both through the service.

Every step has one page. It names what will be refused and why, asks what the service needs, and
acts on POST. Each object is a transaction of its own; what the service refuses becomes a message
or an error at the field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..lifecycle import StaleForm, StaleState, available_steps
from .base import ViewOnly, admin_actor

#: Objects one page takes.
AT_ONCE = 100


class ObjectForm(forms.Form):
    """What a step asks for each object; `revision` is the one its page was made from."""

    #: Names of fields that stand for an entry of a service's error dict: prefix + entry.
    error_prefixes: ClassVar[tuple[str, ...]] = ("",)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, obj: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj = obj
        self.initial["revision"] = getattr(obj, "revision", None)

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        return {}

    def field_for(self, name: str) -> str | None:
        found = (prefix + name for prefix in self.error_prefixes)
        return next((each for each in found if each in self.fields), None)

    def renew(self) -> None:
        """Carry the present revision from now on; the page shows the object anew."""
        fresh = type(self.obj)._base_manager.get(pk=self.obj.pk)
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = str(fresh.revision)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=AdminTextareaWidget({"rows": 3})
    )


@dataclass(frozen=True)
class Step:
    """`run(obj, actor=…, revision=…, **values)` is the service.

    `shared` is asked once for all chosen objects, `each` for every one.
    """

    run: Callable[..., Any]
    shared: type[forms.Form] = forms.Form
    each: type[ObjectForm] = ObjectForm
    in_lists: bool = True


class StepAdmin(ViewOnly):
    change_form_template = "admin/lifecycle_change_form.html"
    #: Transition name -> what the administration needs to run it.
    steps: ClassVar[dict[str, Step]] = {}

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Rows are read-only for everybody; the change permission opens the steps."""
        return super(ViewOnly, self).has_change_permission(request)

    def label(self, name: str) -> str:
        transitions = getattr(self.model, name)._django_fsm.transitions
        return str(next(iter(transitions.values())).custom["label"])

    def offered(self, obj: Any, request: HttpRequest) -> list[str]:
        """Names of the steps that can be taken now, in the order of `steps`."""
        available = {step.name for step in available_steps(obj, admin_actor(request))}
        return [name for name in self.steps if name in available]

    def refusal(self, obj: Any, name: str) -> str:
        """Why the step cannot be taken."""
        return StaleState(obj, name).message

    def describe(self, obj: Any) -> str:
        return str(obj)

    def step_address(self, name: str, ids: list[str]) -> str:
        meta = self.opts
        return reverse(
            f"admin:{meta.app_label}_{meta.model_name}_step", args=[name], query={"id": ids}
        )

    def get_urls(self) -> list[Any]:
        own = path(
            "steps/<slug:name>/",
            self.admin_site.admin_view(self.step_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_step",
        )
        return [own, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if self.has_step_permission(request):
            for name, step in self.steps.items():
                if step.in_lists:
                    actions[name] = (_to_page, name, self.label(name))
        return actions

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id) if self.has_step_permission(request) else None
        offers = self.offered(obj, request) if obj is not None else []
        buttons = [(self.step_address(name, [obj.pk]), self.label(name)) for name in offers]
        extra = {**(extra_context or {}), "steps": buttons}
        return super().change_view(request, object_id, form_url, extra)

    def step_view(self, request: HttpRequest, name: str) -> HttpResponse:
        if name not in self.steps:
            raise Http404
        if not self.has_step_permission(request):
            raise PermissionDenied
        ids = request.GET.getlist("id")[:AT_ONCE]
        rows = self.get_queryset(request).filter(pk__in=ids).order_by("pk")
        if self.list_select_related:
            rows = rows.select_related(*self.list_select_related)  # type: ignore[misc]
        page = _Page(self, request, name, list(rows))
        if not page.objects:
            raise Http404
        if request.method == "POST" and page.run():
            return HttpResponseRedirect(page.afterwards())
        return page.render()


def _to_page(
    model_admin: StepAdmin, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """The list action: go to the page of the step with the chosen objects."""
    ids = [str(pk) for pk in queryset.values_list("pk", flat=True)[: AT_ONCE + 1]]
    if len(ids) > AT_ONCE:
        text = _("Choose at most %(n)d at a time.") % {"n": AT_ONCE}
        model_admin.message_user(request, text, messages.ERROR)
        return None
    return HttpResponseRedirect(model_admin.step_address(request.POST["action"], ids))


class _Page:
    """One request for one step and the chosen objects."""

    def __init__(
        self, owner: StepAdmin, request: HttpRequest, name: str, objects: list[Any]
    ) -> None:
        self.owner, self.request, self.name, self.objects = owner, request, name, objects
        self.step = owner.steps[name]
        data = request.POST if request.method == "POST" else None
        self.shared = self.step.shared(data)
        self.forms = []
        self.refused = []
        for obj in objects:
            if name in owner.offered(obj, request):
                self.forms.append(self.step.each(data, prefix=obj.pk, obj=obj))
            else:
                self.refused.append((obj, owner.refusal(obj, name)))

    def run(self) -> bool:
        """Take the step with every object; whether nothing is left to be corrected."""
        valid = [form.is_valid() for form in self.forms]
        if not self.shared.is_valid() or not all(valid):
            return False
        for obj, why in self.refused:
            if f"{obj.pk}-revision" in self.request.POST:
                self._say(why, messages.WARNING)
        done = [form for form in self.forms if self._take(form)]
        if done:
            count = len(done)
            text = ngettext("%(label)s: %(n)d done.", "%(label)s: %(n)d done.", count)
            label = self.owner.label(self.name)
            self._say(text % {"label": label, "n": count}, messages.SUCCESS)
        self.forms = [form for form in self.forms if form.errors]
        return not self.forms

    def _take(self, form: ObjectForm) -> bool:
        values = {**self.shared.cleaned_data, **form.arguments()}
        revision = form.cleaned_data["revision"] or 0
        try:
            self.step.run(form.obj, actor=admin_actor(self.request), revision=revision, **values)
        except StaleState as error:
            self._say(error.message, messages.WARNING)
        except PermissionDenied:
            self._say(_("%(id)s: not allowed.") % {"id": form.obj.pk}, messages.ERROR)
        except ValidationError as error:
            self._place(error, form)
            if isinstance(error, StaleForm):
                form.renew()
        else:
            label = self.owner.label(self.name)
            self.owner.log_change(self.request, form.obj, label)
            return True
        return False

    def _place(self, error: ValidationError, form: ObjectForm) -> None:
        """Errors at the fields that have their names; others above the object's form."""
        if not hasattr(error, "error_dict"):
            form.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            field = form.field_for(name)
            if field is not None:
                form.add_error(field, errors)
            else:
                texts = ValidationError(errors).messages
                form.add_error(None, [f"{name}: {text}" for text in texts])

    def _say(self, text: str, level: int) -> None:
        self.owner.message_user(self.request, text, level)

    def afterwards(self) -> str:
        meta = self.owner.opts
        page = f"admin:{meta.app_label}_{meta.model_name}"
        if len(self.objects) == 1:
            return reverse(f"{page}_change", args=[self.objects[0].pk])
        return reverse(f"{page}_changelist")

    def render(self) -> HttpResponse:
        describe: Callable[[Model], str] = self.owner.describe
        context = {
            **self.owner.admin_site.each_context(self.request),
            "title": self.owner.label(self.name),
            "opts": self.owner.opts,
            "shared": self.shared,
            "entries": [(form.obj, describe(form.obj), form) for form in self.forms],
            "refused": [(obj, describe(obj), why) for obj, why in self.refused],
            "media": self.owner.media + self.shared.media,
        }
        return TemplateResponse(self.request, "admin/step.html", context)
