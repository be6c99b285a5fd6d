"""What the database itself refuses, and the switch of a type in both directions."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.models import AccountAccess, Hub, TierAccount
from customers.services.access import end_access, grant_access
from customers.services.accounts import edit_account
from customers.services.participation import leave
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"name": ""}, "account_has_name"),
        ({"version": 0}, "account_version_counts"),
        ({"type": "partner"}, "account_customer_has_parent"),
        ({"parent": None}, "account_customer_has_parent"),
        ({"environment": "staging"}, "account_environment_known"),
        ({"environment": "preview", "hub": "own"}, "account_preview_without_hub"),
        ({"external_id": "TAKEN"}, "account_external_id_once"),
    ],
)
def test_the_database_refuses_what_no_account_is(cast, change, constraint):
    home = cast.partners["distributor"]
    factories.account(home, external_id="TAKEN")
    if change.get("hub"):
        change = {**change, "hub": Hub.objects.get(provider=home)}
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        TierAccount.objects.filter(pk=cast.kirlin.pk).update(**change)
    # SQLite names the columns of a uniqueness, not its constraint.
    assert constraint in str(error.value) or "external_id" in str(error.value)


def test_a_customer_becomes_a_reseller_and_back_while_nothing_depends_on_it(cast):
    distributor = cast.actor("distributor")
    account, _raised = edit_account(cast.kirlin, actor=distributor, data={"type": "reseller"})
    child = factories.account(cast.partners["distributor"], account, type="customer")
    with pytest.raises(ValidationError, match="1 account hangs below this reseller; move it"):
        edit_account(account, actor=distributor, data={"type": "customer"})
    edit_account(child, actor=distributor, data={}, parent=cast.nordlicht)
    account, _raised = edit_account(account, actor=distributor, data={"type": "customer"})
    assert (account.type, account.version) == ("customer", 3)


def test_a_reseller_that_is_a_tier_stays_one_and_hears_of_how_much(cast):
    distributor = cast.actor("distributor")
    orders = [cast.order(product=cast.plain) for _number in range(2)]
    edit_account(cast.kirlin, actor=distributor, data={}, parent=cast.umbrella)
    with pytest.raises(ValidationError, match="tier 2 of 2 live subscriptions and") as error:
        edit_account(cast.nordlicht, actor=distributor, data={"type": "customer"})
    assert set(error.value.error_dict) == {"type"}
    for order in orders:
        leave(order.subscription_id)
    end_access(AccountAccess.objects.get(account=cast.nordlicht), actor=distributor)
    account, _raised = edit_account(cast.nordlicht, actor=distributor, data={"type": "customer"})
    assert account.type == "customer"


@pytest.mark.parametrize("member", ["distributor", "reseller2"])
def test_a_reseller_that_is_operated_stays_one_whoever_asks(cast, member):
    home = cast.actor("distributor")
    lone = factories.account(cast.partners["distributor"], cast.umbrella, name="Lone Systems")
    operator = cast.partners["reseller2"]
    access = grant_access(lone, actor=home, partner=operator, kind="operates")
    with pytest.raises(ValidationError, match="that access has to end first") as error:
        edit_account(lone, actor=cast.actor(member), data={"type": "customer"})
    assert set(error.value.error_dict) == {"type"}
    end_access(access, actor=home)
    account, _raised = edit_account(lone, actor=home, data={"type": "customer"})
    assert account.type == "customer"


def test_a_customer_with_subscriptions_may_become_a_reseller(cast):
    cast.order(product=cast.plain)
    account, raised = edit_account(
        cast.kirlin, actor=cast.actor("distributor"), data={"type": "reseller"}
    )
    assert account.type == "reseller"
    assert [request.changed for request in raised] == [["type"]]
