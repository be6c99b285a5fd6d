from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from customers.actors import Actor
from customers.models import AccountVersion, Event, Participation, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from fulfillment.demo import bulk
from fulfillment.models import FulfillmentRequest, Subscription
from tests import factories
from tierconfig.models import TierConfig, TierConfigRequest


@pytest.fixture
def scene(db):
    return bulk.scene(800)


def test_a_scene_has_as_many_requests_of_each_kind_as_accounts(scene):
    assert TierAccount.objects.count() == 800
    assert set(TierAccount.objects.values_list("level", flat=True)) == {0, 1, 2, 3}
    assert TierConfigRequest.objects.count() == FulfillmentRequest.objects.count() == 800
    assert 800 <= TierAccountRequest.objects.count() <= 803
    assert Subscription.objects.count() == 800
    assert TierConfig.objects.count() > 80
    for model in (TierAccountRequest, TierConfigRequest, FulfillmentRequest):
        assert set(model.objects.values_list("vendor", "provider")) == {
            (scene.side.vendor.pk, scene.side.distributor.pk)
        }


def test_bulk_data_are_as_consistent_as_if_services_had_written_them(scene):
    call_command("check_trees", stdout=StringIO())
    assert not Event.objects.filter(told_at=None).exists()
    for request in TierAccountRequest.objects.select_related("account")[:50]:
        numbers = set(request.account.versions.values_list("number", flat=True))
        assert {request.base_version, request.version} <= numbers
    account = TierAccount.objects.order_by("-version")[0]
    newest = AccountVersion.objects.get(account=account, number=account.version)
    assert newest.data["address_line1"] == account.address_line1
    assert Participation.objects.filter(kind="configuration").count() == TierConfig.objects.count()


def test_services_go_on_where_bulk_data_end(scene):
    distributor = factories.user(scene.side.distributor)
    account = Subscription.objects.filter(state="active").order_by("pk")[0].customer
    edited, raised = edit_account(
        account, actor=Actor.of(distributor.memberships.get()), data={"city": "Kiel"}
    )
    assert edited.version == account.version + 1
    assert raised


def test_the_same_seed_gives_the_same_ids(db):
    found = []
    for _turn in range(2):
        with transaction.atomic():
            bulk.scene(50, 60)
            assert FulfillmentRequest.objects.count() == 60
            found.append(sorted(FulfillmentRequest.objects.values_list("pk", flat=True)))
            transaction.set_rollback(True)
    assert found[0] == found[1]
