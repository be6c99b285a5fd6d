"""Uploading, naming columns, putting rows right and choosing them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.imports import services
from customers.imports.read import open_table
from customers.imports.result import result
from customers.lifecycle import StaleForm, StaleState
from customers.models import AccountAccess, Event, ImportBatch, ImportRow, TierAccount
from tests.customers.imports.files import (
    apply,
    check,
    errors,
    outcomes,
    row,
    run,
    undo,
    upload,
    workbook,
    xlsx,
)


@pytest.fixture
def home(cast):
    return cast.partners["distributor"]


def test_the_columns_are_suggested_by_their_headings(cast, home):
    batch = upload(
        cast.actor("distributor"), home, "Firma;Company Name;VAT-ID;ZIP;E-Mail\n1;2;3;4;5\n"
    )
    assert batch.mapping == ["", "name", "tax_id", "postal_code", "contact_email"]
    assert (batch.format, batch.delimiter, batch.encoding) == ("csv", ";", "utf-8")
    assert batch.sample == [["1", "2", "3", "4", "5"]]


def test_a_mapping_is_remembered_for_the_next_file_with_this_header(cast, home):
    actor = cast.actor("distributor")
    first = upload(actor, home, "Firma,Stadt\nAlpha,Kiel\n")
    services.set_mapping(first, actor=actor, mapping=["name", "city"], options={"country": "de"})
    again = upload(actor, home, "FIRMA , stadt\nBeta,Ulm\n")
    assert again.mapping == ["name", "city"]
    assert again.options["country"] == "DE"
    stranger = upload(
        cast.actor("distributor2"), cast.partners["distributor2"], "Firma,Stadt\n1,2\n"
    )
    assert stranger.mapping == ["", ""]


@pytest.mark.parametrize(
    "mapping", [["name"], ["name", "name"], ["name", "nonsense"], ["city", "state"]]
)
def test_a_mapping_that_cannot_be_is_refused(cast, home, mapping):
    actor = cast.actor("distributor")
    batch = upload(actor, home, "a,b\n1,2\n")
    with pytest.raises(ValidationError) as refused:
        services.set_mapping(batch, actor=actor, mapping=mapping)
    assert set(refused.value.message_dict) == {"mapping"}


def test_options_name_own_resellers_and_hubs_only(cast, home):
    actor = cast.actor("distributor")
    batch = upload(actor, home, "name,b\n1,2\n")
    wrong = {
        "parent": cast.stranger.pk,
        "hub": "HB-0000-0000",
        "type": "shop",
        "country": "XX",
        "match": "name",
        "duplicates": "maybe",
    }
    with pytest.raises(ValidationError) as refused:
        services.set_mapping(batch, actor=actor, mapping=["name", ""], options=wrong)
    assert set(refused.value.message_dict) == set(wrong)


def test_viewers_vendors_and_strangers_import_nothing(cast, home):
    content = b"name\nAlpha\n"
    actors = [cast.actor("distributor", level="viewer")]
    actors += [cast.actor(name) for name in ("vendor", "distributor2", "reseller2", "admin")]
    for actor in actors:
        with pytest.raises(PermissionDenied):
            services.upload(actor=actor, provider=home, name="a.csv", content=content)
    assert not ImportBatch.objects.exists()
    assert services.providers(cast.actor("reseller")) == [home]
    assert services.providers(cast.actor("reseller2")) == [cast.partners["distributor2"]]


def test_somebody_elses_import_is_not_for_you_to_touch(cast, home):
    batch = check(cast.actor("distributor"), home, [row("Alpha", parent_id=cast.umbrella.pk)])
    calls = [
        lambda actor: services.check_batch(batch, actor=actor),
        lambda actor: services.set_mapping(batch, actor=actor, mapping=batch.mapping),
        lambda actor: services.fix_row(batch, 2, actor=actor, values={"city": "Ulm"}),
        lambda actor: services.choose(batch, actor=actor, chosen=False),
        lambda actor: services.apply_batch(batch, actor=actor),
        lambda actor: services.discard_batch(batch, actor=actor),
    ]
    for name in ("reseller", "distributor2", "vendor"):
        for call in calls:
            with pytest.raises(PermissionDenied):
                call(cast.actor(name))


def test_a_row_is_put_right_in_place_with_those_that_rest_on_it(cast, home):
    actor = cast.actor("distributor")
    batch = check(
        actor,
        home,
        [
            row("Parent", type="reseller", external_id="P1", country="Nowhere"),
            row("Child", parent_external_id="P1"),
            row("Grandchild", parent_external_id="P2"),
            row("Other", parent_id=cast.umbrella.pk),
        ],
    )
    assert outcomes(batch) == ["error", "error", "error", "new"]
    fixed = services.fix_row(batch, 2, actor=actor, values={"country": "DE"})
    assert (fixed.outcome, fixed.errors, fixed.fixed, fixed.chosen) == ("new", {}, True, True)
    assert outcomes(batch) == ["new", "new", "error", "new"]
    services.fix_row(batch, 3, actor=actor, values={"type": "reseller", "external_id": "P2"})
    assert outcomes(batch) == ["new"] * 4
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert (batch.counts["new"], batch.counts["error"]) == (4, 0)
    services.fix_row(batch, 2, actor=actor, values={"external_id": "P9"})
    assert outcomes(batch) == ["new", "error", "error", "new"]
    services.fix_row(batch, 2, actor=actor, values={"external_id": "P1"})
    services.check_batch(batch, actor=actor)
    batch = run(batch)
    assert outcomes(batch) == ["new"] * 4  # what was fixed stays when all is checked again
    batch = apply(batch, actor)
    names = TierAccount.objects.filter(parent__name="Child").values_list("name", flat=True)
    assert list(names) == ["Grandchild"]


def test_what_no_database_keeps_is_an_error_or_gone_but_no_crash(cast, home):
    actor = cast.actor("distributor")
    batch = check(actor, home, [row("Alpha", parent_id=cast.umbrella.pk)])
    for text in ("a\0b", "a\ud800b", "x" * 5000, "\u202e", "=1"):
        for field in ("name", "external_id", "parent_id", "id", "phone"):
            fixed = services.fix_row(batch, 2, actor=actor, values={field: text})
            assert fixed.outcome in ("error", "new", "duplicate")
            services.fix_row(batch, 2, actor=actor, values={"name": "A", field: ""})


def test_two_rows_with_one_key_are_both_right_when_one_is_changed(cast, home):
    actor = cast.actor("distributor")
    rows = [row(name, external_id="D", parent_id=cast.umbrella.pk) for name in ("Alpha", "Beta")]
    batch = check(actor, home, rows)
    assert outcomes(batch) == ["error", "error"]
    services.fix_row(batch, 3, actor=actor, values={"external_id": "E"})
    assert outcomes(batch) == ["new", "new"]


def test_a_fix_of_what_is_no_column_or_no_row_is_refused(cast, home):
    actor = cast.actor("distributor")
    batch = check(actor, home, [row("Alpha", parent_id=cast.umbrella.pk)])
    with pytest.raises(ValidationError) as refused:
        services.fix_row(batch, 2, actor=actor, values={"hub": "x"})
    assert set(refused.value.message_dict) == {"hub"}
    with pytest.raises(ImportRow.DoesNotExist):
        services.fix_row(batch, 77, actor=actor, values={"city": "Ulm"})


def test_an_old_page_and_a_running_job_are_told_so(cast, home):
    actor = cast.actor("distributor")
    batch = check(actor, home, [row("Alpha", parent_id=cast.umbrella.pk)])
    services.choose(batch, actor=actor, chosen=True, revision=batch.revision)
    with pytest.raises(StaleForm):
        services.choose(batch, actor=actor, chosen=True, revision=batch.revision)
    services.apply_batch(batch, actor=actor)
    assert ImportBatch.objects.get(pk=batch.pk).busy
    with pytest.raises(ValidationError) as refused:
        services.apply_batch(batch, actor=actor)
    assert set(refused.value.message_dict) == {"job"}
    with pytest.raises(StaleState):
        services.discard_batch(batch, actor=actor)


def test_nothing_chosen_is_nothing_to_apply(cast, home):
    actor = cast.actor("distributor")
    batch = check(actor, home, [row("Alpha", parent_id=cast.umbrella.pk), row("Beta")])
    services.choose(batch, actor=actor, chosen=True)
    assert list(ImportRow.objects.filter(chosen=True).values_list("name", flat=True)) == ["Alpha"]
    services.choose(batch, actor=actor, chosen=False, numbers=[2])
    with pytest.raises(ValidationError):
        services.apply_batch(batch, actor=actor)


def test_a_discarded_import_leaves_no_data_behind(cast, home):
    actor = cast.actor("distributor")
    batch = check(actor, home, [row("Alpha", parent_id=cast.umbrella.pk)])
    batch = services.discard_batch(batch, actor=actor)
    assert (batch.state, batch.sample) == ("discarded", [])
    assert not ImportRow.objects.exists()
    assert not hasattr(ImportBatch.objects.get(pk=batch.pk), "file")


def test_a_right_withdrawn_before_the_job_runs_counts(cast, home):
    batch = check(cast.actor("reseller"), home, [row("Alpha", parent_id=cast.nordlicht.pk)])
    services.apply_batch(batch, actor=cast.actor("reseller"))
    AccountAccess.objects.filter(account=cast.nordlicht).delete()
    batch = run(batch)
    assert batch.state == "checked"
    assert "line 2" in batch.problem
    assert not TierAccount.objects.filter(name="Alpha").exists()


def test_every_step_is_an_event_of_the_import(cast, home):
    actor = cast.actor("distributor")
    batch = undo(apply(check(actor, home, [row("Al", parent_id=cast.umbrella.pk)]), actor), actor)
    verbs = Event.objects.filter(object_id=batch.pk).order_by("at").values_list("verb", flat=True)
    assert [verb.partition(".")[2] for verb in verbs] == [
        "created",
        "start_check",
        "check_rows",
        "start_apply",
        "apply",
        "start_undo",
        "undo",
    ]


def test_the_result_file_says_what_became_of_each_row(cast, home):
    actor = cast.actor("distributor")
    batch = check(
        actor,
        home,
        [
            row("=Alpha", parent_id=cast.umbrella.pk, contact_email="a@alpha.test"),
            row("Beta"),
            row("Gamma"),
        ],
    )
    batch = apply(batch, actor)
    table = open_table(b"".join(result(batch, "csv")))
    lines = [dict(zip(table.header, line.cells, strict=True)) for line in table.lines]
    assert [line["Result"] for line in lines] == ["Created", "Error", "Error"]
    assert lines[0]["Account ID"] == TierAccount.objects.get(name="=Alpha").pk
    assert "needs a reseller" in lines[1]["Problems"]
    assert b"'=Alpha" in b"".join(result(batch, "csv"))
    undone = undo(batch, actor)
    table = open_table(b"".join(result(undone, "xlsx")))
    assert next(table.lines).cells[:3] == ("2", "Undone", "")


def test_the_workbook_comes_back_with_ids_and_its_actions_reset(cast, home):
    actor = cast.actor("distributor")
    new = {
        "Action": "create",
        "Parent Search Criteria": "id",
        "Parent Search Value": cast.umbrella.pk,
        "Type": "customer",
        "Company Name": "Alpha",
        "Address Line 1": "Kai 1",
        "City": "Ulm",
        "Zip": "1",
        "Country": "DE",
        "Technical Contact First Name": "Ada",
        "Technical Contact Last Name": "Byron",
        "Technical Contact Email": "ada@alpha.test",
        "Technical Contact Phone": "+49 731 123456",
    }
    batch = apply(check(actor, home, workbook(new, {**new, "City": "-"})), actor)
    content = b"".join(result(batch, "xlsx"))
    alpha = TierAccount.objects.get(name="Alpha")
    again = upload(actor, home, content)
    assert again.workbook
    lines = list(open_table(content).lines)
    assert lines[0].cells[:4] == (alpha.pk, "-", alpha.external_uid, "-")
    assert lines[1].cells[:4] == ("-", "-", "-", "create")
    services.check_batch(again, actor=actor)
    assert outcomes(run(again)) == ["skipped", "error"]


def test_a_spreadsheet_is_imported_like_a_csv_file(cast, home):
    data = row("Alpha", parent_id=cast.umbrella.pk, phone="+49 40 123456")
    batch = check(cast.actor("distributor"), home, xlsx([list(data), list(data.values())]))
    assert errors(batch) == {}
    assert (batch.format, batch.sheet, outcomes(batch)) == ("xlsx", "Sheet", ["new"])
