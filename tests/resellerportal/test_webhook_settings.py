"""Settings › Webhooks: administrators say where to, see whether it arrives, and send it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Membership, WebhookAttempt, WebhookEndpoint, WebhookMessage
from customers.webhook_verifying import verify
from tests.customers.receiver import endpoint, message, receiving
from tests.resellerportal.config_pages import Pages, main_of

pytestmark = pytest.mark.django_db
URL = "https://partner.example/hook"
State = WebhookMessage.State
LOG = "webhook-message-"


@pytest.fixture
def pages(client, cast):
    Membership.objects.exclude(user=cast.users["parent"]).update(level="administrator")
    return Pages(client, cast)


@pytest.mark.parametrize("name", ["vendor", "distributor", "reseller"])
def test_added_with_a_secret_that_is_shown_once(cast, pages, name):
    assert "tells one of your systems" in main_of(pages.get(name, "webhook-list"))
    form = main_of(pages.get(name, "webhook-add"))
    assert "order.approved: was approved" in form
    typed = {"label": "Our <ERP>", "url": "http://partner.example/", "types-0": ["account.moved"]}
    wrong = pages.post(name, "webhook-add", **typed)
    assert wrong.status_code == 422
    assert "must begin with https" in main_of(wrong)
    answer = pages.post(name, "webhook-add", **{**typed, "url": URL}, token="t")
    made = WebhookEndpoint.objects.get()
    assert made.secret.open() in main_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (made.partner, made.types) == (cast.partners[name], ["account.moved"])
    # Sent twice it is added once, and its secret is not told again.
    pages.post(name, "webhook-add", **{**typed, "url": URL}, token="t")
    assert WebhookEndpoint.objects.count() == 1
    for page in ("webhook-list", "webhook-message-list"):
        assert made.secret.open() not in main_of(pages.get(name, page))
    for page in ("detail", "edit", "secret", "test", "replay", "switch", "delete"):
        text = main_of(pages.get(name, f"webhook-{page}", made.pk))
        assert made.secret.open() not in text
        assert "Our &lt;ERP&gt;" in text


def test_changed_rotated_switched_and_deleted(cast, pages):
    made = endpoint(cast.partners["vendor"], URL)
    where = "vendor", "webhook-edit", made.pk
    typed = {"label": "CRM", "url": URL, "product": cast.product.pk, "revision": "1"}
    pages.post(*where, **typed)
    made.refresh_from_db()
    assert (made.label, made.product, made.types) == ("CRM", cast.product, [])
    assert "Somebody changed this" in main_of(pages.post(*where, **typed))
    answer = pages.post("vendor", "webhook-secret", made.pk)
    fresh = WebhookEndpoint.objects.get()
    assert fresh.secret.open() in main_of(answer)
    assert fresh.old_secret == made.secret
    waiting = message(fresh)
    assert "1 message that waits" in main_of(pages.get("vendor", "webhook-switch", made.pk))
    pages.post("vendor", "webhook-switch", made.pk, on="off")
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED
    assert "Off" in main_of(pages.get("vendor", "webhook-list"))
    page = main_of(pages.get("vendor", "webhook-detail", made.pk))
    assert "switched the webhook off" in page
    assert "Switch on" in page
    pages.post("vendor", "webhook-delete", made.pk)
    assert not WebhookMessage.objects.exists()


def test_a_test_says_at_once_whether_it_arrived_and_shows_the_answer(cast, pages, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving(status=500, body=b"<script>down</script>") as receiver:
        made = endpoint(cast.partners["vendor"], receiver.url)
        answer = pages.post("vendor", "webhook-test", made.pk)
        page = main_of(pages.client.get(answer.url))
        assert "HTTP 500" in page
        assert "&lt;script&gt;down" in page
        assert "<script>down" not in page
        receiver.status = 200
        pages.post("vendor", "webhook-test", made.pk)
    headers, body = receiver.taken[1]
    assert verify(made.secret.open(), headers, body)
    assert [each.delivered for each in WebhookAttempt.objects.all()] == [False, True]
    assert {each.type for each in WebhookMessage.objects.all()} == {"webhook.test"}


def test_the_log_is_narrowed_and_what_failed_is_sent_again(cast, pages):
    made = endpoint(cast.partners["vendor"], URL)
    other = endpoint(cast.partners["vendor2"], URL)
    now = timezone.now()
    failed = [
        message(made, state=State.FAILED, created_at=now - timedelta(days=days)) for days in (1, 9)
    ]
    done, foreign = message(made, state=State.DELIVERED), message(other, state=State.FAILED)
    page = main_of(pages.get("vendor", f"{LOG}list", tab="failed"))
    assert str(failed[0].pk) in page
    for hidden in (done, foreign):
        assert str(hidden.pk) not in page
    assert "Nothing matches" in main_of(pages.get("vendor", f"{LOG}list", type="order.failed"))
    page = main_of(pages.get("vendor", "webhook-replay", made.pk))
    assert "<b>1</b> message" in page
    day = (now - timedelta(days=30)).date().isoformat()
    page = main_of(pages.get("vendor", "webhook-replay", made.pk, since=day))
    assert "<b>2</b> messages" in page
    pages.post("vendor", "webhook-replay", made.pk, since=day)
    assert made.messages.filter(state=State.WAITING).count() == 2
    pages.post("vendor", f"{LOG}replay", done.pk)
    done.refresh_from_db()
    assert done.state == State.WAITING
    page = main_of(pages.get("vendor", f"{LOG}detail", done.pk))
    assert "order.approved" in page
    assert "Next try" in page
    foreign.refresh_from_db()
    assert foreign.state == State.FAILED
    for page in ("detail", "replay"):
        assert pages.get("vendor", f"{LOG}{page}", foreign.pk).status_code == 404
        assert pages.get("vendor", f"{LOG}{page}", "no-uuid").status_code == 404
        assert pages.post("vendor", f"{LOG}{page}", foreign.pk).status_code in (404, 405)


@pytest.mark.parametrize("level", ["viewer", "agent"])
def test_only_administrators_open_them_and_others_are_not_led_there(cast, pages, level):
    made = endpoint(cast.partners["vendor"], URL)
    sent = message(made)
    assert "/vendor/webhooks/" in pages.get("vendor", "settings").content.decode()
    Membership.objects.update(level=level)
    home = pages.get("vendor", "settings").content.decode()
    assert "/vendor/webhooks/" not in home
    for name in ("webhook-list", "webhook-add", f"{LOG}list"):
        assert pages.get("vendor", name).status_code == 403
    for name in ("detail", "edit", "switch", "secret", "test", "replay", "delete"):
        assert pages.get("vendor", f"webhook-{name}", made.pk).status_code == 403
        assert pages.post("vendor", f"webhook-{name}", made.pk).status_code == 403
    assert pages.get("vendor", f"{LOG}detail", sent.pk).status_code == 403
    assert pages.post("vendor", f"{LOG}replay", sent.pk).status_code == 403
    # Nor does an administrator of the platform, who acts for no partner.
    assert pages.get("admin", "webhook-detail", made.pk).status_code == 403


def test_the_lists_cost_the_same_for_one_and_for_many(cast, pages, django_assert_max_num_queries):
    hooks = [endpoint(cast.partners["vendor"], URL) for _number in range(12)]
    for hook in hooks:
        message(hook, state=State.FAILED)
        message(hook)
    pages.get("vendor", "webhook-list")
    with django_assert_max_num_queries(14):
        page = main_of(pages.get("vendor", "webhook-list"))
    assert page.count("/vendor/webhooks/WE-") >= 12
    with django_assert_max_num_queries(14):
        pages.get("vendor", f"{LOG}list")
    with django_assert_max_num_queries(16):
        pages.get("vendor", "webhook-detail", hooks[0].pk)


def test_the_administration_shows_them_without_their_secrets(cast, pages):
    made = endpoint(cast.partners["vendor"], URL)
    sent = message(made)
    client = pages.client
    pages.get("admin", "home")
    for path in ("", f"{made.pk}/change/"):
        page = client.get(f"/admin/customers/webhookendpoint/{path}").content.decode()
        assert made.label in page
        assert made.secret.open() not in page
    page = client.get(f"/admin/customers/webhookmessage/{sent.pk}/change/").content.decode()
    assert "order.approved" in page
