"""The wizard that creates a customer or a reseller: type, parent, data, summary."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import samples, tax_ids
from customers.actors import DISTRIBUTOR, VENDOR
from customers.models import Partner, TierAccount
from customers.services.accounts import create_account
from customers.services.duplicates import Similar, changed_keys, similar

from ..generic import Action, Fact, PortalObjectView
from ..wizard import SUMMARY, Answers, Step, Typed, WizardView
from .creating import (
    CUSTOMER,
    PREVIEW,
    PRODUCTION,
    CreateForm,
    MarketplaceForm,
    ParentForm,
    TypeForm,
)
from .forms import GENERATED, ROOT, made
from .similar import ANYWAY, doubtful, notice


class AccountAdd(WizardView):
    """Distributors create anywhere in their forest, resellers below accounts they operate, vendors
    previews on the marketplaces of their products."""

    url_name = "account-add"
    template_name = "portal/account_add.html"
    title = gettext_lazy("Add account")
    steps = (
        Step("type", gettext_lazy("Type"), TypeForm),
        Step("marketplace", gettext_lazy("Marketplace"), MarketplaceForm),
        Step("parent", gettext_lazy("Parent account"), ParentForm),
        Step("data", gettext_lazy("Account data"), CreateForm),
    )
    _similar: Similar | None = None

    # ---- what was answered ----

    def provider(self, answers: Answers) -> Partner:
        """The distributor of the new account: the parent's, the marketplace's, or the actor."""
        parent: TierAccount | None = answers.get("parent", {}).get("parent")
        if parent is not None:
            return parent.provider
        if "marketplace" in answers:
            owner: Partner = answers["marketplace"]["marketplace"].owner
            return owner
        assert self.actor.partner is not None  # only a distributor creates one without a parent
        return self.actor.partner

    def environment(self, answers: Answers) -> str:
        return str(answers.get("type", {}).get("environment", PRODUCTION))

    def get_steps(self, answers: Answers) -> list[Step]:
        asked = "type" in answers and self.environment(answers) == PREVIEW
        preview = asked or self.portal == VENDOR  # which adds nothing else
        return [step for step in self.steps if preview or step.name != "marketplace"]

    # ---- steps ----

    def prepare(self, step: Step, form: Any, answers: Answers) -> None:
        preview = self.environment(answers) == PREVIEW
        if step.name == "type" and self.portal == VENDOR:
            form.only_previews()
        elif step.name == "parent":
            if preview:
                form.among_previews(self.provider(answers))
            alone = preview or self.actor.role == DISTRIBUTOR
            if answers["type"]["type"] == CUSTOMER or not alone:
                form.demand()
        elif step.name == "data":
            form.kind = answers["type"]["type"]
            form.provider = self.provider(answers)
            form.offer_hubs(form.provider, self.environment(answers))
            if preview and not form.is_bound and not form.initial:
                form.initial = self.sample(answers)

    def sample(self, answers: Answers) -> dict[str, str]:
        """An invented company in a country of the chosen marketplace."""
        market = answers["marketplace"]["marketplace"]
        return samples.sample(samples.choose_country(market.countries))

    def rework(self, step: Step, typed: Typed, answers: Answers) -> Typed | None:
        if step.name != "data":
            return None
        wanted = typed.pop("generate", [""])[-1]
        if wanted in GENERATED:
            return {**typed, wanted: [made(wanted)]}
        preview = self.environment(answers) == PREVIEW
        if "clear" in typed:
            return {}
        if "randomize" in typed and preview:
            return {name: [value] for name, value in self.sample(answers).items()}
        return None

    def outdated(self, step: Step, typed: Typed, answers: Answers) -> tuple[str, ...]:
        """Previews hang below previews only, and nothing else does."""
        if step.name != "type" or "type" not in answers:
            return ()
        preview = typed.get("environment", [PRODUCTION])[-1] == PREVIEW
        return ("parent",) if preview != (self.environment(answers) == PREVIEW) else ()

    def get_facts(self, step: Step, form: Any, cleaned: dict[str, Any]) -> list[Fact]:
        if step.name == "type":
            facts = [Fact(_("Type"), TierAccount.Type(cleaned["type"]).label)]
            if cleaned["environment"] != PRODUCTION:
                named = TierAccount.Environment(cleaned["environment"]).label
                facts.append(Fact(_("Environment"), named))
            return facts
        if step.name == "parent":
            return [Fact(_("Parent"), cleaned["parent"] or ROOT)]
        return super().get_facts(step, form, cleaned)

    # ---- summary ----

    def similar(self, answers: Answers) -> Similar:
        """Read once per request: accounts that are probably the same company."""
        if self.environment(answers) == PREVIEW:
            return Similar()
        if self._similar is None:
            keys = changed_keys({}, answers["data"])
            self._similar = similar(self.actor, self.provider(answers), keys)
        return self._similar

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers: Answers = kwargs["answers"]
        preview = self.environment(answers) == PREVIEW
        data = answers.get("data", {}) if self.wanted == SUMMARY else {}
        label = _("Create it anyway: it is another company")
        return super().get_context_data(
            drafting=self.wanted == "data",
            invented=self.wanted == "data" and preview,
            tax_warning=tax_ids.warning(data["tax_id"], data["country"]) if data else "",
            similar=notice(self, self.similar(answers), label) if data else None,
            **kwargs,
        )

    def finish(self, answers: Answers) -> str:
        given = answers["data"].get("external_uid")
        own = given or self.uid()
        try:
            if ANYWAY not in self.request.POST and self.similar(answers):
                raise doubtful()
            account = self._create(answers, own)
        except ValidationError:
            # The other sending of the same page may have been quicker.
            found = None if given else self._sent_already(own)
            if found is None:
                raise
            account = found
        return self.url("account-created", account.pk)

    def _create(self, answers: Answers, uid: str) -> TierAccount:
        data = {**answers["data"], "type": answers["type"]["type"], "external_uid": uid}
        return create_account(
            actor=self.actor,
            provider=self.provider(answers),
            parent=answers["parent"]["parent"],
            hub=data.pop("hub", None),
            environment=self.environment(answers),
            data=data,
        )

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
        facts = [
            Fact(_("ID"), account.pk),
            Fact(_("Type"), account.get_type_display()),
            Fact(_("Technical contact"), f"{account.contact_name}, {account.contact_email}"),
        ]
        if self.portal != VENDOR:  # which is told no parent that it does not see
            facts.insert(2, Fact(_("Parent"), account.parent.name if account.parent else ROOT))
        return super().get_context_data(
            facts=facts,
            tax_warning=tax_ids.warning(account.tax_id, account.country),
            actions=[
                Action(_("Go to details"), self.url("account-detail", account.pk), "primary"),
                Action(_("Create another"), self.url("account-add")),
            ],
            **kwargs,
        )
