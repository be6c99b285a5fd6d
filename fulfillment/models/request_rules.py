"""What the database keeps of fulfillment requests, and how it finds them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

OPEN = ["draft", "tiers_setup", "inquiring", "pending", "scheduled", "revoking"]
DECIDED = ["approved", "failed", "revoked"]

CONSTRAINTS = [
    models.UniqueConstraint(
        fields=["subscription"],
        condition=Q(state__in=OPEN),
        name="order_one_open_per_subscription",
    ),
    models.CheckConstraint(
        condition=Q(state__in=[*OPEN, "revoked", "approved", "failed"]),
        name="order_state_known",
    ),
    models.CheckConstraint(
        condition=Q(type__in=["purchase", "change", "suspend", "resume", "cancel", "adjustment"]),
        name="order_type_known",
    ),
    models.CheckConstraint(
        condition=Q(state__in=DECIDED, decided_at__isnull=False)
        | (~Q(state__in=DECIDED) & Q(decided_at__isnull=True)),
        name="order_decided_has_date",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=["failed", "revoking", "revoked"]) | ~Q(reason=""),
        name="order_failed_has_reason",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=["scheduled", "revoking"]) | Q(planned_date__isnull=False),
        name="order_scheduled_has_date",
    ),
    models.CheckConstraint(
        condition=Q(due=False) | Q(state="scheduled"), name="order_due_is_scheduled"
    ),
]

INDEXES = [
    models.Index(fields=["vendor", "state", "state_since"], name="order_vendor_queue"),
    models.Index(fields=["provider", "state", "state_since"], name="order_provider_queue"),
    models.Index(fields=["provider", "-updated_at"], name="order_provider_touched"),
    models.Index(fields=["vendor", "-created_at", "id"], name="order_vendor_age"),
    models.Index(fields=["provider", "-created_at", "id"], name="order_provider_age"),
    models.Index(
        fields=["inquiry_sent_at"], condition=Q(state="inquiring"), name="order_inquiring"
    ),
    models.Index(
        fields=["planned_date"],
        condition=Q(state="scheduled", due=False),
        name="order_planned",
    ),
]
