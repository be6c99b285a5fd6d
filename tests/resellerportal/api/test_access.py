"""Every address of the API × who may call it (architecture, section 5); new ones join by themselves.

Nobody without a key, nobody of another chain, no writing by GET or with a key that only reads.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps

from customers.models import Event
from customers.service_rights import READ_ONLY
from customers.services.accounts import edit_account
from customers.services.notes import add_note
from resellerportal.api.conversations.shapes import message_id
from resellerportal.api.documents.document import document
from tierconfig.models import Action, ProductMessage, TierConfigRequest, Webhook

INSIDERS = ("vendor", "distributor", "reseller")
OUTSIDERS = ("vendor2", "distributor2", "reseller2")
#: The same for everybody who has a key.
COMMON = ("/categories", "/localization/locales")


@pytest.fixture
def world(cast: Any) -> dict[str, str]:
    """Prefix of a path -> the id that stands for its placeholder; all of the cast's own chain."""
    order = cast.order()
    request = TierConfigRequest.objects.get(configuration__tier_level=1)
    _account, raised = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    product = cast.product
    note = add_note(order, actor=cast.actor("vendor"), kind="message", text="Hello")
    digits = product.pk.removeprefix("PRD-")
    action = Action.objects.create(
        pk=f"ACT-{digits}-001", product=product, action="a", name="A", scope="tier1"
    )
    message = ProductMessage.objects.create(
        pk="PRDMSG-111-222-333", product=product, external_id="m", value="M"
    )
    hook = Webhook.objects.create(
        pk="WB-111-222-333",
        product=product,
        type="validator",
        label="W",
        external_url="https://w.example/",
    )
    return {
        "/accounts/": cast.partners["distributor"].pk,
        "/users/": cast.users["distributor"].pk,
        "/partners/": cast.partners["distributor"].pk,
        "/hubs/": cast.connection.hub_id,
        "/marketplaces/": cast.market.pk,
        "/conversations/": order.pk,
        "/messages/": message_id(note),
        "/products/": product.pk,
        "/actions/": action.pk,
        "/connections/": cast.connection.pk,
        "/items/": cast.seats.pk,
        "/parameters/": product.parameters.first().pk,
        "/templates/": product.templates.first().pk,
        "/products/{id}/messages/": message.pk,
        "/versions/{id}/messages/": message.pk,
        "/versions/": "1",
        "/requests/": order.pk,
        "/assets/": order.subscription_id,
        "/tier/accounts/": cast.kirlin.pk,
        "/tier/account-requests/": raised[0].pk,
        "/tier/configs/": request.configuration_id,
        "/tier/config-requests/": request.pk,
        "/notifications/webhooks/": hook.pk,
    }


def operations() -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, item in document()["paths"].items() for method in item]


def filled(path: str, world: dict[str, str]) -> str:
    """The path with ids in it, by the longest ending that `world` knows."""
    plain = re.sub(r"\{\w+\}", "{id}", path)

    def known(found: re.Match[str]) -> str:
        before = plain[: found.start()]
        fits = [ending for ending in world if before.endswith(ending)]
        return world[max(fits, key=len)] if fits else "x"

    return re.sub(r"\{id\}", known, plain)


def told(answer: Any) -> tuple[int, str]:
    """Status and error, without the id that was asked for."""
    error = answer.json() if answer.content else {}
    return answer.status_code, re.sub(r"`[^`]*`", "`…`", str(error))


def test_nobody_enters_without_a_key(api, world):
    for method, path in operations():
        answer = api(None).send(method, filled(path, world), {})
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.json()["error_code"] == "AUTH_001"


def test_insiders_read_what_is_theirs_and_reading_writes_nothing(api, world):
    tables = [model for model in apps.get_models() if model._meta.app_label != "sessions"]
    keys = [api(name) for name in INSIDERS]
    # What a key leaves behind of itself is written by bundles, in tests at once.
    left = ("apicall", "serviceuser")
    before = {m: m._base_manager.count() for m in tables if m._meta.model_name not in left}
    for method, path in operations():
        if method != "GET":
            continue
        statuses = [key.get(filled(path, world)).status_code for key in keys]
        assert set(statuses) <= {200, 204, 400, 403, 404}, f"{path}: {statuses}"
        assert 200 in statuses or path in READ_WITH or path.startswith(NOT_HERE), (
            f"{path}: {statuses}"
        )
    assert {m: m._base_manager.count() for m in before} == before


#: Reading needs more than the address.
READ_WITH = {
    "/templates/{id}/render": "request_id",
    "/products/{id}/actions/{key}/actionLink": "asset_id or tier_config_id",
    "/products/{id}/media/{key}": "a product has no media",
    "/products/{id}/versions/{version}/media/{key}": "a product has no media",
}
NOT_HERE = ("/localization/translations/{id}", "/agreements/{id}", "/categories/{id}")


@pytest.mark.parametrize("name", OUTSIDERS)
def test_outsiders_find_nothing_by_any_method(api, world, name):
    key = api(name)
    events = Event.objects.count()
    for method, path in operations():
        if "{" not in path or path.startswith(COMMON):
            continue
        answer = key.send(method, filled(path, world), {} if method in ("POST", "PUT") else None)
        assert answer.status_code in (403, 404, 405), f"{method} {path}: {answer.content!r}"
        if answer.status_code == 404:
            nothing = key.send(
                method,
                re.sub(r"(?<=/)[A-Z]+-[\d-]+", _other, filled(path, world), count=1),
                {} if method in ("POST", "PUT") else None,
            )
            assert told(nothing) == told(answer), f"{method} {path}"
    assert Event.objects.count() == events


def _other(found: Any) -> str:
    """An id of the same form that nothing has."""
    return re.sub(r"\d", "9", found[0])


def test_outsiders_lists_are_empty_of_what_is_the_chain_s(api, cast, world):
    ids = set(world.values()) - {"1"}
    for name in OUTSIDERS:
        for method, path in operations():
            if method == "GET" and "{" not in path:
                shown = api(name).get(path, "limit=1000").content.decode()
                assert not [pk for pk in ids if f'"{pk}"' in shown], f"{name} {path}"


@pytest.mark.parametrize("name", INSIDERS)
def test_a_key_that_reads_writes_nothing(api, world, name):
    key = api(name, READ_ONLY)
    events = Event.objects.count()
    for method, path in operations():
        if method != "GET":
            answer = key.send(method, filled(path, world), {})
            assert answer.status_code == 403, f"{method} {path}: {answer.content!r}"
    assert Event.objects.count() == events


def test_a_key_without_a_right_reads_nothing_of_that_module(api, world):
    rights = {"webhooks": "read"}
    for method, path in operations():
        if method == "GET" and not path.startswith("/notifications"):
            assert api("vendor", rights).get(filled(path, world)).status_code == 403, path


def test_the_walk_finds_the_addresses():
    assert {("POST", "/tier/account-requests/{id}/accept"), ("GET", "/hubs")} <= {*operations()}
