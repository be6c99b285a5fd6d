"""The demo's receiver: what arrived, whether its signature fits, and only in demo mode."""

import time

import pytest

from customers import outbound
from customers.models import WebhookEndpoint
from customers.webhook_signing import body_of, headers_of
from fulfillment.demo import receiver
from resellerportal.demo import webhook as demo_webhook
from tierconfig.models import Embedding

pytestmark = pytest.mark.django_db
BODY = body_of({"type": "order.<b>approved</b>", "data": {"id": "PR-1"}})


@pytest.fixture
def sent(client, settings, tmp_path):
    settings.DEMO_MODE = True
    settings.DEMO_WEBHOOK_PATH = tmp_path / "webhooks"

    def post(body=BODY, secret=receiver.SECRET, id="m1"):
        headers = headers_of([secret], id, int(time.time()), body)
        return client.post(
            receiver.WEBHOOK, body, content_type="application/json", headers=headers
        ).status_code

    return post


def page(client):
    return client.get(receiver.WEBHOOK).content.decode()


def test_messages_are_listed_with_what_their_signature_says(client, sent):
    assert "Nothing received yet" in page(client)
    assert sent() == 204
    assert page(client).count("<td>fits</td>") == 1
    assert sent() == 204
    assert "received before" in page(client)
    assert sent(secret="whsec_" + "A" * 40) == 204
    assert "does not fit" in page(client)
    assert "order.&lt;b&gt;approved&lt;/b&gt;" in page(client)
    assert "PR-1" in page(client)
    assert "datetime.datetime" not in page(client)


@pytest.mark.parametrize("body", [b"\xff\x00", b"[1]", b'{"data": [], "type": {}}', b"[" * 9])
def test_what_is_no_message_breaks_nothing(client, sent, body):
    assert sent(body) == 204
    assert client.get(receiver.WEBHOOK).status_code == 200


def test_it_keeps_little_and_nothing_large(client, sent, settings, monkeypatch):
    monkeypatch.setattr(demo_webhook, "NEWEST", 3)
    assert sent(b"x" * (demo_webhook.LONGEST + 1)) == 413
    assert [sent(id=f"m{number}") for number in range(5)] == [204] * 5
    assert len(list(settings.DEMO_WEBHOOK_PATH.glob("*"))) == 3
    assert "m4" in page(client)
    assert "m1" not in page(client)


def test_it_is_not_there_outside_demo_mode(client, sent, settings):
    settings.DEMO_MODE = False
    assert sent() == client.get(receiver.WEBHOOK).status_code == 404
    assert not settings.DEMO_WEBHOOK_PATH.exists()


def test_addresses_of_the_demo_follow_the_server_and_others_stay(cast, settings):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    receiver.add_endpoint({"kestrel": cast.partners["vendor"]}, cast.kirlin.created_at)
    for product, host in ((cast.product, settings.PUBLIC_URL), (cast.plain, "https://v.example/x")):
        Embedding.objects.create(product=product, action_url=f"{host}{receiver.ACTION}")
    settings.PUBLIC_URL = "http://127.0.0.1:8123"
    receiver.follow_server()
    assert WebhookEndpoint.objects.get().url == "http://127.0.0.1:8123/demo/webhook/"
    urls = set(Embedding.objects.values_list("action_url", flat=True))
    assert urls == {"http://127.0.0.1:8123/demo/action/", "https://v.example/x/demo/action/"}


def test_of_private_addresses_only_this_very_one_may_be_called(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    settings.WEBHOOK_OWN_URLS = ["http://127.0.0.1:8000/demo/webhook/"]
    outbound.check_address("http://127.0.0.1:8000/demo/webhook/")
    for other in ("http://127.0.0.1:8000/demo/", "http://127.0.0.1:8000/demo/webhook/?a=b"):
        with pytest.raises(outbound.Unreachable):
            outbound.check_address(other)
