"""Tier account requests (TARs): one notice of one account change for one product."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from .. import actors
from ..permissions import Operators, by_vendor
from ..visibility import providers, within_subtree
from .accounts import AccountVersion, TierAccount
from .base import Lifecycle, LockKey
from .catalog import Product
from .holding import Held, Holder
from .partners import Partner


class TierAccountRequestQuerySet(models.QuerySet["TierAccountRequest"]):
    def visible_to(self, actor: actors.Actor | None) -> TierAccountRequestQuerySet:
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.VENDOR:
            return self.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            return self.filter(within_subtree(actor, "account__"), provider__in=providers(actor))
        return self.none()

    def with_snapshot(self) -> TierAccountRequestQuerySet:
        """Requests with `snapshot`: the account as it was since the change."""
        versions = AccountVersion.objects.filter(
            account=OuterRef("account"), number=OuterRef("version")
        )
        return self.annotate(snapshot=Subquery(versions.values("data")[:1]))

    def with_change(self) -> TierAccountRequestQuerySet:
        """Requests with `before` and `after`: the account as it was until the change, and since."""
        versions = AccountVersion.objects.filter(account=OuterRef("account"))
        until = versions.filter(number=OuterRef("base_version"))
        since = versions.filter(number=OuterRef("version"))
        return self.annotate(
            before=Subquery(until.values("data")[:1]), after=Subquery(since.values("data")[:1])
        )


def siblings(*, earlier: bool = False, own: bool = False, **where: Any) -> Exists:
    """Whether a request of the same change meets `where`, as a condition on requests.

    All requests of a change belong to one distributor and one account, so who sees one of them
    on the buying side sees all. `earlier` looks at those before it by product only; it looks at
    others than itself unless `own` is set.
    """
    if earlier:
        where["product_id__lt"] = OuterRef("product_id")
    rows = TierAccountRequest._base_manager.filter(
        account=OuterRef("account"), version=OuterRef("version"), **where
    )
    return Exists(rows if own or earlier else rows.exclude(pk=OuterRef("pk")))


class TierAccountRequest(Lifecycle):
    """Lets one vendor confirm or skip one change of an account.

    The account already carries the new data; accepting or ignoring never changes it.
    `base_version` and `version` are the account versions before and after the change.
    """

    lock_rank = 3

    class Type(models.TextChoices):
        UPDATE = "update", _("Update")

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        ACCEPTED = "accepted", _("Accepted")
        IGNORED = "ignored", _("Ignored")
        UNSUPPORTED = "unsupported", _("Unsupported")

    id = models.CharField(_("ID"), max_length=32, primary_key=True, editable=False)
    type = models.CharField(_("type"), max_length=8, choices=Type.choices, default=Type.UPDATE)
    state = FSMField(_("state"), choices=State.choices, default=State.PENDING, protected=True)
    account = models.ForeignKey(TierAccount, models.PROTECT, related_name="requests")
    base_version = models.PositiveIntegerField(_("version before"))
    version = models.PositiveIntegerField(_("version"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="account_requests")
    vendor = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("distributor")
    )
    changed = models.JSONField(_("changed fields"), default=list)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = TierAccountRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier account request")
        verbose_name_plural = _("tier account requests")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "version", "product"], name="tar_once_per_change"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "accepted", "ignored", "unsupported"]),
                name="tar_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="tar_decided_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="ignored") | ~Q(reason=""), name="tar_ignored_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "state", "created_at"], name="tar_vendor_queue"),
            models.Index(fields=["provider", "state", "created_at"], name="tar_provider_queue"),
            # What was decided lately is counted on the way in.
            models.Index(fields=["vendor", "state", "state_since"], name="tar_vendor_decided"),
            models.Index(fields=["provider", "state", "state_since"], name="tar_provider_decided"),
            models.Index(fields=["vendor", "-created_at", "id"], name="tar_vendor_age"),
            models.Index(fields=["provider", "-created_at", "id"], name="tar_provider_age"),
        ]

    def __str__(self) -> str:
        return self.pk

    def lock_parents(self) -> list[LockKey]:
        return []

    def operators(self) -> Operators:
        return self.account.operators()

    def held_by(self) -> Held | None:
        """Who has to act, None once it is decided (customers/models/holding.py)."""
        if self.state != self.State.PENDING:
            return None
        return Held(Holder.VENDOR, partner_id=self.vendor_id)

    def held_product_id(self) -> str:
        return str(self.product_id)

    @transition(
        state,
        State.PENDING,
        State.ACCEPTED,
        permission=by_vendor,
        custom={"label": _("Accept"), "style": "primary"},
    )
    def accept(self) -> None:
        self.decided_at = timezone.now()

    @transition(
        state,
        State.PENDING,
        State.IGNORED,
        permission=by_vendor,
        custom={"label": _("Ignore"), "style": "danger"},
    )
    def ignore(self, *, reason: str) -> None:
        self.decided_at = timezone.now()
        self.reason = reason
