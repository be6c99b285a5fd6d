"""Who operates or sees an account: granted and ended by the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..actors import Actor
from ..models import AccountAccess
from ..services.access import end_access, grant_access
from .base import BaseAdmin, ByService, ServiceForm
from .lookups import AccountChoiceField
from .steps import Step, StepAdmin


class AccessForm(ServiceForm):
    class Meta:
        model = AccountAccess
        fields = ("partner", "account", "kind")

    def write(self) -> AccountAccess:
        chosen = self.cleaned_data
        return grant_access(
            chosen["account"], actor=self.actor, partner=chosen["partner"], kind=chosen["kind"]
        )


def _end(access: AccountAccess, *, actor: Actor, revision: int) -> AccountAccess:
    return end_access(access, actor=actor)


@admin.register(AccountAccess)
class AccountAccessAdmin(ByService, StepAdmin):
    form = AccessForm
    list_display = ("account", "partner", "kind", "granted_by", "started_at", "ended_at")
    list_filter = ("kind", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("account", "partner")
    search_fields = ("account__id__startswith", "account__name", "partner__name")
    ordering = ("-pk",)
    autocomplete_fields = ("account", "partner")
    asked = ("partner", "account", "kind")
    steps = {"end": Step(_end)}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(BaseAdmin, self).has_add_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.asked if obj is None else (*self.asked, "granted_by", "started_at", "ended_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else tuple(self.get_fields(request, obj))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "account":
            kwargs["form_class"] = AccountChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def label(self, name: str) -> str:
        return _("End this access")

    def offered(self, obj: AccountAccess, request: HttpRequest) -> list[str]:
        return ["end"] if obj.ended_at is None else []

    def refusal(self, obj: AccountAccess, name: str) -> str:
        return _("This access has ended already.")
