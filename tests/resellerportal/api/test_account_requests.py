"""Tier account requests through the API: raised by changes, decided by vendors."""

import pytest

from customers import identifiers
from customers.models import Event, Hub, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.decommission import decommission_account
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/tier/account-requests"


@pytest.fixture
def ordered(cast):
    cast.order()
    cast.order(product=cast.plain)
    return cast


@pytest.fixture
def change(ordered):
    """A change of Kirlin: one request the vendor decides, and one that was born closed."""
    edit_account(ordered.kirlin, actor=ordered.actor("distributor"), data={"name": "Kirlin Inc"})
    requests = TierAccountRequest.objects.order_by("state")
    return {request.state: request for request in requests}


def ids(answer):
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()}


def test_a_change_through_the_api_answers_the_list_of_its_requests(api, ordered):
    sent = {"id": ordered.kirlin.pk, "contact_info": {"city": "Bremen"}, "external_id": 13110}
    answer = api("distributor").post(LIST, {"type": "update", "account": sent})
    assert answer.status_code == 201, answer.content
    rows = {row["status"]: row for row in answer.json()}
    assert set(rows) == {"pending", "unsupported"}
    row = rows["pending"]
    assert set(row) == {
        *("id", "type", "status", "account", "vendor", "provider", "product", "events")
    }
    assert (row["type"], row["product"]["id"]) == ("update", ordered.product.pk)
    assert row["vendor"] == {"id": ordered.partners["vendor"].pk, "name": "Vendor"}
    assert row["provider"]["name"] == "Distributor"
    assert row["events"]["created"]["by"]["id"].startswith("SU-")
    account = row["account"]
    assert (account["version"], account["external_id"]) == (2, "13110")
    assert account["contact_info"]["city"] == "Bremen"
    assert {"hub", "scopes", "events", "environment", "parent"} <= set(account)
    assert rows["unsupported"]["reason"]
    again = api("distributor").post(LIST, {"type": "update", "account": sent})
    assert (again.status_code, again.json()["error_code"]) == (400, "TAR_004")


def test_the_account_is_found_by_its_external_uid_as_well(api, ordered):
    sent = {"external_uid": ordered.kirlin.external_uid, "name": "Kirlin Inc"}
    assert len(api("reseller").post(LIST, {"account": sent}).json()) == 2
    # Nobody has a subscription with it, so nobody is told.
    lonely = factories.account(ordered.partners["distributor"])
    none = api("distributor").post(LIST, {"account": {"id": lonely.pk, "name": "Alone"}})
    assert (none.status_code, none.json()) == (201, [])


def test_a_hub_that_is_the_master_of_an_account_changes_it_by_a_request_only(api, cast):
    hub = identifiers.insert(
        Hub, "HB", provider=cast.partners["distributor"], name="Commerce", type="OA"
    )
    kept = factories.account(cast.partners["distributor"], cast.nordlicht, hub=hub)
    new = {"id": kept.pk, "name": "Kept by its hub"}
    for who in ("distributor", "reseller"):
        refused = api(who).put(f"/tier/accounts/{kept.pk}", new)
        assert (refused.status_code, "master" in refused.json()["errors"][0]) == (400, True)
    assert api("reseller").post(LIST, {"account": new}).status_code == 400
    assert api("distributor").post(LIST, {"account": new}).status_code == 201
    kept.refresh_from_db()
    assert (kept.name, kept.version) == ("Kept by its hub", 2)


def test_what_cannot_be_changed_is_refused_with_its_code(api, ordered):
    client = api("distributor")
    gone = factories.account(ordered.partners["distributor"])
    decommission_account(gone, actor=ordered.actor("distributor"))
    foreign = ordered.stranger
    for account, code, said in (
        ({"id": gone.pk, "name": "x"}, "TAR_003", "Accounts of previews"),
        ({"id": foreign.pk, "name": "x"}, "VAL_001", f"account.id: Object `{foreign.pk}` not"),
        ({"id": "TA-0", "name": "x"}, "VAL_001", "account.id: Object `TA-0` not found."),
        ({"external_uid": foreign.external_uid}, "VAL_001", "account.external_uid: Object"),
        ({}, "VAL_001", "Field 'account.id' is required."),
        ({"id": ordered.kirlin.pk, "name": ""}, "VAL_001", "account.name: "),
        ({"id": ordered.kirlin.pk, "contact_info": 1}, "VAL_001", "account.contact_info: "),
        ({"id": ordered.kirlin.pk, "parent": {"id": foreign.pk}}, "VAL_001", "account.parent.id: "),
    ):
        refused = client.post(LIST, {"type": "update", "account": account})
        assert (refused.status_code, refused.json()["error_code"]) == (400, code), account
        assert refused.json()["errors"][0].startswith(said), refused.content
    own = {"account": {"id": ordered.kirlin.pk, "name": "x"}}
    assert api("vendor").post(LIST, own).status_code == 403
    assert api("distributor", {"customers": "read"}).post(LIST, own).status_code == 403
    assert not TierAccountRequest.objects.exists()


def test_a_request_shows_the_account_as_it_was_since_the_change(api, ordered, change):
    edit_account(ordered.kirlin, actor=ordered.actor("distributor"), data={"name": "Kirlin KG"})
    row = api("vendor").get(f"{LIST}/{change['pending'].pk}").json()
    assert (row["account"]["name"], row["account"]["version"]) == ("Kirlin Inc", 2)
    pruned = api("vendor").get(LIST, "select(-account,-events)").json()
    assert all({"account", "events"}.isdisjoint(row) for row in pruned)
    assert len(pruned) == 4


def test_the_vendor_accepts_and_ignores_once(api, ordered, change):
    pending, closed = change["pending"], change["unsupported"]
    vendor = api("vendor")
    accepted = vendor.post(f"{LIST}/{pending.pk}/accept/")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert accepted.json()["events"]["accepted"]["by"]["id"].startswith("SU-")
    assert Event.objects.get(verb="tieraccountrequest.accept").key_id.startswith("SU-")
    for pk in (pending.pk, closed.pk):
        # The state is looked at before what was sent.
        for step, body in (("accept", None), ("ignore", {"reason": "x"}), ("ignore", {})):
            late = vendor.post(f"{LIST}/{pk}/{step}", body)
            assert (late.status_code, late.json()["error_code"]) == (400, "TAR_001")
    edit_account(ordered.kirlin, actor=ordered.actor("distributor"), data={"city": "Bremen"})
    newer = TierAccountRequest.objects.get(state="pending")
    for reason in ("", "   ", None):
        refused = vendor.post(f"{LIST}/{newer.pk}/ignore", {"reason": reason})
        assert refused.status_code == 400
        assert refused.json()["errors"][0].startswith("reason: ")
    ignored = vendor.post(f"{LIST}/{newer.pk}/ignore", {"reason": "Not ours"}).json()
    assert (ignored["status"], ignored["reason"]) == ("ignored", "Not ours")
    ordered.kirlin.refresh_from_db()
    assert ordered.kirlin.city == "Bremen"


def test_others_neither_decide_nor_see_the_requests_of_a_vendor(api, ordered, change):
    pk = change["pending"].pk
    for who in ("distributor", "reseller", "parent"):
        assert ids(api(who).get(LIST)) == {request.pk for request in change.values()}
        for step in ("accept", "ignore"):
            assert api(who).post(f"{LIST}/{pk}/{step}", {"reason": "x"}).status_code == 403
    for who in ("vendor2", "distributor2", "reseller2"):
        assert ids(api(who).get(LIST)) == set()
        assert api(who).get(f"{LIST}/{pk}").status_code == 404
    assert api("vendor2").post(f"{LIST}/{pk}/accept").status_code == 404
    assert api("vendor", {"customers": "read"}).post(f"{LIST}/{pk}/accept").status_code == 403
    assert TierAccountRequest.objects.get(pk=pk).state == "pending"


def test_filters_find_requests_by_account_and_product(api, ordered, change):
    pending, closed = change["pending"].pk, change["unsupported"].pk
    both, kirlin, vendor = {pending, closed}, ordered.kirlin, ordered.partners["vendor"]
    for query, wanted in {
        f"status=pending&id={pending}": {pending},
        "in(status,(pending,UNSUPPORTED))": both,
        f"eq(product.id,{ordered.plain.pk})": {closed},
        "ilike(product.name,*backup*)": {pending},
        f"account.id={kirlin.pk}": both,
        f"account__external_uid={kirlin.external_uid}": both,
        "eq(account.external_id,null())": both,
        "eq(account.hub.id,HB-0000-0000)": both,
        "account.name=Kirlin%20Inc&account.version=2": both,
        "eq(account.scopes,customer)": both,
        "eq(account.scopes,tier1)": set(),
        "lt(events.created.at,2020-01-01T00:00:00+00:00)": set(),
        f"vendor.id={vendor.pk}&account.environment=production": both,
        "search=Backup": {pending},
        "account.marketplace.id=MP-00000": both,
    }.items():
        found = api("vendor").get(LIST, f"{query}&ordering(-account.name,product.id)&limit=9")
        assert ids(found) == wanted, query


def test_a_list_of_requests_costs_the_same_for_few_and_for_many(
    api, ordered, change, django_assert_max_num_queries
):
    client = api("vendor")
    client.get(LIST)
    counts = []
    for more in (0, 5):
        for number in range(more):
            data = {"name": f"Kirlin {number}"}
            edit_account(ordered.kirlin, actor=ordered.actor("distributor"), data=data)
        with django_assert_max_num_queries(30) as seen:
            rows = client.get(LIST).json()
        counts.append(len(seen))
    assert len(rows) == 12
    assert counts[0] == counts[1]
