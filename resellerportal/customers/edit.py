"""Edit an account; who must be told follows from the change and is said afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from customers import matching, tax_ids
from customers.cleaning import PHONE_PARTS
from customers.models import TierAccount, TierAccountRequest
from customers.services.account_rules import may_write
from customers.services.accounts import NoChange, edit_account
from customers.services.duplicates import Similar, changed_keys, similar
from customers.services.moves import may_move
from customers.services.requests import connected_products
from customers.snapshots import COLUMNS

from ..generic import PortalFormView
from . import differences
from .forms import GENERATED, EditForm, made
from .similar import ANYWAY, doubtful, notice
from .writing import raised_text, sent_version, standing

Result = tuple[TierAccount, list[TierAccountRequest]]


def typed(version: differences.Snapshot) -> dict[str, str]:
    """A version of an account as the form shows it."""
    shown = {name: str(version.get(name) or "") for name in COLUMNS}
    shown["phone"] = TierAccount(**{part: shown[part] for part in PHONE_PARTS}).phone
    return shown


def merged(sent: QueryDict, before: Any, after: Any) -> QueryDict:
    """What was sent, with the present value wherever the sender had left the old one.

    Otherwise sending the form again would undo what somebody else did meanwhile.
    """
    old, new, kept = typed(before), typed(after), sent.copy()
    for name, value in new.items():
        if old[name] != value and sent.get(name, "").strip() == old[name]:
            kept[name] = value
    return kept


class AccountEdit(PortalFormView):
    """The whole account in one form, but for its place: that is a page of its own."""

    model = TierAccount
    name = "account"
    template_name = "portal/account_edit.html"
    select_related = ("parent", "provider", "hub")
    form_class = EditForm
    similar = Similar()

    def check(self) -> None:
        super().check()
        if not may_write(self.object, self.actor):
            raise PermissionDenied

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.object.name}

    def get_initial(self) -> dict[str, Any]:
        account = self.object
        shown = {name: getattr(account, name) for name in COLUMNS}
        return {**shown, "phone": account.phone}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("generate", "")
        if wanted not in GENERATED:
            return super().post(request, *args, **kwargs)
        self.check()
        typed = {**request.POST.dict(), wanted: made(wanted)}
        form = self.form_class(actor=self.actor, obj=self.object, initial=typed)
        return self.render_to_response(self.get_context_data(form=form))

    def perform(self, form: Any) -> Result | None:
        """Save; None when nothing differs. The version must be the one the form was shown with."""
        account = self.object
        before = {name: getattr(account, name) for name in matching.SOURCES.values()}
        keys = changed_keys(before, {**before, **form.cleaned_data})
        self.similar = similar(self.actor, account.provider, keys, but=account)
        if self.similar and ANYWAY not in self.request.POST:
            raise doubtful()
        try:
            return edit_account(
                self.object,
                actor=self.actor,
                data=form.cleaned_data,
                version=sent_version(self.request),
            )
        except NoChange:
            return None

    def finish(self, result: Result | None) -> HttpResponse:
        if result is None:
            messages.info(self.request, _("Nothing was changed."))
        elif text := tax_ids.warning(result[0].tax_id, result[0].country):
            messages.warning(self.request, text)
        return super().finish(result)

    def get_success_message(self, result: Result | None) -> str:
        if result is None:
            return ""
        text = raised_text(result[1])
        return text if result[1] else _("Saved. %(text)s") % {"text": text}

    def get_success_url(self, result: Result | None) -> str:
        """The change with its requests, when there are any."""
        if result is None or not result[1]:
            return self.url("account-detail", self.object.pk)
        return self.url("change-detail", self.object.pk, result[0].version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        products = connected_products(self.object)
        moves = may_move(self.object, self.actor)
        label = _("Save it anyway: it is another company")
        return super().get_context_data(
            move_url=self.url("account-move", self.object.pk) if moves else "",
            asked=[product.name for product in products if product.tier_accounts_sync],
            unasked=[product.name for product in products if not product.tier_accounts_sync],
            missed=self._missed(form) if form.is_bound else [],
            similar=notice(self, self.similar, label),
            standing=standing(self.object),
            **kwargs,
        )

    def get_revision(self) -> int:
        """The version the form was first shown with, until somebody was told that it is old."""
        sends = self.request.method == "POST" and not self.was_told
        version: int = self.object.version
        return sent_version(self.request) if sends else version

    def _missed(self, form: Any) -> list[differences.Row]:
        """What somebody else changed since the form was shown, when that is why it was refused.

        Those changes are taken over into the form.
        """
        wrong = form.non_field_errors().as_data()
        if not any(isinstance(e, ValidationError) and e.code == "stale" for e in wrong):
            return []
        numbers = (sent_version(self.request), self.object.version)
        data = dict(self.object.versions.filter(number__in=numbers).values_list("number", "data"))
        if not set(numbers) <= set(data):
            return []
        before, after = (data[number] for number in numbers)
        form.data = merged(form.data, before, after)
        named = differences.named_parents(self.actor, before, after)
        return [row for row in differences.rows(before, after, named) if row.changed]
