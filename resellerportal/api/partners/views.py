"""Accounts, partners, users: administrators of the platform keep them, so they are read here."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, QuerySet, Value, When
from rest_framework.request import Request

from customers.models import Membership, Partner
from customers.services.partners import named_to

from ..errors import NotFound
from ..views import DetailView, ListView, readable
from .filters import AccountFilters, ColleagueFilters, UserFilters
from .shapes import AccountRendering, PartnerRendering, UserRendering


class Accounts(ListView):
    """The key's own account first: clients take the first row for it."""

    module = "account"
    model = Partner
    filters = AccountFilters
    rendering = AccountRendering

    def rows(self) -> QuerySet[Any]:
        own = When(pk=self.actor.partner_id, then=Value(0))
        shown = When(pk=self.actor.partner_id, then=F("external_id"))
        rows = named_to(self.actor).annotate(
            place=Case(own, default=Value(1)),
            external_id_shown=Case(shown, default=Value("")),
        )
        return rows.order_by("place", "name")


class AccountDetail(DetailView):
    """The key's own account, or one it works with."""

    module = "account"
    model = Partner
    rendering = AccountRendering

    def rows(self) -> QuerySet[Any]:
        return named_to(self.actor)


class Partners(ListView):
    """Whom the acting partner works with."""

    module = "account"
    model = Partner
    filters = AccountFilters
    rendering = PartnerRendering

    def rows(self) -> QuerySet[Any]:
        others = named_to(self.actor).exclude(pk=self.actor.partner_id)
        return others.annotate(external_id_shown=Value("")).order_by("name")


class PartnerDetail(DetailView):
    """One partner."""

    module = "account"
    model = Partner
    rendering = PartnerRendering

    def rows(self) -> QuerySet[Any]:
        return named_to(self.actor).exclude(pk=self.actor.partner_id)


class Users(ListView):
    """Members of the key's own company."""

    module = "account"
    model = Membership
    filters = ColleagueFilters
    rendering = UserRendering
    ordering = ("user__name", "user_id")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.actor.may_act:
            self.filters = UserFilters  # type: ignore[misc]


class UserDetail(DetailView):
    """One member of the key's own company."""

    module = "account"
    model = Membership
    rendering = UserRendering

    def object(self, **ids: str) -> Any:
        found = self.rows().filter(user=readable(ids["pk"])).first()
        if found is None:
            raise NotFound(ids["pk"])
        return found


class OwnAccount:
    """Below an account: only one's own opens; of others that are named it is not shown."""

    def rows(self) -> QuerySet[Any]:
        view: Any = self
        account = view.visible(named_to(view.actor), view.kwargs["account"])
        if account.pk != view.actor.partner_id:
            raise PermissionDenied
        rows: QuerySet[Any] = super().rows()  # type: ignore[misc]
        return rows


class AccountUsers(OwnAccount, Users):
    """Members of the key's own account."""


class AccountUserDetail(OwnAccount, UserDetail):
    """One member of the key's own account."""
