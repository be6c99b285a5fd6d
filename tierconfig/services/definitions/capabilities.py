"""What a product can do: switches that only administrators of its vendor set."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import Actor
from customers.events import record
from customers.lifecycle import touch
from customers.models import Product

from ...models import Parameter, TierConfigRequest
from . import editing
from .products import ensure_templates
from .shape import TIERS

SWITCHES = (
    "tier_accounts_sync",
    "authorization_level",
    "validates_setups",
    "validates_setup_inquiries",
    "validates_updates",
    "validates_update_inquiries",
    "validates_orders",
    "validates_order_inquiries",
    "validates_changes",
    "validates_change_inquiries",
    "administrative_hold",
    "editable_ordering_parameters",
    "editable_fulfillment_parameters",
    "schedules_purchases",
    "schedules_changes",
    "schedules_suspends",
    "schedules_resumes",
    "schedules_cancels",
    "remind_after_days",
    "escalate_after_days",
)
#: Longest times, in days; 0 stands for never.
MAX_DAYS = {"remind_after_days": 90, "escalate_after_days": 365}


@transaction.atomic
def change_capabilities(
    product: Product, *, actor: Actor, revision: int | None = None, **wanted: Any
) -> Product:
    """Set some of SWITCHES; they count for what begins from now on.

    Reseller Authorization cannot be taken from a tier that parameters or open requests belong to.
    A tier that is new gets its default template. Tier Accounts Sync is recorded by itself, the
    others together. Changing nothing records nothing. Raises PermissionDenied, StaleForm, and
    ValidationError by switch.
    """
    held = editing.hold_own(product, actor, revision=revision, administrator=True)
    changes = editing.changed(held, _cleaned(held, wanted))
    if not changes:
        return held
    touch(held)
    if "authorization_level" in changes:
        ensure_templates(held, actor=actor)
    if changes.pop("tier_accounts_sync", None):
        verb = "product.sync_on" if held.tier_accounts_sync else "product.sync_off"
        record(verb, held, actor=actor)
    if changes:
        editing.note("product.capabilities", held, held, actor=actor, changes=changes)
    return held


def level_obstacles(product: Product, level: int) -> list[str]:
    """What stands in the way of lowering Reseller Authorization to `level`, one sentence each.

    Drafts are counted and not named: they are their creator's own (decision 4).
    """
    found = []
    for tier, scope in enumerate(TIERS, start=1):
        if not level < tier <= product.authorization_level:
            continue
        rows = Parameter.objects.filter(product=product, scope=scope).order_by("position", "name")
        if names := list(rows.values_list("name", flat=True)):
            text = _("Remove the parameters of tier %(tier)d first: %(names)s.")
            found.append(text % {"tier": tier, "names": _listed(names)})
        requests = TierConfigRequest.objects.filter(
            configuration__product=product,
            configuration__tier_level=tier,
            state__in=TierConfigRequest.OPEN,
        )
        rows_of = dict(requests.order_by("pk").values_list("pk", "state"))
        drafts = [pk for pk, state in rows_of.items() if state == TierConfigRequest.State.DRAFT]
        if ids := [pk for pk in rows_of if pk not in drafts]:
            text = _("Decide the open requests of tier %(tier)d first: %(names)s.")
            found.append(text % {"tier": tier, "names": _listed(ids)})
        if drafts:
            text = ngettext(
                "%(n)d draft of tier %(tier)d is not submitted yet.",
                "%(n)d drafts of tier %(tier)d are not submitted yet.",
                len(drafts),
            )
            found.append(text % {"n": len(drafts), "tier": tier})
    return found


def _listed(names: list[str]) -> str:
    """At most ten names, and how many more there are."""
    more = len(names) - 10
    shown = ", ".join(names[:10])
    return shown if more <= 0 else _("%(names)s and %(n)d more") % {"names": shown, "n": more}


def _cleaned(product: Product, wanted: dict[str, Any]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, value in wanted.items():
        assert name in SWITCHES, name
        if name == "authorization_level":
            if value not in Product.Authorization.values:
                errors[name] = ValidationError(_("Choose one of the values offered."))
            elif reasons := level_obstacles(product, value):
                errors[name] = [ValidationError(text, code="used") for text in reasons]
        elif name in MAX_DAYS and not 0 <= value <= MAX_DAYS[name]:
            text = _("Enter a number from %(low)d to %(high)d.")
            errors[name] = ValidationError(text % {"low": 0, "high": MAX_DAYS[name]}, code="range")
        values[name] = value
    if errors:
        raise ValidationError(errors)
    return values
