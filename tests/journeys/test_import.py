"""An import in a browser: a file with errors, put right, applied, undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from customers.jobs import run_pending
from customers.models import TierAccount
from tests.customers.imports.files import row, table
from tests.journeys.tryit import Visitor

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def file(tmp_path):
    parent = TierAccount.objects.get(name="Nordlicht Systemhaus GmbH")
    path = tmp_path / "companies.csv"
    path.write_text(
        table(
            [
                row("Fischkontor Altona", parent_id=parent.pk),
                row("Atlantis Reederei", parent_id=parent.pk, country="Atlantis"),
                row("Waisenhaus Blankenese", parent_external_id="nobody"),
            ]
        )
    )
    return path


def run_all():
    """What the worker of `make run` does; what an apply is told to systems is a job, too."""
    while run_pending():
        pass


def test_a_file_with_errors_is_put_right_applied_and_undone(
    portal, page, shoot, check_access, file
):
    page.emulate_media(reduced_motion="reduce")
    Visitor(page, portal, shoot).sign_in("distributor@demo.example")
    page.get_by_role("link", name="Customers").first.click()
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File").set_input_files(file)
    check_access()
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_label("address_line1")).to_have_value("address_line1")
    check_access()
    shoot("columns")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    check_access()
    run_all()
    # The page looks by itself.
    errors = page.get_by_role("link", name="Errors 2")
    errors.click()

    line = page.locator("section", has_text="Atlantis Reederei")
    line.get_by_label("Country").fill("DE")
    check_access()
    shoot("errors")
    line.get_by_role("button", name="Check this row").click()
    expect(page.get_by_text("Line 3: New")).to_be_visible()
    expect(page.locator("section", has_text="Atlantis Reederei")).to_have_count(0)
    page.get_by_role("link", name="All fields").click()
    check_access()
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="Back").click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shoot("errors-phone")
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("link", name="New 2").click()
    check_access()
    page.get_by_role("link", name="Apply").click()
    expect(page.get_by_text("1 row has errors and is left out.")).to_be_visible()
    check_access()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    run_all()
    expect(page.get_by_role("heading", name="What was written")).to_be_visible()
    assert TierAccount.objects.filter(name="Atlantis Reederei").exists()
    check_access()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    page.get_by_role("link", name="Undo").click()
    expect(page.get_by_text("2 accounts that it created vanish.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    run_all()
    expect(page.locator("dd", has_text="2").first).to_be_visible()
    expect(page.locator(".head .state")).to_have_text("Undone")
    assert not TierAccount.objects.filter(name="Atlantis Reederei").exists()


def test_columns_are_chosen_and_the_list_is_downloaded(portal, page, shoot, check_access):
    page.emulate_media(reduced_motion="reduce")
    Visitor(page, portal, shoot).sign_in("vendor@demo.example")
    page.goto(f"{portal}/vendor/accounts/")
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="Scopes").check()
    page.get_by_role("checkbox", name="Country").uncheck()
    check_access()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Scopes")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Country")).to_have_count(0)
    page.locator("summary", has_text="More filters").click()
    page.get_by_role("combobox", name="Scope").select_option("tier1")
    check_access()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Scope: Tier 1")).to_be_visible()
    page.locator("summary", has_text="Export").click()
    check_access()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        head = file.readline()
    assert "Scopes" in head
    assert "Country" not in head
