"""What all admin pages of the project share."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .. import identifiers
from ..actors import Actor
from ..models import Event, Partner


def admin_actor(request: HttpRequest) -> Actor:
    """Who acts in the administration: the signed-in person, as administrator (decision 5)."""
    return Actor.admin(request.user)  # type: ignore[arg-type]


class WholeForm(forms.ModelForm):
    """Validates the constraints of the whole row, also those over fields that are fixed by now.

    Django leaves out every constraint that names a field the form does not have, which would
    then answer from the database.
    """

    def _get_validation_exclusions(self) -> set[str]:
        excluded = super()._get_validation_exclusions()
        fixed = {f.name for f in self._meta.model._meta.fields if getattr(f, "protected", False)}
        return {name for name in excluded if name in self.fields or name in {"id", *fixed}}


class ServiceForm(forms.ModelForm):
    """Hands its values to a service, as its last validation; what the service refuses, it shows.

    `write()` runs at most once, when every field is clean, inside the transaction that the admin
    opens around the page, and answers the row. Model validation is the service's business.
    """

    actor: Actor

    def write(self) -> models.Model:
        raise AssertionError("every form has its own")

    def _post_clean(self) -> None:
        if self.errors:
            return
        try:
            self.instance = self.write()
        except ValidationError as error:
            self.refused(error)

    def refused(self, error: ValidationError) -> None:
        """Show the errors at their fields, others above the form."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


class BaseAdmin(admin.ModelAdmin):
    """Bounded lists, no deletion, and selects of partners that offer the right role only."""

    form = WholeForm
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    #: Rows that carry no history may be deleted.
    deletable: ClassVar[bool] = False
    #: Fields that can be set on creation only.
    fixed: ClassVar[tuple[str, ...]] = ()
    #: Foreign key to a partner -> the role it must have.
    roles: ClassVar[dict[str, str]] = {}

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["admin/tierdesk.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        always = tuple(super().get_readonly_fields(request, obj))
        return always + self.fixed if obj is not None else always

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        # The typed search of related rows takes its term unchecked; PostgreSQL refuses NUL.
        return super().get_search_results(request, queryset, search_term.replace("\x00", ""))

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name in self.roles:
            kwargs["queryset"] = Partner.objects.filter(role=self.roles[db_field.name])
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("history"))
    def events(self, obj: models.Model) -> SafeString:
        return link(Event, _("Events of this object"), object_id=obj.pk)


class GeneratedId(BaseAdmin):
    """Ordinary editing of rows whose public id is made on creation."""

    prefix: ClassVar[str] = ""

    def prefix_of(self, obj: Any) -> str:
        return self.prefix

    def new_pk(self, obj: Any) -> str:
        return identifiers.free_ids(type(obj), self.prefix_of(obj), 1)[0]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if hasattr(obj, "updated_at"):
            obj.updated_at = timezone.now()
        if not change:
            obj.pk = self.new_pk(obj)
        obj.save(force_insert=not change)


class ViewOnly(BaseAdmin):
    """Rows born by services: to be looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(self.get_fields(request, obj))


class ByService(BaseAdmin):
    """Adding and changing goes through a ServiceForm, which has written when it is valid."""

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.actor = admin_actor(request)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has saved it already."""


class RoleFilter(admin.SimpleListFilter):
    """Partners of one role; never a list of all partners or accounts."""

    role: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Partner.objects.filter(role=self.role).values_list("pk", "name")
        return list(rows.order_by("name", "pk")[:100])

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        value = self.value()
        return queryset.filter(**{f"{self.parameter_name}_id": value}) if value else queryset


class DistributorFilter(RoleFilter):
    title = _("distributor")
    parameter_name = "provider"
    role = Partner.Role.DISTRIBUTOR


class VendorFilter(RoleFilter):
    title = _("vendor")
    parameter_name = "vendor"
    role = Partner.Role.VENDOR


def link(model: type[models.Model], text: Any, **lookups: Any) -> SafeString:
    """A link to the list of `model`, narrowed."""
    meta = model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist", query=lookups)
    return format_html('<a href="{}">{}</a>', address, text)


def lines(rows: Any) -> SafeString:
    """(label, text) pairs below each other; a dash when there are none."""
    return format_html_join("", "<div><strong>{}:</strong> {}</div>", rows) or SafeString("—")
