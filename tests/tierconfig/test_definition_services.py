"""Templates, actions, messages and the embedding of a product as services."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleForm
from customers.models import Event
from tests import factories
from tests.resellerportal.config_pages import configure
from tierconfig.models import Template
from tierconfig.rendering import to_html
from tierconfig.services.definitions import actions, editing, embedding, messages, templates


def verbs(product):
    rows = Event.objects.about(product).order_by("at")
    return [(row.verb, row.data.get("changes")) for row in rows]


def codes(caught):
    return {name: errors[0].code for name, errors in caught.value.error_dict.items()}


class TestTemplates:
    def test_an_edit_is_recorded_with_both_texts_and_touches_no_rendered_one(self, cast):
        config, _above = configure(cast)
        template = Template.objects.get(pk=config.template_id)
        before = config.template_text
        changed = templates.edit_template(
            template, actor=cast.actor("vendor"), name="New", body="# Hello\r\n{{ tier1_vat }}"
        )
        assert changed.body == "# Hello\n{{ tier1_vat }}"
        config.refresh_from_db(fields=["template_text"])
        assert config.template_text == before
        verb, changes = verbs(cast.product)[-1]
        assert verb == "product.template_changed"
        assert changes["name"] == ["Default Activation Template", "New"]
        assert changes["body"] == ["# Welcome\n", changed.body]

    def test_saving_the_same_again_records_nothing(self, cast):
        template = cast.product.templates.get(scope="tier1")
        fields = {"name": template.name, "body": "Text"}
        for _n in range(2):
            templates.edit_template(template, actor=cast.actor("vendor"), **fields)
        assert len(verbs(cast.product)) == 1

    def test_who_wrote_from_an_older_text_is_told(self, cast):
        template = cast.product.templates.get(scope="tier1")
        stamp = editing.seen(template)
        fields = {"actor": cast.actor("vendor"), "name": "A", "seen": stamp}
        templates.edit_template(template, body="first", **fields)
        with pytest.raises(StaleForm):
            templates.edit_template(template, body="second", **fields)
        assert Template.objects.get(pk=template.pk).body == "first"

    @pytest.mark.parametrize("scope", ["asset", "tier1", "tier2"])
    def test_the_last_one_an_approval_needs_stays(self, cast, scope):
        vendor = cast.actor("vendor")
        only = cast.product.templates.get(scope=scope)
        with pytest.raises(ValidationError) as caught:
            templates.remove_template(only, actor=vendor)
        assert caught.value.code == "last"
        kind = {"asset": "fulfillment"}.get(scope, "")
        templates.add_template(
            cast.product, actor=vendor, name="B", scope=scope, type=kind, body="x"
        )
        templates.remove_template(only, actor=vendor)
        assert not Template.objects.filter(pk=only.pk).exists()

    def test_what_no_approval_needs_can_go(self, cast):
        extra = factories.template(cast.product, "asset", "pending")
        templates.remove_template(extra, actor=cast.actor("vendor"))
        assert not Template.objects.filter(pk=extra.pk).exists()

    def test_the_first_of_its_kind_is_offered_first_and_the_order_can_be_changed(self, cast):
        vendor = cast.actor("vendor")
        first = cast.product.templates.get(scope="tier1")
        second = templates.add_template(
            cast.product, actor=vendor, name="B", scope="tier1", body="x"
        )
        assert [row.pk for row in templates.siblings_of(first)] == [first.pk, second.pk]
        templates.move_template(second, actor=vendor, up=True)
        assert [row.pk for row in templates.siblings_of(first)] == [second.pk, first.pk]
        count = len(verbs(cast.product))
        templates.move_template(second, actor=vendor, up=True)
        assert len(verbs(cast.product)) == count

    @pytest.mark.parametrize(
        ("scope", "kind", "field"),
        [
            ("tier1", "", "scope"),
            ("asset", "", "type"),
            ("asset", "tier1", "type"),
            ("item", "", "scope"),
        ],
    )
    def test_kinds_the_product_does_not_have_are_refused(self, cast, scope, kind, field):
        with pytest.raises(ValidationError) as caught:
            templates.add_template(
                cast.plain, actor=cast.actor("vendor"), name="A", scope=scope, type=kind, body="x"
            )
        assert field in caught.value.error_dict

    def test_unknown_names_are_found_and_known_ones_listed(self, cast):
        known = templates.placeholders(cast.product, "tier1")
        assert [each.name for each in known] == ["tier1_vat"]
        body = "{{ tier1_vat }} {{ typo }} {{typo}} {{ tier2_vat }}"
        assert templates.unknown_placeholders(body, known) == ["typo", "tier2_vat"]

    @pytest.mark.parametrize("who", ["vendor2", "distributor", "reseller", "parent"])
    def test_nobody_else_writes_them(self, cast, who):
        template = cast.product.templates.get(scope="tier1")
        actor = cast.actor(who)
        with pytest.raises(PermissionDenied):
            templates.edit_template(template, actor=actor, name="x", body="x")
        with pytest.raises(PermissionDenied):
            templates.remove_template(template, actor=actor)
        with pytest.raises(PermissionDenied):
            templates.edit_template(
                template, actor=cast.actor("vendor", "viewer"), name="x", body="x"
            )

    def test_pictures_are_links_so_nothing_is_loaded_from_elsewhere(self):
        html = to_html("![Plan](https://evil.example/pixel.png) ![x](javascript:alert(1))")
        assert "<img" not in html
        assert 'href="https://evil.example/pixel.png"' in html
        assert 'href="javascript' not in html


class TestActions:
    def add(self, cast, **fields):
        given = {"action": "sso", "name": "Sign in", "description": "Opens it", "scope": "tier1"}
        return actions.add_action(cast.product, actor=cast.actor("vendor"), **{**given, **fields})

    def test_ids_follow_the_product_and_never_come_back_to_one_in_use(self, cast):
        first, second = self.add(cast), self.add(cast, action="other")
        digits = cast.product.pk.removeprefix("PRD-")
        assert [first.pk, second.pk] == [f"ACT-{digits}-001", f"ACT-{digits}-002"]
        actions.remove_action(first, actor=cast.actor("vendor"))
        assert self.add(cast).pk == f"ACT-{digits}-003"

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"action": "with space"}, "action"),
            ({"action": "sso"}, "action"),
            ({"action": ""}, "action"),
            ({"action": "x", "name": "a" * 101}, "name"),
            ({"action": "x", "description": "a" * 301}, "description"),
            ({"action": "x", "scope": "tier3"}, "scope"),
        ],
    )
    def test_what_is_wrong_stands_on_its_field(self, cast, fields, field):
        self.add(cast)
        with pytest.raises(ValidationError) as caught:
            self.add(cast, **fields)
        assert list(caught.value.error_dict) == [field]

    def test_scopes_follow_reseller_authorization(self, cast):
        with pytest.raises(ValidationError) as caught:
            actions.add_action(
                cast.plain,
                actor=cast.actor("vendor"),
                action="a",
                name="A",
                description="x",
                scope="tier1",
            )
        assert "scope" in caught.value.error_dict


class TestMessages:
    def test_a_complaint_that_is_a_message_refers_to_it(self, cast):
        made = messages.add_message(
            cast.product, actor=cast.actor("vendor"), external_id="VAT-1", value="Wrong number"
        )
        known = messages.messages_for(cast.product.pk)
        assert messages.structured_error(known, "Wrong number") == {
            "structured_error": {
                "message": {"id": made.pk, "external_id": "VAT-1", "value": "Wrong number"}
            }
        }
        assert messages.structured_error(known, "Wrong number!") == {}

    def test_external_ids_are_unique_in_a_product_only(self, cast):
        vendor = cast.actor("vendor")
        given = {"actor": vendor, "external_id": "VAT-1", "value": "Wrong"}
        messages.add_message(cast.product, **given)
        messages.add_message(cast.plain, **given)
        with pytest.raises(ValidationError) as caught:
            messages.add_message(cast.product, **given)
        assert codes(caught) == {"external_id": "unique"}


class TestEmbedding:
    def save(self, cast, **fields):
        given = {
            "description": "",
            "getting_started": "",
            "download_links": [],
            "documents": [],
            "action_url": "",
        }
        return embedding.save_embedding(
            cast.product, actor=cast.actor("vendor"), **{**given, **fields}
        )

    def test_links_are_kept_in_order_and_blank_lines_left_out(self, cast):
        link = {"title": "Agent", "url": "https://a.example/agent.zip"}
        found = self.save(cast, download_links=[{}, link], documents=[link])
        assert found.download_links == [{**link, "visible_for": "admin"}]
        assert found.documents == [link]

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "http://a.example/",
            "https://user:pass@a.example/",
            "data:text/html,x",
            "//a.example",
            "https://",
            "ftp://a.example",
        ],
    )
    def test_addresses_are_https_without_a_user(self, cast, url):
        with pytest.raises(ValidationError) as caught:
            self.save(cast, documents=[{"title": "x", "url": url}], action_url=url)
        with pytest.raises(ValidationError):
            self.save(cast, action_url=url)
        assert caught.value.error_dict

    def test_a_line_that_lacks_half_of_itself_is_named(self, cast):
        with pytest.raises(ValidationError) as caught:
            self.save(cast, documents=[{}, {"title": "x", "url": ""}])
        assert caught.value.message_dict == {
            "documents": ["Line 2: A link needs a title and an address."]
        }

    def test_the_secret_is_for_administrators_and_never_in_an_event(self, cast):
        with pytest.raises(PermissionDenied):
            embedding.new_secret(cast.product, actor=cast.actor("vendor"))
        boss = cast.actor("vendor", "administrator")
        secrets = {embedding.new_secret(cast.product, actor=boss) for _n in range(2)}
        assert len(secrets) == 2
        assert min(map(len, secrets)) >= 40
        said = str(list(Event.objects.values_list("data", flat=True)))
        assert not any(secret in said for secret in secrets)
