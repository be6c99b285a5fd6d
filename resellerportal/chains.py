"""The waiting chain as portal/_chain.html shows it: sentences with links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import TierAccountRequest
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest
from tierconfig.services.waiting import Configuration, Link, Wait

from .states import badge_of, state_label

#: Model name -> model part of the URL names, and the model.
PAGES: dict[str, tuple[str, type[Model]]] = {
    "tieraccountrequest": ("request", TierAccountRequest),
    "fulfillmentrequest": ("order", FulfillmentRequest),
    "tierconfigrequest": ("config-request", TierConfigRequest),
}
Url = Callable[..., str]


def rows(
    links: Iterable[Link], url: Url, *, here: str = "", answers: bool = False
) -> list[dict[str, Any]]:
    """Rows for portal/_chain.html; `url` is the view's, `here` the id of the page's own object.

    `answers` says that the reader may answer the object of the page, besides who was asked.
    """
    found = [_row(link, url, here) for link in links]
    if answers and found and found[-1]["own"]:
        told = found[-1]["note"]
        found[-1]["note"] = " · ".join(filter(None, [told, _("you can answer here, too")]))
    return found


def _row(link: Link, url: Url, here: str) -> dict[str, Any]:
    page, model = PAGES[link.model]
    own = link.id == here
    text, target, target_url = _waits(link, url)
    return {
        "own": own,
        "subject": _own_name(link) if own else link.id,
        "url": "" if own or not link.opens else address(url, f"{page}-detail", link.id),
        "badge": "" if own else badge_of(link.state, state_label(model, link.state)),
        "text": text,
        "target": target,
        "target_url": target_url,
        "since": link.asked_at or link.since,
        "note": _note(link),
        "holds": link.holds,
    }


def _own_name(link: Link) -> str:
    return _("This order") if link.model == "fulfillmentrequest" else _("This request")


def _waits(link: Link, url: Url) -> tuple[str, str, str]:
    """(text, whom, address of whom)."""
    if link.wait == Wait.CONFIGURATION and link.configuration is not None:
        config = link.configuration
        text = _("waits for the tier %(tier)d configuration of") % {"tier": config.tier_level}
        account = address(url, "account-detail", config.account_id) if config.opens else ""
        return text, config.account_name, account
    if link.wait == Wait.ANSWER:
        return _("waits for an answer by"), link.party or _("the technical contact"), ""
    if link.wait == Wait.CONFIRMATION:
        return _("waits for a confirmation of its revocation by"), link.party, ""
    if link.wait == Wait.DATE:
        return _("is accepted by"), link.party, ""
    if link.wait == Wait.SENDING:
        return _("is a draft; it has not been sent yet"), "", ""
    return _("waits for a decision by"), link.party, ""


def _note(link: Link) -> str:
    notes = []
    if link.asked:
        notes.append(_("asked for %(names)s") % {"names": ", ".join(link.asked)})
    if link.reminders:
        text = ngettext("reminded once", "reminded %(n)d times", link.reminders)
        notes.append(text % {"n": link.reminders})
    if link.planned:
        notes.append(_planned(link))
    return " · ".join(notes)


def _planned(link: Link) -> str:
    day = {"day": date_format(localtime(link.planned), "j M Y")}
    if link.wait != Wait.DATE:
        return _("its planned date, %(day)s, has come") % day
    if link.automatic:
        return _("planned for %(day)s, approved by itself then") % day
    return _("planned for %(day)s") % day


def address(url: Url, name: str, pk: str) -> str:
    """The address in the present portal, nothing where it has no such page."""
    try:
        return url(name, pk)
    except NoReverseMatch:
        return ""


def whom(links: list[Link]) -> str:
    """One cell of a list: who must act, or whose configuration is missing."""
    if not links:
        return ""
    last = links[-1]
    if last.wait == Wait.DATE and last.planned:
        return date_format(localtime(last.planned), "j M Y")
    before: Configuration | None = links[-2].configuration if len(links) > 1 else None
    if before is not None:
        return _("%(party)s (tier\u00a0%(tier)d)") % {
            "tier": before.tier_level,
            "party": before.account_name if last.wait == Wait.ANSWER else last.party,
        }
    if last.configuration is not None:
        return last.configuration.account_name
    return last.party
