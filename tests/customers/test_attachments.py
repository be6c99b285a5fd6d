"""Files of notes are what they hold, whatever they are called."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from customers.services import attachments, pictures
from customers.services.attachments import check, checked, clean_name

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def picture(form, *, size=(8, 4), **options):
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, form, **options)
    return written.getvalue()


def archive(**members):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return written.getvalue()


def office(kind=f"{WORD}.main+xml", **members):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr("[Content_Types].xml", f'<Override ContentType="{kind}"/>')
        for name, content in members.items():
            made.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept", "kind"),
    [
        ("offer.pdf", PDF, "offer.pdf", "application/pdf"),
        ("offer.exe", PDF, "offer.pdf", "application/pdf"),
        ("Photo.JPEG", picture("PNG"), "Photo.png", "image/png"),
        ("photo.jpeg", picture("JPEG"), "photo.jpeg", "image/jpeg"),
        ("a.gif", picture("GIF"), "a.gif", "image/gif"),
        ("a.webp", picture("WEBP"), "a.webp", "image/webp"),
        ("notes.txt", "Größe\n".encode(), "notes.txt", "text/plain"),
        ("trace.LOG", b"\xef\xbb\xbfline", "trace.log", "text/plain"),
        ("rows.csv", b"a,b\n1,2\n", "rows.csv", "text/csv"),
        ("letter.docx", office(), "letter.docx", WORD),
        ("letter.odt", archive(mimetype=ODT), "letter.odt", ODT),
    ],
)
def test_what_is_taken_gets_the_ending_of_what_it_is(name, content, kept, kind):
    found = check(name, content)
    assert (found.name, found.type) == (kept, kind)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.txt", b"", "empty"),
        ("page.html", b"<script>alert(1)</script>", "cannot be attached"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "cannot be attached"),
        ("drawing.png", b"<svg onload='alert(1)'/>", "does not hold"),
        ("run.sh", b"#!/bin/sh\n", "cannot be attached"),
        ("none", b"text", "cannot be attached"),
        ("setup.txt", b"MZ\x90\x00\x03", "not text in UTF-8"),
        ("latin.txt", "Größe".encode("latin-1"), "not text in UTF-8"),
        ("half.pdf", b"%PDF-1.7\n", "not whole"),
        ("half.jpg", picture("JPEG", size=(99, 99))[:-300], "broken"),
        ("things.zip", archive(a="1"), "Archives"),
        ("letter.docx", archive(a="1"), "Archives"),
        ("letter.docx", b"PK\x03\x04 no archive", "cannot be read"),
        ("macros.docx", office(**{"word/vbaProject.bin": "x"}), "macros"),
        ("macros.docx", office("application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        ("macros.odt", archive(mimetype=ODT, Basic__Standard="x"), "macros"),
        ("control.docx", office(**{"word/activeX/activeX1.xml": "x"}), "macros"),
    ],
)
def test_what_is_refused_says_why(name, content, why):
    with pytest.raises(ValidationError, match=why):
        check(name, content)


def test_documents_and_pictures_that_grow_when_unpacked_are_refused(monkeypatch):
    monkeypatch.setattr(attachments, "MAX_UNPACKED", 1_000)
    with pytest.raises(ValidationError, match="too big"):
        check("bomb.docx", office(**{"word/document.xml": "0" * 1_000}))
    monkeypatch.setattr(pictures, "MAX_PIXELS", 31)
    with pytest.raises(ValidationError, match="too many pixels"):
        check("bomb.png", picture("PNG"))


def test_pictures_are_turned_upright_and_lose_what_cameras_note():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret camera"
    sent = picture("JPEG", exif=exif, comment=b"Secret place")
    kept = check("a.jpg", sent).content
    assert b"Secret camera" in sent
    assert b"Secret" not in kept
    assert Image.open(io.BytesIO(kept)).size == (4, 8)
    plain = check("a.jpg", picture("JPEG", comment=b"Secret place")).content
    assert b"Secret" not in plain
    behind = check("a.png", picture("PNG") + b"<script>alert(1)</script>").content
    assert b"script" not in behind


def test_moving_pictures_go_on_moving():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    assert Image.open(io.BytesIO(check("a.gif", written.getvalue()).content)).n_frames == 2


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\plan.txt", "plan.txt"),
        ("gpj\u202etxt.exe", "gpjtxt.exe"),
        ("a\r\nSet-Cookie: x\0.txt", "aSet-Cookie_ x.txt"),
        ('<b>"x"?.txt', "_b__x__.txt"),
        (" . ", ""),
        ("Angebot\u00a0März.pdf", "Angebot März.pdf"),
    ],
)
def test_names_are_plain(sent, kept):
    assert clean_name(sent) == kept


def test_a_name_is_shortened_before_its_ending():
    assert check("x" * 300 + ".txt", b"text").name == "x" * 116 + ".txt"
    assert check(".txt", b"text").name == "file.txt"


def test_what_is_too_much_is_named_and_not_read(settings):
    settings.NOTE_FILES = {"files": 2, "bytes": 2048, "sum": 3000}

    def never():
        raise AssertionError("read")

    def problems(*sizes):
        files = [attachments.File(f"{size}.txt", size, never) for size in sizes]
        with pytest.raises(ValidationError) as refused:
            checked(files)
        return refused.value.messages

    assert problems(3 * 2**20) == [
        "All files together may have 3 KB; these have 3 MB.",
        "3145728.txt has 3 MB; a file may have 2 KB.",
    ]
    assert problems(1, 1, 1) == ["Attach at most 2 files; these are 3."]
    assert problems(2000, 2000)[0].startswith("All files together")
    with pytest.raises(ValidationError, match=r"^\['evil.svg: Files of this kind"):
        checked([attachments.File("evil.svg", 6, lambda: b"<svg/>")])
