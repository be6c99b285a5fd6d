"""What the pages of webhooks share: who may open them, and how states look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import WebhookMessage
from customers.services.endpoints import TEST, may_manage

from ..notifications.event_types import NOUNS, WORDS, event_types
from ..parts import Fact
from ..states import badge_of, label

State = WebhookMessage.State
#: State of a message -> the state that looks like it.
LOOKS = {State.WAITING: "pending", State.DELIVERED: "applied", State.FAILED: "failed"}


class AdministratorsOnly:
    """Found or not first (404), then the right (403): administrators acting for the partner."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check_right()
        answer: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check_right()
        page: Any = self
        send = getattr(super(), "post", page.http_method_not_allowed)
        answer: HttpResponse = send(request, *args, **kwargs)
        return answer

    def _check_right(self) -> None:
        page: Any = self
        if "pk" in page.kwargs:
            _found = page.object
        if not may_manage(page.actor):
            raise PermissionDenied


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


def is_test(message: Any) -> bool:
    return bool(message.type == TEST)
