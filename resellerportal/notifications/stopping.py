"""The link in a mail that stops mail of its kind (RFC 8058), for who has it, without a sign-in.

Its token names a membership and a kind, signed. It does not expire, and is good for nothing once
the membership has ended.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Membership
from customers.services import notices

from .kinds import BY_KEY
from .letters import Message

_signer = signing.Signer(salt="tierdesk.unsubscribe")


def addresses(message: Message) -> tuple[str, str]:
    """Of the link that stops such mail, and of the page of choices; empty where there is none.

    Mail that is essential has only the second, mail to technical contacts neither.
    """
    member = message.member
    if member is None:
        return "", ""
    choose = settings.PUBLIC_URL + reverse("notifications-of", args=[member.partner_id])
    if not _may_stop(message.kind):
        return "", choose
    return settings.PUBLIC_URL + reverse("unsubscribe", args=[token(member, message.kind)]), choose


def token(member: Membership, kind: str) -> str:
    return _signer.sign_object([member.pk, kind])


def opened(text: str) -> tuple[Membership, str] | None:
    """Whose mail of which kind a token stops; None when it is not ours or its member is gone."""
    try:
        pk, kind = _signer.unsign_object(text)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    member = notices.member(pk)
    return (member, kind) if member is not None and _may_stop(kind) else None


def label(kind: str) -> Any:
    return _("Daily mail") if kind == notices.DIGEST else BY_KEY[kind].label


def _may_stop(kind: str) -> bool:
    return kind == notices.DIGEST or (kind in BY_KEY and not BY_KEY[kind].essential)
