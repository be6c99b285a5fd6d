"""Service users: the keys by which a partner's own systems call the API, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..sealing import SealedField
from .base import OfPartner, Stamped
from .partners import Membership, Partner, User


class ServiceUserQuerySet(OfPartner):
    def with_owner_level(self) -> Any:
        """With `owner_level`: the owner's present level in the partner, None when it has none."""
        usable = Membership.objects.usable().filter(
            user=OuterRef("owner_id"), partner=OuterRef("partner_id")
        )
        return self.annotate(owner_level=Subquery(usable.values("level")[:1]))


class ServiceUser(Stamped):
    """A key of a partner: a name, what it may do, and the fingerprint of a secret.

    It acts as its owner does, and dies with it. `rights` is {module: "read" | "write"}
    (customers/service_rights.py). Secrets are 32 random bytes and kept as their SHA-256 alone; the
    one before lives on until `old_secret_until`. `secret_hint` is the end of the present one.
    `expiry_told` is the end of which the administrators were told. `calls` counts the calls of the
    minute `calls_minute` (since 1970), for the limit that all processes share.
    """

    class Standing(models.TextChoices):
        ACTIVE = "active", _("Active")
        EXPIRED = "expired", _("Expired")
        INACTIVE = "inactive", _("Inactive")
        OWNER_GONE = "owner_gone", _("Owner gone")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="service_users")
    owner = models.ForeignKey(User, models.CASCADE, related_name="service_users")
    name = models.CharField(_("name"), max_length=128)
    description = models.CharField(_("description"), max_length=255, blank=True)
    rights = models.JSONField(_("rights"), default=dict)
    secret_hash = models.CharField(max_length=64, editable=False)
    secret_hint = models.CharField(_("ends with"), max_length=4, editable=False)
    old_secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    expiry_told = models.DateTimeField(null=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    calls_minute = models.PositiveIntegerField(default=0, editable=False)
    calls = models.PositiveIntegerField(default=0, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    objects = ServiceUserQuerySet.as_manager()

    class Meta:
        verbose_name = _("service user")
        verbose_name_plural = _("service users")
        ordering = ["partner", "name", "id"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(active=True, expires_at__isnull=False),
                name="service_user_expiring",
            )
        ]

    def __str__(self) -> str:
        return self.name


def standing(row: Any, now: datetime) -> str:
    """Whether a key works, and why not; `row` carries `owner_level` (with_owner_level)."""
    if not row.active:
        return ServiceUser.Standing.INACTIVE
    if row.owner_level is None:
        return ServiceUser.Standing.OWNER_GONE
    if row.expires_at is not None and row.expires_at <= now:
        return ServiceUser.Standing.EXPIRED
    return ServiceUser.Standing.ACTIVE


class IdempotentAnswer(models.Model):
    """What a POST with the header Idempotency-Key was answered, to answer its repetition.

    `fingerprint` is the SHA-256 of method, path and body. The row is born in the transaction of
    what was done, so that there is one exactly if it was done; rows live for a day. `body` may
    hold a secret that is shown once.
    """

    service_user = models.ForeignKey(ServiceUser, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    body = SealedField()
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("idempotent answer")
        verbose_name_plural = _("idempotent answers")
        constraints = [
            models.UniqueConstraint(fields=["service_user", "name"], name="idempotent_once")
        ]

    def __str__(self) -> str:
        return f"{self.service_user_id} {self.name}"


class ApiCall(models.Model):
    """One call of the API; `path` begins below the host and holds the query. Kept for days only."""

    service_user = models.ForeignKey(
        ServiceUser, models.CASCADE, related_name="api_calls", db_index=False
    )
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(_("time"), default=timezone.now)
    method = models.CharField(_("method"), max_length=8)
    path = models.CharField(_("address"), max_length=500)
    status = models.PositiveSmallIntegerField(_("status"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    address = models.GenericIPAddressField(_("client"), null=True)

    objects = OfPartner.as_manager()

    class Meta:
        verbose_name = _("API call")
        verbose_name_plural = _("API calls")
        indexes = [
            models.Index(fields=["partner", "-at"], name="api_call_of_partner"),
            models.Index(fields=["service_user", "-at"], name="api_call_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
