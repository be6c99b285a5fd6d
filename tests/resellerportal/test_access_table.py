"""Every address of the portal × every member of the cast (architecture, section 5).

Owner gets in, the same role of another partner finds nothing, another role is refused, nobody
signed in is sent to the sign-in page, and no GET writes. New addresses join by themselves; one
without a role must be named in PUBLIC.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from customers.imports import services
from customers.models import Event
from customers.service_rights import READ_ONLY
from customers.services.accounts import edit_account
from customers.services.service_users import create_service_user
from fulfillment.reporting.asking import request_report
from fulfillment.reporting.scheduling import schedule_report
from resellerportal.access import RoleRequiredMixin
from tests.customers.receiver import endpoint, message
from tests.resellerportal.config_pages import BACKEND
from tierconfig.models import TierConfigRequest

PORTALS = ("vendor", "distributor", "reseller")
#: Namespaces and names that are open to everybody, with the reason.
PUBLIC = {
    "healthz": "a probe asks it",
    "readyz": "a probe asks it",
    "favicon": "a picture",
    "api-base": "keys open it, tested in api/",
    "icon-image": "the picture of a product, for mail and for clients without a key",
    "acting-partner": "POST only; checks the membership itself",
    "theme": "a cookie of one's own browser",
    "inquiry": "the code in the link is the right (decision 18)",
    "inquiry-ask": "the code in the link is the right",
    "inquiry-delegation": "the code in the colleague's link is the right",
    "unsubscribe": "the signed token in the link is the right, to this one thing",
    "demo-action": "demo mode only, 404 otherwise",
    "demo-webhook": "demo mode only, 404 otherwise",
    "demo-mail-list": "demo mode only, 404 otherwise",
    "demo-mail-html": "demo mode only, 404 otherwise",
    "demo-mail-detail": "demo mode only, 404 otherwise",
}
PUBLIC_SPACES = {
    "admin": "Django admin has its own gate, tested in test_admin*.py",
    "api": "keys open it, tested in api/test_access.py",
}
#: Members whose role is the same as the key's, of another partner.
OUTSIDERS = {"vendor": "vendor2", "distributor": "distributor2", "reseller": "reseller2"}


@dataclass(frozen=True)
class Address:
    space: str
    name: str
    view: Any
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return ":".join(filter(None, [self.space, self.name, *self.arguments]))


def walk(resolver: URLResolver, space: str = "", outer: tuple[str, ...] = ()) -> Iterator[Address]:
    for each in resolver.url_patterns:
        arguments = (*outer, *each.pattern.converters)
        if isinstance(each, URLPattern):
            yield Address(space, each.name or "", each.callback, arguments)
        else:
            yield from walk(each, each.namespace or space, arguments)


def addresses(*spaces: str) -> list[Address]:
    return [each for each in walk(get_resolver()) if not spaces or each.space in spaces]


def roles_of(view: Any) -> tuple[str, ...]:
    view_class = getattr(view, "view_class", None)
    if view_class is None or not issubclass(view_class, RoleRequiredMixin):
        return ()
    return tuple(view.view_initkwargs.get("roles") or view_class.roles)


def about_one(address: Address) -> bool:
    return "pk" in address.arguments


@pytest.fixture
def world(cast: Any) -> dict[str, Any]:
    """One object for each model part of the URL names, all of the cast's own chain."""
    order = cast.order()
    setup = TierConfigRequest.objects.get(configuration__tier_level=1)
    _account, raised = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    return {
        "account": cast.nordlicht,
        "access": cast.nordlicht.access.get(),
        "request": raised[0],
        "change": cast.nordlicht,
        "config": setup.configuration,
        "config-request": setup,
        "subscription": order.subscription,
        "order": order,
        "product": cast.product,
        "readiness": cast.nordlicht,
        # What is imported is its importer's own.
        "import": upload(cast, "distributor"),
        "reseller:import": upload(cast, "reseller"),
        **hooks(cast),
        **keys(cast),
        # A report is its partner's own.
        "report": report(cast, "vendor"),
        "distributor:report": report(cast, "distributor"),
        "reseller:report": report(cast, "reseller"),
        "schedule": schedule(cast, "vendor"),
        "distributor:schedule": schedule(cast, "distributor"),
        "reseller:schedule": schedule(cast, "reseller"),
    }


def upload(cast: Any, name: str) -> Any:
    actor = cast.actor(name)
    return services.upload(
        actor=actor,
        provider=cast.partners["distributor"],
        name="accounts.csv",
        content=b"Company\nAcme\n",
    )


def report(cast: Any, name: str) -> Any:
    return request_report("orders", actor=cast.actor(name), format="csv")


def schedule(cast: Any, name: str) -> Any:
    return schedule_report("orders", actor=cast.actor(name), format="csv", repeat="daily")


def hooks(cast: Any) -> dict[str, Any]:
    """A webhook of each partner with a message; its pages are its administrators'."""
    found: dict[str, Any] = {}
    for name in PORTALS:
        found[f"{name}:webhook"] = hook = endpoint(
            cast.partners[name], "https://partner.example/hook"
        )
        found[f"{name}:webhook-message"] = message(hook)
    return {**found, "webhook": hook, "webhook-message": message(hook)}


def keys(cast: Any) -> dict[str, Any]:
    """A key of each partner; its pages are its administrators'."""
    found = {
        f"{name}:api-key": create_service_user(
            actor=cast.actor(name, "administrator"), name="Connector", rights=READ_ONLY
        )[0]
        for name in PORTALS
    }
    return {**found, "api-key": found["vendor:api-key"]}


def path_of(address: Address, world: dict[str, Any]) -> str:
    if not about_one(address):
        return reverse(f"{address.space}:{address.name}", kwargs=extra(address))
    part = max((name for name in world if address.name.startswith(name)), key=len)
    found = world.get(f"{address.space}:{part}", world[part])
    arguments = {"pk": found.pk, **extra(address)}
    return reverse(f"{address.space}:{address.name}", kwargs=arguments)


def extra(address: Address) -> dict[str, str]:
    """Any word for a tab or a step; numbers for versions."""
    return {name: "1" for name in address.arguments if name != "pk"}


def sign_in(client: Any, cast: Any, name: str) -> None:
    client.force_login(cast.users[name], backend=BACKEND)


@functools.cache
def _counting() -> tuple[list[str], str]:
    """Names of the domain tables, and the one statement that counts them all."""
    labels = ("customers", "tierconfig", "fulfillment")
    tables = [
        model._meta.db_table
        for label in labels
        for model in apps.get_app_config(label).get_models()
    ]
    counts = ", ".join(f'(SELECT COUNT(*) FROM "{table}")' for table in tables)
    return tables, f"SELECT {counts}"


def fingerprint() -> dict[str, Any]:
    """Numbers of rows of every domain table, and the last event: what a write would change."""
    tables, statement = _counting()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        counts = dict(zip(tables, cursor.fetchone(), strict=True))
    return {**counts, "last": Event.objects.order_by("-at").values_list("pk", flat=True).first()}


def test_every_address_declares_its_role_or_is_listed_as_public():
    unlisted = [
        str(each)
        for each in addresses()
        if not roles_of(each.view)
        and each.name not in PUBLIC
        and each.space not in PUBLIC_SPACES
        and not each.name.startswith(("account_", "mfa_"))
    ]
    assert unlisted == []


def test_addresses_of_a_portal_declare_that_portal():
    wrong = [str(each) for each in addresses(*PORTALS) if roles_of(each.view) != (each.space,)]
    assert wrong == []


@pytest.mark.parametrize("space", PORTALS)
def test_nobody_signed_in_is_sent_to_the_sign_in_page(space, client, world):
    for each in addresses(space):
        for method in (client.get, client.post):
            answer = method(path_of(each, world))
            assert answer.status_code == 302, each
            assert answer.url.startswith("/accounts/login/"), each


@pytest.mark.parametrize("space", PORTALS)
def test_another_role_is_refused_before_anything_is_looked_up(space, client, cast, world):
    """Before the method too: every address is tried with both, one by each of the other roles."""
    others = [each for each in PORTALS if each != space]
    for number, stranger in enumerate(others):
        sign_in(client, cast, stranger)
        for place, each in enumerate(addresses(space)):
            method = (client.get, client.post)[(number + place) % 2]
            assert method(path_of(each, world)).status_code == 403, (stranger, each)


@pytest.mark.parametrize("space", PORTALS)
def test_the_same_role_of_another_partner_finds_nothing(space, client, cast, world):
    sign_in(client, cast, OUTSIDERS[space])
    before = fingerprint()
    for each in filter(about_one, addresses(space)):
        path = path_of(each, world)
        assert client.get(path).status_code == 404, each
        # A page without a form refuses every POST alike, whatever it is about.
        assert client.post(path).status_code in (404, 405), each
    assert fingerprint() == before


@pytest.mark.parametrize("space", PORTALS)
def test_the_owner_gets_in_and_no_get_writes(space, client, cast, world):
    cast.users[space].memberships.update(level="administrator")
    sign_in(client, cast, space)
    for each in addresses(space):
        before = fingerprint()
        answer = client.get(path_of(each, world))
        tab_or_step = bool(extra(each))
        fine = {200, 302, 409, *([404] if tab_or_step else []), *([403] if about_one(each) else [])}
        assert answer.status_code in fine, each
        assert fingerprint() == before, each


@pytest.mark.parametrize("space", PORTALS)
def test_a_viewer_reads_and_writes_nothing(space, client, cast, world):
    cast.users[space].memberships.update(level="viewer")
    sign_in(client, cast, space)
    before = fingerprint()
    for each in addresses(space):
        answer = client.post(path_of(each, world))
        assert answer.status_code in (302, 403, 404, 405), each
    assert fingerprint() == before


@pytest.mark.parametrize("space", PORTALS)
def test_a_withdrawn_membership_counts_on_the_next_request(space, client, cast, world):
    sign_in(client, cast, space)
    home = reverse(f"{space}:home")
    assert client.get(home).status_code == 200
    cast.users[space].memberships.update(active=False)
    assert client.get(home).status_code == 403
