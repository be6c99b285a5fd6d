"""Accounts: added, edited and moved through the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actors import Actor
from ..cleaning import PHONE_PARTS, countries
from ..lifecycle import StaleForm
from ..models import (
    AccountAccess,
    AccountVersion,
    Event,
    Participation,
    Partner,
    TierAccount,
    TierAccountRequest,
)
from ..services.account_rules import check_open
from ..services.accounts import create_account, edit_account
from ..services.decommission import decommission_account, effect_of
from ..snapshots import COLUMNS
from .base import BaseAdmin, ByService, DistributorFilter, ServiceForm, ViewOnly, lines, link
from .lookups import AccountChoiceField
from .steps import Step, StepAdmin

#: Columns of an account that are typed; the phone number is typed as one.
DATA = (*(name for name in COLUMNS if name not in PHONE_PARTS), "phone")


class AccountForm(ServiceForm):
    """`seen_version` is the version the form was filled from."""

    phone = forms.CharField(
        label=_("Phone"), required=False, help_text=_("As typed, for example +49 40 123456.")
    )
    country = forms.ChoiceField(label=_("Country"))
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = TierAccount
        fields = [*(name for name in DATA if name != "phone"), "parent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.raised: list[TierAccountRequest] = []
        self.fields["country"].choices = [("", "—"), *countries().items()]
        if "provider" in self.fields:
            self.fields["provider"].required = False
            self.fields["provider"].help_text = _t(
                "Taken from the parent; needed for an account without one."
            )
        if self.instance.pk:
            self.initial |= {
                "phone": self.instance.phone,
                "seen_version": self.instance.version,
            }

    def write(self) -> TierAccount:
        values = {name: self.cleaned_data.get(name) for name in DATA}
        parent = self.cleaned_data["parent"]
        if self.instance._state.adding:
            return create_account(
                actor=self.actor,
                provider=self._provider(parent),
                data=values,
                parent=parent,
                hub=self.cleaned_data["hub"],
                environment=self.cleaned_data["environment"],
            )
        moving = (parent.pk if parent else None) != self.instance.parent_id
        account, self.raised = edit_account(
            self.instance,
            actor=self.actor,
            data=values,
            version=self.cleaned_data["seen_version"] or 0,
            parent=parent if moving else ...,
        )
        return account

    def _provider(self, parent: TierAccount | None) -> Partner:
        provider: Partner | None = self.cleaned_data["provider"] or (parent and parent.provider)
        if provider is None:
            raise ValidationError({"provider": _t("Choose the distributor of the new account.")})
        return provider

    def refused(self, error: ValidationError) -> None:
        super().refused(error)
        if isinstance(error, StaleForm):
            self._show_present_values()

    def _show_present_values(self) -> None:
        """Next to what was entered, so that sending again is a decision."""
        entered = dict(self.cleaned_data)
        self.data = self.data.copy()
        self.data[self.add_prefix("seen_version")] = str(self.instance.version)
        for name in [*DATA, "parent"]:
            present = getattr(self.instance, name)
            if (entered.get(name) or "") != (present or ""):
                self.add_error(name, _t("Stored now: %(value)s") % {"value": present or "—"})


def _decommission(account: TierAccount, *, actor: Actor, revision: int) -> TierAccount:
    return decommission_account(account, actor=actor)


def _hindrances(account: TierAccount) -> list[str]:
    try:
        check_open(account)
    except ValidationError as error:
        return error.messages
    return effect_of(account).hindrances()


@admin.register(TierAccount)
class TierAccountAdmin(ByService, StepAdmin):
    form = AccountForm
    steps = {"decommission": Step(_decommission)}
    list_display = ("name", "id", "type", "parent", "provider", "city", "country", "created_at")
    list_filter = (
        "type",
        "environment",
        DistributorFilter,
        ("decommissioned_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("parent", "provider", "hub")
    # Each has an index of its own on PostgreSQL.
    search_fields = ("id__startswith", "name", "contact_email", "external_id")
    search_help_text = _("Beginning of the ID, part of the name, the e-mail or the external ID.")
    ordering = ("-created_at", "id")
    autocomplete_fields = ("parent",)
    roles = {"provider": Partner.Role.DISTRIBUTOR}
    fixed = ("provider", "hub", "environment")
    readonly_fields = (
        "id",
        "owner",
        "version",
        "created_at",
        "updated_at",
        "decommissioned_at",
        "tree_id",
        "lft",
        "rght",
        "level",
        "related",
    )
    address = ("address_line1", "address_line2", ("postal_code", "city"), "state", "country")
    contact = (("contact_first_name", "contact_last_name"), "contact_email", "phone")
    place = ("tree_id", "lft", "rght", "level")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(BaseAdmin, self).has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(BaseAdmin, self).has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return BaseAdmin.get_readonly_fields(self, request, obj)

    def label(self, name: str) -> str:
        return _t("Decommission")

    def offered(self, obj: TierAccount, request: HttpRequest) -> list[str]:
        return [] if _hindrances(obj) else ["decommission"]

    def refusal(self, obj: TierAccount, name: str) -> str:
        return " ".join(_hindrances(obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        company = ("type", "name", "parent", "provider", "hub", "environment")
        own = ("tax_id", "external_id", "external_uid")
        sheets = [
            (None, {"fields": (*company, *own)}),
            (_("Address"), {"fields": self.address}),
            (_("Technical contact"), {"fields": self.contact}),
        ]
        if obj is None:
            return sheets
        record = ("id", "owner", "version", "created_at", "updated_at", "decommissioned_at")
        return [
            *sheets,
            (_("Record"), {"fields": (*record, "related", "seen_version")}),
            (_("Place in the tree (an index, kept by the platform)"), {"fields": (self.place,)}),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["form_class"] = AccountChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            return
        count = len(form.raised)
        text = ngettext("%(n)d request created: %(ids)s", "%(n)d requests created: %(ids)s", count)
        ids = ", ".join(each.pk for each in form.raised)
        self.message_user(
            request, text % {"n": count, "ids": ids} if count else _t("No requests created.")
        )

    @admin.display(description=_("related"))
    def related(self, obj: TierAccount) -> SafeString:
        found = (
            link(TierAccount, _t("Accounts below it"), parent__id__exact=obj.pk),
            link(TierAccountRequest, _t("Requests"), account__id__exact=obj.pk),
            link(AccountVersion, _t("Versions"), account__id__exact=obj.pk),
            link(AccountAccess, _t("Access"), account__id__exact=obj.pk),
            link(Participation, _t("Participations"), account__id__exact=obj.pk),
            link(Event, _t("Events"), object_id=obj.pk),
        )
        return format_html_join(" · ", "{}", ((each,) for each in found))


@admin.register(AccountVersion)
class AccountVersionAdmin(ViewOnly):
    list_display = ("account", "number", "created_at")
    list_select_related = ("account",)
    search_fields = ("account__id__startswith", "account__name")
    ordering = ("-pk",)
    fields = ("account", "number", "created_at", "snapshot")

    @admin.display(description=_("data"))
    def snapshot(self, obj: AccountVersion) -> SafeString:
        return lines((name, value or "—") for name, value in obj.data.items())


@admin.register(Participation)
class ParticipationAdmin(ViewOnly):
    list_display = ("account", "tier", "product", "kind", "source", "live", "provider")
    list_filter = ("live", "tier", "kind", DistributorFilter)
    list_select_related = ("account", "product", "provider")
    search_fields = ("account__id__startswith", "account__name", "source")
    ordering = ("-pk",)
    fields = ("account", "tier", "product", "vendor", "provider", "kind", "source", "live")
