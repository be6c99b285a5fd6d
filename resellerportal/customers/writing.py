"""What all pages that change an account share."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from customers.models import TierAccount
from customers.services.account_rules import check_open


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
