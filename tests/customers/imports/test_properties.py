"""A batch does what the services do one by one: equal accounts, trees, versions and requests."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers import trees
from customers.models import (
    AccountVersion,
    Event,
    Participation,
    TierAccount,
    TierAccountRequest,
)
from customers.services.accounts import NoChange, create_account, edit_account
from tests import factories
from tests.conftest import make_cast
from tests.customers.imports.files import apply, check, errors, outcomes, row, undo

CITIES = ("Kiel", "Ulm", "Bremen")
#: (new name or index of an existing account, kind, parent, city); parents: -1 none, below 4 an
#: existing account, above 9 an earlier new row.
LINES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 3)),
        st.sampled_from(["reseller", "customer"]),
        st.one_of(st.integers(-1, 3), st.integers(10, 15)),
        st.sampled_from(CITIES),
    ),
    min_size=1,
    max_size=8,
)


class _Back(Exception):
    pass


def lines(drawn: list[Any], accounts: list[TierAccount]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    made = 0
    met: set[int] = set()
    for which, kind, parent, city in drawn:
        if which is not None and which in met:
            continue
        values: dict[str, Any] = {"type": kind, "city": city, "parent_id": "-"}
        if 0 <= parent < 4:
            values["parent_id"] = accounts[parent].pk
        elif parent >= 10:
            if parent - 10 >= made:
                continue
            values["parent_id"], values["parent_external_id"] = "", f"N{parent - 10}"
        if which is None:
            rows.append(row(f"Company no {made}", external_id=f"N{made}", **values))
            made += 1
        else:
            met.add(which)
            rows.append(row(accounts[which].name, id=accounts[which].pk, **values))
    return rows


def naive(rows: list[dict[str, Any]], actor: Any, provider: Any) -> list[str]:
    """The services, one row after the other; answers what became of each."""
    found = []
    for each in rows:
        data = dict(each)
        pk, ref = data.pop("id", ""), data.pop("parent_external_id", "")
        parent_id = data.pop("parent_id", "")
        try:
            with transaction.atomic():
                parent = None
                if ref:
                    parent = TierAccount.objects.get(external_id=ref)
                elif parent_id != "-":
                    parent = TierAccount.objects.get(pk=parent_id)
                if pk:
                    account = TierAccount.objects.get(pk=pk)
                    edit_account(account, actor=actor, data=data, parent=parent)
                    found.append("changed")
                else:
                    create_account(actor=actor, provider=provider, parent=parent, data=data)
                    found.append("new")
        except NoChange:
            found.append("same")
        except (ValidationError, TierAccount.DoesNotExist):
            found.append("error")
    return found


def picture(provider: Any) -> dict[str, Any]:
    """Everything but ids and times, by the names of the accounts."""
    accounts = {account.pk: account for account in TierAccount.objects.filter(provider=provider)}
    names = {pk: account.name for pk, account in accounts.items()}
    versions = AccountVersion.objects.filter(account__in=accounts).order_by("account", "number")
    hidden = {"external_uid", "parent_id"}
    return {
        "accounts": {
            account.name: (
                account.type,
                account.city,
                account.external_id,
                names.get(account.parent_id or ""),
                account.version,
                account.level,
                account.name_key,
                account.email_domain,
                [names[child.pk] for child in account.get_children()],
            )
            for account in accounts.values()
        },
        "versions": sorted(
            (
                names[v.account_id],
                v.number,
                sorted((k, x) for k, x in v.data.items() if k not in hidden),
            )
            for v in versions
        ),
        "requests": sorted(
            (names[r.account_id], r.base_version, r.version, r.state, str(r.changed), r.product_id)
            for r in TierAccountRequest.objects.all()
        ),
        "events": sorted(
            (
                event.verb,
                names.get(event.object_id, ""),
                str(
                    sorted(
                        (key, value)
                        for key, value in event.data.items()
                        if key not in ("batch", "account")
                    )
                ),
            )
            for event in Event.objects.exclude(object_type="importbatch")
        ),
    }


class TestBatches(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = make_cast()
        cast = cls.cast
        cls.home = cast.partners["distributor"]
        other = factories.account(cls.home, name="Solo")
        cls.accounts = [cast.umbrella, cast.nordlicht, cast.kirlin, other]
        for account in (cast.kirlin, other):
            for product in (cast.product, cast.plain):
                Participation.objects.create(
                    account=account,
                    product=product,
                    vendor=cast.partners["vendor"],
                    provider=cls.home,
                    tier=0,
                    kind="subscription",
                    source=f"AS-{account.pk[-4:]}-{product.pk[-3:]}",
                )

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(drawn=LINES)
    def test_a_batch_is_its_rows_one_by_one(self, drawn: list[Any]) -> None:
        rows = lines(drawn, self.accounts)
        if not rows:
            return
        actor = self.cast.actor("distributor")
        told, expected = self.naively(rows, actor)
        before = picture(self.home)
        batch = check(actor, self.home, rows, duplicates="create")
        found = ["new" if each == "duplicate" else each for each in outcomes(batch)]
        assert found == told, errors(batch)
        if {"new", "changed"} & set(found):
            batch = apply(batch, actor)
            assert batch.state == "applied", batch.problem
        assert picture(self.home) == expected
        assert trees.broken() == []
        if batch.state == "applied":
            batch = undo(batch, actor)
            assert batch.state == "undone"
            after = picture(self.home)
            assert {n: a[:4] for n, a in after["accounts"].items()} == {
                n: a[:4] for n, a in before["accounts"].items()
            }
            assert trees.broken() == []

    def naively(self, rows: list[dict[str, Any]], actor: Any) -> tuple[list[str], dict[str, Any]]:
        told: list[str] = []
        expected: dict[str, Any] = {}
        try:
            with transaction.atomic():
                told += naive(rows, actor, self.home)
                expected |= picture(self.home)
                raise _Back
        except _Back:
            pass
        return told, expected
