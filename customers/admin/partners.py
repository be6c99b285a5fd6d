"""People, companies, and who acts for which company."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Membership, Partner, User
from .base import BaseAdmin, GeneratedId, WholeForm


class UserAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: dict[str, Any] = {}


class UserEditForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}


class MembershipInline(admin.TabularInline):
    model = Membership
    form = WholeForm
    extra = 0
    autocomplete_fields = ("partner",)


@admin.register(User)
class UserAdmin(BaseAdmin, DjangoUserAdmin):
    """Sign-in by e-mail. Only a superuser makes, changes or sees to staff."""

    form = UserEditForm
    add_form = UserAddForm
    list_display = ("email", "name", "id", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name", "id__startswith")
    ordering = ("-date_joined", "id")
    filter_horizontal = ("user_permissions",)
    readonly_fields = ("id", "last_login", "date_joined")
    powers = ("is_staff", "is_superuser", "user_permissions")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("id", "email", "name", "password", "time_zone")}),
        (_("Rights"), {"fields": ("is_active", *powers)}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        always = super().get_readonly_fields(request, obj)
        return always if _is_superuser(request) else (*always, *self.powers)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        protected = obj is not None and (obj.is_staff or obj.is_superuser)
        if protected and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # Sign-in keeps addresses of its own; an old one must not open the account any more.
            obj.emailaddress_set.exclude(email__iexact=obj.email).delete()  # type: ignore[attr-defined]


@admin.register(Partner)
class PartnerAdmin(GeneratedId):
    list_display = ("name", "id", "role", "external_id", "created_at")
    list_filter = ("role",)
    search_fields = ("name", "id__startswith", "external_id")
    ordering = ("name", "id")
    fields = ("id", "name", "role", "external_id", "created_at", "updated_at")
    readonly_fields = ("id", "created_at", "updated_at")
    # The kind of id follows the role.
    fixed = ("role",)

    def prefix_of(self, obj: Partner) -> str:
        return Partner.prefix(obj.role)


@admin.register(Membership)
class MembershipAdmin(BaseAdmin):
    list_display = ("user", "partner", "level", "active")
    list_filter = ("level", "active")
    list_select_related = ("user", "partner")
    search_fields = ("user__email", "user__name", "partner__name")
    ordering = ("-pk",)
    autocomplete_fields = ("user", "partner")
    fixed = ("user", "partner")
    deletable = True


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
