"""Secrets that sign are stored sealed; what a change of keys does, and what their loss does."""

from __future__ import annotations

import time
from importlib import import_module
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.core import serializers
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers import webhooks
from customers.models import IdempotentAnswer, Membership, WebhookEndpoint, WebhookMessage
from customers.sealing import Sealed, Unreadable
from customers.service_rights import EVERYTHING
from customers.services import endpoints
from customers.services.sealed_rows import Tally, change_columns, columns
from customers.services.service_users import create_service_user
from customers.webhook_verifying import verify
from resellerportal.api.errors import translate
from tests import factories
from tests.customers.receiver import administrator, endpoint, message, receiving
from tierconfig.models import Embedding, Webhook
from tierconfig.services.webhook_tries import try_webhook

OTHER = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"


@pytest.fixture
def lose(settings):
    """The key that sealed everything so far is gone."""

    def lost():
        settings.SEALING_KEYS = [OTHER]

    return lost


def test_what_is_sealed_opens_and_shows_nothing_of_itself():
    sealed = Sealed.of("whsec_ünknown")
    assert sealed.open() == "whsec_ünknown"
    assert sealed.problem == ""
    assert Sealed.of("whsec_ünknown") != sealed
    for shown in (f"{sealed}", f"{sealed!r}", f"{[sealed]}"):
        assert "whsec" not in shown
        assert sealed.token not in shown
    assert not Sealed.of("")
    assert Sealed().open() == ""


def test_the_first_key_seals_and_all_of_them_open(settings):
    before, (old,) = Sealed.of("text"), settings.SEALING_KEYS
    settings.SEALING_KEYS = [OTHER, old]
    after = before.renewed()
    assert (before.open(), before.is_fresh, after.is_fresh) == ("text", False, True)
    settings.SEALING_KEYS = [OTHER]
    assert after.open() == "text"
    for act in (before.open, before.renewed, lambda: before.is_fresh):
        with pytest.raises(Unreadable, match="SEALING_KEYS"):
            act()
    settings.SEALING_KEYS = [old]
    assert before.open() == "text"


@pytest.mark.parametrize("token", ["whsec_plain", "gAAAAAB", "ä", "\0", "x" * 500])
def test_what_was_never_sealed_opens_no_door(token):
    with pytest.raises(Unreadable):
        Sealed(token).open()


def test_texts_are_not_taken_for_secrets(db):
    made = endpoint(factories.partner("vendor"), "https://partner.example/")
    made.secret = "whsec_readable"
    with pytest.raises(TypeError, match="secret takes Sealed values"):
        made.save()
    with pytest.raises(TypeError):
        WebhookEndpoint.objects.update(secret=made.secret)


def test_fixtures_hold_what_the_database_holds(db):
    made = endpoint(factories.partner("vendor"), "https://partner.example/")
    written = serializers.serialize("json", [made])
    assert made.secret.token in written
    assert made.secret.open() not in written
    WebhookEndpoint.objects.all().delete()
    for each in serializers.deserialize("json", written):
        each.save()
    assert WebhookEndpoint.objects.get().secret == made.secret


@pytest.fixture
def rows(cast):
    """A row of every kind that holds secrets."""
    boss, product = cast.actor("vendor", "administrator"), cast.product
    hooked = endpoint(cast.partners["vendor"], "https://partner.example/")
    endpoints.rotate_secret(hooked, actor=boss)
    key, _secret = create_service_user(actor=boss, name="ERP", rights=EVERYTHING)
    data = {"seed": Sealed.of("seed").token, "migrated_codes": [Sealed.of("c").token], "n": 1}
    return [
        Embedding.objects.create(product=product, action_secret=Sealed.of("of buttons")),
        Webhook.objects.create(
            pk="WB-1",
            product=product,
            type="validator",
            external_url="https://service.example/",
            jwt_secret=Sealed.of("of a service"),
        ),
        hooked,
        IdempotentAnswer.objects.create(service_user=key, name="k", body=Sealed.of("answer")),
        Authenticator.objects.create(user=cast.users["vendor"], type="recovery_codes", data=data),
    ]


def tokens(rows):
    """What is stored at present."""
    embedding, hook, hooked, answer, factor = (type(row).objects.get(pk=row.pk) for row in rows)
    found = [
        embedding.action_secret,
        hook.jwt_secret,
        hooked.secret,
        hooked.old_secret,
        answer.body,
    ]
    assert factor.data["n"] == 1
    return [each.token for each in found] + [factor.data["seed"], *factor.data["migrated_codes"]]


def opened(rows):
    return [Sealed(token).open() for token in tokens(rows)]


def reseal(*args):
    out = StringIO()
    call_command("reseal", *args, stdout=out)
    return out.getvalue()


def test_resealing_lets_the_old_key_go(rows, settings):
    before, (old,) = opened(rows), settings.SEALING_KEYS
    assert "0 rows were changed" in reseal("--check")
    settings.SEALING_KEYS = [OTHER, old]
    with pytest.raises(CommandError, match="7 secrets are sealed with another key"):
        reseal("--check")
    assert "5 rows were changed" in reseal()
    assert "0 rows were changed" in reseal()
    settings.SEALING_KEYS = [OTHER]
    assert opened(rows) == before
    assert "0 rows were changed" in reseal("--check")


def test_resealing_names_what_no_key_opens_and_leaves_it(rows, lose):
    before = tokens(rows)
    lose()
    out = StringIO()
    with pytest.raises(CommandError, match="5 rows cannot be opened"):
        call_command("reseal", stdout=out)
    for row in rows:
        assert f"{row._meta.model_name} {row.pk}: A secret stored here cannot" in out.getvalue()
    assert tokens(rows) == before


def test_a_secret_that_is_made_anew_meanwhile_is_not_taken_back(rows):
    newer, tally = Sealed.of("newer"), Tally()

    def step(sealed):
        WebhookEndpoint.objects.update(secret=newer)
        return sealed.renewed()

    change_columns(WebhookEndpoint, ["secret"], step, tally)
    assert tally.changed == 0
    assert WebhookEndpoint.objects.get().secret == newer


MIGRATIONS = [
    import_module("customers.migrations.0020_sealed_secrets"),
    import_module("tierconfig.migrations.0005_sealed_secrets"),
]


def test_the_migrations_seal_what_was_readable_and_give_it_back(rows, lose):
    secrets = opened(rows)
    for module in MIGRATIONS:
        module.unseal(apps, None)
    assert tokens(rows) == secrets
    for module in MIGRATIONS:
        module.seal(apps, None)
    assert opened(rows) == secrets
    lose()
    for module in MIGRATIONS:
        with pytest.raises(RuntimeError, match=r"SEALING_KEYS.* \(webhook"):
            module.unseal(apps, None)


def test_the_migrations_know_every_sealed_column():
    sealed = {(model, *names) for module in MIGRATIONS for model, names in module.COLUMNS}
    assert {(model.__name__, *names) for model, names in columns()} == sealed


class TestLost:
    """Keys are gone: what needs the secret says so, and a new secret mends it."""

    @pytest.fixture(autouse=True)
    def _at_home(self, settings):
        settings.WEBHOOK_ALLOW_PRIVATE = True
        settings.DELIVER_ON_COMMIT = "off"

    @pytest.mark.django_db
    def test_a_message_waits_with_the_reason_and_others_go_on(self, lose):
        vendor = factories.partner("vendor")
        boss = administrator(vendor)
        with receiving() as receiver:
            lost = endpoint(vendor, receiver.url)
            sent = message(lost)
            lose()
            well = message(endpoint(vendor, receiver.url))
            webhooks.deliver_due()
            assert receiver.ids() == [str(well.pk)]
            sent.refresh_from_db()
            assert sent.state == WebhookMessage.State.WAITING
            tried = sent.tries.get()
            assert "the earlier key back into SEALING_KEYS" in tried.detail
            assert tried.status is None
            assert endpoints.switch_endpoint(lost, actor=boss, on=False).secret == lost.secret
            endpoints.switch_endpoint(lost, actor=boss, on=True)
            new = endpoints.rotate_secret(lost, actor=boss)
            endpoints.replay_message(sent, actor=boss)
            webhooks.deliver_due()
            assert verify(new, *receiver.taken[-1])
            assert receiver.ids()[-1] == str(sent.pk)

    def test_the_pages_say_it(self, rows, lose, client, cast):
        Membership.objects.filter(user=cast.users["vendor"]).update(level="administrator")
        client.force_login(cast.users["vendor"])
        where = [
            reverse("vendor:webhook-detail", args=[rows[2].pk]),
            reverse("vendor:product-detail", args=[cast.product.pk, "webhooks"]),
            reverse("vendor:product-detail", args=[cast.product.pk, "embedding"]),
        ]
        before = [client.get(each).content.decode() for each in where]
        lose()
        client.force_login(cast.users["vendor"])
        after = [client.get(each).content.decode() for each in where]
        told = [["SEALING_KEYS" in page for page in pages] for pages in (before, after)]
        assert told == [[False] * 3, [True] * 3]

    def test_a_service_is_not_asked_and_the_vendor_reads_why(self, rows, lose, cast):
        lose()
        verdict = try_webhook(rows[1], actor=cast.actor("vendor", "administrator"))
        assert not verdict.answered
        assert "SEALING_KEYS" in verdict.why
        assert "SEALING_KEYS" in Webhook.objects.get().last_problem

    def test_a_repeated_call_of_the_api_is_asked_to_wait(self, rows, lose, cast):
        lose()
        answer = translate(Unreadable(), {}).response()
        assert answer.status_code == 503
        assert "SEALING_KEYS" in answer.data["errors"][0]


@pytest.mark.django_db
class TestSecondFactors:
    """Set up and used as people do it, in allauth's pages."""

    @pytest.fixture
    def signed_in(self, client, cast):
        user = cast.users["distributor"]
        user.set_password("correct horse battery")
        user.save()
        self.sign_in(client, user)
        return user

    def sign_in(self, client, user):
        typed = {"login": user.email, "password": "correct horse battery"}
        return client.post("/accounts/login/", typed, follow=True)

    def prove(self, client):
        client.post("/accounts/reauthenticate/", {"password": "correct horse battery"})

    def lose_factors(self, settings):
        """They are sealed with a key that is gone, while sessions are of the present one."""
        present, settings.SEALING_KEYS = settings.SEALING_KEYS, [OTHER]
        for each in Authenticator.objects.all():
            sealed = dict.fromkeys(each.data.keys() & {"secret", "seed"}, Sealed.of("x").token)
            Authenticator.objects.filter(pk=each.pk).update(data=each.data | sealed)
        settings.SEALING_KEYS = present

    def code(self, secret):
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    def test_their_secrets_are_sealed_and_open_the_door(self, client, signed_in, settings):
        self.prove(client)
        page = client.get("/accounts/2fa/totp/activate/")
        secret = page.context["form"].secret
        client.post("/accounts/2fa/totp/activate/", {"code": self.code(secret)})
        kept = {each.type: each for each in Authenticator.objects.all()}
        assert Sealed(kept["totp"].data["secret"]).open() == secret
        assert len(Sealed(kept["recovery_codes"].data["seed"]).open()) == 80
        codes = kept["recovery_codes"].wrap().get_unused_codes()
        client.logout()
        asked = self.sign_in(client, signed_in)
        assert asked.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
        wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "This code is wrong" in wrong.content.decode()
        right = client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert right.status_code == 302
        self.prove(client)
        assert codes[2] in client.get("/accounts/2fa/recovery-codes/").content.decode()
        self.lose_factors(settings)
        page = client.get("/accounts/2fa/recovery-codes/")
        assert page.status_code == 503
        assert "SEALING_KEYS" in page.content.decode()
        client.logout()
        self.sign_in(client, signed_in)
        lost = client.post("/accounts/2fa/authenticate/", {"code": codes[1]})
        assert lost.status_code == 200
        assert "earlier key back into SEALING_KEYS" in lost.content.decode()
