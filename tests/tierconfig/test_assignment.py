"""Who looks after a request."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleForm, StaleState
from customers.models import Event
from tests import factories
from tests.factories import steps
from tierconfig.services.assignment import assign_request, assignees


@pytest.fixture
def request_(cast):
    cast.order()
    return steps.setup(2)


def test_a_vendor_gives_a_request_to_a_colleague_and_takes_it_back(cast, request_):
    colleague = factories.user(cast.partners["vendor"], name="Ada")
    vendor = cast.actor("vendor")
    given = assign_request(request_, actor=vendor, user=colleague, revision=request_.revision)
    assert given.assignee == colleague
    assert assign_request(given, actor=vendor, user=None).assignee is None
    events = Event.objects.about(request_).filter(verb__contains="assign").order_by("at")
    assert [(each.verb, each.data) for each in events] == [
        ("tierconfigrequest.assign", {"user": str(colleague)}),
        ("tierconfigrequest.unassign", {}),
    ]


def test_orders_are_assigned_alike(cast, request_):
    order = cast.order(product=cast.plain, connection=cast.plain_connection)
    assert assign_request(order, actor=cast.actor("admin"), user=cast.users["vendor"]).assignee


def test_only_people_of_the_vendor_that_may_act_are_assignees(cast, request_):
    viewer = factories.user(cast.partners["vendor"], level="viewer")
    gone = factories.user(cast.partners["vendor"], is_active=False)
    left = factories.user(cast.partners["vendor"])
    left.memberships.update(active=False)
    assert list(assignees(request_)) == [cast.users["vendor"]]
    for user in (viewer, gone, left, cast.users["vendor2"], cast.users["distributor"]):
        with pytest.raises(ValidationError) as refused:
            assign_request(request_, actor=cast.actor("vendor"), user=user)
        assert set(refused.value.message_dict) == {"user"}


@pytest.mark.parametrize("who", ["vendor2", "distributor", "reseller", "parent"])
def test_assigning_is_the_vendors(cast, request_, who):
    with pytest.raises(PermissionDenied):
        assign_request(request_, actor=cast.actor(who), user=cast.users["vendor"])


def test_a_viewer_of_the_vendor_assigns_nothing(cast, request_):
    viewer = cast.actor("vendor", "viewer")
    with pytest.raises(PermissionDenied):
        assign_request(request_, actor=viewer, user=cast.users["vendor"])


def test_what_is_decided_or_was_changed_meanwhile_is_not_assigned(cast, request_):
    vendor = cast.actor("vendor")
    with pytest.raises(StaleForm):
        assign_request(request_, actor=vendor, user=cast.users["vendor"], revision=99)
    decided = steps.configure(2, vendor)
    with pytest.raises(StaleState):
        assign_request(decided, actor=vendor, user=None)
