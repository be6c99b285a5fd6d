"""Addresses of locales and translations."""

from ..routing import route
from . import views

urlpatterns = [
    route("localization/locales", views.Locales),
    route("localization/translations", views.Translations),
    route("localization/translations/{pk}", views.TranslationDetail),
    route("localization/translations/{pk}/attributes", views.TranslationAttributes),
]
