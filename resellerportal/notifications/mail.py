"""The teller that sends mail.

At least once, and as a rule once: an address that took a mail of an event is not written to
again when the event is told anew, and a mail that may arrive twice has the same Message-ID.
"""

from __future__ import annotations

import hashlib
import smtplib
from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from customers.models import DeliveryAttempt, Event

from .messages import Message, messages

#: Errors of one address or one mail; the connection is still good for the next one.
OF_ONE_MAIL = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


class Undelivered(Exception):
    """Some mails of an event were not taken; the outbox tries again later."""


def tell(event: Event) -> None:
    """Send the mails of an event that were not delivered yet, one attempt row for each try.

    An address that is refused does not keep the mail from the others. When the connection
    itself fails, the rest is left to the next try. Raises Undelivered if anything is left.
    """
    left = _left(event)
    if not left:
        return
    failed = 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        for message in left:
            _attempt(event, message, detail=_said(error)).save()
        raise
    try:
        for message in left:
            if not _send(event, message, connection):
                failed += 1
    finally:
        connection.close()
    if failed:
        raise Undelivered(f"{failed} of {len(left)} mails of event {event.pk}")


def message_key(event: Event, recipient: str) -> str:
    """The same for every try to tell this event to this address."""
    digest = hashlib.sha256(recipient.lower().encode("utf-8", "replace")).hexdigest()
    return f"{event.pk.hex}.{digest[:16]}"


def one_line(text: str) -> str:
    """A text fit for a header: no line breaks, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:250]


def _left(event: Event) -> list[Message]:
    """What is still to be sent; what failed most often comes last, so that it blocks nothing."""
    wanted = messages(event)
    if not wanted:
        return []
    tries: Counter[str] = Counter()
    done = set()
    for key, delivered in event.deliveries.values_list("message", "delivered"):
        tries[key] += 1
        if delivered:
            done.add(key)
    keyed = [(message_key(event, each.recipient), each) for each in wanted]
    left = [(tries[key], index, each) for index, (key, each) in enumerate(keyed) if key not in done]
    return [each for _tries, _index, each in sorted(left, key=lambda item: item[:2])]


def _send(event: Event, message: Message, connection: BaseEmailBackend) -> bool:
    attempt = _attempt(event, message)
    try:
        attempt.delivered = bool(_compose(event, message, connection).send())
    except OF_ONE_MAIL as error:
        attempt.detail = _said(error)
    except OSError as error:
        attempt.detail = _said(error)
        attempt.save()
        raise
    attempt.save()
    return attempt.delivered


def _attempt(event: Event, message: Message, *, detail: str = "") -> DeliveryAttempt:
    return DeliveryAttempt(
        event=event,
        channel=DeliveryAttempt.Channel.MAIL,
        message=message_key(event, message.recipient),
        recipient=message.recipient,
        delivered=False,
        detail=detail,
    )


def _said(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")[:500]


def _compose(
    event: Event, message: Message, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    context = {"subject": message.subject, **message.context}
    mail = EmailMultiAlternatives(
        subject=one_line(message.subject),
        body=render_to_string(f"emails/{message.template}.txt", context),
        to=[message.recipient],
        headers={
            "Message-ID": f"<{message_key(event, message.recipient)}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    mail.attach_alternative(
        render_to_string(f"emails/{message.template}.html", context), "text/html"
    )
    return mail
