"""Who writes and reads notes, who follows what, and who hears of it: rows only, no pages."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.actors import Actor
from customers.models import AccountAccess, Event, Membership, Note, TierAccountRequest, Watch
from customers.services.accounts import edit_account, move_account
from customers.services.notes import add_note, colleagues, kinds
from customers.services.requests import accept_request
from customers.services.watches import hearing, unwatch, watch
from tests import factories

MESSAGE, PRIVATE = Note.Kind.MESSAGE, Note.Kind.PRIVATE
EVERYBODY = (
    "vendor",
    "vendor2",
    "distributor",
    "distributor2",
    "parent",
    "reseller",
    "reseller2",
    "admin",
)


@pytest.fixture
def changed(cast):
    """A request about Kirlin, whom the vendor sees through its order."""
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
    return TierAccountRequest.objects.get()


def readers(cast, note):
    """Members of the cast who read the note now."""
    return {
        name
        for name in EVERYBODY
        if Note.objects.visible_to(cast.actor(name)).filter(pk=note.pk).exists()
    }


def thread_of(cast, note):
    """The same, asked for the notes of the one object only."""
    return {
        name
        for name in EVERYBODY
        if Note.objects.visible_to(cast.actor(name), about=[note.object_id]).filter(pk=note.pk)
    }


def write(cast, name, obj, kind=MESSAGE, text="Called them", **more):
    return add_note(obj, actor=cast.actor(name), text=text, kind=kind, **more)


def listeners(event):
    """{e-mail: whether mentioned} of who hears of the event now."""
    heard = hearing(event)
    return {each.actor.user.email: each.mentioned for each in heard.listeners} if heard else {}


def last(verb):
    return Event.objects.filter(verb=verb).order_by("-at").first()


class TestReading:
    @pytest.mark.parametrize("author", ["distributor", "parent", "reseller"])
    def test_a_message_on_an_account_stays_in_the_channel(self, cast, changed, author):
        note = write(cast, author, cast.kirlin)
        assert readers(cast, note) == {"distributor", "parent", "reseller", "admin"}
        assert thread_of(cast, note) == readers(cast, note)

    def test_a_message_on_a_request_is_read_by_its_vendor_too(self, cast, changed):
        everybody = {"vendor", "distributor", "parent", "reseller", "admin"}
        assert readers(cast, write(cast, "vendor", changed)) == everybody
        note = write(cast, "reseller", changed)
        assert readers(cast, note) == thread_of(cast, note) == everybody

    @pytest.mark.parametrize("author", ["vendor", "distributor", "parent", "reseller"])
    def test_a_private_note_stays_with_its_partner(self, cast, changed, author):
        factories.user(cast.partners[author], email="colleague@people.example")
        for obj in (cast.kirlin, changed):
            assert readers(cast, write(cast, author, obj, PRIVATE)) == {author, "admin"}

    def test_who_only_sees_the_account_reads_what_is_said_about_it_and_nothing_below(self, cast):
        AccountAccess.objects.create(
            partner=cast.partners["reseller2"],
            account=cast.nordlicht,
            kind=AccountAccess.Kind.SEES,
            started_at=cast.nordlicht.created_at,
        )
        assert "reseller2" in readers(cast, write(cast, "distributor", cast.nordlicht))
        assert "reseller2" not in readers(cast, write(cast, "distributor", cast.kirlin))

    def test_a_move_takes_the_notes_from_the_old_parent_and_its_own_private_ones_too(self, cast):
        own = write(cast, "reseller", cast.kirlin, PRIVATE)
        said = write(cast, "reseller", cast.kirlin)
        move_account(cast.kirlin, actor=cast.actor("distributor"), parent=cast.umbrella)
        assert readers(cast, own) == thread_of(cast, own) == {"admin"}
        assert readers(cast, said) == {"distributor", "parent", "admin"}

    def test_who_gets_an_account_later_reads_what_is_written_from_then_on(self, cast):
        before = write(cast, "distributor", cast.kirlin)
        cast.nordlicht.access.update(partner=cast.partners["reseller2"])
        after = write(cast, "distributor", cast.kirlin)
        assert (
            readers(cast, before) == thread_of(cast, before) == {"distributor", "parent", "admin"}
        )
        assert "reseller2" in readers(cast, after)

    def test_nobody_and_holders_of_a_link_read_nothing(self, cast, changed):
        write(cast, "vendor", changed)
        contact = Actor.contact("it@kirlin.example", changed.pk)
        assert not Note.objects.visible_to(None).exists()
        assert not Note.objects.visible_to(contact).exists()


class TestWriting:
    def test_vendors_write_for_themselves_only_about_accounts(self, cast, changed):
        assert kinds(cast.kirlin, cast.actor("vendor")) == [PRIVATE]
        with pytest.raises(ValidationError) as refused:
            write(cast, "vendor", cast.kirlin)
        assert list(refused.value.message_dict) == ["kind"]

    def test_viewers_and_outsiders_write_nothing(self, cast, changed):
        for actor in (
            cast.actor("distributor", level="viewer"),
            *map(cast.actor, ("vendor2", "distributor2", "reseller2", "system")),
        ):
            for obj in (cast.kirlin, changed):
                with pytest.raises(PermissionDenied):
                    add_note(obj, actor=actor, text="Hello", kind=PRIVATE)
        assert not Note.objects.exists()

    @pytest.mark.parametrize(
        "text", ["", " \r\n ", "a\0b", "\u202egnp.exe", "x" * 2001, "\ud800"], ids=ascii
    )
    def test_what_cannot_be_read_is_refused_by_name(self, cast, text):
        with pytest.raises(ValidationError) as refused:
            write(cast, "distributor", cast.kirlin, text=text)
        assert list(refused.value.message_dict) == ["text"]

    def test_markup_and_line_breaks_are_kept_as_they_were_typed(self, cast):
        long = "<b>Über</b>\r\n" + "x" * 1987
        assert write(cast, "distributor", cast.kirlin, text=long).text == long.replace("\r", "")

    def test_only_present_colleagues_can_be_mentioned(self, cast):
        partner = cast.partners["distributor"]
        here = factories.user(partner, name="Bea")
        gone = factories.user(partner, name="Gone")
        Membership.objects.filter(user=gone).update(active=False)
        assert list(colleagues(cast.actor("distributor"))) == [here]
        note = write(cast, "distributor", cast.kirlin, mentioned=[here.pk])
        assert list(note.mentioned.all()) == [here]
        wrong = [gone.pk, cast.users["vendor"].pk, cast.users["distributor"].pk, "UR-0", "\0"]
        for pk in wrong:
            with pytest.raises(ValidationError) as refused:
                write(cast, "distributor", cast.kirlin, mentioned=[here.pk, pk])
            assert refused.value.message_dict == {"mentioned": ["Choose some of your colleagues."]}

    def test_the_event_of_a_note_is_in_nobodys_scope(self, cast, changed):
        write(cast, "reseller", cast.kirlin, PRIVATE)
        event = last("note.created")
        for name in set(EVERYBODY) - {"admin"}:
            assert event not in Event.objects.visible_to(cast.actor(name))
        assert event not in Event.objects.about(cast.kirlin)


class TestFollowing:
    def test_watching_twice_is_watching_once_and_ends_at_once(self, cast):
        actor = cast.actor("reseller")
        assert watch(cast.kirlin, actor=actor) == watch(cast.kirlin, actor=actor)
        assert Watch.objects.visible_to(cast.actor("reseller")).count() == 1
        assert unwatch(cast.kirlin, actor=cast.actor("distributor")) == 0
        assert unwatch(cast.kirlin, actor=actor) == 1
        assert unwatch(cast.kirlin, actor=actor) == 0

    def test_only_what_is_seen_can_be_watched_and_by_agents_only(self, cast, changed):
        actors = [cast.actor(name) for name in ("vendor2", "distributor2", "reseller2", "admin")]
        for actor in (*actors, cast.actor("distributor", level="viewer")):
            for obj in (cast.kirlin, changed):
                with pytest.raises(PermissionDenied):
                    watch(obj, actor=actor)
        with pytest.raises(PermissionDenied):
            watch(cast.product, actor=cast.actor("vendor"))
        assert not Watch.objects.exists()

    def test_what_was_lost_by_a_move_is_no_longer_heard_of(self, cast):
        for name in ("reseller", "parent", "distributor"):
            watch(cast.kirlin, actor=cast.actor(name))
        move_account(cast.kirlin, actor=cast.actor("distributor"), parent=cast.umbrella)
        assert set(listeners(last("tieraccount.move"))) == {"parent@people.example"}
        edit_account(cast.kirlin, actor=cast.actor("parent"), data={"city": "Kiel"})
        assert set(listeners(last("tieraccount.edit"))) == {"distributor@people.example"}

    def test_who_watches_an_account_hears_of_the_verdicts_it_may_see(self, cast, changed):
        for name in ("vendor", "reseller", "distributor"):
            watch(cast.kirlin, actor=cast.actor(name))
        accept_request(changed, actor=cast.actor("vendor"))
        heard = {"reseller@people.example": False, "distributor@people.example": False}
        assert listeners(last("tieraccountrequest.accept")) == heard
        assert listeners(last("tieraccountrequest.created")) == {}

    def test_a_mentioned_watcher_hears_once_and_the_author_never(self, cast):
        bea = factories.user(cast.partners["distributor"], email="bea@people.example")
        member = Membership.objects.select_related("user", "partner").get(user=bea)
        for actor in (Actor.of(member), cast.actor("distributor"), cast.actor("reseller")):
            watch(cast.kirlin, actor=actor)
        write(cast, "distributor", cast.kirlin, mentioned=[bea.pk])
        expected = {"bea@people.example": True, "reseller@people.example": False}
        assert listeners(last("note.created")) == expected

    def test_a_private_note_is_heard_inside_only(self, cast, changed):
        bea = factories.user(cast.partners["vendor"], email="bea@people.example")
        for name in ("distributor", "reseller"):
            watch(changed, actor=cast.actor(name))
        write(cast, "vendor", changed, PRIVATE, mentioned=[bea.pk])
        assert listeners(last("note.created")) == {"bea@people.example": True}
        write(cast, "vendor", changed)
        assert set(listeners(last("note.created"))) == {
            "distributor@people.example",
            "reseller@people.example",
        }

    def test_a_channels_message_is_not_heard_by_the_vendor_who_watches_the_account(
        self, cast, changed
    ):
        watch(cast.kirlin, actor=cast.actor("vendor"))
        write(cast, "distributor", cast.kirlin)
        assert listeners(last("note.created")) == {}

    def test_who_left_since_hears_nothing(self, cast):
        bea = factories.user(cast.partners["distributor"], email="bea@people.example")
        write(cast, "distributor", cast.kirlin, mentioned=[bea.pk])
        Membership.objects.filter(user=bea).update(active=False)
        assert listeners(last("note.created")) == {}

    def test_a_colleague_in_another_company_only_is_no_colleague_when_the_mail_leaves(self, cast):
        bea = factories.user(cast.partners["distributor"], email="bea@people.example")
        write(cast, "distributor", cast.kirlin, PRIVATE, mentioned=[bea.pk])
        Membership.objects.filter(user=bea).update(partner=cast.partners["parent"])
        assert listeners(last("note.created")) == {}
