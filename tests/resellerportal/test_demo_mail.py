"""The demo's mailbox: public, in demo mode only, nothing but what Django's file backend wrote."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.DEMO_MODE = True
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def send(folder, name, *subjects, body="See https://testserver/inquiry/TCR-1/abc/ soon."):
    backend = EmailBackend(file_path=str(folder))
    backend._fname = str(folder / f"{name}.log")
    mails = []
    for subject in subjects:
        mail = EmailMultiAlternatives(subject, body, "Tierdesk <t@d.example>", ["ä@b.example"])
        mail.attach_alternative("<p>html</p>", "text/html")
        mails.append(mail)
    backend.send_messages(mails)


def test_there_is_no_mailbox_outside_demo_mode(client, folder, settings):
    send(folder, "20260101-000000-1", "One")
    settings.DEMO_MODE = False
    assert client.get("/demo/mail/").status_code == 404
    assert client.get("/demo/mail/20260101-000000-1-1/").status_code == 404
    assert "/demo/mail/" not in client.get("/accounts/login/").content.decode()


def test_the_sign_in_page_leads_to_it(client, folder):
    assert 'href="/demo/mail/"' in client.get("/accounts/login/").content.decode()


def test_an_empty_mailbox_says_what_would_be_here(client, folder):
    assert "No mail yet" in client.get("/demo/mail/").content.decode()
    folder.rmdir()
    assert client.get("/demo/mail/").status_code == 200


def test_newest_first_several_in_a_file_too(client, folder):
    send(folder, "20260101-000000-1", "Alpha", "Beta")
    send(folder, "20260102-000000-1", "Gamma — Größe")
    page = client.get("/demo/mail/").content.decode()
    places = [page.index(name) for name in ("Gamma — Größe", "Beta", "Alpha")]
    assert places == sorted(places)


def test_a_message_shows_its_text_with_links_to_click(client, folder):
    send(
        folder,
        "20260101-000000-1",
        "Alpha",
        body="<b>x</b> http://127.0.0.1:8000/inquiry/P/c_d/\nend",
    )
    page = client.get("/demo/mail/20260101-000000-1-1/").content.decode()
    assert 'href="http://127.0.0.1:8000/inquiry/P/c_d/"' in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "ä@b.example" in page


def test_the_html_part_is_framed_without_rights(client, folder):
    send(folder, "20260101-000000-1", "Alpha")
    page = client.get("/demo/mail/20260101-000000-1-1/").content.decode()
    assert 'src="/demo/mail/20260101-000000-1-1/html/"' in page
    assert "allow-scripts" not in page
    assert "allow-same-origin" not in page
    framed = client.get("/demo/mail/20260101-000000-1-1/html/")
    assert framed.content == b"<p>html</p>"
    assert framed["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert "sandbox allow-popups" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get("/demo/mail/20260101-000000-1-9/html/").status_code == 404


@pytest.mark.parametrize(
    "key", ["20260101-000000-1-9", "20260101-000000-2-1", "..-1", "%2e%2e%2fsettings-1", "x%00-1"]
)
def test_what_is_not_there_is_not_found(client, folder, key):
    send(folder, "20260101-000000-1", "Alpha")
    (folder.parent / "settings.log").write_text("Subject: secret\n\nsecret")
    assert client.get(f"/demo/mail/{key}/").status_code == 404


def test_a_broken_file_breaks_nothing(client, folder):
    (folder / "20260101-000000-1.log").write_bytes(b"\xff\xfe\x00 no mail\n\nat all")
    (folder / "20260101-000000-2.log").write_bytes(
        b'Subject: =?nope?q?x?=\nDate: yesterday\nContent-Type: text/plain; charset="nope"\n\n\xff'
    )
    assert client.get("/demo/mail/").status_code == 200
    for key in ("20260101-000000-1-1", "20260101-000000-2-1"):
        assert client.get(f"/demo/mail/{key}/").status_code == 200
