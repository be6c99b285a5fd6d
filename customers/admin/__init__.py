"""Administration: every row to look at, domain rows changed through the services only."""

from django.contrib import admin
from django.contrib.auth.models import Group

from . import (
    access,
    accounts,
    catalog,
    endpoints,
    events,
    imports,
    keys,
    partners,
    preferences,
    requests,
    signin,
    work,
)
from .lookups import autocomplete_view

__all__ = [
    "access",
    "accounts",
    "catalog",
    "endpoints",
    "events",
    "imports",
    "keys",
    "partners",
    "preferences",
    "requests",
    "signin",
    "work",
]

# Rights hang on memberships, and those of staff on the user.
admin.site.unregister(Group)
admin.site.autocomplete_view = autocomplete_view  # type: ignore[method-assign]
