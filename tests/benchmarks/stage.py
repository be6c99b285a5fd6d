"""The databases that are measured: one schema per size."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from customers import identifiers
from customers.models import AccountAccess, Membership, Partner, TierAccount, User
from fulfillment.demo import bulk

#: Requests of each kind, at most: what grows is the number of accounts.
REQUESTS = 200_000


@dataclass
class Stage:
    """One schema with `size` accounts and as many requests of each kind, up to REQUESTS."""

    size: int
    users: dict[str, User] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        return f"size_{self.size}"

    def enter(self) -> None:
        """Make everything that follows on the one connection happen in this schema."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {self.schema}, public")


def build(size: int) -> Stage:
    stage = Stage(size)
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        cursor.execute(f"CREATE SCHEMA {stage.schema}")
    stage.enter()
    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    scene = bulk.scene(size, min(size, REQUESTS))
    stage.partners = {"vendor": scene.side.vendor, "distributor": scene.side.distributor}
    stage.partners["reseller"] = _operator(scene.side.distributor)
    for role, partner in stage.partners.items():
        user = User.objects.create_user(f"{role}@bench.example", "bench", name=role.title())
        Membership.objects.create(user=user, partner=partner, level="agent")
        stage.users[role] = user
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{size:>9,} accounts built in {time.perf_counter() - start:.0f} s, "
        f"at most {peak:,.0f} MiB in this process",
        flush=True,
    )
    return stage


def _operator(distributor: Partner) -> Partner:
    """A reseller that operates the account at the root of the largest tree."""
    partner = identifiers.insert(Partner, "PA", role="reseller", name="Bench Reseller")
    roots = TierAccount.objects.filter(provider=distributor, parent=None)
    AccountAccess.objects.create(
        partner=partner,
        account=roots.order_by("-rght").first(),
        kind=AccountAccess.Kind.OPERATES,
        started_at=timezone.now(),
    )
    return partner
