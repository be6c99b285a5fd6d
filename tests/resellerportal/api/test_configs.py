"""Tier configurations over the API: what each role reads, and by what lists are narrowed."""

import pytest

from tests import factories
from tests.factories import steps


@pytest.fixture
def configured(cast):
    """Both tiers are configured; tier 1 has a secret and a value for the vendor's eyes only."""
    factories.parameter(cast.product, "tier1", "pin", type="password")
    factories.parameter(cast.product, "tier1", "rank", phase="fulfillment")
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.answer(steps.setup(1), tier1_vat="DE 5*", pin="sesame")
    steps.approve(steps.setup(1), cast.actor("vendor"), values={"rank": "gold"})
    return steps.config(1)


def test_a_configuration_has_the_shape_clients_read(api, cast, configured):
    found = api("vendor").get(f"/tier/configs/{configured.pk}").json()
    assert found["name"] == f"Configuration of {cast.nordlicht.pk}"
    assert (found["status"], found["tier_level"]) == ("active", 1)
    assert found["account"]["id"] == cast.nordlicht.pk
    assert found["account"]["contact_info"]["contact"]["phone_number"].keys() == {
        "country_code",
        "area_code",
        "phone_number",
        "extension",
    }
    assert found["product"]["status"] == "published"
    connection = found["connection"]
    assert (connection["type"], connection["status"]) == ("production", "approved")
    assert connection["hub"]["id"] == cast.connection.hub_id
    assert found["marketplace"]["id"] == cast.market.pk
    assert found["contract"]["id"] == "CRD-00000-00000-00000"
    assert found["template"]["representation"] and found["template"]["name"]
    assert found["tiers"]["tier1"]["id"] == cast.nordlicht.pk
    assert found["tiers"]["tier2"]["id"] == cast.umbrella.pk
    assert found["events"]["created"]["at"].endswith("+00:00")
    assert "open_request" not in found
    assert {each["id"]: each.get("value") for each in found["params"]} == {
        "tier1_vat": "DE 5*",
        "pin": "sesame",
        "rank": "gold",
    }
