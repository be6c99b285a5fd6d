"""Addresses of accounts, partners and users."""

from ..routing import route
from . import views

urlpatterns = [
    route("accounts", views.Accounts),
    route("accounts/{pk}", views.AccountDetail),
    route("accounts/{account}/users", views.AccountUsers),
    route("accounts/{account}/users/{pk}", views.AccountUserDetail),
    route("partners", views.Partners),
    route("partners/{pk}", views.PartnerDetail),
    route("users", views.Users),
    route("users/{pk}", views.UserDetail),
]
