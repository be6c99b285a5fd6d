"""Whatever the index of a forest says, it is put right from the parents alone."""

from __future__ import annotations

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import trees
from customers.models import TierAccount
from tests import factories

BUDGET = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
numbers = st.integers(min_value=0, max_value=10_000)


class Undo(Exception):
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
                        name=f"A {index}",
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
