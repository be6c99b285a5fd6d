"""What a product asks stands still while somebody works by it.

Whoever judges or stores values by a product's definitions takes this lock shared, whoever changes
the definitions takes it alone: so nothing is stored of a parameter that is just being removed,
and no approval uses a template that goes at that moment. Last in the lock order; changes take it
right after their product, and no row of a request after it. On SQLite a transaction begins by
taking the one write lock, which does the same job.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

NAMESPACE = 7_146


def keep_still(product_ids: Iterable[str], *, changing: bool = False) -> None:
    """Keep changes of these products' definitions out until the transaction ends.

    With `changing`, for the one who changes them, also everybody who works by them.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("definitions stand still in atomic blocks")
    if connection.vendor != "postgresql":
        return
    function = "pg_advisory_xact_lock" if changing else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        for product_id in sorted(set(product_ids)):
            cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [NAMESPACE, product_id])
