"""Which reseller partners operate or see an account."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import actors
from .partners import Partner


class AccountAccessQuerySet(models.QuerySet["AccountAccess"]):
    def visible_to(self, actor: actors.Actor | None) -> AccountAccessQuerySet:
        """Access to the accounts of a distributor; it is between it and the reseller."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(account__provider=actor.partner)
        if actor.role == actors.RESELLER:
            return self.filter(partner=actor.partner)
        return self.none()

    def current(self) -> AccountAccessQuerySet:
        return self.filter(ended_at=None)

    def operating(self, partner: Partner | None) -> AccountAccessQuerySet:
        """Current rows by which `partner` operates accounts."""
        return self.current().filter(partner=partner, kind=AccountAccess.Kind.OPERATES)

    def operations(self) -> AccountAccessQuerySet:
        """Current rows by which partners operate accounts."""
        return self.current().filter(kind=AccountAccess.Kind.OPERATES)


class AccountAccess(models.Model):
    """A reseller partner operates an account (and its subtree), or just sees this one account."""

    class Kind(models.TextChoices):
        OPERATES = "operates", _("Operates")
        SEES = "sees", _("Sees")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="account_access")
    account = models.ForeignKey("customers.TierAccount", models.CASCADE, related_name="access")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    granted_by = models.CharField(_("granted by"), max_length=254, blank=True)
    started_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AccountAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("account access")
        verbose_name_plural = _("account access")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(kind="operates", ended_at=None),
                name="account_one_operator",
            ),
            models.UniqueConstraint(
                fields=["account", "partner", "kind"],
                condition=Q(ended_at=None),
                name="account_access_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["operates", "sees"]), name="account_access_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.kind} {self.account}"
