"""What the sign-in keeps of a user: addresses, and second factors whose secrets nobody reads."""

from __future__ import annotations

from typing import Any

# Their own pages, which can change everything, register on import and are replaced here.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest

from .base import ViewOnly

admin.site.unregister([EmailAddress, Authenticator])


@admin.register(EmailAddress)
class EmailAddressAdmin(ViewOnly):
    """Follows the user's address, which is changed at the user."""

    list_display = ("email", "user", "primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "user__name")
    ordering = ("-pk",)
    fields = list_display


@admin.register(Authenticator)
class AuthenticatorAdmin(ViewOnly):
    """Removed when somebody has lost the device; that of staff by a superuser only."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    ordering = ("-pk",)
    fields = list_display
    deletable = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not getattr(request.user, "is_superuser", False) and (obj is None or obj.user.is_staff):
            return False
        return super().has_delete_permission(request, obj)
