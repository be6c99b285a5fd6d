"""Which event is told to whom; read from the rows, sent through Django's test outbox."""

import re

import pytest
from django.core import mail as outbox

from customers import events
from customers.models import DeliveryAttempt, Event, Membership, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as orders
from resellerportal.notifications import mail
from resellerportal.notifications.messages import messages
from tests import factories
from tierconfig import inquiries
from tierconfig.models import Template, TierConfigRequest
from tierconfig.services import requests as configs


def told(verb, about=None):
    """{address: message} of the newest event with this verb, of one object or any."""
    rows = Event.objects.about(about) if about else Event.objects
    event = rows.filter(verb=verb).order_by("-at").first()
    return {message.recipient: message for message in messages(event)}


def tier2(cast):
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def contact_of(account):
    return account.contact_email


@pytest.fixture
def ordered(cast):
    return cast.order()


@pytest.fixture
def changed(cast):
    """A pending notice: Kirlin has a live subscription of a product with Tier Accounts Sync."""
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
    return TierAccountRequest.objects.get()


def answered(cast, request):
    return configs.answer_request(
        request, actor=cast.actor("parent"), values={"tier2_vat": "DE123456789"}
    )


def approve(cast, request):
    template = Template.objects.get(product=cast.product, scope=request.configuration.scope)
    return configs.approve_request(request, actor=cast.actor("vendor"), template=template)


def test_an_inquiry_goes_to_its_addressee_with_a_link_that_opens_it(client, cast, ordered):
    request = tier2(cast)
    found = told("tierconfigrequest.created", request)
    assert list(found) == [contact_of(cast.umbrella)]
    context = found[contact_of(cast.umbrella)].context
    assert context["link"] == f"http://testserver/inquiry/{request.pk}/{inquiries.code(request)}/"
    assert context["asked"] == [("Tier2 vat", "")]
    assert client.get(context["link"]).status_code == 200


def test_complaints_and_message_travel_with_the_mail(cast, ordered):
    request = answered(cast, tier2(cast))
    configs.inquire_request(
        request,
        actor=cast.actor("vendor"),
        errors={"tier2_vat": "Wrong length."},
        message="Please!",
    )
    context = told("tierconfigrequest.inquire")[contact_of(cast.umbrella)].context
    assert context["asked"] == [("Tier2 vat", "Wrong length.")]
    assert context["message"] == "Please!"


def test_an_inquiry_that_is_over_or_was_asked_anew_is_not_mailed(cast, ordered):
    created = Event.objects.get(verb="tierconfigrequest.created", object_id=tier2(cast).pk)
    configs.renew_inquiry(tier2(cast), actor=cast.actor("distributor"))
    assert messages(created) == []
    assert list(told("tierconfigrequest.renew")) == [contact_of(cast.umbrella)]
    answered(cast, tier2(cast))
    assert told("tierconfigrequest.renew") == {}


def test_a_pending_request_is_told_to_the_vendors_agents_and_administrators(cast, changed):
    vendor = cast.partners["vendor"]
    factories.user(vendor, level="viewer", email="viewer@people.example")
    factories.user(vendor, level="administrator", email="boss@people.example")
    gone = factories.user(vendor, email="gone@people.example")
    Membership.objects.filter(user=gone).update(active=False)
    found = told("tieraccountrequest.created")
    assert sorted(found) == ["boss@people.example", "vendor@people.example"]
    assert "Kirlin LLC" in found["vendor@people.example"].subject
    assert ("Changed", "address") in found["vendor@people.example"].context["facts"]


@pytest.mark.parametrize("step", ["accept", "ignore"])
def test_the_verdict_on_a_change_is_told_to_the_distributor_and_its_reseller(cast, changed, step):
    if step == "accept":
        accept_request(changed, actor=cast.actor("vendor"))
    else:
        ignore_request(changed, actor=cast.actor("vendor"), reason="Not ours")
    found = told(f"tieraccountrequest.{step}")
    # The reseller has the customer's account in its hands.
    assert sorted(found) == ["distributor@people.example", "reseller@people.example"]
    facts = dict(found["distributor@people.example"].context["facts"])
    assert facts["Decided by"] == "Vendor"
    assert facts.get("Reason", "") == ("" if step == "accept" else "Not ours")


def test_an_unsupported_change_is_told_to_nobody(cast):
    cast.order(product=cast.plain)
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
    assert told("tieraccountrequest.created") == {}


def test_an_answer_is_told_to_the_vendor(cast, ordered):
    answered(cast, tier2(cast))
    assert list(told("tierconfigrequest.answer")) == ["vendor@people.example"]


def test_taking_a_question_back_is_told_to_the_others_only(cast, ordered):
    factories.user(cast.partners["vendor"], email="colleague@people.example")
    configs.pend_request(tier2(cast), actor=cast.actor("vendor"))
    assert list(told("tierconfigrequest.pend")) == ["colleague@people.example"]


def test_an_approved_configuration_is_told_to_the_distributor_and_shortly_to_the_contact(
    cast, ordered
):
    approve(cast, answered(cast, tier2(cast)))
    found = told("tierconfigrequest.approve")
    assert sorted(found) == sorted(["distributor@people.example", contact_of(cast.umbrella)])
    short = found[contact_of(cast.umbrella)].context
    assert "link" not in short
    assert "Decided by" not in dict(short["facts"])
    # What was released asks the next one.
    assert list(told("tierconfigrequest.ask")) == [contact_of(cast.nordlicht)]


def test_a_rejection_reaches_everybody_it_stops_but_reasons_stay_with_their_company(cast, ordered):
    configs.fail_request(tier2(cast), actor=cast.actor("vendor"), reason="Umbrella is on a list")
    failed = told("tierconfigrequest.fail")
    assert ("Reason", "Umbrella is on a list") in failed[contact_of(cast.umbrella)].context["facts"]
    cascaded = told("tierconfigrequest.cascade")[contact_of(cast.nordlicht)]
    assert "on a list" not in str(cascaded.context)
    assert list(told("fulfillmentrequest.cascade")) == ["distributor@people.example"]


def test_orders_are_told_to_vendor_contact_and_distributor(cast):
    factories.parameter(cast.plain, "asset", "size", required=True)
    order = cast.order(product=cast.plain)
    assert list(told("fulfillmentrequest.created")) == [contact_of(cast.kirlin)]
    order = orders.answer_request(order, actor=cast.actor("reseller"), values={"size": "XL"})
    assert list(told("fulfillmentrequest.answer")) == ["vendor@people.example"]
    template = Template.objects.get(product=cast.plain, scope="asset")
    orders.approve_request(order, actor=cast.actor("vendor"), template=template)
    assert list(told("fulfillmentrequest.approve")) == ["distributor@people.example"]


def test_what_no_longer_waits_is_not_announced(cast):
    order = cast.order(product=cast.plain)
    assert list(told("fulfillmentrequest.created")) == ["vendor@people.example"]
    orders.fail_request(order, actor=cast.actor("vendor"), reason="No")
    assert told("fulfillmentrequest.created") == {}


def test_one_person_gets_one_mail(cast, ordered):
    type(cast.umbrella).objects.filter(pk=cast.umbrella.pk).update(
        contact_email="Distributor@people.example"
    )
    approve(cast, answered(cast, tier2(cast)))
    assert list(told("tierconfigrequest.approve")) == ["distributor@people.example"]


def test_events_of_other_objects_and_of_vanished_ones_call_for_nothing(cast, ordered):
    Event.objects.filter(verb="tierconfigrequest.created").update(object_id="TCR-000")
    assert told("tierconfigrequest.created") == {}
    assert told("subscription.created") == {}
    assert told("tierconfig.created") == {}


def test_both_bodies_say_the_same_and_escape_where_they_must(cast, ordered):
    cast.product.name = "Back & <b>up</b>\r\nBcc: victim@people.example"
    cast.product.save()
    event = Event.objects.get(object_id=tier2(cast).pk, verb="tierconfigrequest.created")
    mail.tell(event)
    (sent,) = outbox.outbox
    assert sent.subject.startswith("Back & <b>up</b> Bcc: victim@people.example needs information")
    assert sent.recipients() == [contact_of(cast.umbrella)]
    assert "Back & <b>up</b>" in sent.body
    html = sent.alternatives[0].content
    assert "Back &amp; &lt;b&gt;up&lt;/b&gt;" in html
    link = f"http://testserver/inquiry/{tier2(cast).pk}/{inquiries.code(tier2(cast))}/"
    assert link in sent.body
    assert link in html
    assert "Bcc" not in sent.message()


def test_the_message_id_is_the_same_in_every_try_and_differs_by_person_and_event(cast, changed):
    factories.user(cast.partners["vendor"], email="other@people.example")
    event = Event.objects.get(verb="tieraccountrequest.created")
    mail.tell(event)
    first = {each.to[0]: each.extra_headers["Message-ID"] for each in outbox.outbox}
    event.deliveries.all().delete()
    outbox.outbox.clear()
    mail.tell(event)
    assert {each.to[0]: each.extra_headers["Message-ID"] for each in outbox.outbox} == first
    assert len(set(first.values())) == 2
    assert all(re.fullmatch(r"<[0-9a-f]{32}\.[0-9a-f]{16}@testserver>", i) for i in first.values())


def test_a_refused_address_keeps_the_mail_from_nobody_and_is_tried_alone_again(
    cast, changed, monkeypatch
):
    for name in ("aaa", "zzz"):
        factories.user(cast.partners["vendor"], email=f"{name}@people.example")
    refused = {"aaa@people.example"}
    real = outbox.EmailMultiAlternatives.send

    def send(self, *args, **kwargs):
        if refused & set(self.to):
            import smtplib

            raise smtplib.SMTPRecipientsRefused({self.to[0]: (450, b"Try again")})
        return real(self, *args, **kwargs)

    monkeypatch.setattr(outbox.EmailMultiAlternatives, "send", send)
    event = Event.objects.get(verb="tieraccountrequest.created")
    with pytest.raises(mail.Undelivered):
        mail.tell(event)
    others = ["vendor@people.example", "zzz@people.example"]
    assert sorted(each.to[0] for each in outbox.outbox) == others
    refused.clear()
    mail.tell(event)
    assert outbox.outbox[-1].to == ["aaa@people.example"]
    assert len(outbox.outbox) == 3
    mail.tell(event)
    assert len(outbox.outbox) == 3
    rows = list(
        DeliveryAttempt.objects.order_by("pk").values_list("recipient", "delivered", "detail")
    )
    assert len(rows) == 4
    assert rows[0][:2] == ("aaa@people.example", False)
    assert rows[0][2] == "450 Try again"
    assert rows[-1] == ("aaa@people.example", True, "")


def test_an_address_that_was_refused_before_comes_last(cast, changed, monkeypatch):
    factories.user(cast.partners["vendor"], email="aaa@people.example")
    event = Event.objects.get(verb="tieraccountrequest.created")
    key = mail.message_key(event, "aaa@people.example")
    event.deliveries.create(
        channel="mail", message=key, recipient="aaa@people.example", delivered=False
    )
    mail.tell(event)
    assert [each.to[0] for each in outbox.outbox] == ["vendor@people.example", "aaa@people.example"]


@pytest.mark.django_db(transaction=True)
def test_a_broken_mail_server_fails_no_page(client, settings):
    from tests.conftest import make_cast

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    cast = make_cast()
    cast.order()
    request = tier2(cast)
    response = client.post(
        f"/inquiry/{request.pk}/{inquiries.code(request)}/",
        {"param-tier2_vat": "DE1", "revision": request.revision},
    )
    assert response.status_code == 302
    assert tier2(cast).state == "pending"
    waiting = Event.objects.get(verb="tierconfigrequest.answer")
    assert waiting.told_at is None
    assert waiting.deliveries.get().delivered is False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Event.objects.update(next_attempt_at=waiting.at)
    events.deliver_pending()
    assert "vendor@people.example" in [each.to[0] for each in outbox.outbox]
    assert FulfillmentRequest.objects.get().state == "tiers_setup"
