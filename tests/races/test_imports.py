"""Imports beside people who write the same accounts."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from customers.imports import services
from customers.jobs import run_pending
from customers.models import AccountVersion, ImportBatch, ImportRow, TierAccount
from customers.services.accounts import edit_account
from tests.customers.imports.files import apply, check, row
from tests.races.threads import PATIENCE, refusals, together, until_blocked

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def applied(cast):
    """A batch that made "Made" and changed the city of "Kirlin LLC"."""
    actor, home = cast.actor("distributor"), cast.partners["distributor"]
    rows = [
        row("Made", parent_id=cast.umbrella.pk),
        row(cast.kirlin.name, city="Kiel") | {"id": cast.kirlin.pk},
    ]
    batch = apply(check(actor, home, rows, duplicates="create"), actor)
    assert batch.state == "applied"
    return batch


def test_an_edit_that_is_under_way_is_not_undone_with_the_batch(cast, applied):
    actor = cast.actor("distributor")
    services.undo_batch(applied, actor=actor)
    accounts = [TierAccount.objects.get(name="Made"), TierAccount.objects.get(pk=cast.kirlin.pk)]
    edited = threading.Event()

    def worker():
        try:
            edited.wait(PATIENCE)
            run_pending()
        finally:
            connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    with transaction.atomic():
        for account in accounts:
            edit_account(account, actor=actor, data={"city": "Ulm"})
        edited.set()
        assert until_blocked(thread)
    thread.join(PATIENCE)
    batch = ImportBatch.objects.get(pk=applied.pk)
    assert (batch.state, batch.problem) == ("undone", "")
    kept = ImportRow.objects.filter(batch=batch).values_list("undo", flat=True)
    assert set(kept) == {"The account was changed since."}
    for account in accounts:
        assert TierAccount.objects.get(pk=account.pk).city == "Ulm"


def test_two_people_apply_one_import_once(cast):
    actor, home = cast.actor("distributor"), cast.partners["distributor"]
    batch = check(actor, home, [row("Made", parent_id=cast.umbrella.pk)])
    ask = partial(services.apply_batch, batch)
    results = together([partial(ask, actor=cast.actor("distributor")) for _each in range(4)])
    assert len(refusals(results)) == 3
    together([partial(run_pending, 4) for _worker in range(3)])
    assert ImportBatch.objects.get(pk=batch.pk).state == "applied"
    made = TierAccount.objects.get(name="Made")
    assert AccountVersion.objects.filter(account=made).count() == 1
