"""The page from which whoever waits reminds who holds a request."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.lifecycle import StaleState
from customers.models import Holding
from fulfillment.services import nudges
from tierconfig.services.waiting import Link, Wait

from .. import cells
from ..generic import PortalActionView


class Nudge(PortalActionView):
    """The concrete pages add whose request it is."""

    service = staticmethod(nudges.nudge_request)
    title = gettext_lazy("Say that you are waiting")
    submit_label = gettext_lazy("Send the reminder")
    success_message = gettext_lazy("The reminder is on its way.")

    @cached_property
    def links(self) -> list[Link]:
        return nudges.chain_of(self.object, self.actor)

    def check(self) -> None:
        super().check()
        if not self.links:
            raise StaleState(self.object, "nudge")
        if not nudges.may_nudge(self.links, self.actor):
            raise PermissionDenied

    def get_question(self) -> str:
        link = self.links[-1]
        if link.wait == Wait.ANSWER:
            text = _("%(who)s is reminded of the question by mail, with the link to the form.")
        else:
            text = _("%(who)s is told by mail that you are waiting. You can do this once a day.")
        return text % {"who": link.party or _("The technical contact")}


def offer(view: Any, links: list[Link], present: Holding | None) -> dict[str, Any]:
    """What a page says below the chain: the button, or when the holder was reminded last.

    `present` is the open segment of the last link.
    """
    if present is None or not nudges.may_nudge(links, view.actor):
        return {}
    told = ""
    if present.nudges:
        told = ngettext("reminded by hand once", "reminded by hand %(n)d times", present.nudges)
        told %= {"n": present.nudges}
    early = present.nudged_at is not None and present.nudged_at > timezone.now() - nudges.DAY
    return {
        "url": "" if early else view.url(f"{view.name}-nudge", view.object.pk),
        "told": told,
        "at": cells.age(present.nudged_at),
    }
