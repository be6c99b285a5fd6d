"""Settings of a role: what can be set, for the partner acted for and for oneself, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.services.endpoints import may_manage
from customers.services.partners import may_set

from ..access import RoleRequiredMixin
from . import shell


@dataclass(frozen=True)
class Topic:
    """One card. `pages` are (URL name, label) of where it is set; the first one names the card.

    What is `closed` is opened by administrators of the partner only, the rest read by everybody.
    """

    title: Any
    text: Any
    icon: str
    pages: tuple[tuple[str, Any], ...]
    closed: bool = False


#: Of the partner; a role has those whose pages it has.
OF_PARTNER = (
    Topic(
        gettext_lazy("Service levels"),
        gettext_lazy(
            "After how many days a request is called late or overdue, and whether it is ended "
            "when it waits even longer."
        ),
        "fa-stopwatch",
        (("settings-levels", gettext_lazy("Service levels")),),
    ),
    Topic(
        gettext_lazy("Known companies"),
        gettext_lazy(
            "Whether a reseller who enters a company is told that you know it from elsewhere."
        ),
        "fa-building-circle-check",
        (("settings-known", gettext_lazy("Known companies")),),
    ),
    Topic(
        gettext_lazy("API"),
        gettext_lazy("Keys for programs that do what people do here, and what they called."),
        "fa-key",
        (("api-key-list", gettext_lazy("Keys")), ("api-call-list", gettext_lazy("Calls"))),
        closed=True,
    ),
    Topic(
        gettext_lazy("Webhooks"),
        gettext_lazy("Addresses of your systems that hear what happens, and what reached them."),
        "fa-tower-broadcast",
        (
            ("webhook-list", gettext_lazy("Webhooks")),
            ("webhook-message-list", gettext_lazy("Deliveries")),
        ),
        closed=True,
    ),
)
OWN = (
    Topic(
        gettext_lazy("Preferences"),
        gettext_lazy("Your time zone, and whether single-letter keys work."),
        "fa-user-gear",
        (("preferences", gettext_lazy("Preferences")),),
    ),
    Topic(
        gettext_lazy("Notifications"),
        gettext_lazy("What you hear of by mail: at once, once a day or not at all."),
        "fa-bell",
        (("notifications", gettext_lazy("Notifications")),),
    ),
    Topic(
        gettext_lazy("Watching"),
        gettext_lazy("Requests and accounts whose news you are mailed."),
        "fa-eye",
        (("watching", gettext_lazy("Watching")),),
    ),
    Topic(
        gettext_lazy("Sign-in"),
        gettext_lazy("Your password, and a code of your phone as a second factor."),
        "fa-lock",
        (
            ("account_change_password", gettext_lazy("Password")),
            ("mfa_index", gettext_lazy("Second factor")),
        ),
    ),
)
#: What needs a partner to act for.
OF_MEMBERS = ("notifications", "watching")


class SettingsPage(RoleRequiredMixin, TemplateView):
    """For every level; each card says who may change what it leads to."""

    template_name = "portal/settings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner = self.actor.partner
        own = [
            self._card(topic, "")
            for topic in OWN
            if partner is not None or topic.pages[0][0] not in OF_MEMBERS
        ]
        found = [self._card(topic, f"{self.portal}:") for topic in OF_PARTNER if partner]
        return super().get_context_data(
            title=_("Settings"),
            partner=partner,
            cards=[card for card in found if card["links"] or card["note"]],
            own=own,
            administration="" if partner else reverse("admin:customers_partner_changelist"),
            **kwargs,
        )

    def _card(self, topic: Topic, space: str) -> dict[str, Any]:
        pages = [(shell.address(space + name), label) for name, label in topic.pages]
        links = [(url, label) for url, label in pages if url]
        closed = topic.closed and not may_manage(self.actor)
        return {
            "title": topic.title,
            "text": topic.text,
            "icon": topic.icon,
            "links": [] if closed else links,
            "note": self._note(closed) if links and space else "",
        }

    def _note(self, closed: bool) -> str:
        """Who may change it, for those who may not."""
        partner = self.actor.partner
        if partner is None or may_set(partner, self.actor):
            return ""
        if closed:
            return _("Administrators of %(name)s look after it.") % {"name": partner.name}
        return _("Administrators of %(name)s change it, you may read it.") % {"name": partner.name}
