"""The thread of notes and events, and the page of what one watches."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Event, Membership, Note, TierAccountRequest, Watch
from customers.services.accounts import edit_account, move_account
from customers.services.notes import add_note
from customers.services.requests import accept_request
from customers.services.watches import watch
from resellerportal.notes import thread
from resellerportal.texts import linked
from tests import factories
from tests.resellerportal.test_accounts import as_, show, text

pytestmark = pytest.mark.django_db


def write(cast, name, obj, said, kind="message", **more):
    return add_note(obj, actor=cast.actor(name), text=said, kind=kind, **more)


def page_of(request, role, rest=""):
    return f"/{role}/account-requests/{request.pk}/{rest}"


def lines(page):
    """The lines of the thread as text, the newest first."""
    (listed,) = re.findall(r'<ol class="thread">(.*?)</ol>', page.content.decode(), re.DOTALL)
    parts = re.findall(r"<li[^>]*>(.*?)</li>", listed, re.DOTALL)
    return [unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))).strip() for part in parts]


@pytest.fixture
def changed(cast):
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("reseller"), data={"city": "Kiel"})
    return TierAccountRequest.objects.get()


class TestThread:
    def test_notes_and_events_stand_in_one_order_of_time(self, client, cast):
        write(cast, "distributor", cast.kirlin, "They move soon")
        edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
        write(cast, "reseller", cast.kirlin, "Not yet", "private")
        said = lines(as_(client, cast, "reseller").get(show(cast.kirlin, "reseller")))
        assert said[0].startswith("You noted for colleagues Not yet Reseller")
        assert said[1].startswith("Distributor edited the account")
        assert said[2].startswith("Distributor wrote They move soon")
        assert re.search(r"created the account (now|\d+ min)$", said[3])
        assert len(said) == 4
        page = as_(client, cast, "parent").get(show(cast.kirlin, "reseller"))
        assert len(lines(page)) == 3

    def test_a_vendor_reads_what_is_said_to_it_without_the_names_of_resellers(
        self, client, cast, changed
    ):
        write(cast, "reseller", changed, "The street is right")
        write(cast, "reseller", cast.kirlin, "Do not tell the vendor")
        write(cast, "distributor", changed, "Ask us")
        page = as_(client, cast, "vendor").get(page_of(changed, "vendor"))
        assert lines(page)[0].startswith("Distributor wrote Ask us")
        assert lines(page)[1] == "A reseller wrote The street is right now"
        assert "Do not tell" not in text(client.get(show(cast.kirlin, "vendor")))

    def test_what_was_said_to_one_reseller_is_not_for_the_next(self, client, cast):
        east = factories.account(cast.partners["distributor"], name="East")
        cast.stranger.access.update(account=east)
        write(cast, "reseller", cast.kirlin, "Ours for now")
        write(cast, "distributor", cast.kirlin, "At your old price")
        move_account(cast.kirlin, actor=cast.actor("distributor"), parent=east)
        write(cast, "distributor", cast.kirlin, "Welcome")
        said = " ".join(lines(as_(client, cast, "reseller2").get(show(cast.kirlin, "reseller"))))
        assert "Distributor wrote Welcome" in said
        assert "Ours for now" not in said
        assert "old price" not in said
        assert client.get(show(cast.nordlicht, "reseller")).status_code == 404
        lost = as_(client, cast, "reseller").get(show(cast.kirlin, "reseller"))
        assert lost.status_code == 404

    def test_private_notes_look_different(self, client, cast):
        write(cast, "distributor", cast.kirlin, "Open")
        write(cast, "distributor", cast.kirlin, "Closed", "private")
        body = as_(client, cast, "distributor").get(show(cast.kirlin, "distributor"))
        body = body.content.decode()
        private, message = re.findall(
            r'<li class="said (\w+)">(<i class="fa-solid fa-lock")?', body
        )
        assert private == ("private", '<i class="fa-solid fa-lock"')
        assert message == ("message", "")

    def test_pages_hold_every_line_once_also_at_one_moment(self, client, cast):
        for number in range(thread.PAGE + 20):
            write(cast, "distributor", cast.kirlin, f"Note {number}.")
        moment = timezone.now()
        Note.objects.update(at=moment)
        Event.objects.filter(object_id=cast.kirlin.pk).update(at=moment)
        get = as_(client, cast, "distributor").get
        address = show(cast.kirlin, "distributor", "versions/")
        first = get(address, {"from": "1"})
        (older,) = re.findall(r'<a href="([^"]+)">Older</a>', first.content.decode())
        assert "from=1" in older
        second = get(address + unescape(older).partition("#")[0])
        assert 'href="?from=1#history">Back to the latest' in second.content.decode()
        assert ">Older</a>" not in second.content.decode()
        found = lines(first) + lines(second)
        assert len(lines(first)) == thread.PAGE
        assert len(found) == thread.PAGE + 21
        assert len(set(found)) == len(found)

    @pytest.mark.parametrize(
        "place", ["x", "1-2", "9" * 16 + "-" + "f" * 32, "0-" + "0" * 32, "\0"]
    )
    def test_an_invented_place_breaks_nothing(self, client, cast, place):
        page = as_(client, cast, "distributor").get(
            show(cast.kirlin, "distributor"), {thread.PLACE: place}
        )
        assert page.status_code == 200

    def test_the_strip_of_a_request_is_whole_on_every_page_of_its_thread(
        self, client, cast, changed
    ):
        accept_request(changed, actor=cast.actor("vendor"))
        for number in range(thread.PAGE + 1):
            write(cast, "distributor", changed, f"Note {number}.")
        get = as_(client, cast, "vendor").get
        first = get(page_of(changed, "vendor"))
        (older,) = re.findall(r'<a href="([^"]+)">Older</a>', first.content.decode())
        second = get(page_of(changed, "vendor") + older.partition("#")[0])
        assert second.context["stages"] == first.context["stages"]
        assert len(first.context["stages"]) == 2

    @pytest.mark.parametrize("who", ["distributor", "reseller"])
    def test_it_costs_the_same_for_few_notes_and_for_many(self, client, cast, who):
        write(cast, who, cast.kirlin, "First", "private")
        write(cast, "parent", cast.kirlin, "Second")
        get = as_(client, cast, who).get
        get(show(cast.kirlin, who))
        with CaptureQueriesContext(connection) as few:
            get(show(cast.kirlin, who))
        for name in ("distributor", "parent", "reseller"):
            for number in range(5):
                watch(cast.kirlin, actor=cast.actor(name))
                write(cast, name, cast.kirlin, f"{name} {number}")
                factories.user(cast.partners[name])
        with CaptureQueriesContext(connection) as many:
            get(show(cast.kirlin, who))
        assert len(many) == len(few)


class TestText:
    def test_only_addresses_of_web_pages_become_links(self):
        said = linked(
            "See https://a.example/x?a=1&b=2. Not javascript:alert(1) or <a href=x>\n(http://b.example)"
        )
        assert said.count("<a ") == 2
        assert 'href="https://a.example/x?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in said
        assert "</a>. Not javascript:alert(1) or &lt;a href=x&gt;\n(<a" in said
        assert said.endswith("http://b.example</a>)")

    def test_markup_is_shown_as_it_was_typed(self, client, cast):
        said = "<script>alert(1)</script>\n**bold** 'https://x.example/\"onclick=alert(1)' {{ 1 }}"
        write(cast, "distributor", cast.kirlin, said)
        body = as_(client, cast, "distributor").get(show(cast.kirlin, "distributor"))
        body = body.content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;\n**bold**" in body
        assert 'href="https://x.example/" rel=' in body
        assert "{{ 1 }}" in body


class TestWriting:
    def test_a_note_is_written_on_the_page_and_told_to_those_who_are_ticked(self, client, cast):
        bea = factories.user(cast.partners["distributor"], name="Bea")
        get = as_(client, cast, "distributor").get
        page = get(show(cast.kirlin, "distributor"))
        assert "Bea" not in text(page)
        typed = {"text": "Two\nlines", "kind": "message", "more": "1"}
        page = client.post(show(cast.kirlin, "distributor", "note/"), typed)
        assert page.status_code == 200
        assert "Bea" in text(page)
        assert page.context["form"]["text"].value() == "Two\nlines"
        assert not Note.objects.exists()
        assert "Reseller" not in re.findall(r"<label[^>]*>.*?</label>", page.content.decode())
        token = page.context["token"]
        fields = {
            "text": "Two\r\nlines",
            "kind": "message",
            "mentioned": bea.pk,
            "token": token,
        }
        for _twice in range(2):
            sent = client.post(show(cast.kirlin, "distributor", "note/"), fields)
            assert sent.url == show(cast.kirlin, "distributor", "#history")
        note = Note.objects.get()
        assert (note.text, note.kind, [*note.mentioned.all()]) == ("Two\nlines", "message", [bea])
        assert "The message is added." in text(get(sent.url))

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ("", "Write something."),
            ("Call \0 me", "Null characters are not allowed."),
            ("Pay \u202eknil this", "U+202E"),
            ("x" * 2001, "Use at most 2000 characters"),
        ],
    )
    def test_what_is_refused_stays_typed_with_the_reason_beside_it(self, client, cast, said, why):
        post = as_(client, cast, "distributor").post
        page = post(show(cast.kirlin, "distributor", "note/"), {"text": said, "kind": "message"})
        assert page.status_code == 422
        assert why in text(page)
        assert page.context["form"]["text"].value() == said
        assert page.context["form"]["kind"].value() == "message"
        assert not Note.objects.exists()

    @pytest.mark.parametrize(
        ("who", "said"),
        [
            ("vendor", "Message to everybody who sees this"),
            ("distributor", "Message to everybody who sees this, the vendor too"),
        ],
    )
    def test_a_message_says_who_reads_it_beside_its_writer(self, client, cast, changed, who, said):
        page = text(as_(client, cast, who).get(page_of(changed, who, "note/")))
        assert re.search(rf"{said} (?!the vendor)", page)

    def test_a_vendor_is_not_asked_who_reads_its_note_on_an_account(self, client, cast, changed):
        get = as_(client, cast, "vendor").get
        page = get(show(cast.kirlin, "vendor"))
        assert "Only for colleagues at Vendor" in text(page)
        assert 'name="kind"' not in page.content.decode()
        fields = {"text": "Slow payer", "kind": "message"}
        client.post(show(cast.kirlin, "vendor", "note/"), fields)
        assert Note.objects.get().kind == "private"
        assert "Slow payer" in text(get(show(cast.kirlin, "vendor")))
        assert "Slow payer" not in text(
            as_(client, cast, "distributor").get(show(cast.kirlin, "distributor"))
        )

    def test_viewers_read_and_are_offered_nothing(self, client, cast):
        write(cast, "distributor", cast.kirlin, "For all of us", "private")
        Membership.objects.filter(user=cast.users["distributor"]).update(level="viewer")
        page = as_(client, cast, "distributor").get(show(cast.kirlin, "distributor"))
        assert "For all of us" in text(page)
        assert "Write a note" not in text(page)
        assert "Watch" not in text(page).replace("Watching", "")
        for step in ("note", "watch"):
            sent = client.post(
                show(cast.kirlin, "distributor", f"{step}/"), {"text": "x", "kind": "private"}
            )
            assert sent.status_code == 403

    def test_an_administrator_writes_for_administrators_or_for_all(self, client, cast, changed):
        get = as_(client, cast, "admin").get
        page = get(page_of(changed, "vendor"))
        assert "Only for administrators" in text(page)
        assert page.context["talk"].watch == ""
        assert get(page_of(changed, "vendor", "watch/")).status_code == 403
        client.post(page_of(changed, "vendor", "note/"), {"text": "Done", "kind": "message"})
        seen = as_(client, cast, "reseller").get(page_of(changed, "reseller"))
        assert "Tierdesk wrote Done" in text(seen)

    def test_many_colleagues_are_named_by_address_and_strangers_are_unknown(self, client, cast):
        for number in range(25):
            factories.user(cast.partners["distributor"], email=f"c{number}@people.example")
        post = as_(client, cast, "distributor").post
        fields = {"text": "Look", "kind": "private"}
        address = show(cast.kirlin, "distributor", "note/")
        answers = [
            text(post(address, {**fields, "others": f"C24@people.example, {other}@people.example"}))
            for other in ("vendor", "nobody")
        ]
        assert "No colleague of yours has this address: vendor@people.example." in answers[0]
        assert answers[0].replace("vendor@", "nobody@") == answers[1]
        assert post(address, {**fields, "mentioned": cast.users["vendor"].pk}).status_code == 422
        assert post(address, {**fields, "others": "C24@people.example"}).status_code == 302
        assert Note.objects.get().mentioned.get().email == "c24@people.example"


class TestWatching:
    def test_a_watch_begins_and_ends_on_the_page(self, client, cast, changed):
        client = as_(client, cast, "vendor")
        for address in (show(cast.kirlin, "vendor"), page_of(changed, "vendor")):
            assert client.get(address).context["talk"].watch == f"{address}watch/"
            assert client.post(f"{address}watch/").url == address
            page = client.get(address)
            assert "You watch this and hear of it by e-mail." in text(page)
            assert page.context["talk"].watch == f"{address}unwatch/"
        listed = client.get("/watching/")
        assert [line["pk"] for line in listed.context["lines"]] == [changed.pk, cast.kirlin.pk]
        back = client.post(page_of(changed, "vendor", "unwatch/"), {"next": "/watching/"})
        assert back.url == "/watching/"
        assert "Kirlin LLC" in text(client.get("/watching/"))
        away = client.post(
            show(cast.kirlin, "vendor", "unwatch/"), {"next": "https://evil.example/"}
        )
        assert away.url == show(cast.kirlin, "vendor")
        assert not Watch.objects.exists()
        assert "You watch nothing" in text(client.get("/watching/"))

    def test_each_lists_its_own_as_far_as_it_still_sees_it(self, client, cast):
        for name in ("reseller", "parent"):
            watch(cast.kirlin, actor=cast.actor(name))
        move_account(cast.kirlin, actor=cast.actor("distributor"), parent=cast.umbrella)
        seen = {
            name: [
                line["pk"] for line in as_(client, cast, name).get("/watching/").context["lines"]
            ]
            for name in ("reseller", "parent", "distributor", "admin")
        }
        assert seen == {"reseller": [], "parent": [cast.kirlin.pk], "distributor": [], "admin": []}

    def test_who_became_a_viewer_may_still_stop(self, client, cast):
        watch(cast.kirlin, actor=cast.actor("distributor"))
        Membership.objects.filter(user=cast.users["distributor"]).update(level="viewer")
        page = as_(client, cast, "distributor").get(show(cast.kirlin, "distributor"))
        client.post(page.context["talk"].watch)
        assert not Watch.objects.exists()

    def test_the_list_is_paged_and_costs_the_same_for_one_and_for_fifty(self, client, cast):
        client = as_(client, cast, "distributor")
        accounts = [
            factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
            for _each in range(52)
        ]
        watch(accounts[0], actor=cast.actor("distributor"))
        client.get("/watching/")
        with CaptureQueriesContext(connection) as few:
            client.get("/watching/")
        for account in accounts:
            watch(account, actor=cast.actor("distributor"))
        with CaptureQueriesContext(connection) as many:
            first = client.get("/watching/")
        assert len(many) == len(few)
        (older,) = re.findall(r'<a href="([^"]+)">Older</a>', first.content.decode())
        second = client.get(f"/watching/{older}")
        pks = [line["pk"] for page in (first, second) for line in page.context["lines"]]
        assert pks == [account.pk for account in reversed(accounts)]
