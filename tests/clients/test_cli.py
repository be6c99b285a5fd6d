"""connect-cli 41: commands as they are typed, judged by the files they leave.

The tool ends with 0 even when a command fails, so its exit code says nothing.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest

CUSTOMER = "Kirlin Logistik GmbH"
HANSE = "PA-205-118"
ADDRESS = {"K": "Speicherstraße 9", "M": "Kiel", "N": "SH", "O": "24103", "P": "DE"}


@pytest.fixture
def told(served):
    now = timezone.now().replace(microsecond=0)
    nordlicht = TierAccount.objects.get(name="Nordlicht Systemhaus GmbH")
    return served.run(
        "cli",
        "commands",
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
        period=[(now - timedelta(days=400)).isoformat(), (now + timedelta(days=1)).isoformat()],
    )


def test_products_are_exported_customers_exchanged_and_reports_executed(told):
    check_product(told["products"])
    check_customers(told["customers"])
    check_reports(told["reports"])


def check_product(told):
    accounts = [(each["id"], each["name"]) for each in told["accounts"]]
    assert accounts == [("VA-310-442", "Kestrel Cloudworks"), (HANSE, "Hanse Distribution")]
    sheets = told["product"]
    about = {row[0]: row[1] for row in sheets["General Information"]}
    assert about["Product Name"] == "Directory Sync"
    assert sheets["Items"][0][3] == "DSY-USER"
    assert {row[0] for row in sheets["Fulfillment Parameters"]}
    assert [row[3] for row in sheets["Actions"]]
    assert sheets["Translations"]
    assert ".png" in told["pictures"]


def check_customers(told):
    own = TierAccount.objects.filter(provider=HANSE)
    assert len(told["exported"]) == own.count() - 1
    edited = own.get(name=CUSTOMER)
    assert (edited.address_line1, edited.city, edited.version) == ("Speicherstraße 9", "Kiel", 2)
    assert told["updated"][:4] == [edited.pk, edited.external_id, edited.external_uid, "-"]
    made = own.get(name="Räucherei Momme")
    assert made.parent.name == "Nordlicht Systemhaus GmbH"
    assert (made.external_id, made.contact_email) == ("90125", "momme@raeucherei.example")
    assert told["created"][:4] == [made.pk, 90125, made.external_uid, "-"]


def check_reports(told):
    assert told["catalogue"] == ["%PDF-"]
    own = TierAccount.objects.filter(provider=HANSE)
    assert told["csv"] == own.count() + 1
    assert {row["account_id"] for row in told["customers_list"]} == set(
        own.values_list("pk", flat=True)
    )
    assert {row["provider_name"] for row in told["customers_list"]} == {"Hanse Distribution"}
    ids = {
        "tier_configuration_list": ("tier_configuration_id", TierConfig),
        "tier_configuration_requests": ("request_id", TierConfigRequest),
        "fulfillment_requests": ("request_id", FulfillmentRequest),
        "subscription_list": ("subscription_id", Subscription),
    }
    for name, (column, _model) in ids.items():
        assert told[name], name
        assert len({row[column] for row in told[name]}) == len(told[name])
    assert told["fulfillment_requests_failed"]
    assert told["fulfillment_requests_line_item"]
