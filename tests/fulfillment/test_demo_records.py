from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from django.conf import settings

from customers.actors import Actor
from customers.models import Event, Marketplace, Product, TierAccount, TierAccountRequest
from customers.services.accounts import NoChange, edit_account
from customers.services.participation import scopes
from fulfillment.demo.records import DEVIATIONS, NOT_LOADED, load
from fulfillment.demo.records.deviations import as_markdown
from fulfillment.demo.records.reader import HERE, Record
from fulfillment.models import FulfillmentRequest
from tierconfig.models import Parameter, Template, TierConfig, TierConfigRequest


@pytest.fixture
def records(db):
    return load()


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_every_recorded_file_is_loaded_or_listed(records):
    files = {path.stem for path in HERE.glob("*.json")}
    assert files == {*records, *NOT_LOADED}
    assert not {*records} & {*NOT_LOADED}


def test_every_value_found_a_place_or_is_listed(records):
    for name, record in records.items():
        patterns = [d.path for d in DEVIATIONS if d.record == name and d.kind != "invented"]
        unlisted = [
            path
            for path in record.left()
            if not any(fnmatchcase(path, pattern) for pattern in patterns)
        ]
        assert unlisted == [], name


def test_every_listed_deviation_is_in_its_record(records):
    for each in DEVIATIONS:
        leaves = records[each.record].leaves()
        found = [path for path in leaves if fnmatchcase(path, each.path)]
        assert bool(found) == (each.kind != "invented"), each
        if each.kind in ("no place", "derived", "repeated"):
            assert set(found) & set(records[each.record].left()), each


def test_repeated_values_are_the_same_where_they_were_taken_from(records):
    for each in DEVIATIONS:
        if each.kind != "repeated":
            continue
        record = records[each.record]
        source, _, path = each.same_as.rpartition(":")
        prefix = each.path.removesuffix(".*")
        for leaf in record.leaves():
            if fnmatchcase(leaf, each.path):
                other = records[source] if source else record
                assert record.look(leaf) == other.look(leaf.replace(prefix, path, 1)), leaf


def test_the_document_lists_exactly_these_deviations():
    text = (Path(settings.BASE_DIR) / "docs" / "fixtures.md").read_text(encoding="utf-8")
    assert text.endswith("\n\n" + as_markdown())


def test_an_account_is_kept_with_parent_version_and_contact(records):
    kirlin = TierAccount.objects.select_related("parent").get(pk="TA-4889-0575-1415")
    assert (kirlin.name, kirlin.version, kirlin.type) == ("Kirlin LLC", 2, "customer")
    assert (kirlin.external_id, kirlin.external_uid) == (
        "16547",
        "5663c260-328b-4021-b7e5-d290afb19e9a",
    )
    assert (kirlin.parent.pk, kirlin.parent.external_id) == ("TA-7374-0753-1907", "39878")
    assert (kirlin.city, kirlin.postal_code, kirlin.country) == ("al-Balqa", "-", "JO")
    assert (kirlin.phone_number, kirlin.phone_extension) == ("62001234", "")
    assert kirlin.created_at == at("2021-03-01T16:56:45")
    assert list(kirlin.versions.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert scopes(kirlin) == []


def test_account_requests_keep_ids_states_reasons_and_dates(records):
    rows = {each.pk: each for each in TierAccountRequest.objects.select_related("product")}
    pending = rows["TAR-6458-9737-0065-004-001"]
    assert (pending.state, pending.version, pending.product.name) == ("pending", 8, "Bender01")
    unsupported = rows["TAR-6458-9737-0065-007-002"]
    assert unsupported.reason == "Product does not support contact details change."
    assert unsupported.decided_at == at("2020-03-31T10:47:13")
    ignored = rows["TAR-6458-9737-0065-005-001"]
    assert (ignored.state, ignored.reason, ignored.version) == ("ignored", "some reason", 6)
    assert ignored.decided_at == at("2020-03-31T18:39:06")
    event = Event.objects.get(object_id=pending.pk)
    assert (event.key_id, event.actor_name) == ("SU-771-994-269", "A user")
    assert TierAccount.objects.get(pk="TA-6458-9737-0065").country == "TR"


def test_a_recorded_request_body_passes_through_the_edit(records):
    body = Record("account_request_body").data["account"]
    account = TierAccount.objects.get(pk=body["id"])
    info = body["contact_info"]
    data = {
        "name": body["name"],
        "external_id": body["external_id"],
        **{name: value for name, value in info.items() if name != "contact"},
        "contact_first_name": info["contact"]["first_name"],
        "contact_last_name": info["contact"]["last_name"],
        "contact_email": info["contact"]["email"],
    }
    with pytest.raises(NoChange):
        edit_account(account, actor=Actor(role="admin", level="agent"), data=data)
    changed, _raised = edit_account(
        account,
        actor=Actor(role="admin", level="agent"),
        data={**data, "external_uid": body["external_uid"]},
    )
    assert (changed.version, changed.external_uid) == (9, body["external_uid"])


def test_configurations_keep_values_templates_and_dates(records):
    active = TierConfig.objects.get(pk="TC-192-223-965")
    assert (active.state, active.connection_id, active.marketplace_id) == (
        "active",
        "CT-7795-3282",
        "MP-74941",
    )
    assert active.params == {"admin_email": {"value": "contact@example.com"}}
    assert active.template_id == "TL-227-332-345"
    assert active.updated_at == at("2020-01-22T12:35:59")
    assert Parameter.objects.get(product=active.product_id, name="admin_email").scope == "asset"
    changing = TierConfig.objects.get(pk="TC-228-098-338")
    assert (changing.state, changing.params["tier1ordering"]) == ("processing", {"value": "sdfgk"})
    assert changing.product.authorization_level == 2


def test_configuration_requests_keep_states_values_people_and_stamps(records):
    pending = TierConfigRequest.objects.get(pk="TCR-256-676-192-001")
    assert (pending.state, pending.notes, pending.environment) == (
        "pending",
        "Hello notes",
        "preview",
    )
    assert pending.params == {"gift_code": {"value": "abcdef"}}
    assert pending.configuration.connection is None
    assert pending.assignee is None
    approved = TierConfigRequest.objects.get(pk="TCR-228-098-338-001")
    assert approved.decided_at == at("2020-04-14T17:23:53")
    assert approved.assignee_id == "UR-841-574-187"
    assert approved.parent_configuration_id == "TC-980-877-258"
    assert (approved.tier1.name, approved.tier2.name) == ("Konkelectrics", "Connectdemos")
    steps = Event.objects.filter(object_id=approved.pk).order_by("at")
    assert [event.to_state for event in steps] == [
        "tiers_setup",
        "inquiring",
        "pending",
        "approved",
    ]
    others = approved.configuration.requests.exclude(pk=approved.pk).order_by("pk")
    assert [(each.pk[-3:], each.state) for each in others] == [
        ("002", "approved"),
        ("003", "pending"),
    ]


def test_orders_keep_items_tiers_and_dates(records):
    order = FulfillmentRequest.objects.get(pk="PR-7658-9572-0778-001")
    asset = order.subscription
    assert (order.state, asset.state, asset.external_id) == ("pending", "processing", "6MDYM711YX")
    assert order.created_at == at("2020-05-21T08:19:37")
    line = order.items.get()
    assert (line.item_id, line.item.local_id, line.quantity, line.old_quantity) == (
        "PRD-387-522-630-0003",
        "DEMO_BUSINESS_PRO_EDITION_SEATS",
        7,
        0,
    )
    assert (asset.customer.name, asset.tier1.pk, asset.tier2) == (
        "Macejkovic - Osinski",
        "TA-0-2765-9792-6632",
        None,
    )
    assert scopes(asset.customer) == ["customer"]
    inquiring = FulfillmentRequest.objects.get(pk="PR-6298-1377-1527-001")
    assert (inquiring.state, inquiring.answered) == ("inquiring", False)
    assert inquiring.template_text.startswith("# Sample Activation Template")
    assert inquiring.updated_at == at("2019-12-03T17:03:29")


def test_the_catalogue_keeps_definitions_and_capabilities(records):
    product = Product.objects.get(pk="PRD-276-377-545")
    assert (product.name, product.owner_id) == ("My Product", "VA-392-495")
    assert (product.tier_accounts_sync, product.authorization_level) == (False, 2)
    dropdown = Parameter.objects.get(pk="PRM-276-377-545-0007")
    assert dropdown.choices[-1] == ("V-3", "C-3")
    assert dropdown.constraints["choices"][-1]["default"] is True
    assert (dropdown.title, dropdown.position) == ("t0_o_dropdown  T", 80000)
    assert Parameter.objects.get(pk="PRM-276-377-545-0008").required
    inquire = Template.objects.get(pk="TL-139-014-284")
    assert (inquire.scope, inquire.type, inquire.position) == ("asset", "inquire", 40000)
    market = Marketplace.objects.get(pk="MP-12345")
    assert (market.owner_id, market.countries) == ("PA-123-123", ["IN"])
