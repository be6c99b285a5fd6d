"""Which configurations an order needs: pure, over plain rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tierconfig.models import Parameter
from tierconfig.services.needs import Need, Standing, needs

T1, T2 = SimpleNamespace(pk="TA-1"), SimpleNamespace(pk="TA-2")


@dataclass
class Config:
    configured: bool = False
    params: dict[str, Any] = field(default_factory=dict)


def open_request(state: str, **params: Any) -> SimpleNamespace:
    return SimpleNamespace(state=state, params=params, presentation={})


def found(level: int = 2, tiers: Any = (T1, T2), standing: Any = None, scopes: Any = None) -> list:
    own = {
        scope: [Parameter(name=f"{scope}_vat", scope=scope, phase="ordering", required=True)]
        for scope in scopes or ("tier1", "tier2")
    }
    return needs(
        SimpleNamespace(pk="PRD-1", authorization_level=level),
        tiers,
        lambda account, product, tier: (standing or {}).get((account, tier)),
        lambda product, scope: own.get(scope, []),
    )


def keys(rows: list[Need]) -> list[tuple[str, int]]:
    return [(row.account.pk, row.tier_level) for row in rows]


@pytest.mark.parametrize(
    ("level", "tiers", "scopes", "wanted"),
    [
        (2, (T1, T2), None, [("TA-2", 2), ("TA-1", 1)]),
        (1, (T1, T2), None, [("TA-1", 1)]),
        (0, (T1, T2), None, []),
        (2, (T1, None), None, [("TA-1", 1)]),
        (2, (None, T2), None, [("TA-2", 2)]),
        (2, (T1, T2), ("tier2",), [("TA-2", 2)]),
    ],
)
def test_capability_chain_and_scopes_decide_what_is_needed(level, tiers, scopes, wanted):
    assert keys(found(level, tiers, scopes=scopes)) == wanted


def test_what_was_never_asked_begins_with_the_order_and_says_what_will_be_asked():
    tier2, _tier1 = found()
    assert tier2.begins
    assert not tier2.ready
    assert not tier2.is_draft
    assert [each.name for each in tier2.asked()] == ["tier2_vat"]
    assert tier2.asked({"tier2_vat": {"value": "DE1"}}) == []


def test_a_configured_tier_is_ready_and_asked_nothing_even_while_its_update_is_open():
    standing = {("TA-2", 2): Standing(Config(configured=True), open_request("inquiring"))}
    tier2 = found(standing=standing)[0]
    assert tier2.ready
    assert not tier2.begins
    assert tier2.asked() == []


@pytest.mark.parametrize(("state", "draft"), [("draft", True), ("inquiring", False)])
def test_an_open_setup_is_joined_with_the_values_it_has(state, draft):
    standing = {("TA-2", 2): Standing(Config(), open_request(state, tier2_vat={"value": "DE1"}))}
    tier2 = found(standing=standing)[0]
    assert not tier2.begins
    assert tier2.is_draft is draft
    assert tier2.asked() == []


def test_a_failed_setup_begins_again():
    tier2 = found(standing={("TA-2", 2): Standing(Config())})[0]
    assert tier2.begins
    assert tier2.config is not None
