"""Tier accounts: companies in trees, and their versions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet

from .. import actors, matching
from ..visibility import preview_ids, seen_ids, within_subtree
from .access import AccountAccess
from .base import LockKey, Stamped
from .markets import Hub
from .participation import Participation
from .partners import Partner

if TYPE_CHECKING:
    from ..permissions import Operators


class TierAccountQuerySet(TreeQuerySet):
    def visible_to(self, actor: actors.Actor | None) -> TierAccountQuerySet:
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.VENDOR:
            taking_part = Participation.objects.filter(vendor=actor.partner)
            own = preview_ids(actor)
            if not own:
                return self.filter(pk__in=taking_part.values("account"))
            # Beside an OR an IN is no join: its list would be read once per account.
            shown = Q(Exists(taking_part.filter(account=OuterRef("pk"))))
            return self.filter(shown | Q(pk__in=own, owner=actor.partner))
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            shown = within_subtree(actor)
            if seen := seen_ids(actor):
                current = AccountAccess.objects.current().filter(
                    partner=actor.partner, kind=AccountAccess.Kind.SEES
                )
                shown |= Q(pk__in=seen) & Q(pk__in=current.values("account"))
            return self.filter(shown)
        return self.none()

    def current(self) -> TierAccountQuerySet:
        """Accounts that were not decommissioned."""
        return self.filter(decommissioned_at=None)

    def resellers(self) -> TierAccountQuerySet:
        return self.filter(type=TierAccount.Type.RESELLER)


class TierAccountManager(TreeManager.from_queryset(TierAccountQuerySet)):  # type: ignore[misc]
    """The tree manager orders by tree position by default; lists state their own order."""


class KeyField(models.CharField):  # type: ignore[type-arg]
    """Follows its source column whenever the row is saved, in bulk or alone."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        source = getattr(model_instance, matching.SOURCES[self.attname])
        key: str = getattr(matching, self.attname)(source)
        setattr(model_instance, self.attname, key)
        return key


class TierAccount(MPTTModel, Stamped):
    """One customer or reseller company; always the current data.

    `parent` is the truth, `tree_id`, `lft`, `rght` and `level` are an index of it, written only
    by customers.services under the tree lock. Level 1 in the portal is `level` 0 here.
    """

    lock_rank = 2
    lock_order = ("pk",)

    class Type(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        RESELLER = "reseller", _("Reseller")

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production")
        TEST = "test", _("Test")
        PREVIEW = "preview", _("Preview")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    type = models.CharField(_("type"), max_length=8, choices=Type.choices)
    name = models.CharField(_("company name"), max_length=255)
    parent = TreeForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("parent"),
    )
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="tier_accounts", verbose_name=_("distributor")
    )
    owner = models.ForeignKey(
        Partner, models.PROTECT, related_name="created_accounts", verbose_name=_("created by")
    )
    hub = models.ForeignKey(
        Hub, models.PROTECT, related_name="tier_accounts", null=True, blank=True
    )
    environment = models.CharField(
        _("environment"),
        max_length=16,
        choices=Environment.choices,
        default=Environment.PRODUCTION,
    )
    external_id = models.CharField(  # noqa: DJ001  absent is NULL, so that uniqueness skips it
        _("external ID"), max_length=255, null=True, blank=True
    )
    external_uid = models.CharField(  # noqa: DJ001
        _("external UUID"), max_length=255, null=True, blank=True, default=None
    )
    tax_id = models.CharField(_("tax ID"), max_length=100, blank=True)
    address_line1 = models.CharField(_("address line 1"), max_length=255)
    address_line2 = models.CharField(_("address line 2"), max_length=255, blank=True)
    city = models.CharField(_("city"), max_length=100)
    state = models.CharField(_("state or region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=50)
    country = models.CharField(_("country"), max_length=2)
    contact_first_name = models.CharField(_("first name"), max_length=100)
    contact_last_name = models.CharField(_("last name"), max_length=100)
    contact_email = models.EmailField(_("e-mail"), max_length=254)
    phone_country_code = models.CharField(_("country code"), max_length=25, blank=True)
    phone_area_code = models.CharField(_("area code"), max_length=25, blank=True)
    phone_number = models.CharField(_("phone number"), max_length=25, blank=True)
    phone_extension = models.CharField(_("extension"), max_length=25, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    decommissioned_at = models.DateTimeField(_("decommissioned"), null=True, editable=False)
    #: See customers.matching.
    name_key = KeyField(max_length=255, default="", editable=False)
    tax_key = KeyField(max_length=100, default="", editable=False)
    email_domain = KeyField(max_length=254, default="", editable=False)

    objects = TierAccountManager()

    class Meta:
        verbose_name = _("tier account")
        verbose_name_plural = _("tier accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(type="reseller") | Q(type="customer", parent__isnull=False),
                name="account_customer_has_parent",
            ),
            models.CheckConstraint(
                condition=Q(environment__in=["production", "test", "preview"]),
                name="account_environment_known",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="account_not_own_parent"),
            models.CheckConstraint(condition=~Q(name=""), name="account_has_name"),
            models.CheckConstraint(condition=Q(version__gte=1), name="account_version_counts"),
            models.CheckConstraint(
                condition=~Q(environment="preview") | Q(hub__isnull=True),
                name="account_preview_without_hub",
            ),
            *(
                models.UniqueConstraint(
                    fields=fields,
                    condition=Q(hub__isnull=not with_hub) & Q(**{f"{name}__isnull": False}),
                    name=f"account_{name}_once{'_per_hub' if with_hub else ''}",
                )
                for name in ("external_id", "external_uid")
                for with_hub, fields in (
                    (True, ["provider", "hub", name]),
                    (False, ["provider", name]),
                )
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-created_at", "id"], name="account_by_provider"),
            models.Index(fields=["tree_id", "lft"], name="account_by_place"),
            models.Index(fields=["-created_at", "id"], name="account_by_age"),
            # Pages of a reseller: all it sees is in a tree or a few.
            models.Index(fields=["tree_id", "-created_at", "id"], name="account_in_tree_by_age"),
            models.Index(fields=["tree_id", "name", "id"], name="account_in_tree_by_name"),
            # What is rare is found, and counted, without reading all the rest.
            models.Index(
                fields=["tree_id", "lft"],
                condition=Q(type="reseller"),
                name="account_resellers_by_place",
            ),
            models.Index(
                fields=["provider", "tree_id", "lft"],
                condition=Q(decommissioned_at__isnull=False),
                name="account_ended",
            ),
            models.Index(
                fields=["owner"], condition=Q(environment="preview"), name="account_previews"
            ),
            # Pages by name of what many rows would meet.
            models.Index(fields=["name", "id"], name="account_by_name"),
            models.Index(
                fields=["name", "id"],
                condition=Q(type="reseller"),
                name="account_resellers_by_name",
            ),
            models.Index(
                fields=["provider", "name", "id"],
                condition=Q(parent__isnull=True),
                name="account_tops",
            ),
            *(
                models.Index(
                    fields=["provider", key], condition=~Q(**{key: ""}), name=f"account_by_{key}"
                )
                for key in matching.SOURCES
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.external_id = self.external_id or None
        self.external_uid = self.external_uid or None

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.external_id = self.external_id or None
        self.external_uid = self.external_uid or str(uuid.uuid4())
        super().save(*args, **kwargs)

    def lock_parents(self) -> list[LockKey]:
        return []

    @property
    def contact_name(self) -> str:
        return f"{self.contact_first_name} {self.contact_last_name}".strip()

    @property
    def phone(self) -> str:
        """The four phone parts as one readable number, empty when there is none."""
        parts = [self.phone_country_code, self.phone_area_code, self.phone_number]
        joined = " ".join(part for part in parts if part)
        return f"{joined} x{self.phone_extension}" if joined and self.phone_extension else joined

    def operators(self) -> Operators:
        """Accounts whose operator has a right on this one: itself and its present ancestors.

        One statement judges by the positions as they are then, whatever this object has loaded.
        """
        here = TierAccount._base_manager.filter(pk=self.pk)
        return TierAccount._base_manager.filter(
            tree_id=Subquery(here.values("tree_id")),
            lft__lte=Subquery(here.values("lft")),
            rght__gte=Subquery(here.values("lft")),
        )


class AccountVersion(models.Model):
    """What an account looked like from one version to the next; never changed.

    `data` is the flat snapshot of customers.snapshots.
    """

    account = models.ForeignKey(TierAccount, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    data = models.JSONField(_("data"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("account version")
        verbose_name_plural = _("account versions")
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="account_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} v{self.number}"
