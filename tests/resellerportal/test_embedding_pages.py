"""Pages of templates, the embedding, buttons and messages."""

from __future__ import annotations

import re

import jwt
import pytest

from customers.models import Event, Membership
from customers.sealing import Sealed
from fulfillment.models import FulfillmentRequest, Subscription
from tests import factories
from tests.resellerportal.config_pages import configure, main_of
from tests.security.forms import HOSTILE, MISSING, UNESCAPED
from tierconfig.models import Action, Embedding, ProductMessage, Template, Webhook
from tierconfig.services.definitions.actions import add_action
from tierconfig.services.definitions.messages import add_message

WEBHOOK = {"type": "draft_tcr_t1_val", "label": "Checks", "external_url": "https://v.example/h"}
SECRET = "a-secret-of-the-product-long-enough-0123456789"
MARKDOWN = "# Hi\n<script>alert(1)</script> [x](javascript:alert(2)) ![p](https://e.example/p.png)"


def send(pages, where, **data):
    """The vendor posts; fields may be called `name`."""
    return pages.client.post(pages.address("vendor", *where), data)


def embed(cast, **fields):
    given = {
        "action_url": "https://vendor.example/in",
        "action_secret": Sealed.of(SECRET),
        **fields,
    }
    return Embedding.objects.update_or_create(product=cast.product, defaults=given)[0]


def button(cast, scope="tier1"):
    return add_action(
        cast.product,
        actor=cast.actor("vendor"),
        action=f"sso-{scope}",
        name="Open the <console>",
        description="Signs you in",
        scope=scope,
    )


class TestTemplates:
    def test_a_preview_shows_samples_and_stores_nothing(self, cast, pages):
        body = "VAT **{{ tier1_vat }}** {{ typo }}\n\n" + MARKDOWN
        answer = send(
            pages,
            ("product-template-add", cast.product.pk),
            kind="tier1:",
            name="New",
            body=body,
            preview="1",
        )
        page = main_of(answer)
        assert answer.status_code == 200
        assert "<strong>[Tier1 vat]</strong>" in page
        assert "No parameter of this scope is called typo" in page
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "<img src" not in page.partition("preview rendered")[2]
        assert Template.objects.filter(product=cast.product, scope="tier1").count() == 1

    def test_a_preview_may_use_the_values_of_a_real_configuration(self, cast, pages):
        config, _above = configure(cast)
        template = cast.product.templates.get(scope="tier1")
        answer = send(
            pages,
            ("product-template-edit", cast.product.pk, template.pk),
            name="x",
            body="VAT {{ tier1_vat }}",
            source=config.pk,
            preview="1",
        )
        page = main_of(answer)
        assert "VAT DE001" in page
        assert "In force" in page
        assert "1 configuration: the text stays as it is there" in page

    def test_edited_added_moved_and_removed_by_clicks(self, cast, pages):
        product = cast.product.pk
        first = cast.product.templates.get(scope="tier2")
        answer = send(
            pages, ("product-template-add", product), kind="tier2:", name="Second", body="Text"
        )
        assert answer.status_code == 302, main_of(answer)
        second = Template.objects.get(name="Second")
        pages.post("vendor", "product-template-move", product, second.pk, direction="up")
        page = main_of(pages.get("vendor", "product-detail", product, "templates"))
        assert page.index(second.pk) < page.index(first.pk)
        removal = pages.post("vendor", "product-template-remove", product, first.pk)
        assert removal.status_code == 302
        refused = pages.post("vendor", "product-template-remove", product, second.pk)
        assert refused.status_code == 422
        assert "add another one first" in main_of(refused)
        page = main_of(pages.get("vendor", "product-detail", product))
        assert "removed a template" in page

    def test_a_form_left_open_while_a_colleague_wrote_is_told_so(self, cast, pages):
        template = cast.product.templates.get(scope="tier1")
        where = ("product-template-edit", cast.product.pk, template.pk)
        seen = re.search(
            r'name="seen" value="([^"]+)"', pages.get("vendor", *where).content.decode()
        )[1]
        assert send(pages, where, name="A", body="one", seen=seen).status_code == 302
        answer = send(pages, where, name="A", body="two", seen=seen)
        assert answer.status_code == 422
        assert "Somebody changed this in the meantime" in main_of(answer)
        fresh = re.search(r'name="seen" value="([^"]+)"', answer.content.decode())[1]
        assert send(pages, where, name="A", body="two", seen=fresh).status_code == 302
        assert Template.objects.get(pk=template.pk).body == "two"

    def test_a_template_of_another_product_is_not_there(self, cast, pages):
        foreign = cast.plain.templates.get()
        for name in ("edit", "move", "remove"):
            where = (f"product-template-{name}", cast.product.pk, foreign.pk)
            assert pages.get("vendor", *where).status_code == 404
            assert send(pages, where, name="x", body="x").status_code == 404


class TestEmbedding:
    def test_stored_shown_and_its_errors_named(self, cast, pages):
        data = {
            "description": "Backups for all",
            "getting_started": "1. Install\n2. Run",
            "action_url": "http://vendor.example/in",
            "download_links-1-title": "Agent",
            "download_links-1-url": "https://vendor.example/agent",
            "download_links-1-visible_for": "user",
            "documents-2-title": "Manual",
            "documents-2-url": "javascript:alert(1)",
        }
        answer = pages.post("vendor", "product-embedding", cast.product.pk, **data)
        assert answer.status_code == 422
        page = main_of(answer)
        assert "Documentation: Line 2: Enter an address that begins with https://" in page
        assert 'value="Agent"' in page
        assert page.count("Enter an address that begins with https://") >= 3
        data |= {
            "documents-2-url": "https://vendor.example/manual",
            "action_url": "https://vendor.example/in",
        }
        answer = pages.post("vendor", "product-embedding", cast.product.pk, **data)
        assert answer.status_code == 302
        page = main_of(pages.get("vendor", "product-detail", cast.product.pk, "embedding"))
        for each in ("Backups for all", "<li>Install</li>", "vendor.example/agent", "Manual"):
            assert each in page

    def test_the_secret_is_shown_once_to_administrators(self, cast, pages, boss):
        where = ("product-secret", cast.product.pk)
        answer = pages.post("vendor", *where, token="t1")
        secret = Embedding.objects.get(product=cast.product).action_secret.open()
        assert secret in main_of(answer)
        assert answer["Cache-Control"] == "no-store, private"
        again = pages.post("vendor", *where, token="t1")
        assert again.status_code == 302
        assert Embedding.objects.get(product=cast.product).action_secret.open() == secret
        for part in ("", "embedding"):
            assert secret not in main_of(
                pages.get("vendor", "product-detail", cast.product.pk, part)
            )
        Membership.objects.filter(user=cast.users["vendor"]).update(level="agent")
        assert pages.post("vendor", *where).status_code == 403


class TestButtons:
    def test_pressed_by_the_reseller_it_goes_on_to_the_vendor(self, cast, pages):
        config, _above = configure(cast)
        embed(cast, getting_started="Read **me**", documents=[{"title": "M", "url": "https://m.x"}])
        made = button(cast)
        page = main_of(pages.get("reseller", "config-detail", config.pk))
        assert "Open the &lt;console&gt;" in page
        assert "Read <strong>me</strong>" in page
        assert 'target="_blank" rel="noopener"' in page
        answer = pages.post("reseller", "config-action", config.pk, made.pk)
        assert answer.status_code == 200
        wait, _semicolon, address = answer["Refresh"].partition("; url=")
        assert wait == "0"
        assert address.startswith("https://vendor.example/in?jwt=")
        token = address.partition("jwt=")[2]
        assert jwt.decode(token, SECRET, algorithms=["HS256"])["tier_config_id"] == config.pk
        assert answer["Cache-Control"] == "no-store, private"
        thread = main_of(pages.get("vendor", "config-detail", config.pk))
        assert "pressed a button of the control panel" in thread
        assert token not in thread

    def test_a_get_presses_nothing(self, cast, pages):
        config, _above = configure(cast)
        embed(cast)
        answer = pages.get("reseller", "config-action", config.pk, button(cast).pk)
        assert answer.status_code == 200
        assert "jwt=" not in main_of(answer)
        assert not Event.objects.filter(verb="tierconfig.action").exists()

    def test_what_is_missing_is_said_to_the_vendor_only(self, cast, pages):
        config, _above = configure(cast)
        embed(cast, action_secret=Sealed())
        button(cast)
        vendors = main_of(pages.get("vendor", "config-detail", config.pk))
        assert "missing: the secret that signs their tokens" in vendors
        resellers = main_of(pages.get("reseller", "config-detail", config.pk))
        assert "console" not in resellers
        assert "secret" not in resellers

    @pytest.mark.parametrize(
        ("who", "status"),
        [("reseller", 200), ("parent", 404), ("reseller2", 404), ("vendor", 200), ("vendor2", 404)],
    )
    def test_who_may_press_of_a_configuration(self, cast, pages, who, status):
        config, _above = configure(cast)
        embed(cast)
        made = button(cast)
        assert pages.post(who, "config-action", config.pk, made.pk).status_code == status
        other = button(cast, "tier2")
        assert pages.post(who, "config-action", config.pk, other.pk).status_code == 404

    @pytest.mark.parametrize("who", ["distributor", "reseller", "vendor"])
    def test_subscriptions_have_buttons_for_their_sellers(self, cast, pages, who):
        configure(cast)
        Subscription.objects.update(state="active")
        embed(cast)
        made, subscription = button(cast, "asset"), Subscription.objects.get()
        page = main_of(pages.get(who, "subscription-detail", subscription.pk))
        assert "Open the &lt;console&gt;" in page
        answer = pages.post(who, "subscription-action", subscription.pk, made.pk)
        assert "vendor.example/in?jwt=" in answer["Refresh"]
        Membership.objects.filter(user=cast.users[who]).update(level="viewer")
        assert pages.post(who, "subscription-action", subscription.pk, made.pk).status_code == 403
        page = main_of(pages.get(who, "subscription-detail", subscription.pk))
        assert "console" not in page

    def test_defined_by_clicks(self, cast, pages):
        data = {"name": "Sign in", "action": "sso", "description": "Opens it", "scope": "tier1"}
        product = cast.product.pk
        assert send(pages, ("product-action-add", product), **data).status_code == 302
        made = Action.objects.get()
        again = send(pages, ("product-action-add", product), **data)
        assert again.status_code == 422
        assert "Another action has this ID." in main_of(again)
        changed = {**data, "name": "Go"}
        send(pages, ("product-action-edit", product, made.pk), **changed)
        page = main_of(pages.get("vendor", "product-detail", product, "embedding"))
        assert "Go<" in page
        assert "missing: the address of the actions, the secret" in page
        pages.post("vendor", "product-action-remove", product, made.pk)
        assert not Action.objects.exists()


def test_messages_are_added_changed_and_removed(cast, pages):
    product, data = cast.product.pk, {"external_id": "VAT-1", "value": "Wrong <number>"}
    assert pages.post("vendor", "product-message-add", product, **data).status_code == 302
    made = ProductMessage.objects.get()
    page = main_of(pages.get("vendor", "product-detail", product, "messages"))
    assert "Wrong &lt;number&gt;" in page
    changed = {**data, "value": "No such number"}
    pages.post("vendor", "product-message-edit", product, made.pk, **changed)
    assert ProductMessage.objects.get().value == "No such number"
    assert pages.get("vendor2", "product-message-edit", product, made.pk).status_code == 404
    pages.post("vendor", "product-message-remove", product, made.pk)
    assert not ProductMessage.objects.exists()


class TestPreparedMessages:
    def test_they_are_offered_while_one_inquires_and_referred_to(self, cast, pages):
        configure(cast)
        order = FulfillmentRequest.objects.get()
        factories.parameter(cast.product, "asset", "campaign")
        made = add_message(
            cast.product, actor=cast.actor("vendor"), external_id="C-1", value="No such <campaign>"
        )
        asked = pages.get("vendor", "order-inquire", order.pk)
        page = main_of(asked)
        assert '<option value="No such &lt;campaign&gt;">' in page
        assert page.count("<datalist") == 1
        pages.post("vendor", "order-inquire", order.pk, **{"mark-campaign": made.value})
        order = FulfillmentRequest.objects.get()
        assert order.params["campaign"] == {
            "value_error": made.value,
            "structured_error": {
                "message": {"id": made.pk, "external_id": "C-1", "value": made.value}
            },
        }
        pages.post("reseller", "order-answer", order.pk, **{"param-campaign": "Spring"})
        order = FulfillmentRequest.objects.get()
        assert order.params["campaign"] == {"value": "Spring"}


def test_hostile_texts_break_no_form_and_come_back_escaped(cast, pages, boss, client):
    product, template = cast.product.pk, cast.product.templates.get(scope="tier1").pk
    made = button(cast).pk
    text = add_message(cast.product, actor=cast.actor("vendor"), external_id="a", value="b").pk
    hook = Webhook.objects.create(
        pk="WB-1", product=cast.product, jwt_secret=Sealed.of("x" * 40), **WEBHOOK
    ).pk
    client.raise_request_exception = False
    for where, fields in (
        (("product-template-edit", product, template), "name body source seen preview"),
        (("product-template-add", product), "kind name body source"),
        (("product-template-move", product, template), "direction"),
        (
            ("product-embedding", product),
            "description getting_started action_url revision "
            "documents-1-title documents-1-url download_links-1-title download_links-1-visible_for",
        ),
        (("product-action-edit", product, made), "name action description scope seen"),
        (("product-message-edit", product, text), "external_id value seen"),
        (("product-webhook-edit", product, hook), "label external_url seen"),
        (("product-webhook-switch", product, hook), "on"),
        (("product-icon", product), "icon"),
    ):
        for name, bad in HOSTILE.items():
            if bad is MISSING:
                continue
            answer = send(pages, where, **dict.fromkeys(fields.split(), bad))
            assert answer.status_code in (200, 302, 422), (where, name)
            page = answer.content.decode(errors="replace")
            assert not any(each in page for each in UNESCAPED), (where, name)
    for part in ("", "templates", "embedding", "messages", "webhooks"):
        answer = pages.get("vendor", "product-detail", product, part)
        assert answer.status_code == 200
        assert not any(each in answer.content.decode() for each in UNESCAPED)
