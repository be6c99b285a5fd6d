"""The wizard that creates a customer or a reseller: type, parent, data, summary."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR
from customers.models import Partner, TierAccount
from customers.services.accounts import create_account

from ..generic import Action, Fact, PortalObjectView
from ..wizard import Answers, Step, WizardView
from .forms import CUSTOMER, ROOT, DataForm, ParentForm, TypeForm


class AccountAdd(WizardView):
    """Distributors create anywhere in their forest, resellers below accounts they operate."""

    url_name = "account-add"
    title = gettext_lazy("Add account")
    steps = (
        Step("type", gettext_lazy("Type"), TypeForm),
        Step("parent", gettext_lazy("Parent account"), ParentForm),
        Step("data", gettext_lazy("Account data"), DataForm),
    )

    def provider(self, parent: TierAccount | None) -> Partner:
        """The distributor of the new account; only a distributor creates one without a parent."""
        if parent is not None:
            return parent.provider
        assert self.actor.partner is not None
        return self.actor.partner

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        if step.name == "parent":
            root = answers["type"]["type"] != CUSTOMER and self.actor.role == DISTRIBUTOR
            if not root:
                form.demand()
        elif step.name == "data":
            parent = answers["parent"]["parent"]
            form.kind = answers["type"]["type"]
            form.provider = self.provider(parent)

    def get_facts(self, step: Step, form: Any, cleaned: dict[str, Any]) -> list[Fact]:
        if step.name == "type":
            return [Fact(_("Type"), TierAccount.Type(cleaned["type"]).label)]
        if step.name == "parent":
            return [Fact(_("Parent"), cleaned["parent"] or ROOT)]
        return super().get_facts(step, form, cleaned)

    def finish(self, answers: Answers) -> str:
        parent = answers["parent"]["parent"]
        data = {**answers["data"], "type": answers["type"]["type"]}
        own = data.get("external_uid") or self.uid()
        try:
            account = create_account(
                actor=self.actor,
                provider=self.provider(parent),
                parent=parent,
                data={**data, "external_uid": own},
            )
        except ValidationError:
            account = self._sent_already(own) if own != data.get("external_uid") else None
            if account is None:
                raise
        return self.url("account-created", account.pk)

    def _sent_already(self, uid: str) -> TierAccount | None:
        """The account the same page made a moment ago."""
        rows = TierAccount.objects.visible_to(self.actor)
        found: TierAccount | None = rows.filter(external_uid=uid).first()
        return found


class AccountCreated(PortalObjectView):
    """Where the wizard ends: what was made, and what to do next."""

    model = TierAccount
    name = "account"
    template_name = "portal/account_created.html"
    select_related = ("parent",)

    def get_title(self) -> str:
        return _("%(name)s is created") % {"name": self.object.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.object
        parent = account.parent.name if account.parent else ROOT
        return super().get_context_data(
            facts=[
                Fact(_("ID"), account.pk),
                Fact(_("Type"), account.get_type_display()),
                Fact(_("Parent"), parent),
                Fact(_("Technical contact"), f"{account.contact_name}, {account.contact_email}"),
            ],
            actions=[
                Action(_("Go to details"), self.url("account-detail", account.pk), "primary"),
                Action(_("Create another"), self.url("account-add")),
            ],
            **kwargs,
        )
