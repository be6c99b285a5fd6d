"""Fulfillment requests through the API: every step of their machine, and subscriptions."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from customers.models import ApiCall
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as services
from tests import factories
from tests.factories import steps
from tierconfig import inquiries

State = FulfillmentRequest.State


@pytest.fixture
def asked(cast):
    """The plain product asks for a domain, which may be changed, and has its vendor fill one in."""
    product = cast.plain
    factories.parameter(product, "asset", "domain", type="domain")
    factories.parameter(product, "asset", "tenant", phase="fulfillment")
    factories.template(product, "asset", "inquire", body="Answer {{ activation_form_url }}")
    product.editable_ordering_parameters = product.administrative_hold = True
    product.schedules_changes = product.schedules_purchases = True
    product.save()
    return product


@pytest.fixture
def template(cast):
    return cast.plain.templates.get(type="fulfillment")


@pytest.fixture
def pending(cast, asked):
    values = {"asset": {"domain": "kirlin.example"}}
    return cast.order(product=asked, values=values, external_uid="uid-1")


@pytest.fixture
def active(cast, pending, template):
    services.approve_request(pending, actor=cast.actor("vendor"), template=template)
    return pending.subscription


def step(client, request, name, body=None, query=""):
    return client.post(f"/requests/{request.pk}/{name}", body, query)


def test_an_inquiry_is_begun_bare_and_answered_by_the_code_of_its_link(api, cast, pending):
    vendor, buyer = api("vendor"), api("distributor")
    address = f"/requests/{pending.pk}"
    marked = [{"id": "domain", "value": "kirlin.example", "value_error": "Not yours"}]
    assert vendor.put(address, {"asset": {"params": marked}, "note": "See there"}).json()["note"]
    found = step(vendor, pending, "inquire/", b"")
    assert (found.status_code, found.json()["status"]) == (200, "inquiring"), found.content
    assert found.json()["template"]["message"].startswith("Answer (the link is in the mail")
    (param, *_rest) = buyer.get(address).json()["asset"]["params"]
    assert param["value_error"] == "Not yours"
    link = buyer.get(address).json()["params_form_url"]
    code = link.rstrip("/").rpartition("/")[2]
    assert inquiries.matches(FulfillmentRequest.objects.get(pk=pending.pk), code)
    body = {"asset": {"params": [{"id": "domain", "value": "other.example"}]}}
    wrong = step(vendor, pending, "pend", body, "code=abc")
    assert (wrong.status_code, wrong.json()["error_code"]) == (400, "VAL_001")
    done = step(buyer, pending, "pend", body, f"code={code}")
    assert (done.status_code, done.json()["status"]) == (200, "pending"), done.content
    assert done.json()["answered"] is True
    assert done.json()["asset"]["params"][0]["value"] == "other.example"
    calls = ApiCall.objects.filter(path__contains="?code=").values_list("path", flat=True)
    assert any(path.endswith("pend?code=…") for path in calls)
    assert not any(code in path for path in calls)
    again = step(buyer, pending, "pend", body, f"code={code}")
    assert (again.status_code, again.json()["error_code"]) == (400, "PR_001")


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_no_step_leaves_a_date_that_others_cannot_be_shown(api, cast, pending, template, day):
    vendor = api("vendor")
    text = {"template_id": template.pk}
    vendor.put(f"/requests/{pending.pk}", {"asset": {"params": [{"id": "tenant", "value": "t"}]}})
    cast.order(values={"tier2": {"tier2_vat": "DE2"}})
    setup = steps.setup(2)
    body = {"template": {"id": cast.product.templates.get(scope="tier2").pk}}
    for refused in (
        step(vendor, pending, "approve", {**text, "effective_date": day}),
        step(vendor, pending, "schedule", {**text, "planned_date": day}),
        vendor.post(f"/tier/config-requests/{setup.pk}/approve", {**body, "effective_date": day}),
    ):
        assert (refused.status_code, refused.json()["error_code"]) == (400, "VAL_001")
        assert "_date" in refused.json()["errors"][0]
    done = step(vendor, pending, "approve", {**text, "effective_date": "2099-12-31T23:59:59Z"})
    assert done.status_code == 200, done.content


def test_the_vendor_takes_an_inquiry_back(api, pending):
    vendor = api("vendor")
    step(vendor, pending, "inquire", {"activation_tile": "Which domain?"})
    request = FulfillmentRequest.objects.get(pk=pending.pk)
    assert request.inquiry_message == "Which domain?"
    found = step(vendor, pending, "pend").json()
    assert (found["status"], found["answered"]) == ("pending", False)


def test_an_approval_takes_a_text_instead_of_a_template(api, cast, pending):
    refused = step(api("vendor"), pending, "approve", {})
    assert (refused.status_code, refused.json()["errors"]) == (
        400,
        ["template_id: Choose a template of this product that fits the request."],
    )
    foreign = factories.template(factories.product(cast.partners["vendor2"]), "asset", "inquire")
    refused = step(api("vendor"), pending, "approve", {"template": {"id": foreign.pk}})
    assert refused.json()["errors"] == [f"template.id: Object `{foreign.pk}` not found."]
    done = step(api("vendor"), pending, "approve", {"activation_tile": "# Ready\n\n**{{x}}**"})
    assert done.json()["activation_key"] == "# Ready\n\n**{{x}}**"
    assert "template" not in done.json()
    shown = api("distributor").get(f"/requests/{pending.pk}/render")
    assert (shown["Content-Type"].partition(";")[0], shown.content) == (
        "text/markdown",
        b"# Ready\n\n**{{x}}**",
    )
    assert shown["Connect-Localization"] == "EN"
    assert api("reseller").get(f"/assets/{pending.subscription_id}/render").content == shown.content


VENDORS = [
    ("approve", {"template_id": "TL-000-000-000"}),
    ("inquire", None),
    ("schedule", {}),
    ("confirm", None),
    ("assign", {"id": "UR-000-000-000"}),
    ("unassign", None),
    ("fail", {}),
]


def test_what_is_the_vendor_s_is_refused_to_others(api, pending):
    before = FulfillmentRequest.objects.get(pk=pending.pk)
    for name, body in VENDORS:
        for caller in ("distributor", "reseller"):
            refused = step(api(caller), pending, name, body)
            assert (refused.status_code, refused.json()["error_code"]) == (403, "PER_001"), name
        for caller in ("vendor2", "distributor2", "reseller2"):
            assert step(api(caller), pending, name, body).status_code == 404
        reading = api("vendor", {"subscriptions": "read"})
        assert step(reading, pending, name, body).status_code == 403
    after = FulfillmentRequest.objects.get(pk=pending.pk)
    assert (after.revision, after.state) == (before.revision, before.state)


def test_a_request_is_given_to_colleagues(api, cast, pending):
    vendor, colleague = api("vendor"), factories.user(cast.partners["vendor"])
    assert step(vendor, pending, "assign").json()["assignee"]["name"] == "Vendor"
    found = step(vendor, pending, "assign", {"email": colleague.email.upper()}).json()
    assert found["assignee"] == {
        "id": colleague.pk,
        "name": colleague.name,
        "email": colleague.email,
    }
    assert len(vendor.get("/requests", f"assignee={colleague.pk}").json()) == 1
    own = cast.users["vendor"].pk
    assert step(vendor, pending, f"assign/{own}").json()["assignee"]["id"] == own
    assert step(vendor, pending, "unassign/", b"").json()["assignee"] == ""
    assert vendor.get("/requests", "assignee=null()").json()
    stranger = cast.users["vendor2"]
    refused = step(vendor, pending, "assign", {"id": stranger.pk})
    assert refused.json()["errors"] == [f"id: Object `{stranger.pk}` not found."]


def test_an_order_is_scheduled_asked_back_and_given_back(api, pending, template):
    vendor, buyer = api("vendor"), api("distributor")
    day = timezone.now().replace(microsecond=0) + timedelta(days=9)
    body = {"planned_date": day.isoformat(), "template_id": template.pk}
    found = step(vendor, pending, "schedule", body)
    assert (found.json()["status"], found.json()["planned_date"]) == ("scheduled", day.isoformat())
    refused = step(buyer, pending, "revoke", {})
    assert refused.json()["errors"] == ["Field 'reason' is required."]
    asked_back = step(buyer, pending, "revoke", {"reason": "Bought elsewhere"}).json()
    assert (asked_back["status"], asked_back["reason"]) == ("revoking", "Bought elsewhere")
    assert step(vendor, pending, "confirm", {}).json()["status"] == "revoked"
    past = {"planned_date": "2020-01-01T00:00:00+00:00"}
    assert step(vendor, pending, "schedule", past).json()["error_code"] == "PR_001"


def test_programs_read_and_send_utc_wherever_the_portal_stands(api, settings, pending, template):
    settings.TIME_ZONE = "Asia/Tokyo"
    day = (timezone.now() + timedelta(days=9)).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    body = {"planned_date": day.isoformat(), "template_id": template.pk}
    found = step(api("vendor"), pending, "schedule", body).json()
    assert found["planned_date"] == f"{day.isoformat()}+00:00"


def test_who_may_end_a_request_hangs_on_where_it_stands(api, cast, pending):
    assert step(api("vendor"), pending, "fail", {}).status_code == 400
    failed = step(api("vendor"), pending, "fail", {"reason": "Unknown domain"}).json()
    assert (failed["status"], failed["reason"]) == ("failed", "Unknown domain")
    assert failed["asset"]["status"] == "terminated"
    parked = cast.order()
    taken = step(api("reseller"), parked, "fail", {"reason": "Not yet"})
    assert taken.json()["status"] == "failed", taken.content


def test_a_subscription_is_changed_suspended_resumed_and_cancelled(api, cast, active, template):
    buyer, vendor = api("distributor"), api("vendor")
    more = factories.item(cast.plain)
    asset = {
        "id": active.pk,
        "items": [{"id": "SKU1", "quantity": 7}, {"mpn": more.mpn, "quantity": "2"}],
        "params": [{"id": "domain", "value": "kirlin2.example"}],
    }
    made = buyer.post("/requests", {"type": "change", "asset": asset})
    assert made.status_code == 201, made.content
    lines = {each["id"]: each for each in made.json()["asset"]["items"]}
    assert [(each["old_quantity"], each["quantity"]) for each in lines.values()] == [
        ("5", "7"),
        ("0", "2"),
    ]
    blocked = buyer.post("/requests", {"type": "cancel", "asset": {"id": active.pk}})
    assert (blocked.status_code, made.json()["id"] in blocked.json()["errors"][0]) == (400, True)
    change = FulfillmentRequest.objects.get(pk=made.json()["id"])
    done = step(vendor, change, "approve", {"template_id": template.pk}).json()
    assert done["previous_approved_request"] == {"id": f"{change.pk[:-3]}001"}
    held = buyer.get(f"/assets/{active.pk}").json()
    assert [each["quantity"] for each in held["items"]] == ["7", "2"]
    assert held["params"][0]["value"] == "kirlin2.example"
    assert held["template"]["id"] == template.pk

    for kind, state in (("suspend", "suspended"), ("resume", "active"), ("cancel", "terminated")):
        made = buyer.post("/requests", {"type": kind, "asset": {"id": active.pk}}).json()
        assert made["status"] == "pending"
        assert [each["quantity"] for each in made["asset"]["items"]] == ["7", "2"]
        request = FulfillmentRequest.objects.get(pk=made["id"])
        found = step(vendor, request, "approve", b"")
        assert found.json()["asset"]["status"] == state, found.content
    refused = buyer.post("/requests", {"type": "resume", "asset": {"id": active.pk}})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "AS_001")
    listed = buyer.get(f"/assets/{active.pk}/requests", "ordering(created)")
    assert [row["type"] for row in listed.json()] == [
        "purchase",
        "change",
        "suspend",
        "resume",
        "cancel",
    ]
    for name in ("distributor2", "reseller2"):
        foreign = api(name).post("/requests", {"type": "cancel", "asset": {"id": active.pk}})
        assert foreign.json()["errors"] == [f"asset.id: Object `{active.pk}` not found."]
        assert api(name).get(f"/assets/{active.pk}/requests").status_code == 404


def test_adjustments_come_from_the_vendor_and_as_wishes_from_the_distributor(
    api, cast, active, template
):
    body = {
        "type": "adjustment",
        "asset": {"external_uid": "uid-1", "params": [{"id": "domain", "value": "new.example"}]},
    }
    made = api("distributor").post("/requests", body)
    assert (made.status_code, made.json()["status"]) == (201, "pending"), made.content
    request = FulfillmentRequest.objects.get(pk=made.json()["id"])
    step(api("vendor"), request, "approve", {"template_id": template.pk})
    assert Subscription.objects.get(pk=active.pk).params["domain"] == {"value": "new.example"}
    own = {"id": active.pk, "params": [{"id": "tenant", "value": "t-1"}]}
    refused = api("distributor").post("/requests", {"type": "adjustment", "asset": own})
    assert refused.json()["errors"] == ["asset.params.tenant: There is no such parameter here."]
    assert api("reseller").post("/requests", body).status_code == 403
    made = api("vendor").post("/requests", {"type": "adjustment", "asset": own})
    assert made.status_code == 201, made.content
    nothing = {"type": "change", "asset": {"id": active.pk}}
    assert api("vendor").post("/requests", nothing).status_code == 403


def test_a_decided_request_stays_as_it_is(api, pending, template):
    step(api("vendor"), pending, "approve", {"template_id": template.pk})
    address = f"/requests/{pending.pk}"
    values = {"asset": {"params": [{"id": "tenant", "value": "t"}]}}
    for body in (values, {"note": "Too late"}):
        refused = api("vendor").put(address, body)
        assert (refused.status_code, refused.json()["error_code"]) == (400, "PR_001")
    unchanged = api("vendor").put(address, {"note": ""})
    assert unchanged.status_code == 200
    assert api("distributor").get(f"/assets/{pending.subscription_id}").json()["status"] == "active"


FOUND = [
    "external_id=E-1&product.id={plain}",
    "ilike(product.name,*mail*)",
    "product.title=Mail%20Guard",
    "connection.type=production",
    "hub.name={hub}",
    "status=Processing",
    "tiers.customer.name=Kirlin%20LLC",
    "tiers.tier1.id={nordlicht}",
    "template.id=null()",
    "gt(created,2020-01-01T00:00:00+00:00)",
    "ge(events.created.at,2020-01-01)",
    "search=E-1",
    "ordering(-created)&limit=10",
]


def test_assets_are_found(api, cast, asked):
    values = {"asset": {"domain": "kirlin.example"}}
    order = cast.order(product=asked, external_id="E-1", values=values)
    names = {
        "plain": asked.pk,
        "nordlicht": cast.nordlicht.pk,
        "hub": cast.connection.hub.name.replace(" ", "%20"),
    }
    for query in FOUND:
        for address in ("/assets", "/subscriptions/assets"):
            found = api("distributor").get(address, query.format(**names))
            assert [row["id"] for row in found.json()] == [order.subscription_id], query
            assert "Ignored-Filters" not in found, query
    (row,) = api("distributor").get("/assets", "select(pending_request,-items)").json()
    assert (row["pending_request"]["id"], "items" in row) == (order.pk, False)
    assert "pending_request" not in api("distributor").get("/assets").json()[0]
    services.approve_request(
        order, actor=cast.actor("vendor"), template=asked.templates.get(type="fulfillment")
    )
    for query in ("params.value=kirlin.example", "and(eq(params.id,domain),like(params.value,k*))"):
        assert len(api("distributor").get("/assets", query).json()) == 1, query
    assert api("vendor").get("/assets", "params.value=other").json() == []
