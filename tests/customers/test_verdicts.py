"""Several requests decided in one go, and the switch that says which ones are born pending."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.models import Event, TierAccountRequest
from customers.services import verdicts
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from customers.services.verdicts import decide_requests
from tierconfig.services.definitions.capabilities import change_capabilities

pytestmark = pytest.mark.django_db


@pytest.fixture
def raised(cast):
    cast.order()
    actor = cast.actor("distributor")
    return [
        edit_account(account, actor=actor, data={"city": "Kiel"})[1][0]
        for account in (cast.umbrella, cast.nordlicht, cast.kirlin)
    ]


def decided():
    return sorted(TierAccountRequest.objects.values_list("state", flat=True))


def test_each_is_decided_and_recorded_and_the_distributor_is_told_once(cast, raised):
    found = decide_requests(raised, actor=cast.actor("vendor"), step="ignore", reason="Test data")
    assert {each.pk for each in found.decided} == {each.pk for each in raised}
    assert found.refused == []
    assert decided() == ["ignored"] * 3
    singles = Event.objects.filter(verb="tieraccountrequest.ignore")
    assert {(each.reason, each.to_state) for each in singles} == {("Test data", "ignored")}
    summary = Event.objects.get(verb="partner.verdicts")
    assert summary.object_id == cast.partners["distributor"].pk
    assert {each.data["batch"] for each in singles} == {summary.data["batch"]}
    assert sorted(summary.data["requests"]) == sorted(each.pk for each in raised)


def test_one_that_was_decided_before_keeps_nobody_from_the_others(cast, raised):
    accept_request(raised[1], actor=cast.actor("vendor"))
    found = decide_requests(raised, actor=cast.actor("vendor"), step="ignore", reason="No")
    assert [stale.obj.pk for stale in found.refused] == [raised[1].pk]
    assert found.refused[0].event.to_state == "accepted"
    assert decided() == ["accepted", "ignored", "ignored"]
    again = decide_requests(raised, actor=cast.actor("vendor"), step="accept")
    assert len(again.refused) == 3
    assert Event.objects.filter(verb="partner.verdicts").count() == 1


@pytest.mark.parametrize(
    ("who", "level"),
    [("vendor2", None), ("distributor", None), ("reseller", None), ("vendor", "viewer")],
)
def test_nothing_is_decided_by_who_may_not(cast, raised, who, level):
    with pytest.raises(PermissionDenied):
        decide_requests(raised, actor=cast.actor(who, level), step="accept")
    assert decided() == ["pending"] * 3


def test_steps_of_no_vendor_and_missing_reasons_are_refused(cast, raised):
    vendor = cast.actor("vendor")
    with pytest.raises(PermissionDenied):
        decide_requests(raised, actor=vendor, step="delete")
    with pytest.raises(ValidationError) as error:
        decide_requests(raised, actor=vendor, step="ignore", reason="  ")
    assert list(error.value.message_dict) == ["reason"]
    assert decided() == ["pending"] * 3


def test_too_many_at_once_are_refused(cast, raised, monkeypatch):
    monkeypatch.setattr(verdicts, "MOST", 2)
    with pytest.raises(ValidationError, match="at most 2"):
        decide_requests(raised, actor=cast.actor("vendor"), step="accept")
    assert decided() == ["pending"] * 3


def test_the_switch_is_the_administrators(cast, raised):
    for who, level in (("vendor", "agent"), ("vendor2", "administrator"), ("distributor", None)):
        with pytest.raises(PermissionDenied):
            change_capabilities(
                cast.product, actor=cast.actor(who, level), tier_accounts_sync=False
            )
    boss = cast.actor("vendor", "administrator")
    for actor, on in ((boss, False), (cast.actor("admin"), True), (boss, True)):
        done = change_capabilities(cast.product, actor=actor, tier_accounts_sync=on)
        assert done.tier_accounts_sync is on
    assert Event.objects.about(cast.product).count() == 2
    assert decided() == ["pending"] * 3
