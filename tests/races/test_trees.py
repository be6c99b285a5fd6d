"""Many writers of the same trees."""

import random
import threading
import time
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from mptt.managers import TreeManager

from customers import trees
from customers.lifecycle import hold
from customers.models import AccountVersion, TierAccount
from customers.services.accounts import NoChange, create_account, edit_account, move_account
from tests import factories
from tests.factories import account_data
from tests.races.threads import PATIENCE, refusals, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 6


@pytest.fixture
def home(cast):
    return cast.partners["distributor"]


def valid(expected):
    assert trees.broken() == []
    assert TierAccount.objects.count() == expected
    roots = TierAccount.objects.filter(parent=None)
    assert len({root.tree_id for root in roots}) == len(roots)


def test_new_roots(cast, home):
    before = TierAccount.objects.count()

    def create():
        for _number in range(6):
            factories.account(home)

    together([create] * THREADS)
    valid(before + 6 * THREADS)


def test_children_of_one_parent(cast, home):
    before = TierAccount.objects.count()

    def create():
        for _number in range(6):
            factories.account(home, cast.umbrella)

    together([create] * THREADS)
    valid(before + 6 * THREADS)
    umbrella = TierAccount.objects.get(pk=cast.umbrella.pk)
    assert umbrella.get_descendant_count() == 2 + 6 * THREADS


class Crowd:
    """Writers that create, move and edit at random, each with its own seed."""

    EXPECTED = ("below itself", "Nothing was changed", "try again")

    def __init__(self, cast, home):
        self.cast, self.home = cast, home
        self.created = 0
        for tree in range(3):
            root = factories.account(home, name=f"Root {tree}")
            for _branch in range(3):
                factories.account(home, factories.account(home, root))

    def write(self, seed, steps=12):
        chance = random.Random(seed)
        for number in range(steps):
            known = list(
                TierAccount.objects.filter(provider=self.home, type="reseller").order_by("pk")
            )
            node, target = chance.sample(known, 2)
            step = chance.choice(["child", "root", "move", "move", "move", "out", "edit", "both"])
            try:
                getattr(self, step)(node, target, f"{seed}.{number}")
            except ValidationError as refused:
                if not any(word in str(refused) for word in self.EXPECTED):
                    raise

    def child(self, node, target, name):
        factories.account(self.home, node, name=name)

    def root(self, node, target, name):
        factories.account(self.home, name=name)

    def move(self, node, target, name):
        move_account(node, actor=self.cast.actor("distributor"), parent=target)

    def out(self, node, target, name):
        move_account(node, actor=self.cast.actor("distributor"), parent=None)

    def edit(self, node, target, name):
        edit_account(node, actor=self.cast.actor("distributor"), data={"city": name})

    def both(self, node, target, name):
        data = {"city": name}
        edit_account(node, actor=self.cast.actor("distributor"), data=data, parent=target)


def check_versions():
    """Every account has its versions 1 to n, and the last one is what the account holds."""
    for account in TierAccount.objects.prefetch_related("versions"):
        numbers = sorted(version.number for version in account.versions.all())
        assert numbers == list(range(1, account.version + 1))
        last = AccountVersion.objects.get(account=account, number=account.version)
        assert (last.data["city"], last.data["parent_id"]) == (account.city, account.parent_id)


def test_everything_at_once(cast, home):
    crowd = Crowd(cast, home)
    together([partial(crowd.write, seed) for seed in range(THREADS)])
    valid(TierAccount.objects.count())
    check_versions()
    assert TierAccount.objects.filter(version__gt=1).count() > 10


def test_the_repair_runs_while_others_write(cast, home):
    crowd = Crowd(cast, home)

    def repair():
        for _number in range(15):
            trees.rebuild()

    def order():
        for _number in range(8):
            cast.order(product=cast.plain)

    together([repair, order, *(partial(crowd.write, seed) for seed in range(THREADS))])
    valid(TierAccount.objects.count())
    check_versions()


def test_moves_against_each_other_make_no_circle(cast, home):
    distributor = cast.actor("distributor")
    for _round in range(6):
        first, second = factories.account(home), factories.account(home)
        results = together(
            [
                partial(move_account, first, actor=distributor, parent=second),
                partial(move_account, second, actor=distributor, parent=first),
            ]
        )
        [refused] = refusals(results)
        assert set(refused.error_dict) == {"parent"}
    assert trees.broken() == []


def test_a_form_of_two_people(cast):
    for number in range(6):
        account = TierAccount.objects.get(pk=cast.kirlin.pk)
        results = together(
            [
                partial(
                    edit_account,
                    account,
                    actor=cast.actor(who),
                    data={"city": f"{who} {number}"},
                    version=account.version,
                )
                for who in ("distributor", "reseller")
            ]
        )
        assert [refused.code for refused in refusals(results)] == ["stale"]
    check_versions()


def test_the_same_change_twice_is_one_change(cast):
    change = partial(
        edit_account, cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    results = together([change] * 4)
    assert [type(each) for each in refusals(results)] == [NoChange] * 3
    assert TierAccount.objects.get(pk=cast.kirlin.pk).version == 2


def test_an_external_id_is_taken_once(cast, home):
    for number in range(4):
        data = account_data(external_id=f"X-{number}")
        create = partial(create_account, actor=cast.actor("distributor"), provider=home, data=data)
        refused = refusals(together([create] * 3))
        assert [set(each.error_dict) for each in refused] == [{"external_id"}] * 2
    assert trees.broken() == []


def test_a_child_and_the_type_switch_of_its_parent(cast, home):
    distributor = cast.actor("distributor")
    for _round in range(6):
        leaf = factories.account(home, cast.umbrella)
        together(
            [
                lambda leaf=leaf: factories.account(home, leaf),
                lambda leaf=leaf: edit_account(leaf, actor=distributor, data={"type": "customer"}),
            ]
        )
        leaf = TierAccount.objects.get(pk=leaf.pk)
        assert leaf.type == "reseller" or not leaf.children.exists()


def make_gaps():
    """Leave room between all positions: valid, but the repair has something to write."""
    TierAccount.objects.update(lft=F("lft") * 3, rght=F("rght") * 3)
    assert trees.broken() == []


def test_the_repair_waits_for_who_has_read_a_tree(cast, home, monkeypatch):
    """Room for a new child is computed, then written: nobody may renumber in between."""
    make_gaps()
    computed = threading.Event()
    make_room = TreeManager._create_space

    def slowly(*args, **kwargs):
        computed.set()
        time.sleep(0.3)
        return make_room(*args, **kwargs)

    def repair():
        computed.wait(PATIENCE)
        return trees.rebuild()

    monkeypatch.setattr(TreeManager, "_create_space", slowly)
    _account, changed = together([partial(factories.account, home, cast.nordlicht), repair])
    assert changed > 0
    valid(5)


def test_the_repair_and_an_edit_do_not_wait_for_each_other(cast):
    make_gaps()
    held = threading.Event()

    def edit():
        with transaction.atomic():
            account = hold(cast.kirlin)
            held.set()
            time.sleep(0.3)
            edit_account(account, actor=cast.actor("distributor"), data={"city": "Kiel"})

    def repair():
        held.wait(PATIENCE)
        return trees.rebuild()

    _none, changed = together([edit, repair])
    assert changed > 0
    assert TierAccount.objects.get(pk=cast.kirlin.pk).city == "Kiel"
    valid(4)
