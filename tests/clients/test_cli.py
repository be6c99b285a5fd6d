"""connect-cli 41: commands as they are typed, judged by the files they leave.

The tool ends with 0 even when a command fails, so its exit code says nothing.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import Membership, Product, TierAccount
from fulfillment.models import FulfillmentRequest, Item, Subscription
from tierconfig.models import Action, Parameter, Template, TierConfig, TierConfigRequest

CUSTOMER = "Kirlin Logistik GmbH"
KESTREL, HANSE = "VA-310-442", "PA-205-118"
ADDRESS = {"K": "Speicherstraße 9", "M": "Kiel", "N": "SH", "O": "24103", "P": "DE"}


@pytest.fixture
def told(served):
    """What the files held, and which version the customer had before."""
    now = timezone.now().replace(microsecond=0)
    nordlicht = TierAccount.objects.get(name="Nordlicht Systemhaus GmbH", provider=HANSE)
    version = TierAccount.objects.get(name=CUSTOMER, provider=HANSE).version
    found = served.run(
        "cli",
        "commands",
        vendor_id=KESTREL,
        distributor_id=HANSE,
        customer=CUSTOMER,
        changes={"D": "update", **ADDRESS},
        newcomer={
            **ADDRESS,
            "B": 90125,
            "D": "create",
            "F": "external_id",
            "G": nordlicht.external_id,
            "H": "customer",
            "J": "Räucherei Momme",
            "Q": "Momme",
            "R": "Jensen",
            "S": "momme@raeucherei.example",
            "T": "+49 4841 2345",
        },
        period=[(now - timedelta(days=4000)).isoformat(), (now + timedelta(days=1)).isoformat()],
    )
    return {**found, "version": version}


def test_products_are_exported_and_cloned_customers_exchanged_and_reports_executed(told):
    check_product(told["products"])
    check_clone(told["clone"])
    check_customers(told["customers"], told["version"])
    check_reports(told["reports"])


def check_product(told):
    assert "Directory Sync Classic" in told["listed"]
    accounts = [(each["id"], each["name"]) for each in told["accounts"]]
    assert accounts == [(KESTREL, "Kestrel Cloudworks"), (HANSE, "Hanse Distribution")]
    sheets = told["product"]
    about = {row[0]: row[1] for row in sheets["General Information"]}
    assert about["Product Name"] == "Directory Sync"
    assert [row[1] for row in sheets["Items"]] == ["DSY-USER"]
    asked = {row[1] for row in sheets["Ordering Parameters"]}
    assert asked == {"tenant_name", "reseller_name", "group_name"}
    filled = {row[1] for row in sheets["Fulfillment Parameters"]}
    assert filled == {"tenant_id", "reseller_id"}
    scopes = [row[3] for row in sheets["Templates"]]
    assert scopes == ["asset", "asset", "tier1", "tier2"]
    assert [row[1] for row in sheets["Actions"]] == ["directory"]
    assert len(sheets["Translations"]) == 1
    assert told["pictures"] == [".png"]


def check_clone(told):
    """All of the product but its versions of texts; of what was made with it nothing."""
    for said in told.values():
        assert "Errors at row" not in said
    original = Product.objects.get(name="Directory Sync")
    made = Product.objects.get(name="Directory Sync again")
    assert (made.state, made.category, made.authorization_level) == (
        "draft",
        original.category,
        original.authorization_level,
    )
    assert made.tier_accounts_sync
    for rows, columns in (
        (Item, ("name", "mpn", "description", "type", "period", "unit")),
        (Parameter, ("name", "title", "scope", "phase", "type", "required")),
        (Template, ("name", "scope", "type", "body")),
        (Action, ("name", "action", "scope")),
    ):
        of = (rows.objects.filter(product=each) for each in (original, made))
        before, after = (sorted(each.values_list(*columns)) for each in of)
        assert before
        assert after == before
    assert Item.objects.get(product=made).description == "Everybody with a mailbox"


def check_customers(told, version):
    own = TierAccount.objects.filter(provider=HANSE)
    assert "Endpoint Shield" in told["listed"]
    assert len(told["exported"]) == own.count() - 1
    edited = own.get(name=CUSTOMER)
    assert (edited.address_line1, edited.city) == ("Speicherstraße 9", "Kiel")
    assert edited.version == version + 1
    assert told["updated"][:4] == [edited.pk, edited.external_id, edited.external_uid, "-"]
    made = own.get(name="Räucherei Momme")
    assert made.parent.name == "Nordlicht Systemhaus GmbH"
    assert (made.external_id, made.contact_email) == ("90125", "momme@raeucherei.example")
    assert told["created"][:4] == [made.pk, 90125, made.external_uid, "-"]


def check_reports(told):
    assert "products_catalog" in told["listed"]
    assert told["catalogue"] == "%PDF-"
    own = TierAccount.objects.filter(provider=HANSE)
    assert len(told["table"].splitlines()) == own.count() + 1
    states = ("tiers_setup", "inquiring", "pending", "approved", "failed")
    reader = Actor.of(Membership.objects.get(user__email="distributor@demo.example"))
    configs = TierConfig.objects.visible_to(reader)
    asked = TierConfigRequest.objects.visible_to(reader).filter(state__in=states)
    orders = FulfillmentRequest.objects.visible_to(reader).filter(state__in=states)
    bought = Subscription.objects.visible_to(reader)
    expected = {
        "customers_list": ("account_id", own),
        "tier_configuration_list": ("tier_configuration_id", configs),
        "tier_configuration_requests": ("request_id", asked),
        "fulfillment_requests": ("request_id", orders),
        "fulfillment_requests_failed": ("request_id", orders.filter(state="failed")),
        "subscription_list": ("subscription_id", bought),
    }
    for name, (column, rows) in expected.items():
        found = sorted(row[column] for row in told[name])
        assert found == sorted(rows.values_list("pk", flat=True)), name
        assert found
    lines = {row["request_id"] for row in told["fulfillment_requests_line_item"]}
    assert lines == {row["request_id"] for row in told["fulfillment_requests"]}
    known = [row["provider_name"] for row in told["customers_list"]]
    assert known.count("Hanse Distribution") > 100
