"""What this app answers to signals of the apps below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from customers.models import Participation
from customers.signals import consistency_check

from .models import TierConfig, TierConfigRequest


@receiver(consistency_check)
def check_configs(sender: Any, **kwargs: Any) -> list[str]:
    """Every configuration has its participation, and nothing is parked without reason."""
    known = Participation.objects.filter(kind=Participation.Kind.CONFIGURATION).values("source")
    problems = [
        f"{pk}: the configuration has no participation"
        for pk in TierConfig.objects.exclude(pk__in=known).values_list("pk", flat=True)
    ]
    parked = TierConfigRequest.objects.filter(
        state=TierConfigRequest.State.TIERS_SETUP,
        parent_configuration__configured_at__isnull=False,
    )
    problems += [
        f"{pk}: parked although its tier 2 configuration is ready"
        for pk in parked.values_list("pk", flat=True)
    ]
    return problems
