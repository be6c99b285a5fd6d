"""Who may do what to an import, in which state, and who sees it."""

import pytest
from django.utils import timezone

from customers.imports import services
from customers.lifecycle import advance
from customers.models import ImportBatch, ImportRow
from tests.customers.imports.files import check, row
from tests.customers.matrix import check_completeness, check_machine, rows

ALLOWED = (
    rows("distributor", "uploaded checking checked", "start_check")
    | rows("distributor", "checked applying", "start_apply")
    | rows("distributor", "applied undoing", "start_undo")
    | rows("distributor", "uploaded checked", "discard")
    | rows("system", "checking", "check_rows")
    | rows("system", "applying", "apply")
    | rows("system", "undoing", "undo")
    | rows("system", "checking applying undoing", "fail")
)
SERVICES = {
    "start_check": services.check_batch,
    "start_apply": services.apply_batch,
    "start_undo": services.undo_batch,
    "discard": services.discard_batch,
}
DATA = {"apply": {"at": timezone.now()}, "fail": {"reason": "Because."}}


def take(batch, step, actor):
    if step in SERVICES:
        return SERVICES[step](batch, actor=actor)
    return advance(batch, step, actor=actor, **DATA.get(step, {}))


@pytest.fixture
def batch(cast):
    made = check(
        cast.actor("distributor"),
        cast.partners["distributor"],
        [row("Alpha", parent_id=cast.umbrella.pk)],
    )
    assert made.state == "checked"
    return made


@pytest.fixture
def in_state(batch):
    def put(state):
        decided = timezone.now() if state in ("applied", "undoing", "undone") else None
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, decided_at=decided, job=None)
        return ImportBatch.objects.get(pk=batch.pk)

    return put


def test_the_matrix(cast, in_state):
    check_machine(cast, in_state, take, ALLOWED)


def test_the_set_names_every_transition():
    check_completeness(ImportBatch, ALLOWED)


def test_only_the_importing_partner_sees_an_import_and_its_rows(cast, batch):
    for name in (*cast.partners, "system"):
        for model in (ImportBatch, ImportRow):
            seen = model.objects.visible_to(cast.actor(name)).exists()
            assert seen == (name in ("distributor", "system")), name
    assert not ImportBatch.objects.visible_to(None).exists()


def test_a_resellers_import_is_not_its_distributors_to_read(cast):
    made = check(
        cast.actor("reseller"),
        cast.partners["distributor"],
        [row("Alpha", parent_id=cast.nordlicht.pk)],
    )
    assert list(ImportBatch.objects.visible_to(cast.actor("reseller"))) == [made]
    assert not ImportBatch.objects.visible_to(cast.actor("distributor")).exists()
    assert not ImportBatch.objects.visible_to(cast.actor("parent")).exists()
