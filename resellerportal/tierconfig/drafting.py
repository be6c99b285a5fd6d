"""What the page of a draft offers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tierconfig.models import TierConfigRequest

from ..generic import Action


def draft_actions(view: Any) -> list[Action]:
    """Buttons of the page of a draft besides "Submit", which is a step of its own."""
    if view.object.state != TierConfigRequest.State.DRAFT or not view.may("submit"):
        return []
    labels = (
        ("discard", _("Discard"), "danger"),
        ("edit", _("Edit"), "secondary"),
        ("validate", _("Validate"), "secondary"),
    )
    return [
        Action(label, view.url(f"config-request-{step}", view.object.pk), style)
        for step, label, style in labels
    ]
