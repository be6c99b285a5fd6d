"""Addresses of products in the portal of one role."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import embedding_urls
from .detail import ProductDetail
from .lists import ProductList
from .sync import ProductSync


def patterns(role: str) -> list[URLPattern]:
    detail = ProductDetail.as_view(roles=(role,))
    return [
        path("products/", ProductList.as_view(roles=(role,)), name="product-list"),
        path("products/<str:pk>/", detail, name="product-detail"),
        path("products/<str:pk>/<slug:tab>/", detail, name="product-detail"),
    ]


def editing() -> list[URLPattern]:
    """Pages of vendors about their own products; they come before the tabs of `patterns`."""
    return [
        path("products/<str:pk>/sync/", ProductSync.as_view(), name="product-sync"),
        *embedding_urls.patterns(),
    ]
