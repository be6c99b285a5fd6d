"""The empty list of agreements, and one of them, which is never there."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from customers.service_rights import ACCOUNT

from .. import lists
from ..errors import NotFound
from ..views import ApiView


class AgreementShape(TypedDict):
    id: str
    name: str
    type: str


class Agreements(ApiView):
    """An empty list: contracts are made elsewhere."""

    module = ACCOUNT
    listing = True
    shape = AgreementShape

    def get(self, request: Request) -> Response:
        return lists.plain([], self.query())


class AgreementDetail(ApiView):
    """An agreement, which is never there."""

    module = ACCOUNT
    shape = AgreementShape

    def get(self, request: Request, pk: str, **ids: str) -> Response:
        raise NotFound(pk)
