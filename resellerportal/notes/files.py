"""Files of notes: sent with a form, named in the thread, and handed out to who reads the note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View

from customers.models import Attachment
from customers.services import attachments

from ..access import EVERYONE, RoleRequiredMixin

#: Beginnings of types, and the icon that stands for them.
ICONS = (
    ("application/pdf", "fa-file-pdf"),
    ("image/", "fa-file-image"),
    ("text/csv", "fa-file-csv"),
    ("text/", "fa-file-lines"),
    ("application/vnd.oasis.opendocument.text", "fa-file-word"),
    ("application/vnd.oasis.opendocument.spreadsheet", "fa-file-excel"),
)
OFFICE = {
    "document": "fa-file-word",
    "sheet": "fa-file-excel",
    "presentation": "fa-file-powerpoint",
}


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files as the services read them; what they hold is not looked at here."""

    def __init__(self, **kwargs: Any) -> None:
        endings = ",".join(f".{ending}" for ending in attachments.OFFERED)
        widget = FilesInput(attrs={"multiple": True, "accept": endings})
        super().__init__(**{"widget": widget, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[attachments.File]:
        return [
            attachments.File(upload.name, upload.size, upload.read)
            for upload in data or ()
            if upload
        ]


def files_hint() -> str:
    limits = settings.NOTE_FILES
    text = _("Up to %(files)d, each of at most %(size)s: %(kinds)s.")
    return text % {
        "files": limits["files"],
        "size": attachments.in_words(limits["bytes"]),
        "kinds": _("PDF, pictures, text, CSV, office documents without macros"),
    }


@dataclass(frozen=True)
class Shown:
    """A file as a line of the thread names it."""

    name: str
    size: str
    icon: str
    url: str


def shown(file: Attachment) -> Shown:
    return Shown(
        file.name,
        attachments.in_words(file.size),
        icon(file.type),
        reverse("note-file", args=[file.pk]),
    )


def icon(kind: str) -> str:
    for beginning, name in ICONS:
        if kind.startswith(beginning):
            return name
    return OFFICE.get(kind.rpartition(".")[2], "fa-file")


class NoteFile(RoleRequiredMixin, View):
    """One file, to be kept and never shown; whether the note is still read is asked each time."""

    roles = EVERYONE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        found = get_object_or_404(Attachment.objects.visible_to(self.actor), pk=pk)
        kind = f"{found.type}; charset=utf-8" if found.type.startswith("text/") else found.type
        answer = HttpResponse(bytes(found.content), content_type=kind)
        name = content_disposition_header(True, found.name)
        answer["Content-Disposition"] = name or "attachment"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
        answer["Cache-Control"] = "no-store, private"
        return answer
