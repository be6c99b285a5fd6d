"""Public ids: their formats, and what happens when one is taken."""

import re

import pytest
from django.db import IntegrityError

from customers import identifiers, trees
from customers.models import Partner, TierAccount
from customers.services.accounts import edit_account
from tests import factories
from tierconfig.models import TierConfig, TierConfigRequest

FORMATS = {
    "VA": r"VA-\d{3}-\d{3}",
    "PA": r"PA-\d{3}-\d{3}",
    "UR": r"UR-\d{3}-\d{3}-\d{3}",
    "SU": r"SU-\d{3}-\d{3}-\d{3}",
    "HB": r"HB-\d{4}-\d{4}",
    "MP": r"MP-\d{5}",
    "PRD": r"PRD-\d{3}-\d{3}-\d{3}",
    "TL": r"TL-\d{3}-\d{3}-\d{3}",
    "CT": r"CT-\d{4}-\d{4}",
    "TA": r"TA-\d{4}-\d{4}-\d{4}",
    "TC": r"TC-\d{3}-\d{3}-\d{3}",
    "AS": r"AS-\d{4}-\d{4}-\d{4}",
    "IMP": r"IMP-\d{3}-\d{3}-\d{3}",
    "WE": r"WE-\d{3}-\d{3}-\d{3}",
    "REP": r"REP-\d{3}-\d{3}-\d{3}",
    "RSC": r"RSC-\d{3}-\d{3}-\d{3}",
    "CAT": r"CAT-\d{5}",
    "PRDMSG": r"PRDMSG-\d{3}-\d{3}-\d{3}",
    "WB": r"WB-\d{3}-\d{3}-\d{3}",
}


def test_every_prefix_has_its_format():
    assert set(FORMATS) == set(identifiers.FORMATS)
    for prefix, pattern in FORMATS.items():
        made = {identifiers.new_id(prefix) for _ in range(50)}
        assert all(re.fullmatch(pattern, each) for each in made)
        assert len(made) > 40


def test_ids_of_requests_follow_their_object(cast):
    order = cast.order()
    assert re.fullmatch(r"PR-\d{4}-\d{4}-\d{4}-001", order.pk)
    assert identifiers.digits(order.subscription_id) in order.pk
    for config in TierConfig.objects.all():
        request = config.requests.get()
        assert request.pk == f"TCR-{identifiers.digits(config.pk)}-001"
    assert TierConfigRequest.objects.count() == 2
    cast.order(product=cast.plain)
    distributor = cast.actor("distributor")
    for number in (1, 2):
        _account, raised = edit_account(
            cast.nordlicht, actor=distributor, data={"city": f"Kiel {number}"}
        )
        digits = identifiers.digits(cast.nordlicht.pk)
        assert [r.pk for r in raised] == [f"TAR-{digits}-{number:03d}-{n:03d}" for n in (1, 2)]
        assert [r.product_id for r in raised] == sorted(r.product_id for r in raised)


@pytest.fixture
def drawn(monkeypatch):
    """Ids come from this list, the first one first."""
    queue = []
    monkeypatch.setattr(identifiers, "new_id", lambda prefix: queue.pop(0))
    return queue


def test_a_taken_id_is_drawn_again(db, drawn):
    drawn += ["VA-000-001", "VA-000-001", "VA-000-001", "VA-000-002"]
    first, second = (factories.partner("vendor") for _ in range(2))
    assert (first.pk, second.pk) == ("VA-000-001", "VA-000-002")


def test_a_taken_id_leaves_the_tree_valid(cast, drawn):
    drawn += [cast.kirlin.pk, cast.umbrella.pk, "TA-0000-0000-0001"]
    made = factories.account(cast.partners["distributor"], cast.nordlicht)
    assert made.pk == "TA-0000-0000-0001"
    assert trees.broken() == []
    assert TierAccount.objects.get(pk=cast.kirlin.pk).name == "Kirlin LLC"


def test_after_eight_taken_ids_the_error_is_told(db, drawn):
    drawn += ["VA-000-001"] * 9
    factories.partner("vendor")
    with pytest.raises(IntegrityError):
        factories.partner("vendor")
    assert Partner.objects.count() == 1


def test_another_collision_is_not_mistaken_for_a_taken_id(cast, drawn):
    drawn += ["TA-0000-0000-0001"]
    with pytest.raises(IntegrityError):
        identifiers.insert(
            TierAccount,
            "TA",
            provider=cast.umbrella.provider,
            owner=cast.umbrella.provider,
            type="reseller",
            name="Second",
            external_uid=cast.umbrella.external_uid,
        )


def test_free_ids_are_distinct_and_free(db, monkeypatch):
    factories.partner("vendor")
    taken = Partner.objects.get().pk
    queue = iter([taken, "VA-000-001", "VA-000-001", "VA-000-002", "VA-000-003", "VA-000-004"])
    monkeypatch.setattr(identifiers, "new_id", lambda prefix: next(queue))
    found = identifiers.free_ids(Partner, "VA", 3)
    assert sorted(found) == ["VA-000-001", "VA-000-002", "VA-000-003"]
