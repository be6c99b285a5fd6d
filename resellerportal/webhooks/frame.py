"""What the pages of webhooks share: how states look, and types in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import WebhookMessage

from ..notifications.event_types import NOUNS, WORDS, event_types
from ..parts import Fact
from ..states import badge_of, label

State = WebhookMessage.State
#: State of a message -> the state that looks like it.
LOOKS = {State.WAITING: "pending", State.DELIVERED: "applied", State.FAILED: "failed"}


def health(row: Any) -> SafeString:
    """Whether an endpoint, or a row of one, is told anything, and whether that arrives."""
    if row.active and row.failing_since is None:
        return badge_of("active", _("Active"))
    if row.active:
        return badge_of("inquiring", _("Failing"))
    if row.stopped_because:
        return badge_of("failed", _("Stopped"))
    return badge_of("discarded", _("Off"))


def standing(row: Any) -> SafeString:
    """The badge of a message, or of a row of one."""
    return badge_of(LOOKS[row.state], label(WebhookMessage, "state", row.state))


def type_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, (name, "name: what it says") of each type) in display order."""
    groups: dict[str, list[tuple[str, str]]] = {}
    labels = {noun: str(text) for noun, text in NOUNS.values()}
    for name in event_types():
        noun, word = name.split(".")
        groups.setdefault(labels[noun], []).append((name, f"{name}: {WORDS[word]}"))
    return list(groups.items())


def type_names(types: Iterable[str]) -> str:
    return ", ".join(types) or _("everything")


def endpoint_facts(endpoint: Any) -> list[Fact]:
    product = endpoint.product.name if endpoint.product else _("every product")
    return [
        Fact(_("State"), health(endpoint)),
        Fact(_("Address"), endpoint.url),
        Fact(_("Told of"), type_names(endpoint.types)),
        Fact(_("Product"), product),
    ]
