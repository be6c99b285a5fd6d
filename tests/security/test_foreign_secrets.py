"""Administrators keep the secrets of their own company; those of others do not exist for them."""

from __future__ import annotations

import pytest
from django.core import serializers

from customers.models import Event, ServiceUser, WebhookEndpoint, WebhookMessage
from customers.service_rights import EVERYTHING
from customers.services.service_users import create_service_user
from tests import factories
from tests.customers.receiver import endpoint, message
from tests.resellerportal.test_access_table import addresses, path_of, sign_in
from tierconfig.models import Embedding, Webhook
from tierconfig.services.definitions.embedding import new_secret
from tierconfig.services.definitions.webhooks import add_webhook

KEEPERS = ("webhook", "webhook-message", "api-key")
SENT = {"label": "x", "url": "https://evil.example/", "on": "off", "name": "x", "preset": "all"}
SENT |= {
    "external_url": "https://evil.example/",
    "types-0": "order.approved",
    "since": "2020-01-01",
}


@pytest.fixture
def kept(cast):
    """What the cast's companies keep, by part of an address; the outsiders are administrators."""
    for user in cast.users.values():
        user.memberships.update(level="administrator")
    found = {}
    for role in ("vendor", "distributor", "reseller"):
        owner = endpoint(cast.partners[role], "https://partner.example/hook")
        boss = cast.actor(role, "administrator")
        key, _secret = create_service_user(actor=boss, name="ERP", rights=EVERYTHING)
        found[role] = {"webhook": owner, "webhook-message": message(owner), "api-key": key}
    boss = cast.actor("vendor", "administrator")
    new_secret(cast.product, actor=boss)
    found["hook"] = add_webhook(
        cast.product,
        actor=boss,
        type="validator",
        label="Check",
        external_url="https://service.example/",
    )
    return found


def stored(*models):
    kinds = models or (WebhookEndpoint, WebhookMessage, ServiceUser, Webhook, Embedding)
    rows = [row for model in kinds for row in model.objects.order_by("pk")]
    return serializers.serialize("json", rows), Event.objects.count()


@pytest.mark.parametrize("role", ["vendor", "distributor", "reseller"])
def test_on_pages_of_webhooks_and_keys(role, client, cast, kept):
    sign_in(client, cast, f"{role}2")
    before, tried = stored(), 0
    for each in addresses(role):
        part = max((name for name in KEEPERS if each.name.startswith(name)), key=len, default="")
        if not part or "pk" not in each.arguments:
            continue
        path = path_of(each, {part: kept[role][part]})
        for answer in (client.get(path), client.post(path, SENT)):
            assert answer.status_code in (404, 405), path
        tried += 1
    assert tried >= 12
    assert stored() == before


def test_on_pages_of_products_also_by_way_of_ones_own_product(client, cast, kept):
    own = factories.product(cast.partners["vendor2"], authorization_level=2)
    sign_in(client, cast, "vendor2")
    before, hook = stored(), kept["hook"].pk
    for product in (cast.product.pk, own.pk):
        for step in ("edit", "switch", "secret", "test", "remove"):
            path = f"/vendor/products/{product}/webhooks/{hook}/{step}/"
            for answer in (client.get(path), client.post(path, SENT)):
                assert answer.status_code == 404, path
    for step in ("embedding/secret", "webhooks/add"):
        assert client.post(f"/vendor/products/{cast.product.pk}/{step}/", SENT).status_code == 404
    assert stored() == before


def test_by_the_api(api, cast, kept):
    other = api("vendor2")
    where = f"/notifications/webhooks/{kept['hook'].pk}"
    product = f"/products/{cast.product.pk}/actions/regeneratesecret"
    body = {"label": "x", "external_url": "https://evil.example/", "jwt_secret": "x" * 40}
    before = stored(Webhook, Embedding)
    for answer in (
        other.get(where),
        other.put(where, body),
        other.delete(where),
        other.post(f"{where}/trigger", {}),
        other.post(product, {}),
        other.post(product, {}, Idempotency_Key="k"),
    ):
        assert answer.status_code == 404
    made = other.post(
        "/notifications/webhooks", {**body, "type": "validator", "product": {"id": cast.product.pk}}
    )
    assert made.status_code == 400
    assert stored(Webhook, Embedding) == before
