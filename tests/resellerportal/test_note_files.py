"""Files of notes on pages: sent with a note, named in the thread, had by who reads the note."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.models import Attachment, Event, Note, TierAccount
from customers.services.access import end_access
from customers.services.attachments import File
from customers.services.notes import add_note
from customers.services.watches import watch
from resellerportal.notifications.messages import messages

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


def as_(client, cast, who):
    client.force_login(cast.users[who])
    return client


def upload(name, content):
    return SimpleUploadedFile(name, content)


def written(cast, who, obj, kind="message", name="offer.pdf"):
    note = add_note(
        obj,
        actor=cast.actor(who),
        text="See here",
        kind=kind,
        files=[File(name, len(PDF), lambda: PDF)],
    )
    return reverse("note-file", args=[note.attachments.get().pk])


def test_files_are_sent_with_a_note_and_named_in_the_thread(client, cast):
    as_(client, cast, "distributor")
    page = reverse("distributor:account-detail", args=[cast.kirlin.pk])
    shown = client.get(page).content.decode()
    assert 'enctype="multipart/form-data"' in shown
    assert "each of at most 10 MB" in shown
    add = reverse("distributor:account-note", args=[cast.kirlin.pk])
    files = [upload("Plan <b>.pdf", PDF), upload("rows.csv", b"a,b\n")]
    sent = client.post(add, {"text": "Two files", "kind": "message", "files": files, "token": "t"})
    client.post(add, {"text": "Two files", "kind": "message", "files": files, "token": "t"})
    assert sent.status_code == 302
    assert Note.objects.count() == 1
    body = client.get(page).content.decode()
    first = Attachment.objects.get(type="application/pdf")
    assert f'<a href="{reverse("note-file", args=[first.pk])}">' in body
    assert "Plan _b_.pdf" in body
    assert "rows.csv" in body
    assert "fa-file-csv" in body
    assert "15 bytes" in body


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("evil.svg", b"<svg/>")], "evil.svg: Files of this kind cannot be attached"),
        ([("fake.pdf", b"MZ\0")], "fake.pdf: The file does not hold what its ending “pdf” says."),
        ([("big.txt", b"x" * 2000)], "big.txt has 2 KB; a file may have 1 KB."),
        ([("a.txt", b"a")] * 6, "Attach at most 5 files"),
    ],
)
def test_what_is_refused_is_named_and_the_text_stays(client, cast, settings, files, why):
    settings.NOTE_FILES = {"files": 5, "bytes": 1024, "sum": 4096}
    add = reverse("distributor:account-note", args=[cast.kirlin.pk])
    fields = {"text": "Keep me", "kind": "message", "files": [upload(*each) for each in files]}
    page = as_(client, cast, "distributor").post(add, fields)
    assert page.status_code == 422
    assert why in page.content.decode()
    assert "Choose the files again." in page.content.decode()
    assert page.context["form"]["text"].value() == "Keep me"
    assert not Note.objects.exists()
    assert not Attachment.objects.exists()


def test_a_file_is_saved_and_never_shown(client, cast):
    answer = as_(client, cast, "distributor").get(
        written(cast, "distributor", cast.kirlin, name='Angebot "März".pdf')
    )
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''Angebot%20_M%C3%A4rz_.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store, private"


#: Who has the file of a distributor's message about a customer, and of its note for colleagues.
READERS = {
    "message": {"distributor", "reseller", "parent", "admin"},
    "private": {"distributor", "admin"},
}
EVERYBODY = ("vendor", "distributor", "reseller", "parent", "vendor2", "distributor2", "reseller2")


@pytest.mark.parametrize("kind", READERS)
def test_who_reads_the_note_has_its_file_and_nobody_else(client, cast, kind):
    cast.order(product=cast.plain)  # the vendor sees the account by it
    url = written(cast, "distributor", cast.kirlin, kind)
    assert client.get(url).status_code == 302
    found = {
        who for who in (*EVERYBODY, "admin") if as_(client, cast, who).get(url).status_code == 200
    }
    assert found == READERS[kind]


@pytest.mark.parametrize("what", ["request", "order"])
def test_files_of_requests_reach_both_sides(client, cast, what):
    order = cast.order()
    obj = (
        order if what == "order" else order.required_configurations.get(tier_level=1).requests.get()
    )
    url = written(cast, "vendor", obj)
    assert as_(client, cast, "reseller").get(url).content == PDF
    assert as_(client, cast, "distributor2").get(url).status_code == 404


def test_who_no_longer_sees_the_object_no_longer_has_its_files(client, cast):
    url = written(cast, "distributor", cast.kirlin)
    assert as_(client, cast, "reseller").get(url).status_code == 200
    end_access(cast.nordlicht.access.get(), actor=cast.actor("distributor"))
    assert client.get(url).status_code == 404
    assert TierAccount.objects.filter(pk=cast.kirlin.pk).exists()


def test_mail_names_the_files_and_carries_none(cast):
    watch(cast.kirlin, actor=cast.actor("reseller"))
    written(cast, "distributor", cast.kirlin)
    (mail,) = messages(Event.objects.get(verb="note.created"))
    assert ("Files", "offer.pdf") in [tuple(map(str, fact)) for fact in mail.context["facts"]]
