"""The pages that apply an import and undo it, and what they say came of it."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from customers.models import ImportBatch, ImportRow, Job, TierAccount
from customers.services.accounts import edit_account
from tests.customers.imports import files
from tests.customers.imports.files import row
from tests.resellerportal.imports.test_import_pages import (
    HOME,
    checked,
    downloaded,
    page_of,
    send,
    text,
)
from tests.resellerportal.imports.test_import_pages import distributor as distributor

pytestmark = pytest.mark.django_db


def test_rows_are_chosen_one_by_one_or_all_at_once(distributor, cast):
    batch = checked(cast, [row(name, type="reseller") for name in ("Alpha", "Beta", "Gamma")])
    numbers = list(ImportRow.objects.order_by("number").values_list("number", flat=True))

    def chosen():
        rows = ImportRow.objects.filter(chosen=True).order_by("number")
        return list(rows.values_list("number", flat=True))

    address = page_of(batch, "choose/")
    distributor.post(address, {"outcome": "new", "all": "0"})
    assert chosen() == []
    assert f"{HOME}{batch.pk}/apply/" not in distributor.get(page_of(batch)).content.decode()
    answer = distributor.post(
        address, {"outcome": "new", "shown": numbers[:2], "chosen": numbers[1:3]}
    )
    assert answer.url == page_of(batch, "new/")
    assert chosen() == [numbers[1]]
    distributor.post(address, {"outcome": "new", "all": "1"})
    assert chosen() == numbers
    wrong = distributor.post(address, {"outcome": "error", "all": "1"}, follow=True)
    assert "Choose rows that write something." in text(wrong)
    assert chosen() == numbers


def test_pages_of_rows_follow_each_other(distributor, cast):
    batch = checked(cast, [row(f"Company {n:02}x", type="reseller") for n in range(27)])
    first = distributor.get(page_of(batch, "new/"))
    assert len(first.context["cards"]) == 25
    second = distributor.get(first.context["next_url"])
    assert [each.title for each in second.context["cards"]] == ["Company 25x", "Company 26x"]
    assert distributor.get(page_of(batch, "new/?after=²")).status_code == 200
    assert distributor.get(page_of(batch, "nonsense/")).status_code == 404


def test_apply_says_first_what_it_does_and_undo_too(distributor, cast):
    cast.order()
    batch = checked(
        cast,
        [
            row("Kirlin LLC", id=cast.kirlin.pk, city="Kiel"),
            row("Alpha", type="reseller"),
            row("Broken", country="Atlantis", type="reseller"),
        ],
    )
    page = text(distributor.get(page_of(batch, "apply/")))
    assert "Accounts created 1" in page
    assert "Accounts changed 1" in page
    assert "1 account request for Backup 360: its vendor decides." in page
    assert "1 row has errors and is left out." in page
    assert distributor.post(page_of(batch, "apply/")).url == page_of(batch)
    batch = files.run(batch)
    assert batch.state == "applied", batch.problem
    page = text(distributor.get(page_of(batch)))
    assert "Accounts created 1" in page
    alpha = TierAccount.objects.get(name="Alpha")
    assert f"/accounts/{alpha.pk}/" in distributor.get(page_of(batch, "new/")).content.decode()
    kirlin = TierAccount.objects.get(pk=cast.kirlin.pk)
    edit_account(kirlin, actor=cast.actor("distributor"), data={"city": "Bremen"})
    page = text(distributor.get(page_of(batch, "undo/")))
    assert "1 account that it created vanishes." in page
    assert "1 row cannot be undone and stays:" in page
    assert "was changed since" in page
    distributor.post(page_of(batch, "undo/"))
    batch = files.run(batch)
    assert batch.state == "undone"
    page = text(distributor.get(page_of(batch)))
    assert "What could not be undone" in page
    assert "was changed since" in page
    assert TierAccount.objects.get(pk=cast.kirlin.pk).city == "Bremen"


def test_the_result_is_a_file_with_the_outcome_of_each_row(distributor, cast):
    batch = checked(
        cast,
        [row("Alpha", type="reseller"), row("=1+1", type="reseller", country="Atlantis")],
    )
    files.apply(batch, cast.actor("distributor"))
    data = downloaded(distributor.get(page_of(batch, "result/csv/"))).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(data)))
    assert [each["Result"] for each in found] == ["Created", "Error"]
    assert found[1]["name"] == "'=1+1"
    book = downloaded(distributor.get(page_of(batch, "result/xlsx/")))
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames == ["Results"]
    assert distributor.get(page_of(batch, "result/html/")).status_code == 404


def test_a_second_apply_is_told_that_it_was_done(distributor, cast):
    batch = checked(cast, [row("Alpha", type="reseller")])
    distributor.post(page_of(batch, "apply/"))
    files.run(batch)
    late = distributor.post(page_of(batch, "apply/"))
    assert late.status_code == 409
    assert TierAccount.objects.filter(name="Alpha").count() == 1


def test_a_worker_that_is_not_there_is_said_after_a_while(distributor, cast):
    send(distributor, files.workbook({"ID": cast.kirlin.pk, "Action": "-"}), name="c.xlsx")
    batch = ImportBatch.objects.get()
    page = distributor.get(page_of(batch)).content.decode()
    assert "Nobody has begun yet" not in page
    assert 'http-equiv="refresh"' in page
    Job.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    assert "Nobody has begun yet" in text(distributor.get(page_of(batch)))
    files.run(batch)
    done = distributor.get(page_of(batch), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert 'http-equiv="refresh"' not in done.content.decode()
