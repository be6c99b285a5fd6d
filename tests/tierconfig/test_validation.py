"""The vendor's service is asked before a draft or an answer goes on; it is a real server here."""

from __future__ import annotations

import gzip
import socket
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers import outbound
from customers.actors import Actor
from customers.lifecycle import StaleForm, touch
from tests.conftest import Cast
from tests.factories import steps
from tests.tierconfig import services
from tests.tierconfig.test_drafts import begin
from tierconfig.models import TierConfigRequest, Webhook
from tierconfig.services import configs, drafts, validation

State = TierConfigRequest.State
Type = Webhook.Type
TOKEN = {"Authorization": "Bearer x"}


@pytest.fixture
def service(settings: Any):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    settings.WEBHOOK_TIMEOUT = 30
    with services.running() as service:
        yield service


@pytest.fixture
def validating(cast: Cast, service: services.Service) -> Cast:
    cast.product.validates_setups = cast.product.validates_setup_inquiries = True
    cast.product.save()
    services.webhook(cast.product, Type.DRAFT_TIER_1, service)
    services.webhook(cast.product, Type.SETUP_INQUIRY_TIER_2, service)
    return cast


def draft_of(cast: Cast) -> TierConfigRequest:
    return begin(cast, values={"tier1_vat": "DE1"})


def the_webhook(kind: str = Type.DRAFT_TIER_1) -> Webhook:
    return Webhook.objects.get(type=kind)


def test_the_service_gets_the_request_with_its_values_and_a_signed_token(validating, service):
    draft = draft_of(validating)
    _request, problems = drafts.validate_draft(draft, actor=validating.actor("reseller"))
    assert problems == []
    told = service.asked[0]
    assert (told["id"], told["status"], told["type"]) == (draft.pk, "draft", "setup")
    assert told["configuration"]["account"]["id"] == validating.nordlicht.pk
    assert told["params"][0] | {"constraints": None, "description": ""} == {
        "id": "tier1_vat",
        "title": "Tier1 vat",
        "description": "",
        "hint": "",
        "type": "text",
        "scope": "tier1",
        "phase": "ordering",
        "constraints": None,
        "value": "DE1",
    }
    claims = jwt.decode(service.tokens[0], services.SECRET, algorithms=["HS256"])
    assert claims["webhook_id"] == the_webhook().pk
    assert claims["exp"] - claims["iat"] == validation.TOKEN_SECONDS
    assert the_webhook().last_success is not None


def test_a_parent_is_named_to_a_vendor_that_works_with_it_only(validating, service):
    draft, reseller = draft_of(validating), validating.actor("reseller")
    drafts.validate_draft(draft, actor=reseller)
    validating.order(product=validating.plain)
    drafts.validate_draft(draft, actor=reseller)
    before, after = (told["tiers"] for told in service.asked)
    assert before == {"tier1": after["tier1"], "tier2": None}
    assert after["tier1"]["name"] == validating.nordlicht.name
    assert after["tier2"]["name"] == validating.umbrella.name


def test_complaints_stand_at_their_values_and_in_the_way_of_submitting(validating, service):
    reseller = validating.actor("reseller")
    service.complain(tier1_vat="Unknown number.", other="Too late today.")
    checked, problems = drafts.validate_draft(draft_of(validating), actor=reseller)
    assert checked.params["tier1_vat"] == {"value": "DE1", "value_error": "Unknown number."}
    assert problems == ["Too late today."]
    with pytest.raises(ValidationError) as refused:
        drafts.submit_request(checked, actor=reseller)
    assert refused.value.message_dict == {"tier1_vat": ["Unknown number."]}
    submitted = drafts.submit_request(checked, actor=reseller, insist=True)
    assert submitted.params == {"tier1_vat": {"value": "DE1"}}


def test_a_corrected_value_loses_its_complaint(validating, service):
    reseller = validating.actor("reseller")
    service.complain(tier1_vat="Unknown number.")
    checked, _problems = drafts.validate_draft(draft_of(validating), actor=reseller)
    saved = drafts.save_draft(checked, actor=reseller, values={"tier1_vat": "DE2"})
    assert saved.params == {"tier1_vat": {"value": "DE2"}}
    assert drafts.submit_request(saved, actor=reseller).state == State.TIERS_SETUP


def test_what_was_changed_while_the_service_thought_is_not_overwritten(validating, service):
    draft = draft_of(validating)
    service.complain(tier1_vat="Unknown number.")

    def meanwhile(*args: Any, **kwargs: Any) -> validation.Verdict:
        fresh = TierConfigRequest.objects.get(pk=draft.pk)
        touch(fresh)
        return validation.Verdict({"tier1_vat": "Unknown number."})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafts, "ask", meanwhile)
        with pytest.raises(StaleForm):
            drafts.validate_draft(draft, actor=validating.actor("reseller"))
    assert TierConfigRequest.objects.get(pk=draft.pk).params == {"tier1_vat": {"value": "DE1"}}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error_code": "VAL_001", "errors": ["Closed today."]}, "Closed today."),
        (400, {}, "gave no reason"),
        (500, {}, "status 500"),
        (302, {}, "status 302"),
        (200, b"<html>", "unreadable"),
        (200, b"[" * 100_000, "unreadable"),
        (200, b" " * (outbound.MAX_ANSWER + 1), "too long"),
    ],
)
def test_whatever_else_is_answered_is_said_and_keeps_nobody(
    validating, service, status, body, said
):
    service.status, service.body = status, body
    service.headers = {"Location": service.url}
    reseller = validating.actor("reseller")
    checked, problems = drafts.validate_draft(draft_of(validating), actor=reseller)
    assert said in f"{problems[0]} {the_webhook().last_problem}"
    assert len(service.asked) == 1
    assert drafts.submit_request(checked, actor=reseller).state == State.TIERS_SETUP


def test_a_service_that_does_not_answer_is_noted_on_its_webhook(validating, service, settings):
    hook = the_webhook()
    hook.external_url = "http://127.0.0.1:9/"
    hook.save()
    _checked, problems = drafts.validate_draft(
        draft_of(validating), actor=validating.actor("reseller")
    )
    assert problems == ["The vendor's service gave no answer that can be used."]
    # Only the vendor reads which server it is.
    assert "127.0.0.1 cannot be reached" in the_webhook().last_problem
    assert the_webhook().last_success is None


def test_a_slow_service_is_left_after_a_while(validating, service, settings):
    ended = Event()
    settings.WEBHOOK_TIMEOUT = 0.2
    service.before = lambda: ended.wait(30)
    draft, reseller = draft_of(validating), validating.actor("reseller")
    _checked, problems = drafts.validate_draft(draft, actor=reseller)
    ended.set()
    assert "gave no answer" in problems[0]
    assert the_webhook().last_problem == "The service did not answer in time."


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_service_that_drips_is_left_in_time_too(start, settings):
    """One byte now and then ends no timeout of a socket, neither in the head nor in the body."""
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with services.dripping(start) as url:
        began = monotonic()
        with pytest.raises(outbound.Unreachable, match="in time"):
            outbound.post_json(url, {}, timeout=0.3)
        assert monotonic() - began < 20


def test_a_packed_answer_is_not_unpacked(service):
    service.body = gzip.compress(b'{"params": []}')
    service.headers = {"Content-Encoding": "gzip"}
    assert outbound.post_json(service.url, {}, headers=TOKEN).body is None


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:0:7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fec0::1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://192.0.0.192/",
        "https://192.88.99.1/",
        "https://168.63.129.16/",
        "https://[2001:0:7f00:1:0:0:80ff:fffe]/",
        "https://[::ffff:168.63.129.16]/",
    ],
)
def test_private_addresses_are_not_called(url):
    with pytest.raises(outbound.Unreachable, match="private network"):
        outbound.post_json(url, {}, timeout=30)


@pytest.mark.parametrize(
    "host",
    ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "127。0。0。1"],
)
def test_a_name_of_the_operator_s_network_is_answered_like_one_that_nobody_has(host):
    with pytest.raises(outbound.Unreachable) as told:
        outbound.post_json(f"https://{host}/", {}, timeout=30)
    assert str(told.value) == f"There is no public server of the name {host}."


@pytest.mark.parametrize("host", ["unknown.example", "a\0b", "a..b", "x" * 300])
def test_a_name_that_nobody_has(host, monkeypatch):
    resolve = socket.getaddrinfo

    def unknown(name, *rest, **more):
        if name == "unknown.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(name, *rest, **more)

    monkeypatch.setattr(outbound.socket, "getaddrinfo", unknown)
    with pytest.raises(outbound.Unreachable) as told:
        outbound.post_json(f"https://{host}/", {}, timeout=30)
    assert str(told.value) == f"There is no public server of the name {host}."


def test_of_a_name_that_leads_to_both_only_the_public_address_is_called(monkeypatch):
    def leading_to(*addresses):
        rows = [(2, 1, 6, "", (address, 443)) for address in addresses]
        monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_args, **_more: rows)

    leading_to("10.0.0.1", "93.184.216.34")
    assert outbound._address("vendor.example", 443, 5, private=False) == "93.184.216.34"
    leading_to("10.0.0.1", "::1", "fe80::1%lo")
    with pytest.raises(outbound.Unreachable, match="no public server"):
        outbound._address("vendor.example", 443, 5, private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://vendor.example/",
        "ftp://x/",
        "https://a:b@vendor.example/",
        "https://",
        "x",
        "https://vendor.example@127.0.0.1/",
        "https://vendor.example\\@127.0.0.1/",
        "https://vendor.example:0/",
        "https://vendor.example:99999/",
        "https://[127.0.0.1]/",
    ],
)
def test_only_plain_https_addresses_are_called(url):
    with pytest.raises(outbound.Unreachable, match="https"):
        outbound.post_json(url, {}, timeout=30)


def test_the_connection_goes_to_the_address_that_was_checked(service, monkeypatch):
    """A name that leads elsewhere at the second look is not looked up a second time."""
    port = int(service.url.rsplit(":", 1)[1].split("/")[0])
    answers = iter([[(2, 1, 6, "", ("127.0.0.1", port))]])
    monkeypatch.setattr(
        outbound.socket,
        "getaddrinfo",
        lambda host, *rest, **more: (
            next(answers) if host == "vendor.example" else [(2, 1, 6, "", (host, port))]
        ),
    )
    answer = outbound.post_json(f"http://vendor.example:{port}/", {}, headers=TOKEN)
    assert answer.status == 200


def answering(cast: Cast) -> tuple[TierConfigRequest, Actor]:
    cast.product.validates_setups = False
    cast.product.save()
    cast.order()
    request = steps.setup(2)
    return request, Actor.contact(request.inquiry_email, request.pk)


def test_an_answer_is_checked_before_it_is_taken(validating, service):
    request, contact = answering(validating)
    service.complain(tier2_vat="Unknown number.")
    with pytest.raises(ValidationError) as refused:
        validation.validated_answer(request, actor=contact, values={"tier2_vat": "DE1"})
    assert refused.value.message_dict == {"tier2_vat": ["Unknown number."]}
    assert steps.setup(2).state == State.INQUIRING
    service.body = {"params": []}
    answered = validation.validated_answer(request, actor=contact, values={"tier2_vat": "DE2"})
    assert answered.state == State.PENDING
    assert [each["params"][0]["value"] for each in service.asked] == ["DE1", "DE2"]


def test_an_answer_insists_when_the_service_is_away(validating, service):
    request, contact = answering(validating)
    service.status = 503
    values = {"tier2_vat": "DE1"}
    with pytest.raises(ValidationError) as refused:
        validation.validated_answer(request, actor=contact, values=values)
    assert refused.value.error_list[0].code == "unvalidated"
    done = validation.validated_answer(request, actor=contact, values=values, insist=True)
    assert done.state == State.PENDING


def test_an_incomplete_answer_never_reaches_the_service(validating, service):
    request, contact = answering(validating)
    with pytest.raises(ValidationError, match="Enter a value"):
        validation.validated_answer(request, actor=contact, values={})
    assert service.asked == []


def test_updates_have_webhooks_of_their_own(validating, service):
    request, contact = answering(validating)
    validation.validated_answer(request, actor=contact, values={"tier2_vat": "DE1"})
    steps.approve(steps.setup(2), validating.actor("vendor"))
    product = validating.product
    product.validates_updates = True
    product.save()
    services.webhook(product, Type.UPDATE_TIER_2, service)
    parent = validating.actor("parent")
    draft = configs.request_change(steps.config(2), actor=parent, values={"tier2_vat": "DE9"})
    service.complain(tier2_vat="Not this one.")
    checked, _problems = drafts.validate_draft(draft, actor=parent)
    assert service.asked[-1]["type"] == "update"
    assert checked.params["tier2_vat"]["value_error"] == "Not this one."


@pytest.fixture
def certificate(tmp_path):
    """A certificate for vendor.example alone, which signs itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vendor.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("vendor.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(pem))
    shape = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, *shape))
    return tmp_path / "cert.pem", tmp_path / "key.pem"


@pytest.mark.parametrize(
    ("host", "trusted", "reached"),
    [
        ("vendor.example", True, True),
        ("vendor.example", False, False),
        ("other.example", True, False),
    ],
)
def test_the_certificate_must_be_that_of_the_name(
    certificate, settings, monkeypatch, host, trusted, reached
):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    monkeypatch.setattr(outbound, "_address", lambda *_, **_more: "127.0.0.1")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with services.running(certificate) as service:
        url = service.url.replace("http://127.0.0.1", f"https://{host}")
        if reached:
            assert outbound.post_json(url, {}, headers=TOKEN).status == 200
            return
        with pytest.raises(outbound.Unreachable, match="certificate"):
            outbound.post_json(url, {}, headers=TOKEN)
