"""Every error of every row, and what each row would do."""

import pytest
from django.utils import timezone

from customers.models import AccountAccess, Hub, ImportRow, TierAccount
from customers.services.access import grant_access
from tests import factories
from tests.customers.imports.files import (
    check,
    errors,
    outcomes,
    row,
    workbook,
)


@pytest.fixture
def bring(cast):
    """Check rows as the distributor."""

    def checked(content, who="distributor", **options):
        return check(cast.actor(who), cast.partners["distributor"], content, **options)

    return checked


def warnings(batch):
    rows = ImportRow.objects.filter(batch=batch).exclude(warnings=[]).order_by("number")
    return {row.number: [each["code"] for each in row.warnings] for row in rows}


def test_every_error_of_every_row_is_told_at_once(cast, bring):
    batch = bring(
        [
            row("Alpha", parent_id=cast.umbrella.pk, country="XX", contact_email="x", city=""),
            row("Be\u200bta", type="shop", phone="abc", contact_email="b@beta.test"),
            row("Gamma", parent_id=cast.umbrella.pk),
        ]
    )
    found = errors(batch)
    assert set(found[2]) == {"country", "contact_email", "city"}
    assert set(found[3]) == {"name", "type", "phone"}
    assert outcomes(batch) == ["error", "error", "new"]
    assert batch.counts["error"] == 2


def test_a_customer_needs_a_parent_that_is_a_reseller(cast, bring):
    batch = bring(
        [
            row("Alpha"),
            row("Beta", parent_id=cast.kirlin.pk),
            row("Gamma", parent_external_id="NOWHERE"),
        ]
    )
    found = errors(batch)
    assert "A customer needs a reseller" in found[2]["parent"][0]
    assert "must be a reseller" in found[3]["parent"][0]
    assert "NOWHERE" in found[4]["parent_external_id"][0]


def test_a_decommissioned_parent_is_refused(cast, bring):
    old = factories.account(cast.partners["distributor"], name="Old")
    TierAccount.objects.filter(pk=old.pk).update(decommissioned_at=timezone.now())
    assert "decommissioned" in errors(bring([row("Alpha", parent_id=old.pk)]))[2]["parent"][0]


def test_parents_are_earlier_rows_by_external_id_and_by_line(cast, bring):
    batch = bring(
        [
            row("Late", parent_external_id="P1"),
            row("Parent", type="reseller", external_id="P1"),
            row("By id", parent_external_id="P1"),
            {**row("By line"), "parent_row": "3"},
            {**row("By itself"), "parent_row": "6"},
            {**row("By nothing"), "parent_row": "77"},
        ]
    )
    found = errors(batch)
    assert "line 3; move it up" in found[2]["parent_external_id"][0]
    assert "earlier line" in found[6]["parent_row"][0]
    assert "no row" in found[7]["parent_row"][0]
    rows = ImportRow.objects.filter(batch=batch, number__in=[4, 5])
    assert list(rows.values_list("outcome", "parent_row")) == [("new", 3)] * 2


def test_what_hangs_below_a_row_with_errors_names_that_row(cast, bring):
    batch = bring(
        [
            row("Parent", type="reseller", external_id="P1", country=""),
            row("Child", parent_external_id="P1"),
        ]
    )
    assert "line 2, has errors itself" in errors(batch)[3]["parent_external_id"][0]


def test_an_account_cannot_be_moved_below_itself_by_one_row_or_by_several(cast, bring):
    own = bring(f"id,parent id\n{cast.umbrella.pk},{cast.nordlicht.pk}\n")
    assert "below itself" in errors(own)[2]["parent"][0]
    top = factories.account(cast.partners["distributor"], name="Top")
    both = bring(f"id,parent id\n{top.pk},{cast.nordlicht.pk}\n{cast.umbrella.pk},{top.pk}\n")
    assert outcomes(both) == ["changed", "error"]
    assert "below itself" in errors(both)[3]["parent"][0]


def test_a_new_account_is_no_way_around_the_circle(cast, bring):
    lines = [
        {
            "id": "",
            **row("Between", type="reseller", external_id="B"),
            "parent_id": cast.nordlicht.pk,
        },
        {
            "id": cast.umbrella.pk,
            **row("Umbrella Hanse", type="reseller"),
            "parent_external_id": "B",
        },
    ]
    assert "below itself" in errors(bring(lines))[3]["parent"][0]


def test_an_id_of_another_distributor_is_as_unknown_as_one_that_does_not_exist(cast, bring):
    foreign, missing = cast.stranger.pk, "TA-0000-0000-0000"
    TierAccount.objects.filter(pk=cast.stranger.pk).update(external_id="SECRET")
    for column in ("id", "parent_id", "parent_external_id"):
        texts = []
        for value in (foreign, missing) if column != "parent_external_id" else ("SECRET", "NONE"):
            batch = bring(
                [
                    row("Alpha", parent_id=cast.umbrella.pk)
                    | {
                        column: value,
                        **(
                            {}
                            if column == "id"
                            else {"parent_id": value if column == "parent_id" else ""}
                        ),
                    }
                ]
            )
            texts.append(str(errors(batch)[2]).replace(value, "…"))
        assert texts[0] == texts[1], column


def test_duplicates_within_the_file_name_each_other(cast, bring):
    batch = bring(
        [
            row("Alpha", external_id="D1", parent_id=cast.umbrella.pk),
            row("Beta", external_id="D1", parent_id=cast.umbrella.pk),
        ]
    )
    found = errors(batch)
    assert "Line 3" in found[2]["external_id"][0]
    assert "Line 2" in found[3]["external_id"][0]


def test_an_external_id_of_another_account_is_taken(cast, bring):
    TierAccount.objects.filter(pk=cast.nordlicht.pk).update(external_id="N1")
    batch = bring(
        [row("Alpha", external_id="N1", parent_id=cast.umbrella.pk)], match="", duplicates="create"
    )
    assert "must be unique" in errors(batch)[2]["external_id"][0]


def test_rows_find_their_accounts_by_external_id(cast, bring):
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(external_id="K1")
    batch = bring("external id,city,tax id\nK1,Hamburg,\nK1b,Hamburg,\n", match="external_id")
    assert outcomes(batch)[0] == "same"
    assert "name" in errors(batch)[3]
    changed = bring("external id,city\nK1,Kiel\n", match="external_id")
    [found] = ImportRow.objects.filter(batch=changed)
    assert (found.outcome, found.target) == ("changed", cast.kirlin.pk)
    assert found.differences == {"city": ["Hamburg", "Kiel"]}


def test_probable_duplicates_are_left_for_a_person_to_choose(cast, bring):
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(tax_id="DE 1 2", tax_key="DE12")
    rows = [
        row("Kirlin Limited GmbH", parent_id=cast.umbrella.pk, tax_id="de-12"),
        row("KIRLIN", parent_id=cast.umbrella.pk),
        row("Fresh", parent_id=cast.umbrella.pk),
        row("FRESH Inc", parent_id=cast.umbrella.pk),
    ]
    batch = bring(rows)
    assert outcomes(batch) == ["duplicate", "duplicate", "new", "duplicate"]
    found = warnings(batch)
    assert "tax_key" in found[2]
    assert set(found[3]) == {"name_key"}
    assert "name_key" in found[5]
    assert list(ImportRow.objects.filter(batch=batch, chosen=True).values_list("name")) == [
        ("Fresh",)
    ]
    assert (
        ImportRow.objects.filter(batch=bring(rows, duplicates="create"), chosen=True).count() == 4
    )


@pytest.mark.parametrize("tells", [True, False])
def test_a_reseller_learns_at_most_that_a_company_is_known(cast, bring, tells):
    cast.partners["distributor"].tells_known = tells
    cast.partners["distributor"].save()
    factories.account(cast.partners["distributor"], name="Hidden Trading")
    batch = bring([row("Hidden Trading", parent_id=cast.nordlicht.pk)], who="reseller")
    [found] = ImportRow.objects.filter(batch=batch)
    if tells:
        assert [each["code"] for each in found.warnings] == ["known"]
        assert "account" not in found.warnings[0]
    else:
        assert (found.outcome, found.warnings) == ("new", [])


def test_a_reseller_imports_into_its_own_subtree_only(cast, bring):
    batch = bring(
        [
            row("Inside", parent_id=cast.nordlicht.pk),
            row("Above", parent_id=cast.umbrella.pk),
            row("Nowhere", type="reseller"),
            row("Umbrella Hanse", type="reseller") | {"id": cast.umbrella.pk},
        ],
        who="reseller",
    )
    assert outcomes(batch) == ["new", "error", "error", "error"]
    found = errors(batch)
    assert cast.umbrella.pk in found[3]["parent_id"][0]
    assert "own resellers" in found[4]["parent"][0]
    assert cast.umbrella.pk in found[5]["id"][0]


def test_a_reseller_with_customers_stays_a_reseller(cast, bring):
    batch = bring(f"id,type\n{cast.nordlicht.pk},customer\n")
    assert "below this reseller" in errors(batch)[2]["type"][0]


def test_what_the_file_does_not_say_comes_from_the_options(cast, bring):
    batch = bring(
        [{**row("Alpha"), "type": "", "country": ""}],
        parent=cast.umbrella.pk,
        type="customer",
        country="de",
    )
    [found] = ImportRow.objects.filter(batch=batch)
    assert (found.outcome, found.parent) == ("new", cast.umbrella.pk)
    assert (found.values["type"], found.values["country"]) == ("customer", "DE")


def test_countries_may_be_named(cast, bring):
    batch = bring([row("Alpha", parent_id=cast.umbrella.pk, country="germany")])
    assert ImportRow.objects.get(batch=batch).values["country"] == "DE"


def test_a_commerce_hub_keeps_its_accounts_itself(cast, bring):
    hub = factories.identifiers.insert(
        Hub, "HB", name="Commerce", type="OA", provider=cast.partners["distributor"]
    )
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(hub=hub)
    changed = bring(f"id,city\n{cast.kirlin.pk},Kiel\n")
    assert "master" in errors(changed)[2][""][0]
    new = bring([row("Alpha", parent_id=cast.umbrella.pk, hub=hub.pk)])
    assert "hub" in errors(new)[2]


WORKBOOK_ROW = {
    "Type": "customer",
    "Address Line 1": "Kai 1",
    "City": "Hamburg",
    "Zip": "20457",
    "Country": "DE",
    "Technical Contact First Name": "Ada",
    "Technical Contact Last Name": "Byron",
    "Technical Contact Email": "ada@engine.test",
}


def test_the_customers_workbook_is_taken_as_it_is(cast, bring):
    batch = bring(
        workbook(
            {**WORKBOOK_ROW, "Action": "-", "ID": cast.kirlin.pk},
            {
                **WORKBOOK_ROW,
                "Action": "create",
                "Parent Search Criteria": "id",
                "Parent Search Value": cast.umbrella.pk,
            },
            {**WORKBOOK_ROW, "Action": "create", "ID": "TA-1111-1111-1111"},
            {**WORKBOOK_ROW, "Action": "create", "Parent Search Criteria": "external_id"},
            {**WORKBOOK_ROW, "Action": "update", "ID": "TA-0000-0000-0000"},
            {**WORKBOOK_ROW, "Action": "update"},
            {**WORKBOOK_ROW, "Action": "delete"},
            {**WORKBOOK_ROW, "Action": "update", "ID": cast.kirlin.pk, "Company Name": "Kirlin 2"},
        )
    )
    assert batch.workbook
    assert outcomes(batch) == ["skipped", "new", *["error"] * 5, "changed"]
    created = ImportRow.objects.get(batch=batch, number=3)
    assert created.values["name"] == "Ada Byron"
    found = errors(batch)
    assert "must not have an ID" in found[4]["id"][0]
    assert "parent_value" in found[5]
    assert set(found[6]) == set(found[7]) == {"id"}
    assert "action" in found[8]


def test_a_formula_cell_is_an_error_of_its_row(cast, bring):
    batch = bring(
        workbook(
            {
                **WORKBOOK_ROW,
                "Action": "create",
                "Company Name": "=A1",
                "Parent Search Criteria": "id",
                "Parent Search Value": cast.umbrella.pk,
            }
        )
    )
    assert "formula" in errors(batch)[2]["name"][0]


def test_a_reseller_that_is_operated_becomes_no_customer(cast, bring):
    lone = factories.account(cast.partners["distributor"], cast.umbrella, name="Lone")
    operator = cast.partners["reseller2"]
    grant_access(lone, actor=cast.actor("distributor"), partner=operator, kind="operates")
    switch = row("Lone", id=lone.pk, parent_id=cast.umbrella.pk)
    assert "that access has to end first" in errors(bring([switch]))[2]["type"][0]


def test_the_account_a_reseller_operates_has_a_parent_out_of_its_reach(cast, bring):
    top = AccountAccess.objects.operations().get(partner=cast.partners["reseller"]).account
    assert top.parent_id
    batch = bring(
        [
            row(top.name, type="customer") | {"id": top.pk},
            row("Fine", parent_id=top.pk),
        ],
        who="reseller",
    )
    assert (batch.state, outcomes(batch)) == ("checked", ["error", "new"])
    assert list(errors(batch)[2]) == ["type"]
