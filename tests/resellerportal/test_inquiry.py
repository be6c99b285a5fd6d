"""The pages behind a mailed link: no sign-in, nothing changes on GET, nothing is revealed."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from customers.models import Event
from fulfillment.models import FulfillmentRequest
from resellerportal.inquiry import limits
from tests import factories
from tierconfig import inquiries
from tierconfig.models import TierConfigRequest
from tierconfig.services import requests as configs


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


@pytest.fixture
def asked(cast):
    """Umbrella's tier 2 setup, inquiring from birth."""
    cast.order()
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def link(request, code=None):
    return f"/inquiry/{request.pk}/{code or inquiries.code(request)}/"


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def answer(client, request, value="DE123456789", **more):
    request.refresh_from_db(fields=["revision"])
    data = {"param-tier2_vat": value, "revision": request.revision, **more}
    return client.post(link(request), data)


def test_the_page_says_who_asks_for_what(client, asked, cast):
    response = client.get(link(asked))
    page = text_of(response)
    assert response.status_code == 200
    for said in ("Backup 360", "Vendor", "Umbrella Hanse", asked.pk, "Tier2 vat", "Asked for"):
        assert said in page
    assert "Nordlicht" not in page


def test_opening_the_link_changes_nothing_however_often(client, asked):
    before = TierConfigRequest.objects.filter(pk=asked.pk).values().get()
    events = Event.objects.count()
    for method in (client.get, client.head, client.options):
        method(link(asked))
    assert TierConfigRequest.objects.filter(pk=asked.pk).values().get() == before
    assert Event.objects.count() == events


def test_an_answer_thanks_by_redirect_and_the_link_shows_no_values_afterwards(client, asked):
    response = answer(client, asked)
    assert response.status_code == 302
    assert response.url == link(asked)
    done = TierConfigRequest.objects.get(pk=asked.pk)
    assert done.state == "pending"
    assert done.params["tier2_vat"]["value"] == "DE123456789"
    page = text_of(client.get(link(asked)))
    assert "Thank you" in page
    assert "DE123456789" not in page
    event = Event.objects.get(verb="tierconfigrequest.answer")
    assert (event.role, event.actor_name) == ("contact", asked.inquiry_email)


def test_a_second_answer_changes_nothing_and_says_so(client, asked):
    answer(client, asked)
    response = answer(client, asked, "DE999999999")
    assert response.status_code == 409
    assert "changed nothing" in text_of(response)
    assert "DE999999999" not in str(TierConfigRequest.objects.get(pk=asked.pk).params)


def test_what_is_missing_is_said_beside_the_field_and_input_is_kept(client, asked, cast):
    factories.parameter(cast.product, "tier2", "mail", type="email")
    response = client.post(
        link(asked),
        {"param-tier2_vat": "", "param-mail": "nobody", "revision": asked.revision},
    )
    page = text_of(response)
    assert response.status_code == 422
    assert "Enter an e-mail address" in page
    assert 'value="nobody"' in page
    response = answer(client, asked, "")
    assert response.status_code == 422
    assert "Enter a value." in text_of(response)
    assert TierConfigRequest.objects.get(pk=asked.pk).state == "inquiring"


def test_complaints_and_the_vendors_message_are_shown_escaped(client, asked, cast):
    answer(client, asked)
    configs.inquire_request(
        TierConfigRequest.objects.get(pk=asked.pk),
        actor=cast.actor("vendor"),
        errors={"tier2_vat": "<b>Not</b> a VAT number"},
        message="Please look\n<script>again</script>",
    )
    page = text_of(client.get(link(TierConfigRequest.objects.get(pk=asked.pk))))
    assert "&lt;b&gt;Not&lt;/b&gt; a VAT number" in page
    assert "&lt;script&gt;again&lt;/script&gt;" in page
    assert 'value="DE123456789"' in page


def test_passwords_and_objects_are_never_shown(client, asked, cast):
    for kind, name in (("password", "secret"), ("object", "blob")):
        factories.parameter(cast.product, "tier2", name, type=kind)
    TierConfigRequest.objects.filter(pk=asked.pk).update(
        params={"secret": {"value": "hush-hush"}, "blob": {"structured_value": {"in": "side"}}}
    )
    page = text_of(client.get(link(asked)))
    assert "hush-hush" not in page
    assert "param-secret" in page
    assert "param-blob" not in page
    answer(client, asked, **{"param-secret": ""})
    assert TierConfigRequest.objects.get(pk=asked.pk).params["secret"]["value"] == "hush-hush"


@pytest.mark.parametrize(
    "address",
    [
        "/inquiry/{pk}/AAAAAAAAAAAAAAAAAAAAAA/",
        "/inquiry/{pk}/x/",
        "/inquiry/TCR-000-000-000-001/{code}/",
        "/inquiry/%00/{code}/",
        "/inquiry/{pk}/%F0%9F%98%80%00/",
        "/inquiry/TAR-1/{code}/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_wrong_links_all_look_the_same_and_reveal_nothing(client, asked, address, method):
    code = inquiries.code(asked)
    response = getattr(client, method)(address.format(pk=asked.pk, code=code))
    page = text_of(response)
    assert response.status_code == 404
    assert "This link does not work" in page
    for kept in (asked.pk, "Backup 360", "Umbrella", asked.inquiry_email):
        assert kept not in page


def test_the_code_of_one_request_does_not_open_another(client, asked, cast):
    factories.parameter(cast.plain, "asset", "size", required=True)
    order = cast.order(product=cast.plain)
    assert order.state == "inquiring"
    assert client.get(link(order, inquiries.code(asked))).status_code == 404
    assert client.get(link(order)).status_code == 200


def test_an_order_is_answered_the_same_way(client, cast):
    factories.parameter(cast.plain, "asset", "size", required=True)
    order = cast.order(product=cast.plain)
    page = text_of(client.get(link(order)))
    assert "Kirlin LLC" in page
    response = client.post(link(order), {"param-size": "XL", "revision": order.revision})
    assert response.status_code == 302
    order = FulfillmentRequest.objects.get(pk=order.pk)
    assert (order.state, order.params["size"]["value"]) == ("pending", "XL")
    assert "Thank you" in text_of(client.get(response.url))


def test_a_taken_back_question_and_a_decided_request_say_so(client, asked, cast):
    configs.pend_request(asked, actor=cast.actor("vendor"))
    response = client.get(link(asked))
    assert response.status_code == 410
    assert "taken back" in text_of(response)
    configs.fail_request(asked, actor=cast.actor("vendor"), reason="Too late")
    response = client.get(link(asked))
    assert response.status_code == 410
    assert "closed" in text_of(response)
    assert "Too late" not in text_of(response)


def test_an_older_link_points_to_the_newer_one(client, asked, cast):
    old = link(asked)
    configs.renew_inquiry(asked, actor=cast.actor("distributor"))
    response = client.get(old)
    assert response.status_code == 410
    assert "newer link" in text_of(response)
    response = client.post(old, {"param-tier2_vat": "X", "revision": asked.revision})
    assert response.status_code == 409
    assert TierConfigRequest.objects.get(pk=asked.pk).state == "inquiring"


def expire(request):
    TierConfigRequest.objects.filter(pk=request.pk).update(
        inquiry_sent_at=timezone.now() - inquiries.VALID_FOR - timedelta(hours=1)
    )


def test_an_expired_link_offers_a_new_one_to_the_same_address(client, asked):
    old = link(asked)
    expire(asked)
    assert "Send me a new link" in text_of(client.get(old))
    response = client.post(old, {"renew": "1"})
    assert response.status_code == 302
    renewed = TierConfigRequest.objects.get(pk=asked.pk)
    assert renewed.inquiry_number == asked.inquiry_number + 1
    assert renewed.inquiry_email == asked.inquiry_email
    assert "newer link" in text_of(client.get(old))
    assert client.get(link(renewed)).status_code == 200
    # Sent twice: the old link is worth nothing any more.
    assert client.post(old, {"renew": "1"}).status_code == 409
    assert TierConfigRequest.objects.get(pk=asked.pk).inquiry_number == renewed.inquiry_number


def test_an_expired_link_answers_nothing(client, asked):
    expire(asked)
    assert answer(client, asked).status_code == 409
    assert TierConfigRequest.objects.get(pk=asked.pk).state == "inquiring"


def test_a_good_link_that_is_not_expired_sends_no_new_one(client, asked):
    client.post(link(asked), {"renew": "1"})
    assert TierConfigRequest.objects.get(pk=asked.pk).inquiry_number == asked.inquiry_number


def test_a_form_shown_before_somebody_changed_the_request_is_shown_again(client, asked, cast):
    factories.parameter(cast.product, "tier2", "margin", phase="fulfillment")
    before = asked.revision
    configs.update_request(asked, actor=cast.actor("vendor"), values={"margin": "5"})
    response = client.post(link(asked), {"param-tier2_vat": "DE1", "revision": before})
    page = text_of(response)
    assert response.status_code == 409
    assert "Somebody changed this" in page
    assert 'value="DE1"' in page
    assert f'name="revision" value="{before + 1}"' in page
    assert TierConfigRequest.objects.get(pk=asked.pk).state == "inquiring"


def test_who_comes_second_between_look_and_write_is_told(client, asked, cast, monkeypatch):
    """The vendor takes the question back after the page has read it."""
    from resellerportal.inquiry.questions import Question

    real = Question.answer

    def late(self, values, revision, **more):
        configs.pend_request(asked, actor=cast.actor("vendor"))
        real(self, values, revision, **more)

    monkeypatch.setattr(Question, "answer", late)
    response = answer(client, asked)
    assert response.status_code == 409
    assert "taken back" in text_of(response)


def test_the_page_leaks_its_address_to_nobody(client, asked):
    for address in (link(asked), link(asked, "x" * 22)):
        response = client.get(address)
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]
        assert not response.cookies
        assert not re.search(r'(href|src)="(https?:)?//', response.content.decode())


def test_no_cookie_is_needed_to_answer(asked):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert answer(strict, asked).status_code == 302


@pytest.fixture
def same_minutes(monkeypatch):
    """The span in which failures are counted does not end meanwhile."""
    monkeypatch.setattr(limits, "_slot", lambda seconds: 1)


@pytest.mark.usefixtures("same_minutes")
def test_guessing_is_stopped_for_a_while_and_good_links_of_others_are_not(client, asked, cast):
    factories.parameter(cast.plain, "asset", "size", required=True)
    order = cast.order(product=cast.plain)
    for _attempt in range(limits.PER_REQUEST):
        assert client.get(link(asked, "x" * 22)).status_code == 404
    assert client.get(link(asked, "x" * 22)).status_code == 429
    assert client.get(link(order)).status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.get(link(asked), **elsewhere).status_code == 200


@pytest.mark.usefixtures("same_minutes")
def test_a_client_that_lists_requests_is_stopped(client, asked):
    for number in range(limits.PER_CLIENT):
        client.get(f"/inquiry/TCR-000-000-000-{number:03d}/{'x' * 22}/")
    assert client.get(f"/inquiry/PR-000-000-000-001/{'x' * 22}/").status_code == 429


def test_good_links_are_never_counted(client, asked):
    for _attempt in range(limits.PER_REQUEST + 2):
        assert client.get(link(asked)).status_code == 200


def test_a_page_costs_few_queries(client, asked, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(link(asked))
