"""The commands that make the demo, and its products and keys for integrations."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from customers.models import (
    Category,
    Connection,
    Partner,
    Product,
    ServiceUser,
    TierAccount,
    TierAccountRequest,
    User,
)
from customers.services.service_users import authenticate
from fulfillment.demo import cast, seed
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import (
    TierConfigRequest,
)

pytestmark = pytest.mark.usefixtures("demo")


NUMBERED = (TierAccount, TierAccountRequest, TierConfigRequest, FulfillmentRequest, Subscription)


def ids():
    return {model: sorted(model.objects.values_list("pk", flat=True)) for model in NUMBERED}


def test_seeding_again_at_another_time_gives_the_same_ids():
    before = ids()
    with transaction.atomic():
        _delete_everything()
        seed.seed(now=timezone.now() + timedelta(days=3, hours=5))
        assert ids() == before
        transaction.set_rollback(True)


def test_the_command_is_for_demo_mode_only(settings):
    settings.DEMO_MODE = False
    with pytest.raises(CommandError, match="demo mode only"):
        call_command("seed_demo")


def test_the_command_leaves_a_demo_alone(settings):
    settings.DEMO_MODE = True
    before = ids()
    call_command("seed_demo", once=True)
    assert ids() == before
    with pytest.raises(CommandError, match="--reset"):
        call_command("seed_demo")


def test_the_command_refuses_a_database_with_other_data(settings):
    settings.DEMO_MODE = True
    Partner.objects.filter(pk=cast.PARTNERS["kestrel"].id).update(name="Renamed")
    with transaction.atomic():
        _delete_everything()
        User.objects.create_user("someone@company.example", "secret", name="Someone")
        with pytest.raises(CommandError, match="other data"):
            call_command("seed_demo")
        transaction.set_rollback(True)


def _delete_everything():
    """As `flush` does, inside a transaction."""
    TierAccount._base_manager.update(parent=None, type="reseller")
    for label in ("fulfillment", "tierconfig", "customers"):
        for model in reversed(
            list(apps.get_app_config(label).get_models(include_auto_created=True))
        ):
            model._base_manager.all()._raw_delete(using="default")


def made_for_integrations():
    out = StringIO()
    call_command("demo_keys", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_integrations_are_told_of_keys_and_products():
    told = made_for_integrations()
    assert list(told) == [
        "vendor_api_key",
        "distributor_api_key",
        "reseller_api_key",
        "product_id",
        "nosync_product_id",
        "marketplace_id",
        "connection_id",
    ]
    keys = [authenticate(told[f"{name}_api_key"]) for name in ("vendor", "distributor", "reseller")]
    assert [key.partner.role for key in keys] == ["vendor", "distributor", "reseller"]
    assert made_for_integrations() == told
    connection = Connection.objects.get(pk=told["connection_id"])
    assert connection.product_id == told["product_id"]
    assert connection.hub.type == "API"
    assert connection.hub.provider_id == keys[1].partner_id
    assert connection.product.listings.get().marketplace_id == told["marketplace_id"]


def test_the_product_for_integrations_takes_part_in_everything():
    told = made_for_integrations()
    product, twin = (
        Product.objects.get(pk=told[name]) for name in ("product_id", "nosync_product_id")
    )
    for each in (product, twin):
        assert (each.state, each.authorization_level, each.icon.content[:4]) == (
            "published",
            2,
            b"\x89PNG",
        )
        assert {
            (row.type, row.scope, row.phase, row.required) for row in each.parameters.all()
        } == {
            ("text", "asset", "ordering", False),
            ("text", "asset", "fulfillment", True),
            ("text", "tier1", "ordering", True),
            ("text", "tier1", "fulfillment", True),
            ("text", "tier2", "ordering", True),
        }
        assert {(row.scope, row.type) for row in each.templates.all()} == {
            ("asset", "fulfillment"),
            ("asset", "inquire"),
            ("tier1", ""),
            ("tier2", ""),
        }
        assert [(row.status, row.type) for row in each.items.all()] == [
            ("published", "Reservation")
        ]
        assert [row.scope for row in each.actions.all()] == ["tier1"]
        assert each.category.name not in ("Cloud Services", "All Categories")
    assert (product.tier_accounts_sync, twin.tier_accounts_sync) == (True, False)


def test_what_an_older_demo_lacks_is_added_and_nothing_else():
    before = ids()
    wanted = made_for_integrations()
    ServiceUser.objects.all().delete()
    with transaction.atomic():
        for product in Product.objects.filter(name__startswith="Directory Sync"):
            product.connections.all().delete()
            product.delete()
        Category.objects.filter(name="Business operations").delete()
    assert made_for_integrations() == wanted
    assert ids() == before


def test_keys_are_shown_of_a_demo_only(monkeypatch):
    monkeypatch.setattr(seed, "is_seeded", lambda: False)
    with pytest.raises(CommandError, match="no demo data"):
        made_for_integrations()
