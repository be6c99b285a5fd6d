"""Reminders, the word to the distributor, and another contact: when, once, and by whom."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from customers import chores
from customers.lifecycle import StaleState
from customers.models import Event, Product, TierAccount
from tests import factories
from tests.factories.steps import answer
from tierconfig import inquiries
from tierconfig.models import AnswerDraft, TierConfigRequest
from tierconfig.services import answer_drafts, inquiry_care, requests


@pytest.fixture
def asked(cast):
    """Umbrella's tier 2 setup, inquiring; reminded every 3 days, escalated after 10."""
    cast.order()
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def fresh(request):
    return type(request).objects.get(pk=request.pk)


def after(**time):
    return timezone.now() + timedelta(**time)


def verbs(request, step):
    return Event.objects.about(request).filter(verb__endswith=f".{step}").order_by("at")


def test_who_does_not_answer_is_reminded_every_so_many_days(asked):
    assert inquiry_care.remind_due(after(days=2)) == 0
    assert inquiry_care.remind_due(after(days=3, minutes=1)) == 1
    assert inquiry_care.remind_due(after(days=5)) == 0
    assert inquiry_care.remind_due(after(days=6, minutes=2)) == 1
    assert fresh(asked).reminders == 2
    numbers = [event.data["number"] for event in verbs(asked, "remind")]
    assert numbers == [1, 2]


def test_a_form_that_is_filled_meanwhile_stays_good(asked):
    inquiry_care.remind_due(after(days=4))
    inquiry_care.escalate_due(after(days=11))
    assert fresh(asked).revision == asked.revision


def test_nobody_is_reminded_by_a_link_that_expired_but_the_distributor_hears_of_it(asked):
    late = after(days=31)
    assert inquiry_care.remind_due(late) == 0
    assert inquiry_care.escalate_due(late) == 1
    data = verbs(asked, "escalate").get().data
    assert (data["days"], data["expired"]) == (31, True)


def test_the_distributor_hears_once_even_after_a_new_link(asked, cast):
    assert inquiry_care.escalate_due(after(days=9)) == 0
    assert inquiry_care.escalate_due(after(days=10, minutes=1)) == 1
    requests.renew_inquiry(asked, actor=cast.actor("distributor"))
    assert inquiry_care.escalate_due(after(days=40)) == 0


def test_a_new_inquiry_counts_anew(asked, cast):
    inquiry_care.remind_due(after(days=4))
    inquiry_care.escalate_due(after(days=11))
    answer(asked)
    again = requests.inquire_request(
        asked, actor=cast.actor("vendor"), errors={"tier2_vat": "Too short."}
    )
    assert (again.reminders, again.reminded_at, again.escalated_at) == (0, None, None)
    assert inquiry_care.remind_due(after(days=4)) == 1


@pytest.mark.parametrize("field", ["remind_after_days", "escalate_after_days"])
def test_none_is_none(asked, cast, field):
    Product.objects.filter(pk=cast.product.pk).update(**{field: 0})
    due = inquiry_care.remind_due if field.startswith("remind") else inquiry_care.escalate_due
    assert due(after(days=20)) == 0


def test_what_is_answered_is_left_alone(asked):
    answer(asked)
    assert inquiry_care.remind_due(after(days=20)) == 0
    assert inquiry_care.escalate_due(after(days=20)) == 0


def test_orders_are_cared_for_like_configurations(cast):
    factories.parameter(cast.plain, "asset", "size", required=True)
    order = cast.order(product=cast.plain)
    assert inquiry_care.remind_due(after(days=4)) == 1
    assert verbs(order, "remind").get().verb == "fulfillmentrequest.remind"


def test_what_another_worker_claimed_is_not_done_again(asked, monkeypatch):
    """Both workers read the row before either has written."""
    seen = list(inquiry_care._due("remind_after_days", after(days=4), *_reminding()))
    assert [request.pk for request in seen] == [asked.pk]
    monkeypatch.setattr(inquiry_care, "_due", lambda *_: iter(seen))
    assert inquiry_care.remind_due(after(days=4)) == 1
    assert inquiry_care.remind_due(after(days=4)) == 0
    assert verbs(asked, "remind").count() == 1


def _reminding():
    from django.db.models import Q

    return inquiry_care._asked_before, Q()


def test_the_worker_does_both(asked):
    TierConfigRequest.objects.filter(pk=asked.pk).update(
        inquiry_sent_at=after(days=-12), state_since=after(days=-12)
    )
    assert chores.do_due() == 2
    assert chores.do_due() == 0


def test_a_chore_that_fails_keeps_no_other_from_its_turn(monkeypatch):
    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(chores, "_chores", [broken, lambda: 3])
    assert chores.do_due() == 3


@pytest.mark.parametrize("name", ["vendor", "distributor", "admin"])
def test_a_reminder_can_be_sent_by_hand_once_an_hour(asked, cast, name):
    with pytest.raises(ValidationError, match="less than an hour"):
        inquiry_care.remind_request(asked, actor=cast.actor(name))
    TierConfigRequest.objects.filter(pk=asked.pk).update(inquiry_sent_at=after(hours=-2))
    code = inquiries.code(asked)
    reminded = inquiry_care.remind_request(asked, actor=cast.actor(name))
    assert reminded.reminders == 1
    assert inquiries.code(reminded) == code
    with pytest.raises(ValidationError, match="less than an hour"):
        inquiry_care.remind_request(asked, actor=cast.actor(name))


@pytest.mark.parametrize("name", ["reseller", "parent", "vendor2", "distributor2"])
def test_others_send_no_reminder_and_ask_no_other_contact(asked, cast, name):
    for service in (inquiry_care.remind_request, inquiry_care.ask_new_contact):
        with pytest.raises(PermissionDenied):
            service(asked, actor=cast.actor(name))


def test_a_reminder_by_hand_renews_a_link_that_expired_and_keeps_what_was_typed(asked, cast):
    answer_drafts.save_draft(
        asked, actor=cast.actor("parent"), values={"tier2_vat": "DE1"}, shown=["tier2_vat"]
    )
    TierConfigRequest.objects.filter(pk=asked.pk).update(inquiry_sent_at=after(days=-31))
    reminded = inquiry_care.remind_request(asked, actor=cast.actor("distributor"))
    assert reminded.inquiry_number == asked.inquiry_number + 1
    assert not inquiries.expired(reminded)
    assert answer_drafts.draft_of(reminded).values == {"tier2_vat": "DE1"}


def test_the_new_contact_of_the_account_can_be_asked_instead(asked, cast):
    vendor = cast.actor("vendor")
    with pytest.raises(ValidationError, match="is the contact who was asked"):
        inquiry_care.ask_new_contact(asked, actor=vendor)
    TierAccount.objects.filter(pk=cast.umbrella.pk).update(contact_email="new@umbrella.example")
    answer_drafts.save_draft(
        asked, actor=cast.actor("parent"), values={"tier2_vat": "DE1"}, shown=["tier2_vat"]
    )
    anew = inquiry_care.ask_new_contact(fresh(asked), actor=vendor)
    assert anew.inquiry_email == "new@umbrella.example"
    assert not inquiries.matches(anew, inquiries.code(asked))
    assert not AnswerDraft.objects.exists()
    assert verbs(asked, "ask_anew").get().data["asked"] == ["tier2_vat"]


def test_nobody_is_reminded_of_what_was_answered_meanwhile(asked, cast):
    answer(asked)
    with pytest.raises(StaleState):
        inquiry_care.remind_request(asked, actor=cast.actor("vendor"))
