"""What the pages about one object cost in statements, while much waits and when all is decided.

The numbers are what a page needs, so a page that reads something twice is seen here; no page may
need more than twelve.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import AccountAccess, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from customers.visibility import within_ranges
from tests import factories
from tests.factories import steps
from tests.resellerportal.config_pages import BACKEND
from tierconfig.models import TierConfigRequest

MOST = 12
#: Tabs of the pages about one object; "" is the first.
TABS = {
    "account": ("", "hierarchy", "subscriptions", "configurations", "changes", "versions"),
    "request": ("",),
    "config": ("", "parameters", "tiers", "requests", "details"),
    "config-request": ("", "details"),
    "order": ("", "details", "tiers", "requests", "configuration"),
    "subscription": ("", "items", "parameters", "tiers", "requests", "details"),
    "readiness": ("",),
}
#: The most statements of a page of each kind, by role.
KINDS = (*TABS, "readiness-cell", "readiness-list", "home")
LIMITS = {
    "vendor": (10, 11, 9, 12, 11, 10, 10, 11, 12, 11),
    "distributor": (9, 9, 8, 11, 10, 9, 9, 10, 12, 11),
    "reseller": (10, 10, 11, 12, 11, 10, 10, 11, 12, 11),
}


def objects(order: Any) -> dict[str, Any]:
    setup = TierConfigRequest.objects.get(configuration__tier_level=1)
    return {
        "account": setup.configuration.account,
        "request": TierAccountRequest.objects.get(),
        "config": setup.configuration,
        "config-request": setup,
        "order": order,
        "subscription": order.subscription,
        "readiness": setup.configuration.account,
    }


def addresses(role: str, order: Any) -> Iterator[tuple[str, str]]:
    """(kind of page, address)."""
    yield "home", reverse(f"{role}:home")
    for kind, obj in objects(order).items():
        for tab in TABS[kind]:
            args = [obj.pk, *filter(None, [tab])]
            yield kind, reverse(f"{role}:{kind}-detail", args=args)
    product = order.subscription.product_id
    account = objects(order)["account"].pk
    yield "readiness-cell", reverse(f"{role}:readiness-cell", args=[account, product])
    yield "readiness-list", reverse(f"{role}:readiness-list")


@pytest.mark.parametrize("role", LIMITS)
def test_pages_about_one_object_cost_at_most_so_many_statements(client, cast, role):
    order = cast.order()
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"})
    client.force_login(cast.users[role], backend=BACKEND)
    client.get(reverse(f"{role}:home"))
    found: dict[str, int] = {}

    def visit(kind: str, address: str) -> None:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        found[kind] = max(found.get(kind, 0), len(captured))

    for kind, address in addresses(role, order):
        visit(kind, address)
    for level in (2, 1):
        steps.configure(level, cast.actor("vendor"))
    for kind in ("order", "subscription", "config"):
        visit(kind, reverse(f"{role}:{kind}-detail", args=[objects(order)[kind].pk]))
    assert found == dict(zip(KINDS, LIMITS[role], strict=True))
    assert max(found.values()) <= MOST


@pytest.mark.parametrize("member", ["reseller", "parent", "reseller2"])
def test_links_to_tiers_are_those_visible_to_gives(cast, member):
    aside = factories.account(cast.partners["distributor"], cast.umbrella, name="Beside")
    AccountAccess.objects.create(
        partner=cast.partners["reseller"],
        account=aside,
        kind=AccountAccess.Kind.SEES,
        started_at=timezone.now(),
    )
    actor = cast.actor(member)
    every = list(TierAccount.objects.order_by("pk"))
    seen = set(TierAccount.objects.visible_to(actor).values_list("pk", flat=True))
    assert {each.pk for each in every if within_ranges(actor, each)} == seen
    assert len(seen) < len(every)
