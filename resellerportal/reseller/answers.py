"""What a reseller is asked for where it looks at something that waits for it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from customers.actors import RESELLER
from tierconfig.services.waiting import Wait

from ..generic import Action


def own_answers(page: Any) -> list[Action]:
    """Buttons of a page with a `chain`: the reader's own configurations that hold its object."""
    if page.portal != RESELLER or not page.actor.may_act:
        return []
    return [
        Action(
            _("Answer %(id)s") % {"id": link.id},
            page.url("config-request-answer", link.id),
            "primary",
        )
        for link in page.chain
        if link.model == "tierconfigrequest" and link.opens and link.wait == Wait.ANSWER
    ]
