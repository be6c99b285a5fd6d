"""Accounts: read by everybody who sees them, written through the services of the portal."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import AccountVersion, TierAccount
from customers.services.accounts import NoChange
from customers.services.decommission import decommission_account
from customers.services.together import NewAccount, create_accounts, create_new

from .. import lists
from ..errors import ApiError, NotFound, flat
from ..views import ApiView, DetailView, ListView
from .bodies import AccountBody, NewAccountBody
from .filters import AccountFilters, VersionFilters
from .shapes import AccountRendering, VersionRendering
from .writing import change, check_changeable, newcomer, refusal

#: Accounts in one list.
MOST = 500


class Refusing(ApiView):
    """Names what services refuse by where it is in the body; `prefix` is where the account is."""

    prefix = ""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, ValidationError) and hasattr(exc, "error_dict"):
            exc = refusal(exc, self.prefix)
        return super().handle_exception(exc)


class AccountView(Refusing):
    module = "customers"
    model = TierAccount
    rendering = AccountRendering


class Accounts(AccountView, ListView):
    """The accounts the partner sees; new ones one by one, or several in one go."""

    filters = AccountFilters
    bodies = {"POST": NewAccountBody}

    def post(self, request: Request) -> Response:
        """Create one account, or a list of them in which `parent.index` names an earlier one."""
        if not isinstance(request.data, list):
            new = newcomer(self.sent(NewAccountBody), self.actor)
            return Response(self._shown([create_new(new, actor=self.actor)])[0], status=201)
        made = create_accounts(self._listed(request.data), actor=self.actor)
        return Response(self._shown(made), status=201)

    def _listed(self, sent: list[Any]) -> list[NewAccount]:
        if len(sent) > MOST:
            raise ApiError(_("At most %(most)d accounts at once.") % {"most": MOST})
        body = NewAccountBody(data=sent, many=True)
        if not body.is_valid():
            raise ApiError(
                text
                for place, errors in _by_place(body.errors)
                for text in flat(errors, f"[{place}]")
            )
        wanted: list[NewAccount] = []
        for place, each in enumerate(body.validated_data):
            try:
                wanted.append(newcomer(each, self.actor, wanted))
            except ApiError as error:
                texts = [f"[{place}].{text}" for text in error.errors]
                raise ApiError(texts, code=error.code) from error
        return wanted

    def _shown(self, made: list[TierAccount]) -> list[dict[str, Any]]:
        """They are looked for anew: what an actor sees is kept from before they were there."""
        self.actor = replace(self.actor, memo={})
        rendering = AccountRendering(self.actor)
        rows = rendering.rows(self.rows().filter(pk__in=[each.pk for each in made]))
        found = {row["pk"]: row for row in rows}
        return rendering.all(found[each.pk] for each in made)


def _by_place(errors: Any) -> Iterable[tuple[int, Any]]:
    """The errors of a list, by the place of what they are about."""
    return errors.items() if isinstance(errors, dict) else enumerate(errors)


class AccountDetail(AccountView, DetailView):
    """One account as it is now: changed in part, or decommissioned."""

    bodies = {"PUT": AccountBody}

    def put(self, request: Request, pk: str) -> Response:
        """Change what is sent and leave the rest. Nothing new is no error and no version."""
        account = self.visible(self.rows().select_related("parent", "hub"), pk)
        check_changeable(account, self.actor)
        with suppress(NoChange):
            change(account, self.sent(AccountBody), self.actor)
        self.actor = replace(self.actor, memo={})
        return self.shown(account)

    def delete(self, request: Request, pk: str) -> Response:
        """Take the account out of use; its versions and requests stay."""
        decommission_account(self.object(pk=pk), actor=self.actor)
        return Response(status=204)


class VersionView(ApiView):
    module = "customers"
    rendering = VersionRendering

    def versions(self, pk: str) -> QuerySet[AccountVersion]:
        return self.visible(TierAccount, pk).versions.all()


class Versions(VersionView, ListView):
    """All versions of an account, newest first; the first of them is the present one."""

    filters = VersionFilters

    def get(self, request: Request, **ids: str) -> Response:
        rows = self.versions(ids["pk"]).order_by("-number")
        return lists.answer(rows, self.query(), self.actor, self.filters, self.rendering)


class VersionDetail(VersionView):
    def get(self, request: Request, pk: str, number: str) -> Response:
        """The account as it was from this version to the next."""
        rows = self.rendering(self.actor).rows(self.versions(pk))
        known = number.isascii() and number.isdecimal() and len(number) < 10
        version = rows.filter(number=int(number)).first() if known else None
        if version is None:
            raise NotFound(number)
        return Response(self.rendering(self.actor).alone(version))
