"""The checker and the repair of trees, and the commands around them."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from customers import trees
from customers.models import Participation, TierAccount
from customers.services.accounts import move_account
from tests import factories
from tests.factories import steps
from tierconfig.models import TierConfigRequest


@pytest.fixture
def forest(cast):
    """Three trees of eight branches each."""
    home = cast.partners["distributor"]
    rows = []
    for tree in range(3):
        root = factories.account(home, name=f"Root {tree}")
        rows.append(root)
        for branch in range(8):
            parent = factories.account(home, root, name=f"Branch {tree}.{branch}")
            rows.append(parent)
            rows += [factories.account(home, parent, type="customer") for _ in range(2)]
    return rows


def run(name):
    """(exit code, what was printed)"""
    out = io.StringIO()
    try:
        call_command(name, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def shape():
    """What a reader of the tree index sees, apart from tree numbers and gaps."""
    return {
        account.pk: (account.level, list(account.get_ancestors().values_list("pk", flat=True)))
        for account in TierAccount.objects.all()
    }


def test_a_valid_forest_is_said_to_be_valid(forest):
    assert trees.broken() == []
    assert run("check_trees") == (0, "All trees are valid.\n")


BREAKAGES = {
    "level": {"level": F("level") + 1},
    "left": {"lft": F("lft") + 3},
    "right": {"rght": F("rght") - 3},
    "swapped": {"lft": F("rght"), "rght": F("lft")},
    "zero": {"lft": 0, "rght": 0},
    "tree": {"tree_id": F("tree_id") + 1},
}


@pytest.mark.parametrize("damage", BREAKAGES.values(), ids=BREAKAGES)
@pytest.mark.parametrize("name", ["Root 1", "Branch 1.3"])
def test_a_broken_node_is_named_and_repaired(forest, damage, name):
    before = shape()
    TierAccount.objects.filter(name=name).update(**damage)
    pk = TierAccount.objects.get(name=name).pk
    assert pk in {each[0] for each in trees.broken()}
    code, printed = run("check_trees")
    assert code == 1
    assert pk in printed
    assert run("rebuild_trees")[0] == 0
    assert trees.broken() == []
    assert shape() == before


def test_a_parent_that_was_written_past_the_service_is_found_and_repaired(forest):
    leaf = TierAccount.objects.filter(type="customer", parent__name="Branch 0.0").first()
    target = TierAccount.objects.get(name="Branch 2.7")
    TierAccount.objects.filter(pk=leaf.pk).update(parent=target)
    assert leaf.pk in {each[0] for each in trees.broken()}
    assert run("rebuild_trees")[0] == 0
    assert trees.broken() == []
    assert TierAccount.objects.get(pk=leaf.pk).is_descendant_of(
        TierAccount.objects.get(name="Root 2")
    )


def test_two_roots_of_one_tree_id_are_found_and_parted(forest):
    first, second = TierAccount.objects.filter(name__in=["Root 0", "Root 1"]).order_by("name")
    TierAccount.objects.filter(tree_id=second.tree_id).update(tree_id=first.tree_id)
    assert trees.broken()
    run("rebuild_trees")
    assert trees.broken() == []
    roots = TierAccount.objects.filter(parent=None)
    assert len({root.tree_id for root in roots}) == len(roots)


def test_a_whole_forest_of_zeros_is_rebuilt(forest):
    branch = TierAccount.objects.get(name="Branch 1.5")
    TierAccount.objects.bulk_create(
        TierAccount(
            pk=f"TA-9999-9999-{number:04d}",
            **{"parent": branch, "provider": branch.provider, "owner": branch.provider},
            **{"type": "customer", "name": f"Leaf {number}", "external_uid": f"U-{number}"},
            **{"lft": 0, "rght": 0, "level": 0, "tree_id": 0},
        )
        for number in range(400)
    )
    trees.rebuild()
    before = {pk: parts[1] for pk, parts in shape().items()}
    TierAccount.objects.update(lft=0, rght=0, level=0, tree_id=0)
    code, printed = run("rebuild_trees")
    assert (code, trees.broken()) == (0, [])
    assert str(len(before)) in printed
    assert {pk: parts[1] for pk, parts in shape().items()} == before


def test_parents_in_a_circle_are_named_and_not_repaired(forest):
    root = TierAccount.objects.get(name="Root 0")
    leaf = TierAccount.objects.get(name="Branch 0.0")
    TierAccount.objects.filter(pk=root.pk).update(parent=leaf)
    code, printed = run("check_trees")
    assert code == 1
    assert f"{root.pk}: " in printed
    assert "its parents form a circle" in printed
    before = list(TierAccount.objects.order_by("pk").values())
    with pytest.raises(CommandError, match="circle"):
        call_command("rebuild_trees")
    assert list(TierAccount.objects.order_by("pk").values()) == before


def test_gaps_are_no_fault(forest):
    TierAccount.objects.filter(name="Root 0").update(rght=F("rght") + 10)
    assert trees.broken() == []


def test_a_rebuilt_tree_goes_on_working(cast, forest):
    TierAccount.objects.update(lft=0, rght=0, level=0, tree_id=0)
    trees.rebuild()
    nodes = {name: TierAccount.objects.get(name=name) for name in ("Branch 0.0", "Root 2")}
    distributor = cast.actor("distributor")
    move_account(nodes["Branch 0.0"], actor=distributor, parent=nodes["Root 2"])
    move_account(nodes["Branch 0.0"], actor=distributor, parent=None)
    assert trees.broken() == []


def test_rebuilding_a_valid_forest_changes_nothing(forest):
    trees.rebuild()
    assert trees.rebuild() == 0


def test_the_check_compares_participations_with_subscriptions(cast):
    order = cast.order()
    assert run("check_trees")[0] == 0
    Participation.objects.filter(source=order.subscription_id, tier=1).delete()
    code, printed = run("check_trees")
    assert code == 1
    assert order.subscription_id in printed


def test_the_check_finds_a_configuration_without_participation(cast):
    cast.order()
    Participation.objects.filter(kind="configuration", tier=2).delete()
    code, printed = run("check_trees")
    assert (code, "TC-" in printed) == (1, True)


def test_the_check_finds_what_is_parked_for_ever(cast):
    order = cast.order()
    tier1 = steps.setup(1)
    closed = {"state": "failed", "reason": "Lost.", "decided_at": timezone.now()}
    TierConfigRequest.objects.filter(pk=tier1.pk).update(**closed)
    code, printed = run("check_trees")
    assert (code, order.pk in printed) == (1, True)
