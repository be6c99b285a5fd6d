"""Media: there are none but the icon; the list is there for clients that read it."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from .. import lists
from ..errors import NotFound
from .children import OfProduct


class MediaShape(TypedDict):
    id: str
    position: int
    type: str
    thumbnail: str
    url: str


class Media(OfProduct):
    """Pictures of the product beside its icon: none."""

    listing = True
    shape = MediaShape
    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, **ids: str) -> Response:
        _ = self.product
        return lists.plain([], self.query())


class MediaDetail(OfProduct):
    """A picture of the product, which is never there."""

    shape = MediaShape
    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, **ids: str) -> Response:
        _ = self.product
        raise NotFound(ids["key"])
