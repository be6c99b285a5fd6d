"""Addresses of the help; they belong to no role."""

from __future__ import annotations

from django.urls import path

from . import reference_pages, views

urlpatterns = [
    path("", views.Help.as_view(), name="help"),
    path("lifecycles/", views.Lifecycles.as_view(), name="help-lifecycles"),
    path("lifecycles/<slug:name>/", views.LifecyclePage.as_view(), name="help-lifecycle"),
    path("api/", reference_pages.ApiOverview.as_view(), name="help-api"),
    path("api/<slug:name>/", reference_pages.ApiPart.as_view(), name="help-api-part"),
    path("<slug:name>/", views.HelpChapter.as_view(), name="help-chapter"),
]
