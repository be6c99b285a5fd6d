"""python -m tests.benchmarks.readiness 10000 50

The readiness matrix over so many resellers and products, in a schema of its own.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from customers import identifiers  # noqa: E402
from customers.bulk import write  # noqa: E402
from customers.models import (  # noqa: E402
    AccountAccess,
    Membership,
    Participation,
    Partner,
    Product,
    TierAccount,
    User,
)
from tests import factories  # noqa: E402
from tierconfig.models import TierConfig, TierConfigRequest  # noqa: E402

from . import pages  # noqa: E402

#: A tree is a root, MIDDLE resellers below it, and BELOW resellers below each of those.
MIDDLE, BELOW = 9, 10
GOAL = 300
Rows = Iterator[tuple[Any, ...]]


def tree(number: int) -> Iterator[tuple[int, int, int, int | None]]:
    """(left, right, level, place of the parent in the tree) of the accounts of one tree."""
    each = 2 * (BELOW + 1)
    yield 1, 2 + MIDDLE * each, 0, None
    for middle in range(MIDDLE):
        left = 2 + middle * each
        yield left, left + each - 1, 1, 0
        place = 1 + middle * (BELOW + 1)
        for leaf in range(BELOW):
            yield left + 1 + 2 * leaf, left + 2 + 2 * leaf, 2, place


def accounts(distributor: Partner, count: int) -> tuple[list[str], dict[str, str | None]]:
    """Write resellers; their ids, and the parent of each."""
    keys = identifiers.free_ids(TierAccount, "TA", count)
    parents: dict[str, str | None] = {}
    now = timezone.now()
    columns = ("id", "type", "name", "provider_id", "owner_id", "parent_id", "tree_id", "lft")
    columns = (*columns, "rght", "level", "created_at", "updated_at", *factories.ADDRESS)
    columns = (*columns, "contact_email")

    def rows() -> Rows:
        size = 1 + MIDDLE * (BELOW + 1)
        for start in range(0, count, size):
            for place, (left, right, level, above) in enumerate(tree(start)):
                if start + place >= count:
                    return
                pk = keys[start + place]
                parents[pk] = None if above is None else keys[start + above]
                name = f"Systemhaus {start + place:06d} GmbH"
                own = (pk, "reseller", name, distributor.pk, distributor.pk, parents[pk])
                where = (start // size + 1, left, right, level, now, now)
                yield (*own, *where, *factories.ADDRESS.values(), f"it@{place}.example")

    write(TierAccount, columns, rows())
    return keys, parents


def products(vendor: Partner, distributor: Partner, count: int) -> list[tuple[Product, str]]:
    """Products that authorise no, one or two tiers, with their connections."""
    found = []
    for number in range(count):
        product = factories.product(vendor, authorization_level=(2, 2, 1, 0)[number % 4])
        _market, way = factories.offer(product, distributor)
        for scope in ("tier1", "tier2"):
            for name in ("vat", "contact", "website"):
                factories.parameter(product, scope, f"{scope}_{name}", required=name != "website")
        found.append((product, way.pk))
    return found


def configurations(
    sold: list[tuple[Product, str]], keys: list[str], rng: random.Random
) -> Iterator[dict[str, Any]]:
    """Half of all possible configurations: most are approved, some asked, decided on or failed."""
    for product, way in sold:
        for level in range(1, product.authorization_level + 1):
            for account in keys:
                if rng.random() < 0.5:
                    state = rng.choices(
                        ("approved", "inquiring", "pending", "failed"), (6, 2, 1, 1)
                    )[0]
                    yield {"product": product, "way": way, "level": level, "account": account} | {
                        "state": state
                    }


def fill(vendor: Partner, distributor: Partner, resellers: int, offered: int) -> list[str]:
    keys, _parents = accounts(distributor, resellers)
    sold = products(vendor, distributor, offered)
    planned = list(configurations(sold, keys, random.Random(1)))
    free = identifiers.free_ids(TierConfig, "TC", len(planned))
    now = timezone.now()
    stamps = ("state_since", "created_at", "updated_at")

    def configs() -> Rows:
        for pk, each in zip(free, planned, strict=True):
            done = each["state"] == "approved"
            yield (
                *(pk, "active" if done else "processing", each["account"], each["product"].pk),
                *(each["level"], each["way"], vendor.pk, distributor.pk),
                *(now if done else None, now, now, now),
            )

    def requests() -> Rows:
        for pk, each in zip(free, planned, strict=True):
            decided = each["state"] in ("approved", "failed")
            since = now - timedelta(days=len(pk))
            yield (
                *(f"TCR{pk[2:]}-001", "setup", each["state"], pk, vendor.pk, distributor.pk),
                *("No contract." if each["state"] == "failed" else "", now if decided else None),
                *("it@reseller.example", since, since, since),
            )

    own = ("id", "state", "account_id", "product_id", "tier_level", "connection_id")
    write(TierConfig, (*own, "vendor_id", "provider_id", "configured_at", *stamps), configs())
    own = ("id", "type", "state", "configuration_id", "vendor_id", "provider_id", "reason")
    write(TierConfigRequest, (*own, "decided_at", "inquiry_email", *stamps), requests())
    write(
        Participation,
        ("account_id", "product_id", "vendor_id", "provider_id", "tier", "kind", "source"),
        (
            (
                *(each["account"], each["product"].pk, vendor.pk, distributor.pk, each["level"]),
                *("configuration", pk),
            )
            for pk, each in zip(free, planned, strict=True)
        ),
    )
    return keys


def people(vendor: Partner, distributor: Partner, keys: list[str]) -> dict[str, User]:
    """One user of each role; the reseller operates a whole tree."""
    reseller = factories.partner("reseller")
    AccountAccess.objects.create(
        partner=reseller, account_id=keys[0], kind="operates", started_at=timezone.now()
    )
    found = {}
    for role, partner in (("vendor", vendor), ("distributor", distributor), ("reseller", reseller)):
        user = User.objects.create_user(f"{role}@readiness.example", "bench", name=role.title())
        Membership.objects.create(user=user, partner=partner, level="agent")
        found[role] = user
    return found


def measured(browser: pages.Browser, page: pages.Page, rounds: int) -> str:
    """One row of the table."""
    answer = browser.get(page.path)
    if answer.status_code != 200:
        raise SystemExit(f"{page.path} answers {answer.status_code}")
    queries = pages.queries(browser, page)
    walls, cpus = [], []
    for _round in range(rounds):
        start = time.perf_counter()
        cpus += pages.cpu(lambda: browser.get(page.path), 1)
        walls.append((time.perf_counter() - start) * 1000)
    slow = f"over {GOAL}" if median(cpus) > GOAL else ""
    return f"| {page.label} | {median(cpus):.0f} | {median(walls):.0f} | {queries} | {slow} |"


def listed(role: str, product: str) -> Iterator[pages.Page]:
    address = reverse(f"{role}:readiness-list")
    for label, query in (
        ("first page, 25 resellers × 10 products", ""),
        ("100 resellers × 10 products", "?size=100"),
        ("the last 10 products", "?size=100&part=4"),
        ("not ready for one product", f"?size=100&product={product}&state=not_ready"),
        ("rejected for one product", f"?size=100&product={product}&state=rejected"),
        ("waiting for me", "?size=100&turn=me"),
        ("search", "?size=100&q=Systemhaus 0012"),
    ):
        yield pages.Page(role, f"{role}: {label}", f"{address}{query}", 1)
    yield pages.Page(role, f"{role}: home", reverse(f"{role}:home"))


def exported(browser: pages.Browser, cells: int) -> str:
    start = time.perf_counter()
    answer: Any = browser.get(f"{reverse('distributor:readiness-list')}?format=csv")
    size = sum(len(piece) for piece in answer.streaming_content)
    took = time.perf_counter() - start
    return f"- the whole matrix as CSV: {cells:,} cells, {size / 1e6:.1f} MB in {took:.1f} s"


def main() -> None:
    resellers, offered = int(sys.argv[1]), int(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        cursor.execute("DROP SCHEMA IF EXISTS readiness CASCADE")
        cursor.execute("CREATE SCHEMA readiness")
        cursor.execute("SET search_path TO readiness, public")
        cursor.execute("SET statement_timeout = 0")
    call_command("migrate", verbosity=0)
    vendor, distributor = factories.partner("vendor"), factories.partner("distributor")
    keys = fill(vendor, distributor, resellers, offered)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    users = people(vendor, distributor, keys)
    first = Product.objects.order_by("name").filter(authorization_level=2)[0].pk
    print(f"\n## Readiness: {resellers:,} resellers × {offered} products\n")
    print(f"{TierConfig.objects.count():,} configurations; CPU ms at most {GOAL} is the goal.\n")
    print("| Page | CPU ms | wall ms | queries | |\n|---|---|---|---|---|")
    for role, user in users.items():
        browser = pages.Browser(user)
        for page in listed(role, first):
            print(measured(browser, page, rounds), flush=True)
    print("\n" + exported(pages.Browser(users["distributor"]), resellers * offered))


main()
