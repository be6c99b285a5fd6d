"""Pages of webhooks and connections of a product: for administrators of either side."""

from __future__ import annotations

import pytest

from customers.models import Connection, Event, Membership
from customers.sealing import Sealed
from tests import factories
from tests.resellerportal.config_pages import main_of
from tests.tierconfig import services
from tests.tierconfig.services import running
from tierconfig.models import Webhook


class TestWebhooks:
    data = {"type": "draft_tcr_t1_val", "label": "Checks", "external_url": "https://v.example/h"}

    def test_added_with_a_secret_shown_once_and_switched_off(self, cast, pages, boss):
        product = cast.product.pk
        answer = pages.post("vendor", "product-webhook-add", product, **self.data)
        made = Webhook.objects.get()
        assert made.jwt_secret.open() in main_of(answer)
        page = main_of(pages.get("vendor", "product-detail", product, "webhooks"))
        assert made.jwt_secret.open() not in page
        assert "not called: its validation is switched off" in page
        again = pages.post("vendor", "product-webhook-add", product, **self.data)
        assert "Another webhook of this type is active." in main_of(again)
        pages.post("vendor", "product-webhook-switch", product, made.pk, on="off")
        assert not Webhook.objects.get().active
        answer = pages.post("vendor", "product-webhook-secret", product, made.pk)
        fresh = Webhook.objects.get()
        assert fresh.jwt_secret.open() != made.jwt_secret.open()
        assert fresh.jwt_secret.open() in main_of(answer)
        pages.post("vendor", "product-webhook-remove", product, made.pk)
        page = main_of(pages.get("vendor", "product-detail", product, "webhooks"))
        assert "The webhook is removed." in page
        assert "Checks" not in page
        assert not Webhook.objects.exists()

    def test_agents_read_them_and_change_nothing(self, cast, pages):
        made = Webhook.objects.create(
            pk="WB-1", product=cast.product, jwt_secret=Sealed.of("hidden-one"), **self.data
        )
        page = main_of(pages.get("vendor", "product-detail", cast.product.pk, "webhooks"))
        assert "Checks" in page
        assert "hidden-one" not in page
        assert "Deactivate" not in page
        for name in ("edit", "switch", "secret", "remove"):
            where = (f"product-webhook-{name}", cast.product.pk, made.pk)
            assert pages.post("vendor", *where, **self.data, on="off").status_code == 403
        assert pages.post("vendor", "product-webhook-add", cast.product.pk).status_code == 403


def test_a_webhook_is_tried_out_and_its_answer_shown(cast, pages, boss, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    product = cast.product.pk
    with running() as service:
        made = services.webhook(cast.product, "draft_tcr_t1_val", service)
        where = ("product-webhook-test", product, made.pk)
        assert pages.get("vendor", *where).status_code == 200
        assert service.asked == []
        pages.post("vendor", *where)
        page = main_of(pages.get("vendor", "product-detail", product, "webhooks"))
        assert "Your service answered and agrees." in page
        [sent] = service.asked
        assert sent["id"] == "TCR-000-000-000-000"
        assert [(each["id"], each["value"]) for each in sent["params"]] == [
            ("tier1_vat", "[Tier1 vat]")
        ]
        service.complain(tier1_vat="Not registered")
        pages.post("vendor", *where)
        page = main_of(pages.get("vendor", "product-detail", product, "webhooks"))
        assert "objects: tier1_vat: Not registered" in page
        service.status = 500
        pages.post("vendor", *where)
    page = main_of(pages.get("vendor", "product-detail", product, "webhooks"))
    assert "answered with status 500" in page
    made.refresh_from_db()
    assert made.last_success
    assert made.last_failure
    Membership.objects.filter(user=cast.users["vendor"]).update(level="agent")
    assert pages.post("vendor", *where).status_code == 403


@pytest.mark.parametrize("kind", ["validator", "change_inquiring_validator"])
def test_the_services_for_orders_are_tried_out_too(cast, pages, boss, settings, kind):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    product = cast.product.pk
    factories.parameter(cast.product, "asset", "mailbox")
    offered = main_of(pages.get("vendor", "product-webhook-add", product))
    assert f'value="{kind}"' in offered
    with running() as service:
        made = services.webhook(cast.product, kind, service)
        pages.post("vendor", "product-webhook-test", product, made.pk)
        [sent] = service.asked
    page = main_of(pages.get("vendor", "product-detail", product, "webhooks"))
    assert "Your service answered and agrees." in page
    assert sent["id"] == "PR-0000-0000-0000-000"
    assert sent["type"] == ("purchase" if kind == "validator" else "change")
    assert [each["id"] for each in sent["asset"]["params"]] == ["mailbox"]


class TestConnections:
    def test_a_distributor_asks_and_the_vendor_decides(self, cast, pages, boss):
        product = cast.product.pk
        Membership.objects.filter(user=cast.users["distributor"]).update(level="administrator")
        data = {"hub": cast.connection.hub_id, "type": "test"}
        asked = pages.post("distributor", "product-connection-add", product, **data)
        assert asked.status_code == 302, main_of(asked)
        made = Connection.objects.get(type="test")
        assert made.status == "pending"
        twice = pages.post("distributor", "product-connection-add", product, **data)
        assert f"{made.pk} connects this hub already: Pending." in main_of(twice)
        page = main_of(pages.get("vendor", "product-detail", product, "connections"))
        assert f"{made.pk}/approve/" in page
        where = ("product-connection-reject", product, made.pk)
        assert pages.post("vendor", *where).status_code == 302
        late = pages.post("vendor", *where)
        assert late.status_code == 422
        assert "is already decided: Rejected." in main_of(late)
        pages.post("vendor", "product-connection-approve", product, made.pk)
        made.refresh_from_db()
        assert made.status == "approved"
        verbs = Event.objects.about(cast.product).order_by("at").values_list("verb", flat=True)
        assert list(verbs) == [
            "product.connection_requested",
            "product.connection_rejected",
            "product.connection_approved",
        ]

    def test_a_distributor_sees_its_own_hubs_only_and_uses_no_foreign_one(self, cast, pages):
        away = cast.partners["distributor2"]
        _market, foreign = factories.offer(cast.product, away)
        Membership.objects.filter(user=cast.users["distributor"]).update(level="administrator")
        page = main_of(pages.get("distributor", "product-detail", cast.product.pk, "connections"))
        assert cast.connection.pk in page
        assert foreign.pk not in page
        data = {"hub": foreign.hub_id, "type": "test"}
        answer = pages.post("distributor", "product-connection-add", cast.product.pk, **data)
        assert answer.status_code == 422
        assert not Connection.objects.filter(type="test").exists()

    def test_agents_of_either_side_decide_nothing(self, cast, pages):
        where = ("product-connection-reject", cast.product.pk, cast.connection.pk)
        assert pages.post("vendor", *where).status_code == 403
        data = {"hub": cast.connection.hub_id, "type": "test"}
        answer = pages.post("distributor", "product-connection-add", cast.product.pk, **data)
        assert answer.status_code == 403
