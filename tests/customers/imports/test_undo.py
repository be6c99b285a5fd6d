"""Imports that were applied are undone, as far as nothing newer stands on them."""

import pytest
from django.utils import timezone

from customers import trees
from customers.imports import services
from customers.models import (
    AccountAccess,
    ImportRow,
    Note,
    Participation,
    TierAccount,
)
from customers.services.accounts import edit_account, move_account
from tests import factories
from tests.customers.imports.files import apply, check, row, undo
from tests.customers.imports.test_apply import actor as actor
from tests.customers.imports.test_apply import city
from tests.customers.imports.test_apply import home as home

TOUCHES = {
    "edited": "changed since",
    "child": "below it",
    "participation": "used by",
    "access": "used by",
    "note": "notes",
    "closed": "decommissioned",
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_an_account_that_was_touched_since_stays_and_says_why(cast, home, actor, touch):
    batch = apply(
        check(
            actor,
            home,
            [
                row("Alpha", type="reseller", parent_id=cast.umbrella.pk),
                row("Beta", parent_id=cast.umbrella.pk),
            ],
        ),
        actor,
    )
    alpha = TierAccount.objects.get(name="Alpha")
    if touch == "edited":
        edit_account(alpha, actor=actor, data={"city": "Ulm"})
    elif touch == "child":
        factories.account(home, alpha, name="Later")
    elif touch == "participation":
        Participation.objects.create(
            account=alpha,
            product=cast.product,
            vendor=cast.partners["vendor"],
            provider=home,
            tier=1,
            kind="subscription",
            source="AS-1",
        )
    elif touch == "access":
        AccountAccess.objects.create(
            partner=cast.partners["reseller2"],
            account=alpha,
            kind="sees",
            started_at=timezone.now(),
        )
    elif touch == "note":
        Note.objects.create(
            object_type="tieraccount", object_id=alpha.pk, kind="message", text="x", role="r"
        )
    else:
        TierAccount.objects.filter(pk=alpha.pk).update(decommissioned_at=timezone.now())
    foreseen = services.undoable(batch, actor=actor)
    assert (foreseen.created, foreseen.changed) == (1, 0)
    [kept] = foreseen.kept
    assert (kept.number, kept.account) == (2, alpha.pk)
    assert TOUCHES[touch] in kept.reason
    batch = undo(batch, actor)
    assert batch.state == "undone"
    assert TierAccount.objects.filter(pk=alpha.pk).exists()
    assert not TierAccount.objects.filter(name="Beta").exists()
    assert list(ImportRow.objects.order_by("number").values_list("undo", flat=True)) == [
        kept.reason,
        "undone",
    ]
    assert trees.broken() == []


def test_a_parent_stays_when_a_child_of_the_same_batch_stays(cast, home, actor):
    batch = apply(
        check(
            actor,
            home,
            [row("Top", type="reseller", external_id="T"), row("Child", parent_external_id="T")],
        ),
        actor,
    )
    edit_account(TierAccount.objects.get(name="Child"), actor=actor, data={"city": "Ulm"})
    undo(batch, actor)
    assert TierAccount.objects.filter(name__in=["Top", "Child"]).count() == 2


def test_a_change_that_was_followed_by_another_stays(cast, home, actor):
    batch = apply(check(actor, home, f"id,city\n{cast.kirlin.pk},Kiel\n"), actor)
    edit_account(cast.kirlin, actor=actor, data={"city": "Ulm"})
    assert services.undoable(batch, actor=actor).changed == 0
    undo(batch, actor)
    assert city(cast.kirlin) == "Ulm"


def test_a_move_goes_back_and_its_new_parent_vanishes(cast, home, actor):
    batch = apply(
        check(
            actor,
            home,
            [
                row("New top", type="reseller", external_id="N"),
                row("Kirlin LLC", parent_external_id="N") | {"id": cast.kirlin.pk},
            ],
            duplicates="create",
        ),
        actor,
    )
    assert TierAccount.objects.get(pk=cast.kirlin.pk).parent.name == "New top"
    undo(batch, actor)
    assert TierAccount.objects.get(pk=cast.kirlin.pk).parent == cast.nordlicht
    assert not TierAccount.objects.filter(name="New top").exists()
    assert trees.broken() == []


def test_a_former_parent_that_is_below_now_is_no_way_back(cast, home, actor):
    top = factories.account(home, name="Top")
    batch = apply(check(actor, home, f"id,parent id\n{cast.nordlicht.pk},{top.pk}\n"), actor)
    move_account(cast.umbrella, actor=actor, parent=cast.nordlicht)
    [kept] = services.undoable(batch, actor=actor).kept
    assert "below it now" in kept.reason
    undo(batch, actor)
    assert TierAccount.objects.get(pk=cast.nordlicht.pk).parent == top
