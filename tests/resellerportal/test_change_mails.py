"""Mail about account changes: one for a change and vendor, one for a decision or many of them."""

import pytest
from django.core.management import call_command

from customers.actors import Actor
from customers.events import record
from customers.models import Event, Participation, TierAccountRequest
from customers.services import participation
from customers.services.accounts import edit_account, move_account
from customers.services.requests import accept_request
from customers.services.verdicts import decide_requests
from resellerportal.notifications.messages import messages
from tests import factories
from tests.customers.imports import files as imports
from tests.customers.test_mail_delivery import inbox
from tests.resellerportal.test_account_requests import change

__all__ = ["inbox"]


def told(verb):
    """{address: message} of all events with this verb, in the order of the events."""
    found = {}
    for event in Event.objects.filter(verb=verb).order_by("at"):
        for message in messages(event):
            assert message.recipient not in found, "told twice"
            found[message.recipient] = message
    return found


@pytest.fixture
def shared(cast):
    """Nordlicht takes part in two products of the vendor and one of another one, all synced."""
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    cast.order()
    cast.order(product=cast.plain)
    other = factories.product(cast.partners["vendor2"], name="Zeta", tier_accounts_sync=True)
    participation.join(
        other, "AS-0000-0000-0009", Participation.Kind.SUBSCRIPTION, [(cast.nordlicht, 1)]
    )


def test_each_vendor_gets_one_mail_about_a_change_whatever_it_sells(client, cast, shared):
    requests = {request.product.name: request for request in change(cast)}
    found = told("tieraccountrequest.created")
    assert sorted(found) == ["vendor2@people.example", "vendor@people.example"]
    both, single = found["vendor@people.example"], found["vendor2@people.example"]
    assert "for 2 products" in both.subject
    facts = dict(both.context["facts"])
    assert {facts["Backup 360"], facts["Mail Guard"]} == {
        requests["Backup 360"].pk,
        requests["Mail Guard"].pk,
    }
    assert facts["Changed"] == "address"
    assert "Zeta" not in str(both.context)
    assert requests["Zeta"].pk in single.subject
    assert "Backup" not in str(single.context)
    for who, message in (("vendor", both), ("vendor2", single)):
        client.force_login(cast.users[who])
        link = message.context["link"][0].removeprefix("http://testserver")
        assert client.get(link).status_code == 200


def test_the_mail_about_a_change_names_only_what_still_waits(cast, shared):
    requests = {request.product.name: request for request in change(cast)}
    accept_request(requests["Backup 360"], actor=cast.actor("vendor"))
    mail = told("tieraccountrequest.created")["vendor@people.example"]
    assert requests["Mail Guard"].pk in mail.subject
    assert "Backup 360" not in str(mail.context)
    accept_request(requests["Mail Guard"], actor=cast.actor("vendor"))
    assert "vendor@people.example" not in told("tieraccountrequest.created")


def test_a_verdict_is_told_to_the_distributor_and_the_reseller_that_has_the_account(cast, shared):
    requests = change(cast, cast.kirlin)
    decide_requests(requests, actor=cast.actor("vendor"), step="ignore", reason="Not ours")
    change_of = {each.pk: each for each in requests}
    assert told("tieraccountrequest.ignore") == {}
    found = told("partner.verdicts")
    assert sorted(found) == ["distributor@people.example", "reseller@people.example"]
    for address, decided_by in (
        ("distributor@people.example", ("Decided by", "Vendor")),
        ("reseller@people.example", ("Decided by", "Vendor")),
    ):
        context = found[address].context
        assert decided_by in context["facts"]
        assert ("Reason", "Not ours") in context["facts"]
        assert found[address].subject == "Ignored: 2 account changes"
        assert all(pk in str(context["facts"]) for pk in change_of)


def test_a_reseller_is_told_the_vendor_and_not_its_people(cast, shared):
    cast.users["vendor"].name = "Ada Clerk"
    cast.users["vendor"].save()
    request = next(r for r in change(cast) if r.product == cast.product)
    accept_request(request, actor=cast.actor("vendor"))
    found = told("tieraccountrequest.accept")
    assert "Ada Clerk" in str(found["distributor@people.example"].context)
    assert "Ada Clerk" not in str(found["reseller@people.example"].context)
    assert "/reseller/account-requests/" in found["reseller@people.example"].context["link"][0]


def test_after_a_move_the_old_parent_is_told_nothing(cast, shared):
    request = next(r for r in change(cast, cast.kirlin) if r.product == cast.product)
    move_account(cast.kirlin, actor=cast.actor("distributor"), parent=cast.umbrella)
    accept_request(request, actor=cast.actor("vendor"))
    found = told("tieraccountrequest.accept")
    assert sorted(found) == ["distributor@people.example", "parent@people.example"]


def test_many_decisions_make_one_mail_for_each_reader_with_its_own_requests_only(cast, shared):
    requests = [
        request
        for account in (cast.umbrella, cast.nordlicht, cast.kirlin)
        for request in change(cast, account)
        if request.vendor == cast.partners["vendor"]
    ]
    decide_requests(requests, actor=cast.actor("vendor"), step="accept")
    found = told("partner.verdicts")
    assert sorted(found) == [
        "distributor@people.example",
        "parent@people.example",
        "reseller@people.example",
    ]
    assert found["distributor@people.example"].subject == "Accepted: 6 account changes"
    assert found["parent@people.example"].subject == "Accepted: 2 account changes"
    assert "Umbrella" not in str(found["reseller@people.example"].context)


def test_a_long_list_is_cut_and_counted(cast, shared, monkeypatch):
    monkeypatch.setattr("resellerportal.notifications.changes.LISTED", 1)
    requests = [r for r in change(cast) if r.vendor == cast.partners["vendor"]]
    decide_requests(requests, actor=cast.actor("vendor"), step="accept")
    facts = told("partner.verdicts")["distributor@people.example"].context["facts"]
    assert ("and more", "1") in facts


def test_the_changes_of_an_import_are_told_to_each_vendor_once(cast, shared):
    actor = cast.actor("distributor")
    lines = [f"{account.pk},Kiel" for account in (cast.nordlicht, cast.kirlin)]
    batch = imports.check(actor, cast.partners["distributor"], "\n".join(["id,city", *lines]))
    assert imports.apply(batch, actor).state == "applied"
    assert TierAccountRequest.objects.count() == 5
    assert told("tieraccountrequest.created") == {}
    found = told("importbatch.apply")
    assert {address: message.subject for address, message in found.items()} == {
        "vendor@people.example": "To decide: 4 account changes",
        "vendor2@people.example": "To decide: 1 account change",
    }
    assert ("Distributor", "Distributor") in found["vendor@people.example"].context["facts"]
    imports.undo(batch, actor)
    assert sorted(told("importbatch.undo")) == ["vendor2@people.example", "vendor@people.example"]


def test_an_import_without_numbers_is_told_to_nobody(cast):
    event = record("partner.verdicts", cast.partners["distributor"], actor=Actor.system())
    for vendors in (None, [1], {"x": "many"}, {"VA-000": 3}, {cast.partners["vendor"].pk: 0}):
        Event.objects.filter(pk=event.pk).update(
            verb="importbatch.apply", object_type="importbatch", data={"vendors": vendors}
        )
        assert told("importbatch.apply") == {}
    Event.objects.filter(pk=event.pk).update(data={})
    assert told("importbatch.apply") == {}


@pytest.mark.django_db(transaction=True)
def test_a_bulk_decision_reaches_a_real_mail_server_as_one_mail(inbox):
    from tests.conftest import make_cast

    cast = make_cast()
    cast.order()
    requests = []
    for number in range(6):
        account = type(cast.kirlin).objects.get(pk=cast.kirlin.pk)
        data = {"city": f"City {number}"}
        requests += edit_account(account, actor=cast.actor("distributor"), data=data)[1]
    decide_requests(requests[1:], actor=cast.actor("vendor"), step="ignore", reason="Größe ok?")
    call_command("deliver", "--once")
    mails = {
        to[0]: content
        for to, content in inbox.taken
        if "Subject: Ignored: 5 account changes" in content
    }
    assert sorted(mails) == ["distributor@people.example", "reseller@people.example"]
    assert len([to for to, _content in inbox.taken if to == ["distributor@people.example"]]) == 1
    # What waits still is announced to the vendor; what was decided meanwhile is not.
    announced = [content for to, content in inbox.taken if to == ["vendor@people.example"]]
    told_of = [each.pk for each in requests if any(each.pk in content for content in announced)]
    assert told_of == [requests[0].pk]
    assert not Event.objects.filter(told_at=None).exists()
    assert TierAccountRequest.objects.filter(state="pending").count() == 1
