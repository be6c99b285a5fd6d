"""Tier account requests: raised by changes of accounts, accepted or ignored by vendors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import DISTRIBUTOR, VENDOR
from customers.models import TierAccount, TierAccountRequest
from customers.services.account_rules import may_write
from customers.services.accounts import NoChange
from customers.services.requests import accept_request, ignore_request

from ..errors import ApiError
from ..shared.known import absent, known, unknown
from ..tier_accounts.views import Refusing
from ..tier_accounts.writing import change, check_changeable
from ..views import ApiView, DetailView, ListView
from .bodies import IgnoreBody, NewRequestBody
from .filters import AccountRequestFilters
from .shapes import AccountRequestRendering, AccountRequestShape

PREVIEW = TierAccount.Environment.PREVIEW
#: Accounts that raise no requests; nothing differs from what is known.
NO_REQUESTS, NO_CHANGE = "TAR_003", "TAR_004"


class AccountRequestView(ApiView):
    module = "customers"
    model = TierAccountRequest
    rendering = AccountRequestRendering


class AccountRequests(Refusing, AccountRequestView, ListView):
    """What vendors are told of changed accounts; a POST changes one and answers all it raised."""

    prefix = "account."
    filters = AccountRequestFilters
    bodies = {"POST": NewRequestBody}
    answers = {"POST": (201, list[AccountRequestShape])}

    def post(self, request: Request) -> Response:
        """Change an account; the answer is the list of the requests that this raised."""
        if self.actor.role == VENDOR:
            raise PermissionDenied
        sent = self.sent(NewRequestBody)["account"]
        account = self._account(sent)
        if not may_write(account, self.actor):
            raise PermissionDenied
        if account.environment == PREVIEW or account.decommissioned_at is not None:
            text = _("Accounts of previews and decommissioned ones raise no requests.")
            raise ApiError(text, code=NO_REQUESTS)
        # This is the way in which hubs tell what became of their accounts (domain 4.a).
        by_hub = self.actor.role == DISTRIBUTOR
        check_changeable(account, self.actor, by_hub=by_hub)
        try:
            _account, raised = change(account, sent, self.actor, prefix=self.prefix, by_hub=by_hub)
        except NoChange as error:
            raise ApiError(error.messages, code=NO_CHANGE) from error
        rendering = AccountRequestRendering(self.actor)
        rows = rendering.rows(self.rows()).in_bulk([each.pk for each in raised])
        return Response(rendering.all(rows[each.pk] for each in raised), status=201)

    def _account(self, sent: Mapping[str, Any]) -> TierAccount:
        """The account by its id, else by external_uid, among those the actor sees."""
        rows = TierAccount.objects.visible_to(self.actor).select_related("parent", "hub")
        if sent.get("id"):
            return known(rows, sent["id"], "account.id")
        uid = sent.get("external_uid")
        if not uid:
            raise absent("account.id")
        found = list(rows.filter(external_uid=uid)[:2])
        if not found:
            raise unknown(uid, "account.external_uid")
        if len(found) > 1:
            raise ApiError(_("account.external_uid: Several accounts have it; send the id."))
        return found[0]


class AccountRequestDetail(AccountRequestView, DetailView):
    """One change of an account, as one vendor is told of it."""


class AccountRequestAccept(AccountRequestView, DetailView):
    """The vendor took the change over."""

    roles = (VENDOR,)
    http_method_names = ["post", "options"]

    def post(self, request: Request, pk: str) -> Response:
        accepted = accept_request(self.object(pk=pk), actor=self.actor)
        return self.shown(accepted)


class AccountRequestIgnore(AccountRequestView, DetailView):
    """The vendor skips the change, and says why; the account keeps its data."""

    roles = (VENDOR,)
    http_method_names = ["post", "options"]
    body = IgnoreBody

    def post(self, request: Request, pk: str) -> Response:
        found = self.object(pk=pk)
        reason = self.sent().get("reason") or ""
        return self.shown(ignore_request(found, actor=self.actor, reason=reason))
