"""Addresses of tier accounts."""

from ..routing import route
from . import views

urlpatterns = [
    route("tier/accounts", views.Accounts),
    route("tier/accounts/{pk}", views.AccountDetail),
    route("tier/accounts/{pk}/versions", views.Versions),
    route("tier/accounts/{pk}/versions/{number}", views.VersionDetail),
]
