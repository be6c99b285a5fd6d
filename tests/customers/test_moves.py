"""What a move would do, said before, and the move that does exactly that."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import trees
from customers.actors import Actor
from customers.lifecycle import StaleForm
from customers.models import AccountAccess, Membership, TierAccount
from customers.services.access import grant_access
from customers.services.accounts import edit_account, move_account
from customers.services.moves import confirm_move, preview_move
from tests import factories
from tests.factories import account_data

pytestmark = pytest.mark.django_db


def preview(cast, account, parent, who="distributor"):
    return preview_move(account, actor=cast.actor(who), parent=parent)


def confirm(cast, effects, **more):
    actor = more.pop("actor", None) or cast.actor("distributor")
    fields = {"parent": effects.parent, "expected": effects.fingerprint, **more}
    return confirm_move(effects.account, actor=actor, **fields)


def told(error):
    return set(getattr(error.value, "error_dict", {}))


def branch(home, parent, count):
    """`count` accounts below `parent`, every tenth a reseller that has the next nine below it."""
    rows = []
    for number in range(count):
        above = parent if number % 10 == 0 else rows[number - number % 10]
        rows.append(
            TierAccount(
                pk=f"TA-7000-{number // 10_000:04d}-{number % 10_000:04d}",
                parent=above,
                provider=home,
                owner=home,
                external_uid=f"U-{number}",
                lft=0,
                rght=0,
                level=0,
                tree_id=0,
                **account_data(type="customer" if number % 10 else "reseller"),
            )
        )
    TierAccount.objects.bulk_create(rows, batch_size=1000)
    trees.rebuild()
    return rows


def test_the_preview_counts_what_moves_and_names_who_is_asked(cast, rival):
    cast.order()
    cast.order(product=cast.plain)
    effects = preview(cast, cast.nordlicht, rival)
    assert (effects.moved, effects.customers, effects.levels) == (2, 1, (2, 2))
    assert {(p.name, p.tier_accounts_sync) for p in effects.asked} == {
        ("Backup 360", True),
        ("Mail Guard", False),
    }
    assert [p.name for p in effects.losing] == ["Parent"]
    assert [p.name for p in effects.gaining] == ["Rival"]
    _account, raised = confirm(cast, effects)
    assert {(r.product.name, r.state) for r in raised} == {
        ("Backup 360", "pending"),
        ("Mail Guard", "unsupported"),
    }


def test_the_preview_says_the_tiers_of_future_orders(cast, rival):
    own, below = preview(cast, cast.nordlicht, rival).chains
    assert (own.below, own.before, own.after) == (False, (cast.umbrella, None), (rival, None))
    assert (below.below, below.count) == (True, 1)
    assert below.before == (cast.nordlicht, cast.umbrella)
    assert below.after == (cast.nordlicht, rival)
    [only] = preview(cast, cast.kirlin, rival).chains
    assert (only.before, only.after) == ((cast.nordlicht, cast.umbrella), (rival, None))


def test_future_orders_take_the_tiers_the_preview_said(cast, rival):
    old = cast.order(product=cast.plain).subscription
    [only] = preview(cast, cast.kirlin, rival).chains
    confirm(cast, preview(cast, cast.kirlin, rival))
    cast.kirlin = TierAccount.objects.get(pk=cast.kirlin.pk)
    new = cast.order(product=cast.plain).subscription
    assert (new.tier1, new.tier2) == only.after
    old.refresh_from_db(fields=["tier1", "tier2"])
    assert (old.tier1, old.tier2) == only.before


def test_an_account_without_a_parent_is_said_to_order_nothing(cast):
    own, below = preview(cast, cast.nordlicht, None).chains
    assert own.after == (None, None)
    assert below.after == (cast.nordlicht, None)


def test_who_operates_the_account_itself_keeps_its_sight(cast, rival):
    grant_access(
        cast.nordlicht,
        actor=cast.actor("distributor"),
        partner=cast.partners["parent"],
        kind=AccountAccess.Kind.SEES,
    )
    AccountAccess.objects.filter(account=cast.nordlicht, kind="operates").update(
        partner=cast.partners["parent"]
    )
    assert preview(cast, cast.nordlicht, rival).losing == ()


@pytest.mark.parametrize("change", ["child", "edit", "sync", "grant", "target", "subscription"])
def test_a_move_is_refused_when_anything_it_said_has_changed(cast, rival, change):
    cast.order()
    effects = preview(cast, cast.nordlicht, rival)
    distributor = cast.actor("distributor")
    if change == "child":
        factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
    elif change == "edit":
        edit_account(cast.nordlicht, actor=distributor, data={"city": "Kiel"})
    elif change == "sync":
        type(cast.product).objects.filter(pk=cast.product.pk).update(tier_accounts_sync=False)
    elif change == "grant":
        AccountAccess.objects.filter(account=cast.umbrella).delete()
    elif change == "target":
        top = factories.account(cast.partners["distributor"], name="New top")
        move_account(rival, actor=distributor, parent=top)
    else:
        cast.order(product=cast.plain)
    with pytest.raises(StaleForm):
        confirm(cast, effects)
    kept = TierAccount.objects.get(pk=cast.nordlicht.pk)
    assert kept.parent == cast.umbrella
    account, _raised = confirm(cast, preview(cast, kept, rival))
    assert account.parent == rival
    assert trees.broken() == []


def test_what_the_move_does_not_touch_does_not_stop_it(cast, rival):
    effects = preview(cast, cast.nordlicht, rival)
    edit_account(rival, actor=cast.actor("distributor"), data={"city": "Kiel"})
    factories.account(cast.partners["distributor"], cast.umbrella, type="customer")
    assert confirm(cast, effects)[0].parent == rival


def test_a_caller_may_look_under_the_lock_and_refuse(cast, rival):
    def refuse(effects):
        assert effects.moved == 2
        raise StaleForm

    with pytest.raises(StaleForm):
        confirm(cast, preview(cast, cast.nordlicht, rival), check=refuse)
    assert TierAccount.objects.get(pk=cast.nordlicht.pk).parent == cast.umbrella


def test_an_older_version_is_refused(cast, rival):
    with pytest.raises(StaleForm):
        confirm(cast, preview(cast, cast.nordlicht, rival), version=7)


def test_places_an_account_cannot_have_are_named(cast):
    for account, parent in [
        (cast.umbrella, cast.nordlicht),
        (cast.umbrella, cast.umbrella),
        (cast.nordlicht, cast.kirlin),
        (cast.nordlicht, cast.stranger),
        (cast.nordlicht, cast.umbrella),
        (cast.umbrella, None),
        (cast.kirlin, None),
    ]:
        with pytest.raises(ValidationError) as error:
            preview(cast, account, parent)
        assert told(error) == {"parent"}, (account, parent)
        with pytest.raises(ValidationError) as error:
            preview(cast, account, parent, "admin")
        assert told(error) == {"parent"}


def test_a_reseller_moves_below_its_own_and_nothing_of_its_own(cast):
    home = cast.partners["distributor"]
    first = factories.account(home, cast.nordlicht, name="First")
    second = factories.account(home, cast.nordlicht, name="Second")
    effects = preview(cast, first, second, "reseller")
    account, _raised = confirm(cast, effects, actor=cast.actor("reseller"))
    assert account.parent == second
    for node, target in [(cast.nordlicht, second), (cast.umbrella, second), (first, None)]:
        with pytest.raises(PermissionDenied):
            preview(cast, node, target, "reseller")
    with pytest.raises(ValidationError):
        preview(cast, first, cast.umbrella, "reseller")


def test_only_those_who_may_write_move(cast, rival):
    for who in ("vendor", "distributor2", "reseller2", "vendor2"):
        with pytest.raises(PermissionDenied):
            preview(cast, cast.nordlicht, rival, who)
    Membership.objects.filter(user=cast.users["distributor"]).update(level="viewer")
    with pytest.raises(PermissionDenied):
        preview(cast, cast.nordlicht, rival)


@pytest.mark.parametrize("to_own_tree", [False, True], ids=["below another", "own tree"])
def test_ten_thousand_accounts_move_at_once(cast, rival, to_own_tree):
    home = cast.partners["distributor"]
    branch(home, cast.nordlicht, 10_000)
    target = None if to_own_tree else rival
    node = TierAccount.objects.get(pk=cast.nordlicht.pk)
    actor = Actor.of(Membership.objects.select_related("partner").get(user__name="Distributor"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        effects = preview_move(node, actor=actor, parent=target)
    assert effects.moved == 10_002
    assert len(few) <= 8
    with CaptureQueriesContext(connection) as few:
        confirm_move(node, actor=actor, parent=target, expected=effects.fingerprint)
    assert len(few) <= 40
    assert trees.broken() == []
    moved = TierAccount.objects.get(pk=node.pk)
    assert moved.parent == target
    assert moved.get_descendant_count() == 10_001
    assert not TierAccount.objects.get(pk=cast.umbrella.pk).get_descendants().exists()
