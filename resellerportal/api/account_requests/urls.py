"""Addresses of tier account requests."""

from ..routing import route
from . import views

urlpatterns = [
    route("tier/account-requests", views.AccountRequests),
    route("tier/account-requests/{pk}", views.AccountRequestDetail),
    route("tier/account-requests/{pk}/accept", views.AccountRequestAccept),
    route("tier/account-requests/{pk}/ignore", views.AccountRequestIgnore),
]
