"""Addresses of agreements."""

from ..routing import route
from . import views

urlpatterns = [
    route("agreements", views.Agreements),
    route("agreements/{pk}", views.AgreementDetail),
]
