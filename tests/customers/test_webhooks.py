"""Webhooks reach the systems of partners: signed, at least once, and no one keeps another waiting.

Real servers on this machine take what is sent.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from customers import webhook_signing, webhooks
from customers.lifecycle import StaleForm
from customers.models import Event, WebhookAttempt, WebhookEndpoint, WebhookMessage
from customers.services import endpoints
from customers.webhook_verifying import verify
from resellerportal.notifications.messages import candidates
from tests import factories
from tests.customers.receiver import administrator, endpoint, message, receiving

pytestmark = pytest.mark.django_db
State = WebhookMessage.State


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    # Who is to be waited for in vain has a time of its own.
    settings.WEBHOOK_TIMEOUT = 30
    settings.DELIVER_ON_COMMIT = "off"


@pytest.fixture
def vendor(db):
    return factories.partner("vendor")


def again(found):
    """Carry what is due when the next try of a message is."""
    found.refresh_from_db()
    count = webhooks.deliver_due(found.next_attempt_at + timedelta(seconds=1))
    found.refresh_from_db()
    return count


def test_the_signature_is_that_of_the_standard():
    """The example of the standard's own libraries."""
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = webhook_signing.signature(
        [key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_arrives_is_signed_and_the_same_in_every_try(vendor):
    with receiving(status=503, body=b"<b>busy\n\0</b> " * 200) as receiver:
        to = endpoint(vendor, receiver.url)
        sent = message(to)
        assert webhooks.deliver_due() == 1
        assert webhooks.deliver_due() == 0
        sent.refresh_from_db()
        assert (sent.state, sent.attempts) == (State.WAITING, 1)
        receiver.status = 204
        assert again(sent) == 1
    (first, body), (second, same) = receiver.taken
    assert first["webhook-id"] == second["webhook-id"] == str(sent.pk)
    assert (
        body
        == same
        == '{"data":{"id":"ä"},"timestamp":"2026-01-02T03:04:05Z","type":"order.approved"}'.encode()
    )
    secret = to.secret.open()
    assert verify(secret, first, body)
    assert verify(secret, second, body)
    assert Webhook(secret).verify(body, second) == sent.payload
    assert not verify(secret, first, body + b" ")
    assert not verify(secret, {**first, "webhook-timestamp": "1"}, body)
    assert not verify(secret, {}, body)
    assert first["content-type"] == "application/json"
    assert sent.state == State.DELIVERED
    failed, delivered = WebhookAttempt.objects.all()
    assert (failed.status, failed.delivered, delivered.delivered) == (503, False, True)
    assert failed.detail.startswith("<b>busy </b> <b>")
    assert len(failed.detail) <= 500
    to.refresh_from_db()
    assert to.failing_since is None


def test_for_a_day_the_old_secret_signs_beside_the_new_one(vendor):
    with receiving() as receiver:
        to = endpoint(vendor, receiver.url)
        new = endpoints.rotate_secret(to, actor=administrator(vendor))
        for _time in range(2):
            message(to)
            webhooks.deliver_due()
            WebhookEndpoint.objects.update(old_secret_until=timezone.now())
    (during, body), (after, _same) = receiver.taken
    secret = to.secret.open()
    assert new != secret
    assert verify(new, during, body)
    assert verify(secret, during, body)
    assert Webhook(new).verify(body, during) == Webhook(secret).verify(body, during)
    assert verify(new, after, body)
    assert not verify(secret, after, body)


def test_a_message_is_tried_for_three_days_and_then_kept_for_a_person(vendor):
    with receiving(status=500) as receiver:
        to = endpoint(vendor, receiver.url)
        sent, waits = message(to), []
        while sent.state == State.WAITING:
            assert again(sent) == 1
            waits.append((sent.next_attempt_at - timezone.now()).total_seconds())
        assert len(receiver.taken) == WebhookAttempt.objects.count() == 10
        planned = [pause.total_seconds() for pause in webhooks.SCHEDULE[1:]]
        for wait, pause in zip(waits, planned, strict=False):
            assert pause - 1 <= wait <= pause * 1.2 + 1
        assert sum(planned) > 3 * 86400
        assert sent.state == State.FAILED
        receiver.status = 200
        boss = administrator(vendor)
        since = timezone.now() - timedelta(days=1)
        assert endpoints.failed_since(to, since).count() == 1
        assert endpoints.replay_failed(to, actor=boss, since=timezone.now()) == 0
        assert endpoints.replay_failed(to, actor=boss, since=since) == 1
        assert webhooks.deliver_due() == 1
    assert set(receiver.ids()) == {str(sent.pk)}
    assert WebhookAttempt.objects.count() == 11


@pytest.mark.parametrize("status", [301, 307, 404])
def test_redirects_are_failures_and_lead_nowhere(vendor, status):
    with receiving() as elsewhere, receiving(status=status) as receiver:
        receiver.headers = {"Location": elsewhere.url}
        sent = message(endpoint(vendor, receiver.url))
        webhooks.deliver_due()
        assert elsewhere.taken == []
    assert (sent.tries.get().status, sent.tries.get().delivered) == (status, False)


def test_an_endpoint_that_says_gone_is_switched_off_and_its_people_are_told(vendor):
    factories.user(vendor, email="boss@people.example", level="administrator")
    factories.user(vendor, email="agent@people.example")
    with receiving(status=410) as receiver:
        to = endpoint(vendor, receiver.url)
        sent, other = message(to), message(to, next_attempt_at=timezone.now() + timedelta(hours=1))
        webhooks.deliver_due()
        assert again(sent) == 0
        assert len(receiver.taken) == 1
    to.refresh_from_db()
    other.refresh_from_db()
    assert (to.active, sent.state, other.state) == (False, State.FAILED, State.FAILED)
    assert "410 Gone" in to.stopped_because
    told = Event.objects.get(verb="webhookendpoint.stopped")
    assert (told.role, told.object_id) == ("system", to.pk)
    (letter,) = candidates(told)
    assert letter.recipient == "boss@people.example"
    assert "410 Gone" in str(letter.context["facts"])
    with pytest.raises(ValidationError, match="switched off"):
        endpoints.replay_message(sent, actor=administrator(vendor))


def test_an_endpoint_that_fails_for_five_days_is_switched_off(vendor):
    with receiving(status=500) as receiver:
        to = endpoint(vendor, receiver.url)
        for days, active in ((4, True), (5, False)):
            since = timezone.now() - timedelta(days=days)
            WebhookEndpoint.objects.update(failing_since=since)
            message(to)
            webhooks.deliver_due()
            to.refresh_from_db()
            assert to.active == active
    on = endpoints.switch_endpoint(to, actor=administrator(vendor), on=True)
    assert (on.active, on.stopped_because, on.failing_since) == (True, "", None)


def test_addresses_that_are_not_called_are_refused_when_they_are_typed_and_when_they_are_called(
    vendor, settings
):
    sent = message(endpoint(vendor, "http://127.0.0.1:9/"))
    settings.WEBHOOK_ALLOW_PRIVATE = False
    for url in (
        "http://partner.example/",
        "ftp://partner.example/",
        "https://user:word@partner.example/",
        "https://partner.example:0/",
        "https://partner.example:99999/",
        "https://10.0.0.5/",
        "https://127.0.0.1:8443/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:192.168.0.1]/",
        "https://169.254.169.254/latest",
        "javascript:alert(1)",
        "",
    ):
        with pytest.raises(ValidationError) as refused:
            endpoint(vendor, url)
        assert list(refused.value.message_dict) == ["url"], url
    # A name may lead anywhere by the time it is called.
    for url in ("http://127.0.0.1:9/", "https://localhost/"):
        WebhookEndpoint.objects.update(url=url)
        WebhookMessage.objects.update(next_attempt_at=timezone.now())
        assert webhooks.deliver_due() == 1
    texts = " ".join(sent.tries.values_list("detail", flat=True))
    assert "must begin with https" in texts
    assert "no public server of the name localhost" in texts


def test_only_administrators_of_the_partner_keep_its_endpoints(cast):
    boss = administrator(cast.partners["vendor"])
    url = "https://partner.example/hook"
    mine = endpoints.add_endpoint(actor=boss, label="ERP", url=url)
    others = [cast.actor("vendor", level) for level in ("viewer", "agent")]
    others += [cast.actor("vendor2", "administrator"), cast.actor("admin")]
    for actor in others:
        for step in (
            lambda actor: endpoints.edit_endpoint(mine, actor=actor, label="x", url=url),
            lambda actor: endpoints.rotate_secret(mine, actor=actor),
            lambda actor: endpoints.switch_endpoint(mine, actor=actor, on=False),
            lambda actor: endpoints.make_test(mine, actor=actor),
            lambda actor: endpoints.replay_failed(mine, actor=actor, since=timezone.now()),
            lambda actor: endpoints.delete_endpoint(mine, actor=actor),
        ):
            with pytest.raises(PermissionDenied):
                step(actor)
    fields = {"label": "ERP 2", "url": url, "types": ["order.approved", "order.approved"]}
    changed = endpoints.edit_endpoint(mine, actor=boss, revision=1, **fields)
    assert (changed.types, changed.revision) == (["order.approved"], 2)
    with pytest.raises(StaleForm):
        endpoints.edit_endpoint(mine, actor=boss, revision=1, **fields)
    foreign = factories.product(cast.partners["vendor2"])
    with pytest.raises(ValidationError, match="no such product"):
        endpoints.edit_endpoint(mine, actor=boss, product=foreign.pk, **fields)
    secret = endpoints.rotate_secret(mine, actor=boss)
    endpoints.delete_endpoint(mine, actor=boss)
    told = str(list(Event.objects.filter(object_type="webhookendpoint").values()))
    assert "webhookendpoint.deleted" in told
    for hidden in (secret, mine.secret.open(), url):
        assert hidden not in told


def test_the_log_forgets_what_is_old_but_never_what_waits(vendor, settings):
    to = endpoint(vendor, "http://127.0.0.1:9/")
    old = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS + 1)
    message(to, state=State.DELIVERED, created_at=old)
    waiting = message(to, created_at=old)
    recent = message(to, state=State.FAILED)
    assert webhooks.prune() == 1
    assert set(WebhookMessage.objects.all()) == {waiting, recent}
