"""python -m tests.benchmarks.api 20000 [rounds]

Lists of 100 objects of the API, each in turns with the same columns by psycopg and json.dumps.
"""

from __future__ import annotations

import io
import os
import platform
import sys
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path as route  # noqa: E402

from config import urls  # noqa: E402
from customers.actors import Actor  # noqa: E402
from customers.models import Membership  # noqa: E402
from customers.service_rights import ACCOUNT, EVERYTHING  # noqa: E402
from customers.services.service_users import create_service_user, header_of  # noqa: E402
from resellerportal.api.views import ApiView  # noqa: E402

from . import catalogue, raw_api, raw_small  # noqa: E402
from .pages import cpu  # noqa: E402
from .stage import Stage, build  # noqa: E402

GOAL = 8
ROWS = 100
PLAIN = "/bench-raw-api/"


LISTS = {**raw_api.LISTS, **raw_small.LISTS}


def raw(name: str) -> Any:
    """What makes a reader of the raw list."""
    return raw_api.plain if name in raw_api.LISTS else raw_small.plain


class Plain(ApiView):
    """The raw list behind the same key, limit and log."""

    module = ACCOUNT

    def get(self, request: Any, name: str) -> HttpResponse:
        read = raw(name)(name, self.actor.role, str(self.actor.partner_id), ROWS)
        return HttpResponse(read(), content_type="application/json")


class Caller:
    """A key without a network: the WSGI handler, called directly."""

    def __init__(self, stage: Stage, role: str) -> None:
        user = stage.users[role]
        Membership.objects.filter(user=user).update(level="administrator")
        actor = Actor.of(Membership.objects.select_related("partner", "user").get(user=user))
        key, secret = create_service_user(actor=actor, name="Bench", rights=EVERYTHING)
        self.header = header_of(key, secret)
        self.handler = WSGIHandler()

    def get(self, path: str) -> bytes:
        address, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(b""),
            "HTTP_AUTHORIZATION": self.header,
        }
        answer: Any = self.handler.get_response(WSGIRequest(environ))
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}: {answer.content[:300]!r}")
        return bytes(answer.content)


def line(caller: Caller, role: str, name: str, partner: str, rounds: int) -> str:
    """One row of the table."""
    path = f"/public/v1{LISTS[name].format(partner=partner)}?limit={ROWS}"
    bare = raw(name)(name, role, partner, ROWS)
    with CaptureQueriesContext(connection) as captured:
        body = caller.get(path)
    costs: list[list[float]] = [[], [], []]
    for _round in range(rounds):
        costs[0] += cpu(lambda: caller.get(path), 1)
        costs[1] += cpu(lambda: caller.get(f"{PLAIN}{name}"), 1)
        costs[2] += cpu(bare, 1)
    shown, behind, alone = (median(each) for each in costs)
    remark = "over the goal" if shown / alone > GOAL else ""
    return (
        f"| {role}: {name} | {shown:.1f} | {alone:.1f} | {shown / alone:.1f} | {behind:.1f} | "
        f"{shown / behind:.1f} | {len(captured)} | {len(body) / 1000:.0f} | "
        f"{len(bare()) / 1000:.0f} | {remark} |"
    )


def main() -> None:
    size = int(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 25
    settings.API_RATE = 0
    settings.API_CALLS = "thread"  # as a server has it
    urls.urlpatterns.insert(0, route(f"{PLAIN[1:]}<str:name>", Plain.as_view()))
    stage = build(size)
    with connection.cursor() as cursor:
        # For the thread that writes the log, which has a connection of its own.
        cursor.execute(
            f"ALTER DATABASE {connection.settings_dict['NAME']} "
            f"SET search_path TO {stage.schema}, public"
        )
    catalogue.fill(stage)
    print(f"\n## Lists of the API: {ROWS} objects of {size:,}\n")
    print(
        f'`make bench ARGS="--only api"`. CPU milliseconds of a call through the whole handler, in '
        f"process, median of {rounds}, in turns with psycopg and json.dumps of the same columns: "
        f"alone, and behind the same key, limit and log. PostgreSQL, Python "
        f"{platform.python_version()}, Django {django.get_version()}. Goal: at most {GOAL} × raw.\n"
    )
    print("| List | CPU ms | raw | × raw | raw with key | × | queries | kB | kB raw | |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for role in ("vendor", "distributor"):
        caller, partner = Caller(stage, role), stage.partners[role].pk
        for name in LISTS:
            if raw_small.ONLY.get(name, role) != role:
                continue
            print(line(caller, role, name, partner, rounds), flush=True)


if __name__ == "__main__":
    main()
