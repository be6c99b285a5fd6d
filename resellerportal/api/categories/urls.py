"""Addresses of categories."""

from ..routing import route
from . import views

urlpatterns = [
    route("categories", views.Categories),
    route("categories/{pk}", views.CategoryDetail),
]
