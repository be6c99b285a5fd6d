"""The empty list of agreements, and one of them, which is never there."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from customers.service_rights import ACCOUNT

from .. import lists
from ..errors import NotFound
from ..views import ApiView


class Agreements(ApiView):
    """An empty list: contracts are made elsewhere."""

    module = ACCOUNT
    listing = True

    def get(self, request: Request) -> Response:
        return lists.plain([], self.query())


class AgreementDetail(ApiView):
    """An agreement, which is never there."""

    module = ACCOUNT

    def get(self, request: Request, pk: str, **ids: str) -> Response:
        raise NotFound(pk)
