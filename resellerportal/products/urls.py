"""Addresses of products in the portal of one role."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import embedding_urls
from . import parameter_edit as parameter
from .capabilities import CapabilitiesEdit
from .detail import ProductDetail
from .general import ProductAdd, ProductEdit
from .lists import ProductList
from .parameter_add import ParameterAdd
from .parameters import ParameterMove, ParameterOrder
from .sale import ProductEndSale, ProductPublish, ProductRemove, ProductResume


def patterns(role: str) -> list[URLPattern]:
    detail = ProductDetail.as_view(roles=(role,))
    return [
        path("products/", ProductList.as_view(roles=(role,)), name="product-list"),
        path("products/<str:pk>/", detail, name="product-detail"),
        path("products/<str:pk>/<slug:tab>/", detail, name="product-detail"),
    ]


def editing() -> list[URLPattern]:
    """Pages of vendors about their own products; they come before the tabs of `patterns`."""
    one = "products/<str:pk>/"
    return [
        path("products/add/", ProductAdd.as_view(), name="product-add"),
        path(f"{one}edit/", ProductEdit.as_view(), name="product-edit"),
        path(f"{one}publish/", ProductPublish.as_view(), name="product-publish"),
        path(f"{one}end-sale/", ProductEndSale.as_view(), name="product-end-sale"),
        path(f"{one}remove/", ProductRemove.as_view(), name="product-remove"),
        path(f"{one}resume-sale/", ProductResume.as_view(), name="product-resume-sale"),
        path(
            f"{one}capabilities/edit/",
            CapabilitiesEdit.as_view(),
            name="product-capabilities-edit",
        ),
        *_parameters(f"{one}parameters/"),
        *embedding_urls.patterns(),
    ]


def _parameters(root: str) -> list[URLPattern]:
    add = ParameterAdd.as_view()
    pages = {
        "edit": parameter.ParameterEdit,
        "dependency": parameter.ParameterDependency,
        "move": ParameterMove,
        "remove": parameter.ParameterRemove,
    }
    return [
        path(f"{root}order/", ParameterOrder.as_view(), name="product-parameter-order"),
        path(f"{root}add/", add, name="product-parameter-add"),
        path(f"{root}add/<slug:step>/", add, name="product-parameter-add"),
        *(
            path(f"{root}<str:key>/{step}/", page.as_view(), name=f"product-parameter-{step}")
            for step, page in pages.items()
        ),
    ]
