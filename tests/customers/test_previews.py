"""Preview accounts: whose they are, who sees them, and that they stay apart from the others."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.models import Hub, TierAccount
from customers.services.accounts import create_account, edit_account, move_account
from customers.services.decommission import decommission_account
from tests.factories import account_data

pytestmark = pytest.mark.django_db
PREVIEW = TierAccount.Environment.PREVIEW


@pytest.fixture
def home(cast):
    return cast.partners["distributor"]


def make(cast, who, parent=None, environment=PREVIEW, hub=None, **data):
    return create_account(
        actor=cast.actor(who),
        provider=cast.partners["distributor"],
        parent=parent,
        environment=environment,
        hub=hub,
        data=account_data(**data),
    )


def test_a_vendor_sees_and_changes_its_own_preview_accounts_and_nobody_elses(cast, home):
    top = make(cast, "vendor")
    child = make(cast, "vendor", top, type="customer")
    others = make(cast, "distributor")
    assert (top.owner, top.provider) == (cast.partners["vendor"], home)
    assert set(TierAccount.objects.visible_to(cast.actor("vendor"))) == {top, child}
    assert set(TierAccount.objects.visible_to(cast.actor("distributor"))) >= {top, child, others}
    for who in ("vendor2", "reseller", "parent", "distributor2"):
        assert not {top, child} & set(TierAccount.objects.visible_to(cast.actor(who))), who
    vendor = cast.actor("vendor")
    assert edit_account(child, actor=vendor, data={"city": "Kiel"})[0].city == "Kiel"
    for account in (others, cast.kirlin):
        with pytest.raises(PermissionDenied):
            edit_account(account, actor=vendor, data={"city": "Kiel"})
        with pytest.raises(PermissionDenied):
            decommission_account(account, actor=vendor)
    decommission_account(child, actor=vendor)
    assert decommission_account(top, actor=vendor).decommissioned_at


def test_what_a_vendor_sees_because_of_sales_is_not_lost_or_doubled(cast):
    cast.order()
    mine = make(cast, "vendor")
    seen = list(TierAccount.objects.visible_to(cast.actor("vendor")).order_by("pk"))
    assert set(seen) == {mine, cast.kirlin, cast.nordlicht, cast.umbrella}
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("who", "environment"),
    [
        ("vendor", "production"),
        ("vendor", "test"),
        ("vendor2", "preview"),  # sells nothing through this distributor
        ("distributor2", "preview"),
        ("reseller", "preview"),
        ("parent", "production"),  # no parent of its own
    ],
)
def test_who_may_not_create_is_refused(cast, who, environment):
    with pytest.raises(PermissionDenied):
        make(cast, who, environment=environment)
    assert TierAccount.objects.count() == 4


def test_a_vendor_hangs_nothing_below_accounts_of_others(cast):
    make(cast, "vendor")
    for parent in (cast.nordlicht, make(cast, "distributor")):
        with pytest.raises(PermissionDenied):
            make(cast, "vendor", parent)


def test_previews_and_others_never_share_a_tree(cast):
    distributor = cast.actor("distributor")
    preview = make(cast, "distributor")
    with pytest.raises(ValidationError, match="below preview resellers only"):
        make(cast, "distributor", cast.nordlicht)
    with pytest.raises(ValidationError, match="there are preview accounts only"):
        make(cast, "distributor", preview, "production")
    with pytest.raises(ValidationError, match="below preview resellers only"):
        move_account(preview, actor=distributor, parent=cast.nordlicht)
    with pytest.raises(ValidationError, match="there are preview accounts only"):
        move_account(cast.kirlin, actor=distributor, parent=preview)
    under = make(cast, "distributor", cast.nordlicht, "test")
    assert under.parent == cast.nordlicht


def test_a_preview_account_buys_in_previews_only(cast):
    top = make(cast, "distributor")
    buyer = make(cast, "distributor", top, type="customer")
    with pytest.raises(ValidationError, match="takes part in previews only"):
        cast.order(product=cast.plain, customer=buyer)
    order = cast.order(product=cast.plain, customer=buyer, connection=None)
    assert order.environment == "preview"


def test_hubs_are_of_the_distributor_and_leave_accounts_to_us(cast, home):
    own = Hub.objects.filter(provider=home).get()
    assert make(cast, "distributor", environment="production", hub=own).hub == own
    foreign = Hub.objects.create(pk="HB-8", name="A", provider=cast.partners["distributor2"])
    master = Hub.objects.create(pk="HB-9", name="B", type="OA", provider=home)
    for hub, said in ((foreign, "your own hubs"), (master, "creates its accounts itself")):
        with pytest.raises(ValidationError, match=said):
            make(cast, "distributor", environment="production", hub=hub)
    with pytest.raises(ValidationError, match="has no hub"):
        make(cast, "distributor", hub=own)


def test_a_vendor_moves_its_preview_accounts_among_its_own(cast):
    vendor = cast.actor("vendor")
    one, other = make(cast, "vendor"), make(cast, "vendor")
    moved, _raised = move_account(other, actor=vendor, parent=one)
    assert moved.parent == one
    moved, _raised = move_account(other, actor=vendor, parent=None)
    assert moved.parent is None
    with pytest.raises(ValidationError, match="own resellers"):
        move_account(other, actor=vendor, parent=make(cast, "distributor"))


def test_levels_count_for_vendors_too(cast):
    mine = make(cast, "vendor")
    viewer = cast.actor("vendor", level="viewer")
    with pytest.raises(PermissionDenied):
        edit_account(mine, actor=viewer, data={"city": "Kiel"})
    with pytest.raises(PermissionDenied):
        create_account(
            actor=viewer, provider=mine.provider, environment=PREVIEW, data=account_data()
        )
