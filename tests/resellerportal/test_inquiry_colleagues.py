"""Single questions passed on: the colleague sees them and nothing else, the answer comes back."""

import re

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.urls import reverse

from customers import events
from customers.models import Event
from resellerportal.inquiry import limits
from tests import factories
from tests.factories.steps import answer
from tests.resellerportal.config_pages import BACKEND
from tierconfig import inquiries
from tierconfig.models import AnswerDraft, Delegation, TierConfigRequest
from tierconfig.services import delegations, inquiry_care
from tierconfig.services import requests as configs


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


@pytest.fixture
def asked(cast):
    """Umbrella's tier 2 setup: a required VAT ID, an e-mail, and a password."""
    factories.parameter(cast.product, "tier2", "mail", title="Mail for invoices", type="email")
    factories.parameter(cast.product, "tier2", "secret", title="Secret word", type="password")
    cast.order()
    return TierConfigRequest.objects.get(configuration__account=cast.umbrella)


def link(request):
    return f"/inquiry/{request.pk}/{inquiries.code(request)}/"


def colleague_link(delegation, code=None, request=None):
    code = code or inquiries.delegation_code(delegation)
    return reverse("inquiry-delegation", args=[request or delegation.request, delegation.pk, code])


def page_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def letter():
    """The newest mail, when everything is delivered."""
    while events.deliver_pending():
        pass
    return outbox.outbox[-1]


def ask(client, request, *names, email="bo@umbrella.example", **more):
    return client.post(link(request) + "ask/", {"names": names, "email": email, **more})


@pytest.fixture
def passed_on(client, asked):
    """The VAT ID is with a colleague."""
    response = ask(client, asked, "tier2_vat", message="Please look it up")
    assert response.status_code == 302
    return Delegation.objects.get()


def send(client, delegation, **typed):
    form = page_of(client.get(colleague_link(delegation)))
    stamp = re.search(r'name="stamp" value="(\w*)"', form).group(1)
    data = {f"param-{name}": value for name, value in typed.items()}
    return client.post(colleague_link(delegation), {"stamp": stamp, **data})


def test_a_colleague_gets_a_mail_with_a_link_of_its_own(client, asked, passed_on):
    mailed = letter()
    assert mailed.to == ["bo@umbrella.example"]
    for text in (mailed.body, mailed.alternatives[0].content):
        assert colleague_link(passed_on) in text
        assert inquiries.code(asked) not in text
        for said in ("Tier2 vat", "Please look it up", "Umbrella Hanse"):
            assert said in text
        assert "Mail for invoices" not in text


def test_the_colleague_sees_only_what_was_passed_on(client, asked, passed_on):
    TierConfigRequest.objects.filter(pk=asked.pk).update(
        params={"mail": {"value": "hidden@umbrella.example"}}, inquiry_message="To the boss"
    )
    page = page_of(client.get(colleague_link(passed_on)))
    assert "Tier2 vat" in page
    assert "Please look it up" in page
    for kept in ("hidden@umbrella", "Mail for invoices", "Secret word", "To the boss"):
        assert kept not in page
    assert inquiries.code(asked) not in page


def test_the_answer_comes_into_the_form_and_says_from_whom(client, asked, passed_on):
    assert "no answer yet" in page_of(client.get(link(asked)))
    response = send(client, passed_on, tier2_vat="DE1")
    assert response.status_code == 302
    assert "Thank you" in page_of(client.get(response.url))
    mailed = letter()
    assert mailed.to == [asked.inquiry_email]
    assert link(asked) in mailed.body
    page = page_of(client.get(link(asked)))
    assert 'value="DE1"' in page
    assert "Answered by bo@umbrella.example on" in page
    assert fresh(asked).state == "inquiring"
    client.post(link(asked), {"param-tier2_vat": "DE1", "revision": fresh(asked).revision})
    event = Event.objects.get(verb="tierconfigrequest.answer")
    given = event.data["given"]["tier2_vat"]
    assert (given["by"], given["through"]) == ("bo@umbrella.example", "delegation")
    assert "DE1" not in str(event.data)


def test_the_colleagues_answer_is_checked(client, asked, passed_on):
    response = send(client, passed_on, tier2_vat="")
    assert response.status_code == 422
    assert "Enter a value." in page_of(response)
    assert fresh(passed_on).answered_at is None


def test_the_colleague_may_save_and_finish_later(client, asked, passed_on):
    data = {"stamp": "", "param-tier2_vat": "DE", "save": "1"}
    response = client.post(colleague_link(passed_on), data)
    assert response.status_code == 302
    assert 'value="DE"' in page_of(client.get(colleague_link(passed_on)))
    assert fresh(passed_on).answered_at is None


def test_what_others_entered_for_it_meanwhile_is_not_overwritten(client, asked, passed_on):
    page = page_of(client.get(colleague_link(passed_on)))
    data = {"param-tier2_vat": "DE9", "revision": asked.revision, "save": "1"}
    client.post(link(asked), data)
    assert 'name="stamp" value=""' in page
    response = client.post(colleague_link(passed_on), {"stamp": "", "param-tier2_vat": "DE1"})
    page = page_of(response)
    assert response.status_code == 409
    assert "saved “DE9” meanwhile" in page
    assert 'value="DE1"' in page
    assert AnswerDraft.objects.get().values["tier2_vat"] == "DE9"
    assert send(client, passed_on, tier2_vat="DE1").status_code == 302


def test_other_parameters_cannot_be_smuggled_in(client, asked, passed_on):
    send(client, passed_on, tier2_vat="DE1", mail="evil@umbrella.example", secret="x")
    assert AnswerDraft.objects.get().values == {"tier2_vat": "DE1"}


def test_passwords_cannot_be_passed_on(client, asked):
    assert "Secret word" not in page_of(client.get(link(asked) + "ask/"))
    response = ask(client, asked, "secret")
    assert response.status_code == 422
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("name", ["margin", "nothing", "tier1_vat"])
def test_only_what_is_asked_can_be_passed_on(client, asked, cast, name):
    factories.parameter(cast.product, "tier2", "margin", phase="fulfillment")
    assert ask(client, asked, name).status_code == 422
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nobody",
        "a@b.example\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "x" * 300 + "@b.de",
    ],
)
def test_addresses_are_checked(client, asked, email):
    response = ask(client, asked, "tier2_vat", email=email)
    assert response.status_code == 422
    assert not Delegation.objects.exists()


def test_a_message_of_a_megabyte_is_refused(client, asked):
    assert ask(client, asked, "tier2_vat", message="x" * 1_000_000).status_code == 422


def test_asking_the_same_twice_sends_one_mail(client, asked, passed_on):
    assert "is asked for the same already" in page_of(ask(client, asked, "tier2_vat"))
    assert Delegation.objects.get() == passed_on


def test_ten_questions_at_a_time_and_thirty_mails_an_hour(client, asked, monkeypatch):
    monkeypatch.setattr(limits, "_slot", lambda seconds: 1)
    for number in range(delegations.MOST_OPEN):
        assert ask(client, asked, "mail", email=f"c{number}@umbrella.example").status_code == 302
    assert "take one back first" in page_of(ask(client, asked, "mail"))
    monkeypatch.setattr(delegations, "MOST_OPEN", 99)
    monkeypatch.setattr(delegations, "MOST_PER_HOUR", 10)
    assert "try again in an hour" in page_of(ask(client, asked, "mail"))
    monkeypatch.setattr(delegations, "MOST_PER_HOUR", 99)
    monkeypatch.setattr(limits, "MAILS_PER_CLIENT", 10)
    assert "try again in an hour" in page_of(ask(client, asked, "mail"))
    assert Delegation.objects.count() == 10


def test_one_may_take_it_back(client, asked, passed_on):
    response = client.post(link(asked) + "ask/", {"take_back": passed_on.pk})
    assert response.status_code == 302
    response = client.get(colleague_link(passed_on))
    assert response.status_code == 410
    assert "taken back" in page_of(response)
    assert client.post(colleague_link(passed_on), {"param-tier2_vat": "X"}).status_code == 409
    assert not AnswerDraft.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "99999999999999999999", "٣"])
def test_what_is_not_there_cannot_be_taken_back(client, asked, passed_on, number):
    assert client.post(link(asked) + "ask/", {"take_back": number}).status_code == 404
    assert fresh(passed_on).ended_at is None


def test_what_another_request_passed_on_cannot_be_taken_back_or_opened(client, asked, cast):
    factories.parameter(cast.plain, "asset", "size", required=True)
    order = cast.order(product=cast.plain)
    ask(client, order, "size")
    other = Delegation.objects.get()
    assert client.post(link(asked) + "ask/", {"take_back": other.pk}).status_code == 404
    assert client.get(colleague_link(other, request=asked.pk)).status_code == 404
    assert client.get(colleague_link(other)).status_code == 200
    assert send(client, other, size="XL").status_code == 302


def test_codes_of_others_open_nothing(client, asked, passed_on):
    ask(client, asked, "mail", email="cy@umbrella.example")
    second = Delegation.objects.latest("pk")
    wrong = [inquiries.code(asked), inquiries.delegation_code(second), "x", "A" * 10_000]
    for code in wrong:
        response = client.get(colleague_link(passed_on, code))
        assert response.status_code == 404
        assert "Umbrella" not in page_of(response)
    code = inquiries.delegation_code(passed_on)
    for address in (f"/inquiry/{asked.pk}/{code}/", f"/inquiry/{asked.pk}/{code}/ask/"):
        assert client.get(address).status_code == 404


def test_the_link_says_what_became_of_it(client, asked, cast, passed_on):
    def says(status):
        response = client.get(colleague_link(passed_on))
        assert response.status_code == status
        return page_of(response)

    configs.renew_inquiry(asked, actor=cast.actor("vendor"))
    assert "replaced" in says(410)
    answer(fresh(asked), tier2_vat="DE1")
    assert "closed" in says(410)


def test_it_expires_with_the_link_of_the_inquiry(client, asked, passed_on):
    sent = fresh(asked).inquiry_sent_at - inquiries.VALID_FOR
    TierConfigRequest.objects.filter(pk=asked.pk).update(inquiry_sent_at=sent)
    assert "expired" in page_of(client.get(colleague_link(passed_on)))
    assert client.post(colleague_link(passed_on), {"param-tier2_vat": "X"}).status_code == 409


def test_a_second_answer_changes_nothing(client, asked, passed_on):
    send(client, passed_on, tier2_vat="DE1")
    response = client.post(colleague_link(passed_on), {"stamp": "", "param-tier2_vat": "DE2"})
    assert response.status_code == 409
    assert AnswerDraft.objects.get().values == {"tier2_vat": "DE1"}


def test_opening_the_pages_changes_nothing(client, asked, passed_on):
    before = (Event.objects.count(), fresh(asked).revision)
    for address in (colleague_link(passed_on), link(asked) + "ask/"):
        for method in (client.get, client.head, client.options):
            assert method(address)["Referrer-Policy"] == "no-referrer"
    assert (Event.objects.count(), fresh(asked).revision) == before


def test_asking_from_the_form_keeps_what_was_typed(client, asked):
    data = {"param-mail": "x@umbrella.example", "revision": asked.revision, "ask": "1"}
    response = client.post(link(asked), data)
    assert response.url == link(asked) + "ask/"
    assert AnswerDraft.objects.get().values == {"mail": "x@umbrella.example"}


def test_the_portal_passes_on_and_takes_back_too(client, asked, cast):
    client.force_login(cast.users["parent"], backend=BACKEND)
    address = f"/reseller/config-requests/{asked.pk}/delegate/"
    response = client.post(
        address, {"names": ["tier2_vat"], "email": "bo@umbrella.example"}, follow=True
    )
    page = page_of(response)
    assert "bo@umbrella.example is asked by mail" in page
    assert "no answer yet" in page
    delegation = Delegation.objects.get()
    assert "Parent" in letter().body
    send(client, delegation, tier2_vat="DE1")
    mailed = letter()
    assert mailed.to == ["parent@people.example"]
    assert f"/reseller/config-requests/{asked.pk}/" in mailed.body
    assert inquiries.code(asked) not in mailed.body
    ask(client, asked, "mail")
    client.post(address, {"take_back": Delegation.objects.latest("pk").pk})
    assert Delegation.objects.latest("pk").ended_at is not None
    assert client.post(address, {"take_back": "99"}).status_code == 404


@pytest.mark.parametrize("name", ["vendor", "reseller", "distributor2"])
def test_others_pass_nothing_on(client, asked, cast, name):
    client.force_login(cast.users[name], backend=BACKEND)
    role = cast.partners[name].role
    data = {"names": ["tier2_vat"], "email": "bo@umbrella.example"}
    response = client.post(f"/{role}/config-requests/{asked.pk}/delegate/", data)
    assert response.status_code in (404, 405)
    assert not Delegation.objects.exists()


def test_the_former_contact_is_told_that_the_link_was_replaced(client, asked, cast):
    old = link(asked)
    type(cast.umbrella).objects.filter(pk=cast.umbrella.pk).update(contact_email="n@umbrella.de")
    inquiry_care.ask_new_contact(asked, actor=cast.actor("vendor"))
    response = client.get(old)
    assert response.status_code == 410
    assert "newer link" in page_of(response)
    assert "n@umbrella.de" not in page_of(response)
    assert letter().to == ["n@umbrella.de"]
