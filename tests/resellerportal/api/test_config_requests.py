"""Tier configuration requests over the API: opened, answered, decided, and who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Event
from resellerportal.processing import origins
from tests import factories
from tests.factories import steps
from tierconfig.models import TierConfigRequest

LIST = "/tier/config-requests"
State = TierConfigRequest.State


@pytest.fixture
def asked(cast):
    """An order waits: tier 2 is being asked, tier 1 is parked below it."""
    factories.parameter(cast.product, "tier2", "pin", type="password")
    factories.parameter(cast.product, "tier2", "rank", phase="fulfillment", required=True)
    cast.order()
    return steps.setup(2)


@pytest.fixture
def configured(cast):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    return steps.config(1)


def one(request, step=""):
    return f"{LIST}/{request.pk}{step and '/' + step}"


def values(answer):
    assert answer.status_code < 300, answer.content
    return {each["id"]: each.get("value") for each in answer.json()["params"]}


def refusal(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["error_code"], answer.json()["errors"]


def template(cast, scope):
    return cast.product.templates.get(scope=scope)


def test_a_setup_goes_its_whole_way_over_the_api(api, cast, asked):
    """Tier 2 is asked, answers, and is filled in and approved; that releases tier 1."""
    vendor, above, below = api("vendor"), api("parent"), api("reseller")
    found = above.get(one(asked)).json()
    assert (found["type"], found["status"], found["environment"]) == (
        "setup",
        "inquiring",
        "production",
    )
    assert "/inquiry/" in found["activation"]["link"]
    assert found["configuration"]["status"] == "processing"
    assert found["configuration"]["open_request"] == {"id": asked.pk}
    assert found["events"]["inquired"]["at"]
    assert "activation" not in vendor.get(one(asked)).json()
    parked = below.get(one(steps.setup(1))).json()
    assert parked["status"] == "tiers_setup"
    assert set(parked["parent_configuration"]) == {"id", "name", "status"}
    assert set(parked["tiers"]["tier2"]) == {"id", "name"}

    sent = {"params": [{"id": "tier2_vat", "value": "DE 7"}, {"id": "pin", "value": "sesame"}]}
    answer = above.put(one(asked), sent)
    assert (values(answer), answer.json()["status"]) == (
        {"tier2_vat": "DE 7", "pin": "*******"},
        "inquiring",
    )
    assert above.put(one(asked), answer.json()).status_code == 200
    told = origins.lines([asked.pk], cast.actor("parent"))["tier2_vat"]
    assert "over the API" in told
    assert api("distributor").post(one(asked, "pend")).status_code == 204
    assert steps.setup(2).answered

    found = vendor.get(one(asked)).json()
    assert (found["status"], found["sli"]) == ("pending", {"zone": 0, "days": 0})
    assert found["events"]["pended"]["by"]["id"].startswith("SU-")
    own = template(cast, "tier2")
    body = {"template": {"id": own.pk}}
    assert refusal(vendor.post(one(asked, "approve"), body)) == (
        "TCR_003",
        ["params.rank: Enter a value."],
    )
    for each in found["params"]:
        each |= {"structured_value": "", "value_error": ""}
        if each["id"] == "rank":
            each["value"] = "gold"
    answer = vendor.put(one(asked), {"params": found["params"], "notes": "Looks fine"})
    assert values(answer) == {"tier2_vat": "DE 7", "pin": "sesame", "rank": "gold"}
    assert answer.json()["notes"] == "Looks fine"

    wrong = {"params": [{"id": "tier2_vat", "value": "DE 8"}]}
    assert refusal(vendor.put(one(asked), wrong))[1] == [
        "params.tier2_vat: The other side fills in this value."
    ]
    body["template"]["effective_date"] = "2026-11-01T10:00:00+00:00"
    answer = vendor.post(one(asked, "approve"), body)
    assert answer.status_code == 200
    done = steps.setup(2)
    assert answer.json() == {
        "template": {"id": own.pk, "representation": done.template_text},
        "effective_date": "2026-11-01T10:00:00+00:00",
    }
    found = vendor.get(one(asked)).json()
    assert found["template"]["representation"] == done.template_text
    assert found["assignee"]["id"] == cast.users["vendor"].pk
    assert values(below.get(one(steps.setup(1)))) == {"tier1_vat": None}
    assert steps.setup(1).state == State.INQUIRING
    assert above.get(one(asked, "render")).content.decode() == done.template_text


def test_what_is_asked_back_carries_its_complaint(api, cast, asked):
    steps.answer(asked, tier2_vat="DE 7")
    vendor, above = api("vendor"), api("parent")
    wrong = {"params": [{"id": "tier2_vat", "value_error": "Too short"}]}
    assert vendor.put(one(asked), wrong).status_code == 200
    told = above.get(one(asked)).json()["params"][0]
    assert "value_error" not in told
    assert vendor.post(one(asked, "inquire")).status_code == 204
    told = above.get(one(asked)).json()
    assert told["params"][0]["value_error"] == "Too short"
    assert above.put(one(asked), told).status_code == 200
    told["params"][0]["value_error"] = "No, it is not"
    assert refusal(above.put(one(asked), told))[1] == [
        "params.tier2_vat: Only the vendor says what is wrong with a value."
    ]
    answer = above.post(one(asked, "pend"), {"params": [{"id": "tier2_vat", "value": "DE 77"}]})
    assert answer.status_code == 204
    assert steps.setup(2).params["tier2_vat"] == {"value": "DE 77"}
    assert vendor.put(one(asked), wrong).status_code == 200
    assert vendor.post(one(asked, "inquire"), b"").status_code == 204
    assert api("distributor").post(one(asked, "pend")).status_code == 204
    assert steps.setup(2).state == State.PENDING
    assert Event.objects.filter(verb="tierconfigrequest.pend").count() == 1
    late = {"notes": "Call them", "params": [{"id": "tier2_vat", "value": "DE 78"}]}
    assert refusal(api("distributor").put(one(asked), late))[0] == "TCR_001"
    told = api("distributor").get(one(asked)).json()
    answer = api("distributor").put(one(asked), told | {"notes": "Call them"})
    assert answer.json()["notes"] == "Call them"
    assert above.get(one(asked)).json()["notes"] == ""


def test_a_vendor_may_change_how_a_value_is_asked(api, cast, asked):
    vendor, above = api("vendor"), api("parent")
    constraints = {"required": False, "readonly": True, "unique": False}
    body = {"params": [{"id": "tier2_vat", "constraints": constraints}]}
    answer = vendor.put(one(asked), body)
    shown = answer.json()["params"][0]["constraints"]
    assert (shown["required"], shown["readonly"]) == (False, True)
    assert steps.setup(2).presentation == {"tier2_vat": {"required": False, "readonly": True}}
    assert above.put(one(asked), {"params": answer.json()["params"][:1]}).status_code == 200
    assert refusal(above.put(one(asked), {"params": [body["params"][0] | {"value": "x"}]}))[1] == [
        "params.tier2_vat: Only the vendor can change this value."
    ]


def test_parameters_that_are_none_of_theirs_are_unknown(api, cast, asked):
    above = api("parent")
    for name in ("rank", "no-such"):
        answer = above.put(one(asked), {"params": [{"id": name, "value": "x"}]})
        assert refusal(answer) == (
            "VAL_001",
            [f"params.{name}: There is no such parameter here."],
        )


def test_a_rejection_needs_a_reason_and_fails_what_waits(api, cast, asked):
    distributor = api("distributor")
    assert refusal(distributor.post(one(asked, "fail"), {}))[1] == ["Field 'reason' is required."]
    assert refusal(distributor.post(one(asked, "fail"), {"reason": None}))[1] == [
        "reason: Say why the request is rejected."
    ]
    assert distributor.post(one(asked, "fail"), {"reason": "Not now"}).status_code == 204
    assert api("parent").get(one(asked)).json()["reason"] == "Not now"
    below = api("reseller").get(one(steps.setup(1))).json()
    assert (below["status"], below["reason"]) == ("failed", None)


def test_requests_are_assigned_to_members_of_the_vendor(api, cast, asked):
    vendor = api("vendor")
    colleague = factories.user(cast.partners["vendor"], name="Carla")

    def given(body):
        assert vendor.post(one(asked, "assign"), body).status_code == 204
        return vendor.get(one(asked)).json()["assignee"]

    own = {"id": cast.users["vendor"].pk, "name": "Vendor"}
    assert given(b"") == given({}) == own
    assert given({"email": colleague.email.upper()}) == {"id": colleague.pk, "name": "Carla"}
    assert given({"id": cast.users["vendor"].pk}) == own
    assert vendor.post(one(asked, "unassign")).status_code == 204
    assert vendor.get(one(asked)).json()["assignee"] is None
    for wrong in ({"id": cast.users["vendor2"].pk}, {"id": "UR-1"}):
        assert refusal(vendor.post(one(asked, "assign"), wrong))[1] == [
            f"id: Object `{wrong['id']}` not found."
        ]


def test_steps_in_the_wrong_state_say_so_before_they_look_at_the_body(api, cast, asked):
    for name, step in (("vendor", "approve"), ("vendor", "inquire"), ("distributor", "submit")):
        assert refusal(api(name).post(one(asked, step), {"template": 1}))[0] == "TCR_001"
    steps.answer(asked, tier2_vat="DE 7")
    for name, step in (("vendor", "pend"), ("parent", "pend")):
        assert refusal(api(name).post(one(asked, step), {"params": 1}))[0] == "TCR_001"
    assert refusal(api("parent").put(one(asked), {"params": 1}))[0] == "TCR_001"


def test_who_may_take_which_step(api, cast, asked):
    """By role 403, by sight 404, by right 403; nothing happens."""
    events = Event.objects.count()
    for step in ("approve", "inquire", "assign", "unassign"):
        assert api("distributor").post(one(asked, step)).status_code == 403
        assert api("vendor2").post(one(asked, step)).status_code == 404
    assert api("parent").post(one(asked, "fail"), {"reason": "x"}).status_code == 403
    for name in ("reseller", "reseller2", "distributor2", "vendor2"):
        for call in (api(name).get(one(asked)), api(name).put(one(asked), {})):
            assert call.status_code == 404
            assert call.json()["errors"] == [f"Object `{asked.pk}` not found."]
    reading = {"tier_config": "read"}
    for name in ("vendor", "parent"):
        client = api(name, reading)
        assert client.get(one(asked)).status_code == 200
        assert client.post(one(asked, "pend")).status_code == 403
        assert client.put(one(asked), {"params": []}).status_code == 403
    assert "activation" not in api("parent", reading).get(one(asked)).json()
    assert api("vendor").post(LIST, {"configuration": {}}).status_code == 400
    made = Event.objects.exclude(verb__startswith="serviceuser").count()
    assert made == events


def test_other_values_are_asked_for_and_failed(api, cast, configured):
    below, vendor = api("reseller"), api("vendor")
    body = {"configuration": {"id": configured.pk}, "params": [{"id": "tier1_vat", "value": "9"}]}
    answer = below.post(LIST, body)
    assert (answer.status_code, answer.json()["type"], answer.json()["status"]) == (
        201,
        "update",
        "pending",
    )
    before = steps.setup(1, type="setup")
    assert answer.json()["previous_approved_request"] == {"id": before.pk}
    assert answer.json()["configuration"]["params"][0]["value"] == "value of tier1_vat"
    again = below.post(LIST, body)
    assert refusal(again)[0] == "TCR_004"
    assert again.json()["params"] == {"request_id": answer.json()["id"]}
    pk = answer.json()["id"]
    assert vendor.post(f"{LIST}/{pk}/fail", {"reason": "No"}).status_code == 204
    assert refusal(below.post(LIST, body | {"params": []}))[1] == ["Nothing was changed."]
    assert refusal(below.post(LIST, body | {"notes": "psst"}))[0] == "VAL_001"
    for pk in (steps.config(2).pk, "TC-000-000-000"):
        foreign = below.post(LIST, {"configuration": {"id": pk}, "params": []})
        assert refusal(foreign) == ("VAL_001", [f"configuration.id: Object `{pk}` not found."])


def test_a_vendor_adjusts_with_a_text_of_its_own(api, cast, configured):
    vendor = api("vendor")
    body = {
        "type": "adjustment",
        "configuration": {"id": configured.pk},
        "params": [{"id": "tier1_vat", "value": "corrected"}],
        "template": {"id": template(cast, "tier1").pk},
        "notes": "By hand",
    }
    assert api("distributor").post(LIST, body).status_code == 403
    answer = vendor.post(LIST, body)
    assert (answer.status_code, answer.json()["status"], answer.json()["notes"]) == (
        201,
        "pending",
        "By hand",
    )
    path = f"{LIST}/{answer.json()['id']}/approve"
    other = {"template": {"id": template(cast, "tier2").pk}}
    assert refusal(vendor.post(path, other))[0] == "TCR_002"
    foreign = factories.template(factories.product(cast.partners["vendor2"]), "tier1")
    assert refusal(vendor.post(path, {"template": {"id": foreign.pk}})) == (
        "VAL_001",
        [f"template.id: Object `{foreign.pk}` not found."],
    )
    answer = vendor.post(path, {"template": {"representation": "# Done"}})
    assert answer.json()["template"] == {"id": None, "representation": "# Done"}
    assert api("reseller").get(f"/tier/configs/{configured.pk}/render").content == b"# Done"
    assert steps.config(1).params["tier1_vat"] == {"value": "corrected"}


#: What clients send, and the tiers it finds; None for a query that is refused.
QUERIES = [
    ("in(configuration.product.id,({product})),in(configuration.connection.type,(production))", 3),
    ("in(status,(inquiring,PENDING))", 2),
    ("status=tiers_setup&type=setup", 1),
    ("eq(environment,Production)", 3),
    ("configuration__tier_level=2", 2),
    ("configuration__account__external_uid={uid}", 2),
    ("configuration.account.hub.id=HB-0000-0000", 3),
    ("ilike(configuration.product.name,*backup*)", 3),
    ("unassigned=true", 3),
    ("ne(unassigned,null())&eq(unassigned,false)", 0),
    ("assignee.id=null()&assignee=null()", 3),
    ("params.value=DE%209", 0),
    ("params.id=tier1_vat", 1),
    ("sli.zone=0&eq(sli.days,0)", 3),
    ("gt(sli.zone,0)", 0),
    ("le(sli.days,3)&ordering(-sli.days,sli.zone)", 3),
    ("sli.days=abc", None),
    ("ge(events.created.at,2020-01-01T00:00:00+00:00)&ordering(-created)", 3),
    ("ge(created,2020-01-01)&le(updated,2020-01-01)", 0),
    ("select(-configuration.configuration,-configuration.product.capabilities,-tiers)", 3),
    ("configuration.contract.id=null()&ordering(configuration.contract.id)", 3),
    ("search=umbrella", 2),
]


def test_lists_are_narrowed_as_clients_ask(api, cast, asked):
    client, own = api("vendor"), {"product": cast.product.pk, "uid": cast.umbrella.external_uid}
    for query, tiers in QUERIES:
        answer = client.get(LIST, query.format(**own))
        if tiers is None:
            assert answer.status_code == 400, query
        else:
            found = {row["configuration"]["tier_level"] for row in answer.json()}
            assert sum(found) == tiers, query
    told = client.get(LIST, "eq(sli.days,99999)").json()["errors"]
    assert told == ["sli.days: no more than 3650 days are counted."]
    told = api("reseller").get(LIST, "assignee.id=UR-1&in(sli.zone,(1,2))")
    assert (len(told.json()), told["Ignored-Filters"]) == (1, "assignee.id, sli.zone")


def test_a_long_list_costs_what_a_short_one_does(api, cast, asked):
    for name in ("vendor", "reseller"):
        client = api(name)
        client.get(LIST, "limit=1")
        with CaptureQueriesContext(connection) as few:
            client.get(LIST, "limit=1")
        for number in range(4):
            root = factories.account(cast.partners["distributor"], name=f"{name} {number}")
            cast.order(
                customer=factories.account(cast.partners["distributor"], root, type="customer")
            )
        with CaptureQueriesContext(connection) as many:
            client.get(LIST)
        assert len(many) == len(few)
    assert len(api("vendor").get(LIST, "select(-configuration,-params)").json()) == 10
