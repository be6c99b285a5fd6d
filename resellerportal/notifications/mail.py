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
from customers.moments import used
from customers.services import notices
from tierconfig.services import inquiry_care

from .asking import TO_ASKED
from .letters import Message
from .matters import matter_of
from .messages import sort_out
from .stopping import addresses

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

    What somebody wants to read once a day is put by for his daily mail.

    An address that is refused does not keep the mail from the others; one that is refused for
    good is not tried again. When the connection itself fails, the rest is left to the next try.
    Raises Undelivered if anything is left.
    """
    found = sort_out(event)
    if found.later:
        notices.put_by(event, found.later)
    left = _left(event, found.now)
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


def _left(event: Event, wanted: list[Message]) -> list[Message]:
    """What is still to be sent; what failed most often comes last, so that it blocks nothing."""
    if not wanted:
        return []
    tries: Counter[str] = Counter()
    done = set()
    for key, *settled in event.deliveries.values_list("message", "delivered", "refused"):
        tries[key] += 1
        if any(settled):
            done.add(key)
    keyed = [(message_key(event, each.recipient), each) for each in wanted]
    left = [(tries[key], index, each) for index, (key, each) in enumerate(keyed) if key not in done]
    return [each for _tries, _index, each in sorted(left, key=lambda item: item[:2])]


def _send(event: Event, message: Message, connection: BaseEmailBackend) -> bool:
    """Whether there is nothing left to do about this mail."""
    attempt = _attempt(event, message)
    try:
        with used(message.time_zone):
            mail = _compose(event, message, connection)
        attempt.delivered = bool(mail.send())
    except OF_ONE_MAIL as error:
        attempt.detail = _said(error)
        attempt.refused = _is_final(error)
    except OSError as error:
        attempt.detail = _said(error)
        attempt.save()
        raise
    attempt.save()
    if attempt.refused:
        _tell_refusal(event, message, attempt.detail)
    return attempt.delivered or attempt.refused


def _is_final(error: Exception) -> bool:
    """Whether the server will never take mail to the address: it answered 55x to RCPT (RFC 5321,
    4.2.1: permanent, and about the mailbox, not about the session)."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code // 10 == 55 for code, _text in error.recipients.values())


def _tell_refusal(event: Event, message: Message, detail: str) -> None:
    """Whoever waits for an answer reads in the thread that the question did not arrive."""
    matter = matter_of(event) if message.template in TO_ASKED else None
    if matter is not None:
        inquiry_care.mail_refused(matter.request, message.recipient, detail)


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
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [f"{code} {_read(text)}" for code, text in error.recipients.values()]
        return one_line("; ".join(answers))
    return one_line(f"{type(error).__name__}: {error}")


def _read(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _compose(
    event: Event, message: Message, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    stop, choose = addresses(message)
    context = {"subject": message.subject, "stop_kind": stop, "choose": choose, **message.context}
    unsubscribe = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = EmailMultiAlternatives(
        subject=one_line(message.subject),
        body=render_to_string(f"emails/{message.template}.txt", context),
        to=[message.recipient],
        headers={
            "Message-ID": f"<{message_key(event, message.recipient)}@{host}>",
            "Auto-Submitted": "auto-generated",
            **(unsubscribe if stop else {}),
        },
        connection=connection,
    )
    mail.attach_alternative(
        render_to_string(f"emails/{message.template}.html", context), "text/html"
    )
    return mail
