"""Accounts that are created with an order: a new customer, and maybe its reseller."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import samples, tax_ids
from customers.actors import RESELLER
from customers.models import Partner, Product, TierAccount
from customers.services.duplicates import Similar, changed_keys, similar
from fulfillment.services.newcomers import Newcomer, Newcomers

from ..customers.creating import CreateForm
from ..customers.forms import GENERATED, ROOT, made
from ..customers.similar import Notice, doubtful, notice
from ..pickers import AccountPicker, PickingForm
from ..wizard import Answers, Step, Typed
from .ordering_scene import PREVIEW, Scene


class ChooseOrNew(PickingForm):
    """A picker beside a button, named `new`, that creates an account instead of choosing one."""

    picker = ""
    new_label: Any = ""
    #: What the page says once the button was pressed.
    begun: Any = ""
    product: Product
    #: Whether the product is sold to customers of the distributor of an account.
    sold: Callable[[TierAccount], bool] = staticmethod(lambda account: True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new = self.is_bound and "new" in self.data
        field: Any = self.fields[self.picker]
        field.required = not self.new
        if self.new:
            self.data = QueryDict("new=1")

    def among(self, scope: str, provider: Partner | None) -> None:
        """Offer these accounts, of one distributor if it is named."""
        field: Any = self.fields[self.picker]
        field.scope, field.provider = scope, provider.pk if provider else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        account = cleaned.get(self.picker)
        if account is not None and not self.sold(account):
            self.add_error(self.picker, not_sold(self.product, account))
        return {**cleaned, "new": self.new}


class CustomerForm(ChooseOrNew):
    picker = "customer"
    new_label = gettext_lazy("New customer")
    begun = gettext_lazy("A new customer is created with this order.")
    customer = AccountPicker(
        label=gettext_lazy("Customer"),
        scope="customers",
        help_text=gettext_lazy("Its reseller becomes tier 1, the reseller above that tier 2."),
    )


class ParentForm(ChooseOrNew):
    picker = "parent"
    new_label = gettext_lazy("New reseller")
    begun = gettext_lazy("A new reseller is created with this order.")
    parent = AccountPicker(
        label=gettext_lazy("Reseller"),
        scope="parents",
        help_text=gettext_lazy("The new customer hangs below it; it becomes tier 1."),
    )


class CompanyForm(CreateForm):
    """Data of the new customer."""


class ResellerForm(PickingForm, CreateForm):
    """Data of the new reseller, and the reseller above it if there is one."""

    parent = AccountPicker(
        label=gettext_lazy("Parent"), scope="parents", required=False, empty_label=ROOT
    )

    def among(self, scope: str, provider: Partner | None, *, alone: bool) -> None:
        """`alone`: it may stand at the top of a tree of its own."""
        field: Any = self.fields["parent"]
        field.scope, field.provider = scope, provider.pk if provider else ""
        if not alone:
            field.required, field.empty_label = True, ""

    @property
    def helper(self) -> Any:
        place = (_("Place in the hierarchy"), ("parent",))
        if place not in self.fieldsets:
            self.fieldsets = (place, *self.fieldsets)
        return super().helper

    def clean(self) -> dict[str, Any]:
        parent = self.cleaned_data.pop("parent", None)
        if parent is not None:
            self.provider = parent.provider
        return {**super().clean(), "parent": parent}


def not_sold(product: Product, account: TierAccount) -> ValidationError:
    text = _("%(product)s is not sold to customers of %(provider)s; choose another customer.")
    return ValidationError(
        text % {"product": product, "provider": account.provider}, code="not_sold"
    )


#: Steps with the data of an account, and its type.
KINDS = {"reseller": TierAccount.Type.RESELLER, "company": TierAccount.Type.CUSTOMER}


class NewAccounts(Scene):
    """The steps that create accounts, for the order wizard."""

    def prepare_account(self, step: Step, form: Any, answers: Answers) -> None:
        """Adapt the form of one of the steps of KINDS."""
        preview = self.environment(answers) == PREVIEW
        provider = self.provider(answers)
        form.kind, form.provider = KINDS[step.name], provider
        form.offer_hubs(provider, self.environment(answers))
        if step.name == "reseller":
            scope = "previews" if preview else "parents"
            alone = self.actor.role != RESELLER
            form.among(scope, provider if preview else None, alone=alone)
        if preview and not form.is_bound and not form.initial:
            form.initial = self.sample(answers)

    def sample(self, answers: Answers) -> dict[str, str]:
        """An invented company in a country of the marketplace."""
        return samples.sample(samples.choose_country(self.market(answers).countries))

    def rework(self, step: Step, typed: Typed, answers: Answers) -> Typed | None:
        """Generate, Randomize and Clear."""
        wanted = typed.pop("generate", [""])[-1]
        if wanted in GENERATED:
            return {**typed, wanted: [made(wanted)]}
        if step.name not in KINDS:
            return None
        kept = {name: typed[name] for name in ("parent",) if name in typed}
        if "clear" in typed:
            return kept
        if "randomize" in typed and self.environment(answers) == PREVIEW:
            invented = self.sample(answers)
            return kept | {name: [value] for name, value in invented.items()}
        return None

    def newcomers(self, answers: Answers, uid: str) -> Newcomers | None:
        """What has to be created, None for an order of a known customer.

        `uid` makes external UUIDs where none were given: the same for two sendings of one page.
        """
        if not answers["customer"]["new"]:
            return None
        new_reseller = answers["parent"]["new"]
        parent = answers["reseller" if new_reseller else "parent"]["parent"]
        return Newcomers(
            provider=self.provider(answers),
            parent=parent,
            environment=self.environment(answers),
            customer=_newcomer(answers, "company", uid),
            reseller=_newcomer(answers, "reseller", uid) if new_reseller else None,
        )

    def similar(self, answers: Answers) -> Similar:
        """Accounts that are probably the same companies as the new ones; read once."""
        if self.environment(answers) == PREVIEW or not answers.get("customer", {}).get("new"):
            return Similar()

        def read() -> Similar:
            provider = self.provider(answers)
            found = [
                similar(self.actor, provider, changed_keys({}, answers[step]))
                for step in KINDS
                if step in answers
            ]
            return Similar(
                [match for each in found for match in each.matches],
                any(each.more for each in found),
                any(each.elsewhere for each in found),
            )

        result: Similar = self._once("similar", read)
        return result

    def doubts(self, answers: Answers) -> Notice | None:
        label = _("Create it anyway: it is another company")
        return notice(self, self.similar(answers), label)

    def check_doubts(self, answers: Answers, ticked: bool) -> None:
        """Raise ValidationError where a company may be known already and nobody said otherwise."""
        if not ticked and self.similar(answers):
            raise doubtful()

    def tax_warnings(self, answers: Answers) -> list[str]:
        typed = [answers[step] for step in KINDS if step in answers]
        found = [tax_ids.warning(data["tax_id"], data["country"]) for data in typed]
        return [text for text in found if text]


def _newcomer(answers: Answers, step: str, uid: str) -> Newcomer:
    data = {name: value for name, value in answers[step].items() if name not in ("parent", "hub")}
    own = data.get("external_uid") or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{uid}/{step}"))
    data |= {"type": str(KINDS[step]), "external_uid": own}
    return Newcomer(data, answers[step].get("hub"))
