"""Several requests decided at once while others decide some of them; the switch beside edits."""

from functools import partial

import pytest

from customers.models import Event, Product, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from customers.services.verdicts import decide_requests
from tests.races.threads import together
from tierconfig.services.definitions.capabilities import change_capabilities

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def changes(cast, count):
    actor = cast.actor("distributor")
    made = []
    for number in range(count):
        account = type(cast.kirlin).objects.get(pk=cast.kirlin.pk)
        made += edit_account(account, actor=actor, data={"city": f"City {number}"})[1]
    return made


def test_each_request_has_one_winner_among_bulk_and_single_decisions(cast):
    cast.order()
    requests = changes(cast, 12)
    bulk = partial(decide_requests, actor=cast.actor("vendor"), step="accept")
    singles = [
        partial(accept_request, request, actor=cast.actor("vendor")) for request in requests[::4]
    ]
    together(
        [
            *(partial(bulk, some) for some in (requests, requests[::-1], requests[3:9])),
            *singles,
        ]
    )
    assert set(TierAccountRequest.objects.values_list("state", flat=True)) == {"accepted"}
    events = Event.objects.filter(verb="tieraccountrequest.accept")
    assert sorted(events.values_list("object_id", flat=True)) == sorted(r.pk for r in requests)


def test_a_switch_beside_edits_loses_none_and_counts_for_all_that_begin_later(cast):
    cast.order()
    boss = partial(cast.actor, "vendor", "administrator")
    pending = {request.pk for request in changes(cast, 3)}
    edits = [
        partial(edit_account, account, actor=cast.actor("distributor"), data={"city": "Kiel"})
        for account in (cast.umbrella, cast.nordlicht)
    ]
    off = partial(change_capabilities, cast.product, tier_accounts_sync=False)
    switches = [partial(off, actor=boss()) for _time in range(2)]
    together([*edits, *switches])
    assert not Product.objects.get(pk=cast.product.pk).tier_accounts_sync
    assert Event.objects.filter(verb="product.sync_off").count() == 1
    rows = dict(TierAccountRequest.objects.values_list("pk", "state"))
    assert len(rows) == 5
    assert {rows[pk] for pk in pending} == {"pending"}
    assert set(rows.values()) <= {"pending", "unsupported"}
    assert [request.state for request in changes(cast, 1)] == ["unsupported"]
