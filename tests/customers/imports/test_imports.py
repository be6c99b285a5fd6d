"""From a file to accounts and back."""

from customers import trees
from customers.models import AccountVersion, Event, ImportRow, TierAccount, TierAccountRequest
from tests.customers.imports.files import apply, check, errors, outcomes, row, undo


def test_new_rows_become_accounts_below_earlier_rows_and_vanish_again(cast):
    actor = cast.actor("distributor")
    before = TierAccount.objects.count()
    batch = check(
        actor,
        cast.partners["distributor"],
        [
            row("Alpha", type="reseller", external_id="A1", parent_id=cast.umbrella.pk),
            row("Beta", parent_external_id="A1", phone="040 123456"),
            row("Gamma", type="reseller"),
        ],
    )
    assert errors(batch) == {}
    assert outcomes(batch) == ["new", "new", "new"]
    batch = apply(batch, actor)
    assert (batch.state, batch.problem) == ("applied", "")
    alpha, beta = TierAccount.objects.get(name="Alpha"), TierAccount.objects.get(name="Beta")
    assert (alpha.parent, beta.parent) == (cast.umbrella, alpha)
    assert beta.phone == "+49 40 123456"
    assert TierAccount.objects.get(name="Gamma").parent is None
    assert trees.broken() == []
    assert AccountVersion.objects.get(account=beta).data["parent_name"] == "Alpha"
    event = Event.objects.get(object_id=beta.pk)
    assert event.verb == "tieraccount.create"
    assert event.data == {"version": 1, "batch": batch.pk}
    assert event.told_at is not None
    batch = undo(batch, actor)
    assert batch.state == "undone"
    assert TierAccount.objects.count() == before
    assert trees.broken() == []


def test_a_change_raises_requests_and_undoing_it_raises_them_again(cast):
    cast.order(product=cast.product)
    actor = cast.actor("distributor")
    batch = check(
        actor,
        cast.partners["distributor"],
        f"id,city,parent id\n{cast.kirlin.pk},Kiel,{cast.umbrella.pk}\n",
    )
    [found] = ImportRow.objects.filter(batch=batch)
    assert found.outcome == "changed"
    assert found.differences == {
        "city": ["Hamburg", "Kiel"],
        "parent_id": [cast.nordlicht.pk, cast.umbrella.pk],
        "parent_name": ["Nordlicht Systemhaus GmbH", "Umbrella Hanse"],
    }
    batch = apply(batch, actor)
    assert batch.state == "applied", batch.problem
    kirlin = TierAccount.objects.get(pk=cast.kirlin.pk)
    assert (kirlin.city, kirlin.parent, kirlin.version) == ("Kiel", cast.umbrella, 2)
    [raised] = TierAccountRequest.objects.filter(account=kirlin)
    assert (raised.base_version, raised.version, raised.changed) == (1, 2, ["city", "parent_id"])
    vendor = cast.partners["vendor"].pk
    applied = Event.objects.get(verb="importbatch.apply")
    assert applied.data["vendors"] == {vendor: 1}
    batch = undo(batch, actor)
    assert batch.state == "undone"
    kirlin = TierAccount.objects.get(pk=cast.kirlin.pk)
    assert (kirlin.city, kirlin.parent, kirlin.version) == ("Hamburg", cast.nordlicht, 3)
    assert TierAccountRequest.objects.filter(account=kirlin).count() == 2
    assert trees.broken() == []
