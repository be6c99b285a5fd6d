"""What this app answers to signals of the apps below."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from customers.models import AccountAccess, Participation, Product
from customers.signals import access_ended, consistency_check

from .models import Parameter, TierConfig, TierConfigRequest
from .services.discarding import abandon_drafts
from .signals import holders_asked, open_requests_asked


@receiver(access_ended)
def give_up_drafts(sender: Any, access: AccountAccess, **kwargs: Any) -> None:
    if access.kind == AccountAccess.Kind.OPERATES:
        abandon_drafts(access.account, access.partner)


@receiver(open_requests_asked)
def open_setups(
    sender: Any, product: Product, scope: str, **kwargs: Any
) -> list[QuerySet[TierConfigRequest]]:
    levels = {Parameter.Scope.TIER_1: 1, Parameter.Scope.TIER_2: 2}
    rows = TierConfigRequest.objects.filter(
        configuration__product=product,
        configuration__tier_level=levels.get(Parameter.Scope(scope), 0),
        state__in=TierConfigRequest.OPEN,
    )
    return [rows.select_related("configuration")]


@receiver(holders_asked)
def holders(sender: Any, parameter: Parameter, **kwargs: Any) -> dict[str, int]:
    """Configurations with the value, and their requests, decided ones too; not the rejected."""
    configs = TierConfig.objects.filter(
        product=parameter.product_id, params__has_key=parameter.name
    )
    requests = TierConfigRequest.objects.filter(
        configuration__product=parameter.product_id, params__has_key=parameter.name
    ).exclude(state=TierConfigRequest.State.FAILED)
    return {
        _("tier configurations"): configs.count(),
        _("configuration requests"): requests.count(),
    }


@receiver(consistency_check)
def check_configs(sender: Any, **kwargs: Any) -> list[str]:
    """Every configuration but a draft has its participation, nothing is parked without reason."""
    known = Participation.objects.filter(kind=Participation.Kind.CONFIGURATION).values("source")
    drafts = TierConfig.objects.filter(state=TierConfig.State.DRAFT)
    lost = TierConfig.objects.exclude(pk__in=known).exclude(pk__in=drafts)
    problems = [
        f"{pk}: the configuration has no participation" for pk in lost.values_list("pk", flat=True)
    ]
    problems += [
        f"{pk}: a draft takes part already"
        for pk in drafts.filter(pk__in=known).values_list("pk", flat=True)
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
