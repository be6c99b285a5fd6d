"""Who held a request, and for how long: the segments its age is made of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from .accounts import TierAccount
from .catalog import Product
from .partners import Partner


class Holder(models.TextChoices):
    """What a request waits for, in its present state."""

    VENDOR = "vendor", _("Vendor")
    CONTACT = "contact", _("Technical contact")
    CREATOR = "creator", _("Whoever began it")
    CONFIGURATION = "configuration", _("Tier configuration")
    DATE = "date", _("Planned date")


@dataclass(frozen=True)
class Held:
    """Who has to act: `partner` of the vendor or creator, `account` whose contact is asked."""

    holder: Holder
    partner_id: str | None = None
    account_id: str | None = None


class HoldingQuerySet(models.QuerySet["Holding"]):
    def about(self, obj: models.Model, actor: actors.Actor, waits_for: str = "") -> HoldingQuerySet:
        """Segments of an object whose visibility the caller has established, in their order.

        What a draft was held for is its creator's own. `waits_for` is the id of what it waits
        for: its open segment is among the answer.
        """
        own = Q(object_id=obj.pk) & ~(Q(state="draft") & ~Q(partner=actor.partner))
        if waits_for and waits_for != obj.pk:
            own |= Q(object_id=waits_for, ended_at=None)
        return self.filter(own).order_by("started_at", "pk")

    def visible_to(self, actor: actors.Actor | None) -> HoldingQuerySet:
        """Segments of one's own side; a reseller reads them only through the objects it sees.

        What a draft was held for is its creator's own (decision 4), also later.
        """
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is None:
            return self.none()
        shown = self.exclude(Q(state="draft") & ~Q(partner=actor.partner))
        if actor.role == actors.VENDOR:
            return shown.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(provider=actor.partner)
        return self.none()


class Holding(models.Model):
    """One stay of a request with one holder in one state; begun and ended by events.record().

    The segments of a request follow each other without gap, the last of an open one has no end:
    their sum is its age. `nudged_at` is the last time the holder was reminded by hand.
    """

    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36)
    state = models.CharField(_("state"), max_length=16)
    holder = models.CharField(_("held by"), max_length=16, choices=Holder.choices)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(TierAccount, models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    vendor = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("from"), default=timezone.now)
    ended_at = models.DateTimeField(_("until"), null=True)
    nudged_at = models.DateTimeField(_("nudged"), null=True)
    nudges = models.PositiveSmallIntegerField(_("nudges"), default=0)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        constraints = [
            models.UniqueConstraint(
                fields=["object_id"], condition=Q(ended_at=None), name="holding_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="holding_ends_after_its_start",
            ),
        ]
        indexes = [
            models.Index(fields=["object_id", "started_at"], name="holding_of_object"),
            models.Index(fields=["vendor", "ended_at"], name="holding_of_vendor"),
            models.Index(fields=["provider", "ended_at"], name="holding_of_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} {self.state}"
