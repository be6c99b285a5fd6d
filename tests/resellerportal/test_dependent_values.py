"""Values that depend on each other, and the vendor's service, as people meet them in forms."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests import factories
from tests.factories import steps
from tests.resellerportal.config_pages import BACKEND
from tests.resellerportal.test_inquiry import link, text_of
from tests.resellerportal.test_order_wizard import Wizard
from tests.tierconfig import services
from tests.tierconfig.test_presentation import KINDS, VAT
from tierconfig.models import TierConfigRequest, Webhook
from tierconfig.services import requests as setups


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


@pytest.fixture
def kinds(cast):
    """Tier 2 asks for the kind of company; companies need a VAT number."""
    rule = {"dependency": VAT.constraints["dependency"]}
    factories.parameter(
        cast.product, "tier2", "kind", type="dropdown", required=True, constraints=KINDS
    )
    factories.parameter(cast.product, "tier2", "vat", title="VAT", hidden=True, constraints=rule)
    cast.product.parameters.filter(name="tier2_vat").delete()
    return cast


def send(client, request, **values):
    data = {f"param-{name}": value for name, value in values.items() if name != "insist"}
    if "insist" in values:
        data["insist"] = "on"
    request = TierConfigRequest.objects.get(pk=request.pk)
    return client.post(link(request), {"revision": request.revision, **data})


def test_the_form_behind_a_link_says_and_shows_what_counts_when(client, kinds):
    kinds.order()
    request = steps.setup(2)
    page = text_of(client.get(link(request)))
    assert "Only if Kind is Company; required then." in page
    assert 'data-depends="param-kind"' in page
    assert "portal/parameters.js" in page
    refused = send(client, request, kind="company")
    assert refused.status_code == 422
    assert "Enter a value." in text_of(refused)
    assert send(client, request, kind="person", vat="DE1").status_code == 302
    assert steps.setup(2).params == {"kind": {"value": "person"}}


def test_an_order_promises_what_it_does_with_the_values_that_count(client, kinds):
    wizard = Wizard(client, kinds)
    summary = wizard.walk(**{"tier2-kind": "company"})
    assert "asked by e-mail for: VAT" in summary
    summary = wizard.walk(**{"tier2-kind": "person", "tier2-vat": "DE1"})
    assert "DE1" not in summary
    wizard.finish()
    request = steps.setup(2)
    assert (request.state, request.params) == ("pending", {"kind": {"value": "person"}})


def test_a_readonly_value_is_shown_and_stays(client, kinds):
    kinds.order()
    request = setups.update_request(
        steps.setup(2),
        actor=kinds.actor("vendor"),
        presentation={"kind": {"readonly": True}},
        values={"kind": "person"},
    )
    assert "Set by the vendor." in text_of(client.get(link(request)))
    assert send(client, request, kind="company").status_code == 302
    assert steps.setup(2).params == {"kind": {"value": "person"}}


@pytest.fixture
def service(settings, cast):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    cast.product.validates_setup_inquiries = True
    cast.product.save()
    with services.running() as service:
        services.webhook(cast.product, Webhook.Type.SETUP_INQUIRY_TIER_2, service)
        yield service


def test_the_vendors_service_complains_beside_the_field(client, cast, service):
    cast.order()
    service.complain(tier2_vat="This number does not exist.")
    refused = send(client, steps.setup(2), tier2_vat="DE1")
    assert refused.status_code == 422
    assert "This number does not exist." in text_of(refused)
    assert steps.setup(2).state == "inquiring"


def test_who_cannot_have_a_value_checked_sends_it_nevertheless(client, cast, service):
    cast.order()
    service.status = 503
    refused = send(client, steps.setup(2), tier2_vat="DE1")
    assert "Send it without this check" in text_of(refused)
    assert steps.setup(2).state == "inquiring"
    assert send(client, steps.setup(2), tier2_vat="DE1", insist=True).status_code == 302
    assert steps.setup(2).state == "pending"


def test_the_portal_asks_the_service_too(client, cast, service):
    cast.order()
    request = steps.setup(2)
    service.complain(tier2_vat="This number does not exist.")
    client.force_login(cast.users["parent"], backend=BACKEND)
    address = reverse("reseller:config-request-answer", args=[request.pk])
    data = {"param-tier2_vat": "DE1", "revision": request.revision}
    assert "This number does not exist." in text_of(client.post(address, data))
    service.body = {}
    assert client.post(address, data).status_code == 302
    assert steps.setup(2).state == "pending"
