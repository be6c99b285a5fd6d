"""All or nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers import trees
from customers.imports import services, work
from customers.imports.steps import Stale
from customers.jobs import TRIES
from customers.models import (
    ImportBatch,
    ImportRow,
    Job,
    Membership,
    TierAccount,
)
from customers.services.accounts import edit_account
from tests import factories
from tests.customers.imports.files import apply, check, outcomes, row, run, undo


@pytest.fixture
def home(cast):
    return cast.partners["distributor"]


@pytest.fixture
def actor(cast):
    return cast.actor("distributor")


def city(account):
    return TierAccount.objects.get(pk=account.pk).city


@pytest.mark.parametrize(
    "change",
    ["edited", "moved away", "parent closed", "number taken"],
)
def test_when_something_changed_since_the_check_nothing_is_applied(cast, home, actor, change):
    parent = factories.account(home, name="Parent", type="reseller")
    batch = check(
        actor,
        home,
        [
            row("Fine", parent_id=cast.umbrella.pk),
            row("Alpha", parent_id=parent.pk, external_id="A1"),
            row("Kirlin LLC", city="Kiel") | {"id": cast.kirlin.pk},
        ],
        duplicates="create",
    )
    assert outcomes(batch) == ["new", "new", "changed"]
    if change == "edited":
        edit_account(cast.kirlin, actor=actor, data={"city": "Ulm"})
    elif change == "moved away":
        TierAccount.objects.filter(pk=cast.kirlin.pk).update(decommissioned_at=timezone.now())
    elif change == "parent closed":
        TierAccount.objects.filter(pk=parent.pk).update(decommissioned_at=timezone.now())
    else:
        factories.account(home, cast.umbrella, name="Quick", external_id="A1")
    before = TierAccount.objects.count()
    batch = apply(batch, actor)
    assert batch.state == "checked"
    line = 4 if change in ("edited", "moved away") else 3
    assert f"line {line}" in batch.problem
    assert TierAccount.objects.count() == before
    assert city(cast.kirlin) == ("Ulm" if change == "edited" else "Hamburg")
    stale = ImportRow.objects.get(batch=batch, outcome="error")
    assert (stale.number, stale.chosen) == (line, False)
    batch = apply(batch, actor)  # what is left can still be applied
    assert batch.state == "applied"
    assert TierAccount.objects.filter(name="Fine").exists()


def test_a_row_whose_parent_is_not_chosen_is_named(cast, home, actor):
    batch = check(
        actor,
        home,
        [row("Top", type="reseller", external_id="T"), row("Child", parent_external_id="T")],
    )
    services.choose(batch, actor=actor, chosen=False, numbers=[2])
    batch = apply(batch, actor)
    assert batch.state == "checked"
    assert "line 3: its parent, line 2, is not chosen" in batch.problem


def test_only_chosen_rows_are_applied(cast, home, actor):
    batch = check(actor, home, [row(name, parent_id=cast.umbrella.pk) for name in ("Al", "Be")])
    services.choose(batch, actor=actor, chosen=False, numbers=[3])
    apply(batch, actor)
    names = TierAccount.objects.filter(name__in=["Al", "Be"]).values_list("name", flat=True)
    assert list(names) == ["Al"]


def parts_of(monkeypatch, size):
    """As on SQLite, with parts of a few rows."""
    monkeypatch.setattr(work, "PART", size)
    monkeypatch.setattr(work, "in_parts", lambda: True)


def forest(cast):
    return [
        row("Top", type="reseller", external_id="T", parent_id=cast.umbrella.pk),
        *[row(f"Child {n}", parent_external_id="T", external_id=f"C{n}") for n in range(5)],
        row("Kirlin LLC", city="Kiel") | {"id": cast.kirlin.pk},
    ]


def test_a_batch_in_parts_is_one_batch(cast, home, actor, monkeypatch):
    parts_of(monkeypatch, 2)
    before = TierAccount.objects.count()
    batch = apply(check(actor, home, forest(cast), duplicates="create"), actor)
    assert (batch.state, batch.problem) == ("applied", "")
    assert TierAccount.objects.filter(parent__name="Top").count() == 5
    assert trees.broken() == []
    batch = undo(batch, actor)
    assert batch.state == "undone"
    assert (TierAccount.objects.count(), city(cast.kirlin)) == (before, "Hamburg")
    assert trees.broken() == []


@pytest.mark.parametrize("fault", ["refused", "killed"])
def test_when_a_later_part_fails_the_earlier_ones_are_taken_back(
    cast, home, actor, monkeypatch, fault
):
    parts_of(monkeypatch, 2)
    before = set(TierAccount.objects.values_list("pk", flat=True))
    batch = check(actor, home, forest(cast), duplicates="create")
    write, calls = work.Writer.write, []

    def failing(self, steps, source, removed=(), **more):
        calls.append(steps)
        if len(calls) == 3:
            if fault == "killed":
                raise KeyboardInterrupt
            raise Stale({4: "because"})
        return write(self, steps, source, removed, **more)

    monkeypatch.setattr(work.Writer, "write", failing)
    if fault == "killed":
        services.apply_batch(batch, actor=actor)
        with pytest.raises(KeyboardInterrupt):
            run(batch)
        half = ImportBatch.objects.get(pk=batch.pk)
        assert (half.state, half.written) == ("applying", 5)
        half.job.claimed_until = timezone.now() - timezone.timedelta(minutes=1)
        half.job.save()
        batch = run(batch)  # another worker takes over: takes back, then begins anew
        assert batch.state == "applied"
        assert TierAccount.objects.filter(parent__name="Top").count() == 5
    else:
        batch = apply(batch, actor)
        assert (batch.state, batch.written) == ("checked", 0)
        assert "because" in batch.problem
        assert set(TierAccount.objects.values_list("pk", flat=True)) == before
    assert trees.broken() == []


def abandoned(batch):
    """The worker is gone, and its claim over."""
    Job.objects.filter(pk=batch.job_id).update(
        claimed_until=timezone.now() - timedelta(minutes=1),
        due_at=timezone.now() - timedelta(minutes=1),
    )


def test_a_part_that_fails_for_no_known_reason_leaves_nothing_of_the_others(
    cast, home, actor, monkeypatch
):
    parts_of(monkeypatch, 2)
    before = set(TierAccount.objects.values_list("pk", flat=True))
    batch = check(actor, home, forest(cast), duplicates="create")
    write = work.Writer.write

    def failing(self, steps, source, removed=(), **more):
        if any(step.new and step.number == 5 for step in steps):
            raise RuntimeError("the disk is full")
        return write(self, steps, source, removed, **more)

    monkeypatch.setattr(work.Writer, "write", failing)
    services.apply_batch(batch, actor=actor)
    for _attempt in range(TRIES):
        batch = run(batch)
        assert set(TierAccount.objects.values_list("pk", flat=True)) == before
        abandoned(batch)
    assert (batch.state, batch.written, batch.busy) == ("checked", 0, False)
    assert "went wrong" in batch.problem


def test_a_batch_half_written_when_its_importer_lost_the_right_waits_for_a_colleague(
    cast, home, actor, monkeypatch
):
    parts_of(monkeypatch, 2)
    batch = check(actor, home, forest(cast), duplicates="create")
    write, calls = work.Writer.write, []

    def failing(self, *args, **more):
        calls.append(self)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(self, *args, **more)

    monkeypatch.setattr(work.Writer, "write", failing)
    batch = services.apply_batch(batch, actor=actor)
    with pytest.raises(KeyboardInterrupt):
        run(batch)
    member = Membership.objects.filter(user=actor.user, partner=home)
    level = member.get().level
    member.update(level="viewer")
    abandoned(batch)
    batch = run(batch)
    assert (batch.state, batch.busy) == ("applying", False)
    assert "may no longer" in batch.problem
    member.update(level=level)
    batch = apply(batch, actor)
    assert (batch.state, batch.problem) == ("applied", "")
    assert TierAccount.objects.filter(parent__name="Top").count() == 5
    assert trees.broken() == []


def test_a_worker_that_was_slow_to_begin_does_not_end_what_another_is_writing(
    cast, home, actor, monkeypatch
):
    parts_of(monkeypatch, 2)
    batch = check(actor, home, forest(cast), duplicates="create")
    verify = work._verify

    def overtaken(*args):
        """Before it looks, another worker has written a part."""
        monkeypatch.setattr(work, "_verify", verify)
        steps = list(work.split(args[2], 2))
        work._apply_part(job, actor, work.Progress(), steps[0], 0, False, work.Done())
        return verify(*args)

    monkeypatch.setattr(work, "_verify", overtaken)
    job = services.apply_batch(batch, actor=actor).job
    assert work.apply(job, actor, work.Progress()) == {}
    half = ImportBatch.objects.get(pk=batch.pk)
    assert (half.state, half.problem, half.written > 0) == ("applying", "", True)
    assert TierAccount.objects.filter(parent__name="Top").count() == 1


def test_a_worker_that_was_overtaken_writes_nothing_more(cast, home, actor, monkeypatch):
    parts_of(monkeypatch, 2)
    batch = check(actor, home, forest(cast), duplicates="create")
    apply_part = work._apply_part

    def slow(*args):
        done = apply_part(*args)
        # Meanwhile another worker has taken the part back, to begin anew.
        ImportBatch.objects.filter(pk=batch.pk).update(written=0)
        return done

    monkeypatch.setattr(work, "_apply_part", slow)
    job = services.apply_batch(batch, actor=actor).job
    assert work.apply(job, actor, work.Progress()) == {}
    assert ImportBatch.objects.get(pk=batch.pk).state == "applying"
    assert TierAccount.objects.filter(parent__name="Top").count() == 1
