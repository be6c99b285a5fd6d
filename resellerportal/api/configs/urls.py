"""Addresses of tier configurations."""

from ..routing import route
from . import views

urlpatterns = [
    route("tier/configs", views.Configs),
    route("tier/configs/{pk}", views.ConfigDetail),
    route("tier/configs/{pk}/render", views.ConfigText),
]
