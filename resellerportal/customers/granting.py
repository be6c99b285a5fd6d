"""Who operates or sees an account: granted and ended by its distributor (decision 3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR
from customers.models import AccountAccess, TierAccount
from customers.permissions import by_distributor
from customers.services.access import end_access, find_reseller, grant_access

from .. import cells
from ..forms import PortalForm
from ..generic import Fact, PortalActionView, PortalFormView

#: Accesses shown on an account.
LIMIT = 50
KINDS = {
    AccountAccess.Kind.OPERATES: gettext_lazy(
        "Operates: works with this account and everything below it"
    ),
    AccountAccess.Kind.SEES: gettext_lazy("Sees: reads this one account"),
}


def access(view: Any) -> dict[str, Any]:
    """The tab: present and past accesses, the present ones first."""
    rows = AccountAccess.objects.visible_to(view.actor).filter(account=view.object)
    rows = rows.select_related("partner").order_by("-started_at")[:LIMIT]
    may = by_distributor(view.object, view.actor)
    lines = [
        {"access": row, "url": view.url("access-end", row.pk) if may and not row.ended_at else ""}
        for row in sorted(rows, key=lambda row: row.ended_at is not None)
    ]
    return {"lines": lines, "grant": view.url("account-grant", view.object.pk) if may else ""}


class GrantForm(PortalForm):
    known = forms.ChoiceField(
        label=gettext_lazy("Reseller"),
        required=False,
        help_text=gettext_lazy("Resellers that have or had access to one of your accounts."),
    )
    reseller_id = forms.CharField(
        label=gettext_lazy("Or the ID of another reseller"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("The reseller reads it in its user menu; it begins with PA-."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Access"), widget=forms.RadioSelect, choices=list(KINDS.items())
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = AccountAccess.objects.visible_to(self.actor).order_by("partner__name")
        pairs = rows.values_list("partner_id", "partner__name").distinct()
        self.fields["known"].choices = [("", "—"), *pairs]
        if self.obj.type != TierAccount.Type.RESELLER:
            sees = AccountAccess.Kind.SEES
            self.fields["kind"].choices = [(sees, KINDS[sees])]
            self.fields["kind"].initial = sees

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        known, typed = found.pop("known", ""), found.pop("reseller_id", "")
        if bool(known) == bool(typed):
            raise ValidationError({"known": _("Choose a reseller or enter an ID, one of both.")})
        try:
            found["partner"] = find_reseller(known or typed)
        except ValidationError as error:
            raise ValidationError({"known" if known else "reseller_id": error}) from error
        return found

    def adopt(self, error: ValidationError) -> None:
        """What the service says of the partner stands beside the field it came from."""
        if hasattr(error, "error_dict") and "partner" in error.error_dict:
            name = "known" if self.data.get("known") else "reseller_id"
            error = ValidationError({name: error.error_dict["partner"]})
        super().adopt(error)


class AccountGrant(PortalFormView):
    """Let a reseller operate or see the account."""

    model = TierAccount
    name = "account"
    roles = (DISTRIBUTOR,)
    form_class = GrantForm
    service = staticmethod(grant_access)
    submit_label = gettext_lazy("Grant access")
    success_message = gettext_lazy("The access is granted.")

    def check(self) -> None:
        super().check()
        if not by_distributor(self.object, self.actor):
            raise PermissionDenied

    def get_title(self) -> str:
        return _("Grant access to %(name)s") % {"name": self.object.name}

    def get_success_url(self, result: Any) -> str:
        return self.url("account-detail", self.object.pk, "access")

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)


class AccessEnd(PortalActionView):
    """End an access; the reseller loses sight at once."""

    model = AccountAccess
    name = "access"
    roles = (DISTRIBUTOR,)
    select_related = ("account", "partner")
    service = staticmethod(end_access)
    title = gettext_lazy("End the access")
    question = gettext_lazy(
        "The reseller no longer sees the account, nor what hangs below it if it operated it."
    )
    style = "danger"
    submit_label = gettext_lazy("End access")
    success_message = gettext_lazy("The access has ended.")

    def check(self) -> None:
        super().check()
        if not by_distributor(self.object.account, self.actor):
            raise PermissionDenied

    def get_facts(self) -> list[Fact]:
        access = self.object
        ended = [Fact(_("Ended"), cells.age(access.ended_at))] if access.ended_at else []
        return [
            Fact(_("Account"), access.account.name),
            Fact(_("Reseller"), access.partner.name),
            Fact(_("Access"), access.get_kind_display()),
            Fact(_("Since"), cells.age(access.started_at)),
            *ended,
        ]

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(self.object.account.name, self.get_cancel_url())]

    def get_success_url(self, result: Any) -> str:
        return self.url("account-detail", self.object.account_id, "access")

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)
