"""What is mailed while an inquiry waits: reminders, and the word to the distributor."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from customers import events
from customers.models import TierAccount
from resellerportal.notifications.messages import messages
from tests.factories.steps import answer
from tests.resellerportal.config_pages import BACKEND, main_of
from tierconfig import inquiries
from tierconfig.models import TierConfigRequest
from tierconfig.services import inquiry_care


@pytest.fixture
def asked(cast):
    cast.order()
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def after(**time):
    return timezone.now() + timedelta(**time)


def told(step):
    """The mails of the newest event of a step, by address."""
    event = events.Event.objects.filter(verb=f"tierconfigrequest.{step}").latest("at")
    return {message.recipient: message for message in messages(event)}


def test_a_reminder_says_since_when_and_has_the_same_link(client, asked):
    inquiry_care.remind_due(after(days=4))
    while events.deliver_pending():
        pass
    letter = outbox.outbox[-1]
    assert letter.to == [asked.inquiry_email]
    assert letter.subject.startswith("Reminder: Backup 360 needs information from Umbrella Hanse")
    link = f"/inquiry/{asked.pk}/{inquiries.code(asked)}/"
    for text in (letter.body, letter.alternatives[0].content):
        assert link in text
        assert "is not answered yet" in text
        assert "Tier2 vat" in text
    assert client.get(link).status_code == 200


def test_a_reminder_that_was_overtaken_by_the_answer_is_not_sent(asked):
    inquiry_care.remind_due(after(days=4))
    answer(asked)
    assert told("remind") == {}


def test_the_distributor_reads_whom_to_call(asked, cast):
    TierAccount.objects.filter(pk=cast.umbrella.pk).update(
        contact_email="new@umbrella.example", phone_country_code="+49", phone_number="40123456"
    )
    inquiry_care.remind_due(after(days=4))
    inquiry_care.escalate_due(after(days=12))
    found = told("escalate")
    assert list(found) == ["distributor@people.example"]
    context = found["distributor@people.example"].context
    assert "No answer for 12 days" in context["heading"]
    facts = dict(context["facts"])
    assert facts["Asked"] == asked.inquiry_email
    assert facts["E-mail"] == "new@umbrella.example"
    assert "40123456" in facts["Phone"]
    assert facts["Reminders"] == "1"
    assert context["link"][0].endswith(f"/distributor/config-requests/{asked.pk}/")


def test_the_vendor_reads_who_answered(asked):
    answer(asked)
    context = told("answer")["vendor@people.example"].context
    assert ("Answered by", asked.inquiry_email) in context["facts"]


def test_the_chain_says_how_often_somebody_was_reminded(client, cast, asked):
    client.force_login(cast.users["vendor"], backend=BACKEND)
    address = f"/vendor/config-requests/{asked.pk}/"
    assert "reminded" not in main_of(client.get(address)).split("chain")[1][:900]
    inquiry_care.remind_due(after(days=4))
    assert "reminded once" in main_of(client.get(address))
    inquiry_care.remind_due(after(days=8))
    assert "reminded 2 times" in main_of(client.get(address))


def test_a_reminder_and_another_contact_are_offered_where_they_help(client, cast, asked):
    client.force_login(cast.users["distributor"], backend=BACKEND)
    address = f"/distributor/config-requests/{asked.pk}/"
    page = main_of(client.get(address))
    assert "Send a reminder" in page
    assert "Ask the new contact" not in page
    TierAccount.objects.filter(pk=cast.umbrella.pk).update(contact_email="new@umbrella.example")
    assert "Ask the new contact" in main_of(client.get(address))
    assert "less than an hour ago" in main_of(client.post(f"{address}remind/"))
    response = client.post(f"{address}ask-contact/", follow=True)
    assert "new@umbrella.example is asked by mail" in main_of(response)
