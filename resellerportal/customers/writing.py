"""What all pages that change an account share."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import TierAccount, TierAccountRequest
from customers.services.account_rules import check_open

#: Products named in one message; the page behind it has all of them.
NAMED = 6


def sent_version(request: HttpRequest) -> int:
    """The version of the account a form was shown with; 0, which no account has, without one."""
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0


def standing(account: TierAccount) -> list[str]:
    """Why nothing of the account can be changed here; empty when it can. Needs its hub."""
    try:
        check_open(account)
    except ValidationError as error:
        return error.messages
    return []


def raised_text(raised: Iterable[TierAccountRequest]) -> str:
    """Which requests a change made, the pending ones first."""
    pending = TierAccountRequest.State.PENDING
    requests = sorted(raised, key=lambda each: (each.state != pending, each.product.name))
    if not requests:
        return _("No product uses this account, so no vendor was asked.")
    made = ngettext("%(n)d request created", "%(n)d requests created", len(requests)) % {
        "n": len(requests)
    }
    listed = [
        f"{request.product.name} {request.get_state_display().lower()}"
        for request in requests[:NAMED]
    ]
    if len(requests) > NAMED:
        listed.append(_("and %(n)d more") % {"n": len(requests) - NAMED})
    return f"{made}: {', '.join(listed)}"
