"""Inquiries that several people and workers take care of at once."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from customers.models import Event
from tests import factories
from tests.factories import steps
from tests.races.threads import refusals, together
from tierconfig.models import AnswerDraft, Delegation, TierConfigRequest
from tierconfig.services import answer_drafts, delegations, inquiry_care, processing
from tierconfig.services import requests as setups

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def asked(cast):
    """The setup of a new tier 2, whose contact is asked."""
    root = factories.account(cast.partners["distributor"])
    reseller = factories.account(cast.partners["distributor"], root)
    customer = factories.account(cast.partners["distributor"], reseller, type="customer")
    cast.order(customer=customer)
    return steps.setup(2, configuration__account=root)


def verbs(request):
    told = Event.objects.filter(object_id=request.pk).values_list("verb", flat=True)
    return [verb.partition(".")[2] for verb in told]


def test_workers_remind_and_escalate_once_and_nobody_who_answered(cast, consistent):
    cast.product.remind_after_days = cast.product.escalate_after_days = 3
    cast.product.save()
    requests = [asked(cast) for _number in range(3)]
    answered, taken_back, open_still = requests
    later = timezone.now() + timedelta(days=4)
    distributor = cast.actor("distributor")
    answer = partial(setups.answer_request, answered, actor=distributor, values={"tier2_vat": "1"})
    results = together(
        [
            *[partial(inquiry_care.remind_due, later)] * 3,
            *[partial(inquiry_care.escalate_due, later)] * 2,
            answer,
            partial(setups.pend_request, taken_back, actor=cast.actor("vendor")),
        ]
    )
    assert not refusals(results)
    for request in requests:
        fresh, told = TierConfigRequest.objects.get(pk=request.pk), verbs(request)
        assert told.count("remind") == fresh.reminders <= 1
        assert told.count("escalate") == (fresh.escalated_at is not None)
    assert (verbs(open_still).count("remind"), verbs(open_still).count("escalate")) == (1, 1)
    consistent()


@pytest.mark.parametrize("end", ["answer", "pend", "renew", "take_back"])
def test_a_colleague_answers_once_while_the_inquiry_ends(cast, consistent, end):
    request, distributor = asked(cast), cast.actor("distributor")
    asking = delegations.delegate(
        request, actor=distributor, email="colleague@people.example", names=["tier2_vat"]
    )
    answer = partial(
        delegations.answer_delegation,
        asking,
        request,
        values={"tier2_vat": "theirs"},
        shown=["tier2_vat"],
        stamp="",
        final=True,
    )
    ends = {
        "answer": partial(
            setups.answer_request, request, actor=distributor, values={"tier2_vat": "ours"}
        ),
        "pend": partial(setups.pend_request, request, actor=cast.actor("vendor")),
        "renew": partial(processing.renew_inquiry, request, actor=distributor),
        "take_back": partial(delegations.take_back, request, actor=distributor, number=asking.pk),
    }
    together([answer, answer, ends[end]])
    fresh = TierConfigRequest.objects.get(pk=request.pk)
    asking = Delegation.objects.get(pk=asking.pk)
    answered = asking.answered_at is not None
    assert verbs(request).count("delegation_answered") == answered
    kept = answer_drafts.draft_of(fresh)
    assert (kept.values if kept else {}) == (
        {"tier2_vat": "theirs"} if answered and fresh.state == "inquiring" else {}
    )
    assert AnswerDraft.objects.filter(pk=fresh.pk).exists() == (kept is not None)
    if end == "answer":
        assert fresh.params == {"tier2_vat": {"value": "ours"}}
    consistent()


def test_of_two_who_save_from_the_same_form_the_second_is_told(cast):
    request, distributor = asked(cast), cast.actor("distributor")
    saving = [
        partial(
            answer_drafts.save_draft,
            request,
            actor=distributor,
            values={"tier2_vat": value},
            shown=["tier2_vat"],
            revision=request.revision,
        )
        for value in ("one", "two", "three")
    ]
    results = together(saving)
    assert {each.code for each in refusals(results)} == {"stale"}
    assert len(refusals(results)) == 2
    assert AnswerDraft.objects.get(pk=request.pk).values["tier2_vat"] in ("one", "two", "three")
