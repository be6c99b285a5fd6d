"""Whom notes are mailed to, and what the mails say."""

import email
import re
from datetime import timedelta
from email import policy

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.actors import Actor
from customers.models import Event, Membership, TierAccountRequest, Watch
from customers.services.accounts import edit_account, move_account
from customers.services.requests import accept_request
from customers.services.verdicts import decide_requests
from customers.services.watches import watch
from resellerportal.notifications.messages import messages
from tests import factories
from tests.customers.imports.files import apply, check
from tests.customers.test_mail_delivery import inbox as inbox
from tests.resellerportal.test_accounts import as_, show, text
from tests.resellerportal.test_notes import write

pytestmark = pytest.mark.django_db


def mails(inbox):
    """{address: (subject, text)} of what the mail server took."""
    found = {}
    for (to,), content in inbox.taken:
        mail = email.message_from_string(content, policy=policy.default)
        assert to not in found
        found[to] = (mail["Subject"], mail.get_body(["plain"]).get_content().replace("\r", ""))
    return found


@pytest.mark.django_db(transaction=True)
class TestMail:
    def test_mentioned_and_watching_people_hear_once_each_in_their_own_words(self, inbox, client):
        from tests.conftest import make_cast

        cast = make_cast()
        bea = factories.user(cast.partners["distributor"], email="bea@people.example")
        factories.user(cast.partners["distributor"], email="other@people.example")
        for name in ("distributor", "reseller", "parent"):
            watch(cast.kirlin, actor=cast.actor(name))
        Watch.objects.create(
            user=bea,
            partner=cast.partners["distributor"],
            object_type="tieraccount",
            object_id=cast.kirlin.pk,
        )
        Event.objects.all().delete()
        write(cast, "distributor", cast.kirlin, "<b>Look</b>\nhere", mentioned=[bea.pk])
        call_command("deliver", "--once")
        found = mails(inbox)
        assert set(found) == {f"{name}@people.example" for name in ("bea", "reseller", "parent")}
        subject, body = found["bea@people.example"]
        assert subject == f"Kirlin LLC: Distributor wrote ({cast.kirlin.pk})"
        assert "<b>Look</b>\nhere" in body
        assert "A colleague mentioned you." in body
        assert f"http://testserver{show(cast.kirlin, 'distributor')}\n" in body
        assert "mentioned" not in found["parent@people.example"][1]
        (stop,) = re.findall(r"http://testserver(\S+/unwatch/)", found["parent@people.example"][1])
        page = as_(client, cast, "parent").get(stop)
        assert "Kirlin LLC" in text(page)
        assert Watch.objects.count() == 4
        client.post(stop)
        assert Watch.objects.count() == 3

    def test_what_happens_to_a_watched_account_is_told_to_who_still_sees_it(self, inbox, client):
        from tests.conftest import make_cast

        cast = make_cast()
        cast.order()
        for name in ("vendor", "distributor", "reseller", "parent"):
            watch(cast.kirlin, actor=cast.actor(name))
        Event.objects.all().delete()
        edit_account(cast.kirlin, actor=cast.actor("parent"), data={"city": "Kiel"})
        Event.objects.exclude(verb="tieraccount.edit").delete()
        # The mail leaves only when the account has gone elsewhere.
        move_account(cast.kirlin, actor=cast.actor("distributor"), parent=cast.umbrella)
        Event.objects.exclude(verb="tieraccount.edit").delete()
        call_command("deliver", "--once")
        found = mails(inbox)
        assert set(found) == {"vendor@people.example", "distributor@people.example"}
        assert found["vendor@people.example"][0].startswith("Kirlin LLC: A reseller edited")
        assert found["distributor@people.example"][0].startswith("Kirlin LLC: Parent edited")
        assert "Changed: address" in found["vendor@people.example"][1]

    def test_a_verdict_is_told_once_to_who_is_told_anyway(self, inbox, client):
        from tests.conftest import make_cast

        cast = make_cast()
        cast.order()
        edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
        request = TierAccountRequest.objects.get()
        late = factories.user(cast.partners["distributor"], email="late@people.example")
        late = Membership.objects.select_related("user", "partner").get(user=late)
        for actor in (cast.actor("distributor"), Actor.of(late)):
            watch(request, actor=actor)
            watch(cast.kirlin, actor=actor)
        # Viewers decide nothing and are not asked; but this one follows.
        Membership.objects.filter(pk=late.pk).update(level="viewer")
        Event.objects.all().delete()
        accept_request(request, actor=cast.actor("vendor"))
        call_command("deliver", "--once")
        found = mails(inbox)
        assert found["distributor@people.example"][0].startswith("Accepted: account change")
        subject, body = found["late@people.example"]
        assert subject == f"Kirlin LLC: Vendor accepted the change ({request.pk})"
        assert f"/distributor/account-requests/{request.pk}/unwatch/" in body
        assert "Product: Backup 360" in body

    def test_verdicts_given_together_are_told_together(self, cast):
        cast.order()
        for city in ("Kiel", "Lübeck"):
            edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": city})
        for name in ("distributor", "parent"):
            watch(cast.kirlin, actor=cast.actor(name))
        decide_requests(TierAccountRequest.objects.all(), actor=cast.actor("vendor"), step="accept")
        told = [
            [message.recipient for message in messages(event)]
            for event in Event.objects.filter(verb="tieraccountrequest.accept")
        ]
        # The distributor's people hear by the one event for both; the parent only follows.
        assert told == [["parent@people.example"]] * 2

    def test_an_import_is_one_mail_about_all_that_is_watched_and_still_seen(self, cast):
        file = (
            "id,city,parent id\n"
            f"{cast.kirlin.pk},Kiel,{cast.umbrella.pk}\n"
            f"{cast.nordlicht.pk},Kiel,{cast.umbrella.pk}\n"
        )
        bea = factories.user(cast.partners["distributor"], email="bea@people.example")
        bea = Membership.objects.select_related("user", "partner").get(user=bea)
        watchers = [cast.actor(name) for name in ("distributor", "reseller", "parent")]
        for actor in (Actor.of(bea), *watchers):
            for account in (cast.kirlin, cast.nordlicht):
                watch(account, actor=actor)
        watch(cast.umbrella, actor=Actor.of(bea))
        actor = cast.actor("distributor")
        apply(check(actor, cast.partners["distributor"], file), actor)
        found = {
            message.recipient: message
            for message in messages(Event.objects.get(verb="importbatch.apply"))
        }
        # Not the distributor, who did it.
        assert sorted(found) == [f"{name}@people.example" for name in ("bea", "parent", "reseller")]
        subjects = {to.partition("@")[0]: message.subject for to, message in found.items()}
        assert subjects == {
            "bea": "2 accounts you watch: changed by an import",
            "parent": "2 accounts you watch: changed by an import",
            "reseller": "Nordlicht Systemhaus GmbH: changed by an import",
        }
        _name, link = found["reseller@people.example"].context["facts"][0]
        assert link == f"http://testserver{show(cast.nordlicht, 'reseller')}"

    def test_a_private_note_leaves_its_company_by_no_way(self, inbox, client):
        from tests.conftest import make_cast

        cast = make_cast()
        bea = factories.user(cast.partners["reseller"], email="bea@people.example")
        for name in ("distributor", "parent"):
            watch(cast.kirlin, actor=cast.actor(name))
        Event.objects.all().delete()
        write(cast, "reseller", cast.kirlin, "Too dear", "private", mentioned=[bea.pk])
        Membership.objects.filter(user=bea).update(active=False)
        call_command("deliver", "--once")
        assert mails(inbox) == {}
        Membership.objects.filter(user=bea).update(active=True)
        Event.objects.update(told_at=None, next_attempt_at=timezone.now() - timedelta(1))
        call_command("deliver", "--once")
        ((to, (subject, body)),) = mails(inbox).items()
        assert to == "bea@people.example"
        assert subject == f"Kirlin LLC: Reseller noted for colleagues ({cast.kirlin.pk})"
        assert "Only for colleagues\n" in body
        assert "/unwatch/" not in body
