"""The demo's mailbox: what was mailed, readable without signing in.

Listed as a public page, and only in demo mode (404 otherwise): the demo's people are invented and
share one password, and whoever tries the inquiry story must get at the mail. Production settings
refuse demo mode. Nothing here writes or deletes.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import TemplateView

#: Django's file backend writes this line after each message.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"
NEWEST_FILES = 100
#: Of the HTML of a mail: links open beside the portal, and nothing is run or fetched.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True)
class Mail:
    """One message; `key` is the file's name and the place in it, and part of the URL."""

    key: str
    subject: str
    sender: str
    recipient: str
    at: datetime | None
    text: str
    html: str


class DemoMailView(TemplateView):
    """Not there outside demo mode."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO_MODE:
            raise Http404
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response


class DemoMailList(DemoMailView):
    template_name = "demo/mail_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(mails=list(mails(newest_files())), **kwargs)


class DemoMailDetail(DemoMailView):
    template_name = "demo/mail_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key: str = self.kwargs["key"]
        # The name is looked up in the listing, so it cannot lead out of the directory.
        files = [path for path in newest_files(None) if path.stem == key.rpartition("-")[0]]
        mail = next((each for each in mails(files) if each.key == key), None)
        if mail is None:
            raise Http404
        return super().get_context_data(mail=mail, **kwargs)


class DemoMailPicture(DemoMailDetail):
    """The HTML part as a mail program would show it: a document without scripts or addresses of
    its own, which may use its own style and nothing else. Only the page of the mail frames it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mail = self.get_context_data(**kwargs)["mail"]
        if not mail.html:
            raise Http404
        # Links open beside the mail; in its frame they could not.
        text = mail.html.replace("<head>", '<head><base target="_blank">', 1)
        response = HttpResponse(text)
        response["Content-Security-Policy"] = MAIL_POLICY
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response


def newest_files(most: int | None = NEWEST_FILES) -> list[Path]:
    """The backend's files, newest first; their names begin with the time."""
    folder = Path(settings.EMAIL_FILE_PATH)
    found = sorted(folder.glob("*.log"), key=lambda path: path.name, reverse=True)
    return found[:most]


def mails(files: list[Path]) -> Iterator[Mail]:
    for path in files:
        try:
            parts = path.read_bytes().split(SEPARATOR)
        except OSError:
            continue
        numbered = [(number, raw) for number, raw in enumerate(parts, start=1) if raw.strip()]
        for number, raw in reversed(numbered):
            yield _read(f"{path.stem}-{number}", raw)


def _read(key: str, raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(
        key=key,
        subject=str(message["subject"] or ""),
        sender=str(message["from"] or ""),
        recipient=str(message["to"] or ""),
        at=_date(message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _date(message: EmailMessage) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message["date"]))
    except ValueError:
        return None
    # Django writes UTC as "-0000", which is read as a time without a zone.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _part(message: EmailMessage, kind: Literal["plain", "html"]) -> str:
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, UnicodeError):
        return ""
