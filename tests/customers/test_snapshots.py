"""What a version stores, and which differences count."""

from customers import snapshots
from customers.models import TierAccount
from customers.snapshots import changed_fields, snapshot, words


def test_a_snapshot_holds_the_data_and_the_parent_by_name(cast):
    data = snapshot(cast.nordlicht)
    assert (data["name"], data["country"]) == ("Nordlicht Systemhaus GmbH", "DE")
    assert (data["parent_id"], data["parent_name"]) == (cast.umbrella.pk, "Umbrella Hanse")
    root = snapshot(cast.umbrella)
    assert (root["parent_id"], root["parent_name"]) == (None, "")


def test_every_column_a_person_can_change_is_compared():
    typed = {field.name for field in TierAccount._meta.concrete_fields if field.editable}
    fixed = {"provider", "owner", "hub", "environment", "state_since"}
    index = {"lft", "rght", "tree_id", "level"}
    compared = {
        name.removesuffix("_id") if name == "parent_id" else name for name in snapshots.COMPARED
    }
    assert typed - fixed - index == compared


def test_none_and_the_empty_text_are_the_same():
    assert changed_fields({"external_id": None}, {"external_id": ""}) == []
    assert changed_fields({}, {"name": "A", "parent_id": "TA"}) == ["name", "parent_id"]


def test_a_parents_new_name_is_no_change_of_the_child():
    assert changed_fields({"parent_name": "A"}, {"parent_name": "B"}) == []


def test_every_compared_field_has_a_row_and_a_word():
    shown = {key for _label, keys in snapshots.ROWS for key in keys}
    assert shown == set(snapshots.COMPARED)
    assert all(words([key]) for key in snapshots.COMPARED)
    assert words(["city", "country", "contact_email", "phone_number"]) == ["address", "contact"]
