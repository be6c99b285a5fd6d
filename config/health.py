"""Two public pages for load balancers: is the process alive, and can it serve."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_migrations_seen_applied = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. Touches no database."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and has all migrations; otherwise 503 and what is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        missing = _unapplied_migrations()
    except DatabaseError:
        return JsonResponse({"status": "database does not answer"}, status=503)
    if missing:
        return JsonResponse({"status": f"{missing} migrations are not applied"}, status=503)
    return JsonResponse({"status": "ok"})


def _unapplied_migrations() -> int:
    """How many migrations are missing. Zero is remembered: a process never loses migrations."""
    global _migrations_seen_applied
    if _migrations_seen_applied:
        return 0
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _migrations_seen_applied = missing == 0
    return missing
