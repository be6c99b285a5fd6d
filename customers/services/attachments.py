"""Files of notes: checked by what they hold, never by what their sender calls them.

Taken are PDF, pictures, plain text, and office documents without macros. Pictures are written anew
without what cameras and programs note in them. Text may hold anything a person could type, so of
text only what is called .txt, .csv or .log is taken; nothing is ever shown by a browser as a page.
"""

from __future__ import annotations

import io
import unicodedata
import uuid
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import Attachment, Note
from . import pictures

NAME_LENGTH = 120
#: Type -> the endings its files may have, the usual one first.
ENDINGS = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "text/plain": ("txt", "log"),
    "text/csv": ("csv",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
}
#: What a form says may be attached.
OFFERED = tuple(ending for endings in ENDINGS.values() for ending in endings)
#: Files inside an office document, and their bytes unpacked as the document says.
MAX_MEMBERS, MAX_UNPACKED = 2_000, 200 * 2**20
#: Parts of names inside office documents by which macros and programs are known.
PROGRAMS = ("vbaproject", "activex", "oleobject", "macrosheets", "basic/", "scripts/")
_NO_NAME = set('<>:"|?*/\\')


@dataclass(frozen=True)
class File:
    """A file as it came: `size` in bytes is known before `read` reads it."""

    name: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Checked:
    """A file as it will be kept."""

    name: str
    type: str
    content: bytes


def checked(files: Sequence[File]) -> list[Checked]:
    """The files as they may be kept; raises one ValidationError that names each that may not.

    Too big ones are not read.
    """
    limits = settings.NOTE_FILES
    problems = []
    if len(files) > limits["files"]:
        text = _("Attach at most %(most)d files; these are %(found)d.")
        problems.append(text % {"most": limits["files"], "found": len(files)})
    elif sum(file.size for file in files) > limits["sum"]:
        text = _("All files together may have %(limit)s; these have %(size)s.")
        sizes = {"limit": limits["sum"], "size": sum(file.size for file in files)}
        problems.append(text % {key: in_words(value) for key, value in sizes.items()})
    for file in files:
        if file.size > limits["bytes"]:
            problems.append(_too_big(file.name, limits["bytes"], file.size))
    if problems:
        raise ValidationError(problems, code="size")
    found = []
    for file in files:
        try:
            found.append(check(file.name, file.read()))
        except ValidationError as error:
            name = clean_name(file.name) or _("A file")
            problems += [f"{name}: {text}" for text in error.messages]
    if problems:
        raise ValidationError(problems, code="type")
    return found


def _too_big(name: str, limit: int, size: int) -> str:
    values = {
        "name": clean_name(name) or _("A file"),
        "limit": in_words(limit),
        "size": in_words(size),
    }
    return _("%(name)s has %(size)s; a file may have %(limit)s.") % values


def check(name: str, content: bytes) -> Checked:
    """One file, cleaned. Raises ValidationError with the reason."""
    if not content:
        raise ValidationError(_("The file is empty."), code="empty")
    name = clean_name(name)
    stem, _dot, ending = name.rpartition(".")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise ValidationError(_("This PDF is not whole."), code="broken")
        return _named(stem, ending, "application/pdf", content)
    if content.startswith(b"PK\x03\x04"):
        return _named(stem, ending, _document(content), content)
    if picture := pictures.rewritten(content):
        return _named(stem, ending, *picture)
    kind = "text/csv" if ending.lower() == "csv" else "text/plain"
    if ending.lower() in ENDINGS[kind] and _is_text(content):
        return _named(stem, ending, kind, content)
    if ending.lower() in (*ENDINGS["text/plain"], *ENDINGS["text/csv"]):
        raise ValidationError(_("This is not text in UTF-8."), code="type")
    if ending.lower() in OFFERED:
        text = _("The file does not hold what its ending “%(ending)s” says.")
        raise ValidationError(text % {"ending": ending}, code="type")
    text = _("Files of this kind cannot be attached. These can: %(offered)s.")
    raise ValidationError(text % {"offered": ", ".join(OFFERED)}, code="type")


def _named(stem: str, ending: str, kind: str, content: bytes) -> Checked:
    """The ending is the one of what was found."""
    endings = ENDINGS[kind]
    ending = ending.lower() if ending.lower() in endings else endings[0]
    stem = (stem or _("file"))[: NAME_LENGTH - len(ending) - 1].rstrip(" .")
    return Checked(f"{stem or _('file')}.{ending}", kind, content)


def clean_name(name: str) -> str:
    """The last part of a path, without what is invisible, turns text around or names a device."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(
        "_" if char in _NO_NAME else char
        for char in name
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    return " ".join(shown.split()).strip(" .")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(char) < 32 and char not in "\t\n\r\f" for char in text)


def _document(content: bytes) -> str:
    """The type of an office document without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _plain(members)
            return _type_of(archive, {member.filename for member in members})
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, RuntimeError) as error:
        raise ValidationError(_("This document cannot be read."), code="broken") from error


def _plain(members: Iterable[zipfile.ZipInfo]) -> None:
    members = list(members)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise ValidationError(_("This document is too big when it is unpacked."), code="size")
    if any(member.flag_bits & 1 for member in members):
        raise ValidationError(_("This document is locked by a password."), code="locked")
    names = [member.filename.lower() for member in members]
    if any(word in name for word in PROGRAMS for name in names):
        raise ValidationError(_("Documents with macros cannot be attached."), code="macros")


def _type_of(archive: zipfile.ZipFile, names: set[str]) -> str:
    """By what the document says it is; a plain archive says nothing."""
    if "[Content_Types].xml" in names:
        with archive.open("[Content_Types].xml") as member:
            told = member.read(1 << 20).decode("utf-8", "replace")
        if "macroEnabled" in told:
            raise ValidationError(_("Documents with macros cannot be attached."), code="macros")
        for kind in ENDINGS:
            if f"{kind}.main+xml" in told:
                return kind
    elif "mimetype" in names:
        with archive.open("mimetype") as member:
            told = member.read(100).decode("ascii", "replace").strip()
        if told in ENDINGS and ".opendocument." in told:
            return told
    raise ValidationError(_("Archives cannot be attached; attach what is in them."), code="type")


def in_words(size: int) -> str:
    """Bytes in their largest unit: "1.5 MB"."""
    if size < 1024:
        return _("%(n)d bytes") % {"n": size}
    if size < 2**20:
        return _("%(n)d KB") % {"n": -(-size // 1024)}
    return _("%(n)s MB") % {"n": f"{size / 2**20:.1f}".removesuffix(".0")}


def attach(note: Note, files: Iterable[Checked]) -> None:
    """Keep checked files with a note, in the order given."""
    Attachment.objects.bulk_create(
        Attachment(
            note=note, name=file.name, type=file.type, size=len(file.content), content=file.content
        )
        for file in files
    )


def of_notes(notes: Collection[Note]) -> dict[uuid.UUID, list[Attachment]]:
    """What is attached, by note, without the content; the caller has established who sees them."""
    found: dict[uuid.UUID, list[Attachment]] = {}
    if notes:
        rows = Attachment.objects.filter(note__in=[note.pk for note in notes]).defer("content")
        for each in rows.order_by("at", "name"):
            found.setdefault(each.note_id, []).append(each)
    return found
