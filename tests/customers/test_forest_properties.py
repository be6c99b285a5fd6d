"""Random forests against the plainest model of one: a map from account to parent."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import trees
from customers.actors import Actor
from customers.models import AccountAccess, Participation, TierAccount, TierAccountRequest
from customers.services.accounts import NoChange, edit_account, move_account
from customers.services.participation import join, leave
from tests import factories

BUDGET = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
numbers = st.integers(min_value=0, max_value=10_000)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["child", "root", "move", "move", "out", "edit", "operate", "join", "leave"]
        ),
        numbers,
        numbers,
    ),
    min_size=4,
    max_size=20,
)


class Forest:
    """The service and the model side by side."""

    def __init__(self, distributor, reseller, products):
        self.distributor = distributor
        self.actor = Actor(role="distributor", partner=distributor, level="agent")
        self.reseller = reseller
        self.products = products
        self.parents: dict[str, str | None] = {}
        self.versions: dict[str, int] = {}
        #: (account, number of the product) -> the live source
        self.taking_part: dict[tuple[str, int], str] = {}
        self.sold = 0
        self.operated: set[str] = set()
        self.requests = 0

    def pick(self, number):
        return TierAccount.objects.get(pk=list(self.parents)[number % len(self.parents)])

    def chain(self, pk):
        """The account and everything above it."""
        found = [pk]
        while self.parents[found[-1]] is not None:
            found.append(self.parents[found[-1]])
        return found

    def child(self, first, second):
        parent = self.pick(first) if self.parents else None
        made = factories.account(self.distributor, parent, name=f"A{second}")
        self.parents[made.pk] = parent.pk if parent else None
        self.versions[made.pk] = 1

    def root(self, first, second):
        made = factories.account(self.distributor, name=f"R{second}")
        self.parents[made.pk] = None
        self.versions[made.pk] = 1

    def move(self, first, second):
        self._move(self.pick(first), self.pick(second))

    def out(self, first, second):
        self._move(self.pick(first), None)

    def _move(self, node, target):
        try:
            _account, raised = move_account(node, actor=self.actor, parent=target)
        except NoChange:
            assert self.parents[node.pk] == (target.pk if target else None)
        except ValidationError:
            assert target is not None
            assert node.pk in self.chain(target.pk)
        else:
            assert target is None or node.pk not in self.chain(target.pk)
            self._changed(node, raised)
            self.parents[node.pk] = target.pk if target else None

    def edit(self, first, second):
        node = self.pick(first)
        try:
            _account, raised = edit_account(
                node, actor=self.actor, data={"city": f"City {second % 3}"}
            )
        except NoChange:
            assert node.city == f"City {second % 3}"
        else:
            self._changed(node, raised)

    def _changed(self, node, raised):
        connected = {index for pk, index in self.taking_part if pk == node.pk}
        assert {request.product for request in raised} == {self.products[n] for n in connected}
        self.versions[node.pk] += 1
        self.requests += len(connected)

    def operate(self, first, second):
        node = self.pick(first)
        if node.pk not in self.operated:
            AccountAccess.objects.create(
                partner=self.reseller, account=node, kind="operates", started_at=timezone.now()
            )
            self.operated.add(node.pk)

    def join(self, first, second):
        node, index = self.pick(first), second % len(self.products)
        if (node.pk, index) not in self.taking_part:
            self.sold += 1
            source = f"AS-{self.sold}"
            join(self.products[index], source, Participation.Kind.SUBSCRIPTION, [(node, 0)])
            self.taking_part[node.pk, index] = source

    def leave(self, first, second):
        source = self.taking_part.pop((self.pick(first).pk, second % len(self.products)), None)
        if source:
            leave(source)

    def check(self):
        assert trees.broken() == []
        accounts = {each.pk: each for each in TierAccount.objects.all()}
        assert {pk: each.parent_id for pk, each in accounts.items()} == self.parents
        assert {pk: each.version for pk, each in accounts.items()} == self.versions
        for pk, account in accounts.items():
            assert account.level == len(self.chain(pk)) - 1
            above = {each.pk for each in account.get_ancestors(include_self=True)}
            assert above == set(self.chain(pk)) == {each.pk for each in account.operators()}
        actor = Actor(role="reseller", partner=self.reseller, level="agent")
        seen = {each.pk for each in TierAccount.objects.visible_to(actor)}
        assert seen == {pk for pk in self.parents if self.operated & set(self.chain(pk))}
        assert TierAccountRequest.objects.count() == self.requests


class Undo(Exception):
    pass


@BUDGET
@given(steps=steps)
def test_a_forest_is_what_its_parents_say(db, steps):
    try:
        with transaction.atomic():
            vendor = factories.partner("vendor")
            products = [
                factories.product(vendor, tier_accounts_sync=bool(index)) for index in range(2)
            ]
            forest = Forest(
                factories.partner("distributor"), factories.partner("reseller"), products
            )
            for number in range(4):
                forest.child(number, number)
            for name, first, second in steps:
                getattr(forest, name)(first, second)
            forest.check()
            raise Undo
    except Undo:
        pass


@BUDGET
@given(
    parents=st.lists(numbers, max_size=30),
    noise=st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=30, max_size=30),
)
def test_any_index_is_repaired_from_the_parents_alone(db, parents, noise):
    try:
        with transaction.atomic():
            home = factories.partner("distributor")
            known = []
            for index, number in enumerate(parents):
                parent = known[number % len(known)] if known and number % 5 else None
                place = dict(zip(("tree_id", "lft", "rght", "level"), noise[index], strict=True))
                known.append(
                    TierAccount(
                        pk=f"TA-{index}",
                        parent=parent,
                        provider=home,
                        owner=home,
                        type="reseller",
                        external_uid=f"U-{index}",
                        **{k: v % 40 for k, v in place.items()},
                    )
                )
            TierAccount.objects.bulk_create(known)
            trees.rebuild()
            assert trees.broken() == []
            assert trees.rebuild() == 0
            for account in TierAccount.objects.select_related("parent"):
                above = account.get_ancestors(ascending=True).first()
                assert above == account.parent
            raise Undo
    except Undo:
        pass
