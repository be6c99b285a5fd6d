"""Statements that are kept while several threads answer."""

import pytest

from customers.models import TierAccount
from resellerportal import statements

pytestmark = pytest.mark.django_db


class Dropped(dict):
    """What another thread drops as soon as it is kept, because there are too many."""

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.clear()


def test_a_statement_that_another_thread_drops_at_once_is_run_all_the_same(cast, monkeypatch):
    monkeypatch.setattr(statements, "_built", Dropped())
    actor = cast.actor("distributor")
    rows = TierAccount.objects.visible_to(actor)
    assert statements.total("dropped", actor, lambda: rows) == rows.count() > 0
