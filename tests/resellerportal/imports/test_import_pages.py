"""Imports as people use them: upload, columns, rows put right, files; whose they are."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import ImportBatch, ImportRow, TierAccount
from tests.customers.imports import files
from tests.customers.imports.files import row, table

pytestmark = pytest.mark.django_db
HOME = "/distributor/imports/"


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def distributor(client, cast):
    client.force_login(cast.users["distributor"])
    return client


def send(client, content, name="list.csv", **data):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(f"{HOME}add/", {"file": SimpleUploadedFile(name, content), **data})


def checked(cast, rows, who="distributor"):
    return files.check(cast.actor(who), cast.partners["distributor"], rows)


def page_of(batch, rest=""):
    return f"{HOME}{batch.pk}/{rest}"


def downloaded(answer):
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    return b"".join(answer.streaming_content)


def test_a_file_is_uploaded_its_columns_named_and_its_rows_checked(distributor, cast):
    page = send(distributor, "Firma;City;Type\nAcme;Kiel;reseller\n")
    batch = ImportBatch.objects.get()
    assert page.url == page_of(batch, "columns/")
    form = distributor.get(page.url)
    assert "Acme" in text(form)
    fields = form.context["form"].fields
    assert [fields[f"column_{n}"].initial for n in range(3)] == ["", "city", "type"]
    names = {"column_0": "name", "column_1": "city", "column_2": "type", "duplicates": "ask"}
    answer = distributor.post(page.url, names)
    assert answer.url == page_of(batch)
    assert "Waiting for its turn" in text(distributor.get(answer.url))
    batch = files.run(batch)
    assert batch.mapping == ["name", "city", "type"]
    assert "1 Error " in text(distributor.get(answer.url))
    assert "1 error" in text(distributor.get(HOME))
    home = distributor.get("/distributor/").content.decode()
    assert f'href="{page_of(batch)}"' in home.partition('id="latest"')[2]
    # The next file with these headings is known.
    send(distributor, "Firma;City;Type\nBeta;Kiel;reseller\n")
    again = ImportBatch.objects.order_by("-created_at").first()
    assert again.mapping == ["name", "city", "type"]


def test_wrong_columns_are_said_and_nothing_typed_is_lost(distributor, cast):
    send(distributor, "Firma;Ort\nAcme;Kiel\n")
    batch = ImportBatch.objects.get()
    answer = distributor.post(
        page_of(batch, "columns/"),
        {"column_0": "city", "column_1": "city", "duplicates": "ask", "country": "DE"},
    )
    assert answer.status_code == 422
    assert "Two columns are City" in text(answer)
    assert re.search(r'value="city" selected', answer.content.decode())
    assert ImportBatch.objects.get().state == "uploaded"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n", "neither CSV nor XLSX"),
        (b"PK\x03\x04broken", "cannot be read"),
        (b"name\n", "headings but no rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_of_the_form(distributor, content, words):
    answer = send(distributor, content)
    assert answer.status_code == 422
    assert words in text(answer) or "XLSX" in text(answer)
    assert not ImportBatch.objects.exists()


def test_a_file_too_big_is_an_error_of_the_form(distributor, settings):
    settings.IMPORT_LIMITS = {**settings.IMPORT_LIMITS, "bytes": 1000}
    answer = send(distributor, "name\n" + "x" * 2000)
    assert answer.status_code == 422
    assert "Split it" in text(answer)


def test_the_customers_workbook_is_checked_at_once(distributor, cast):
    content = files.workbook({"ID": cast.kirlin.pk, "Action": "-"})
    answer = send(distributor, content, name="customers.xlsx")
    batch = files.run(ImportBatch.objects.get())
    assert answer.url == page_of(batch)
    assert batch.state == "checked"
    page = text(distributor.get(answer.url))
    assert "1 Skipped" in page
    assert "Write create or update there" in page


def test_the_workbook_of_present_accounts_comes_back_unchanged(distributor, cast):
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(
        tax_id="=1+1", phone_country_code="+49", phone_area_code="40", phone_number="123456"
    )
    data = downloaded(distributor.get(f"{HOME}template/workbook/"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Customers", "Countries"]
    rows = list(book["Customers"].iter_rows(min_row=2))
    assert {each[0].value for each in rows} == {
        account.pk for account in (cast.umbrella, cast.nordlicht, cast.kirlin)
    }
    for each in rows:
        each[3].value = "update"
    out = io.BytesIO()
    book.save(out)
    send(distributor, out.getvalue(), name="customers.xlsx")
    batch = files.run(ImportBatch.objects.get())
    assert (files.errors(batch), batch.counts["same"]) == ({}, 3)


def test_the_template_is_understood_without_naming_a_column(distributor, cast):
    data = downloaded(distributor.get(f"{HOME}template/csv/")).decode("utf-8-sig")
    send(distributor, data)
    batch = ImportBatch.objects.get()
    assert "" not in batch.mapping
    assert distributor.get(f"{HOME}template/other/").status_code == 404


def test_errors_stand_beside_their_cells_and_are_put_right_in_place(distributor, cast):
    batch = checked(cast, [row("Alpha", country="Atlantis", parent_id=cast.umbrella.pk)])
    [line] = ImportRow.objects.all()
    page = distributor.get(page_of(batch, "error/")).content.decode()
    assert re.search(r'name="country" value="Atlantis"', page)
    assert "is no country" in page
    answer = distributor.post(
        page_of(batch, f"lines/{line.number}/"), {"country": "DE", "outcome": "error"}
    )
    assert answer.url == f"{page_of(batch, 'error/')}#line-{line.number}"
    line = ImportRow.objects.get()
    assert (line.outcome, line.fixed) == ("new", True)
    # The tab is empty now; the overview stands in for it.
    assert "1 row is chosen" in text(distributor.get(page_of(batch, "error/")))


def test_the_overview_says_what_is_wrong_most_often(distributor, cast):
    parent = cast.umbrella.pk
    batch = checked(
        cast,
        [
            row("Alpha", country="Atlantis", parent_id=parent),
            row("Beta", country="Atlantis", parent_id=parent),
            row("Gamma", contact_email="nobody", parent_id=parent),
        ],
    )
    page = text(distributor.get(page_of(batch)))
    assert "Wrong most often: Country (2), E-mail of the contact (1)." in page


def test_a_row_has_a_page_with_all_its_fields(distributor, cast):
    batch = checked(cast, [row("Alpha", country="Atlantis", parent_id=cast.umbrella.pk)])
    [line] = ImportRow.objects.all()
    address = page_of(batch, f"lines/{line.number}/")
    page = distributor.get(address)
    assert "What is wrong in this row" in text(page)
    answer = distributor.post(address, {"country": "Utopia"})
    assert answer.url == address
    assert "UTOPIA" in text(distributor.get(address))
    assert distributor.get(page_of(batch, "lines/99/")).status_code == 404


def test_differences_and_probable_duplicates_are_shown_with_links(distributor, cast):
    batch = checked(
        cast,
        [
            row("Kirlin LLC", id=cast.kirlin.pk, city="<b>Kiel"),
            row("Nordlicht Systemhaus", type="reseller"),
        ],
    )
    changed = distributor.get(page_of(batch, "changed/")).content.decode()
    assert "<del>Hamburg</del>" in changed
    assert "<ins>&lt;b&gt;Kiel</ins>" in changed
    twin = distributor.get(page_of(batch, "duplicate/")).content.decode()
    assert f'href="/distributor/accounts/{cast.nordlicht.pk}/"' in twin


def test_imports_are_their_importers_own(client, cast):
    batch = checked(cast, [row("Alpha", country="Atlantis", type="reseller")])
    number = ImportRow.objects.get().number
    for who, role in (("distributor2", "distributor"), ("reseller", "reseller")):
        client.force_login(cast.users[who])
        base = f"/{role}/imports/"
        assert batch.pk not in client.get(base).content.decode()
        for rest in ("", "error/", "apply/", "columns/", f"lines/{number}/", "result/csv/"):
            assert client.get(f"{base}{batch.pk}/{rest}").status_code == 404, (who, rest)
        assert (
            client.post(f"{base}{batch.pk}/lines/{number}/", {"country": "DE"}).status_code == 404
        )
    client.force_login(cast.users["vendor"])
    assert client.get(f"/vendor/imports/{batch.pk}/").status_code == 404
    assert ImportRow.objects.get().outcome == "error"


def test_a_reseller_imports_below_its_own_accounts_only(client, cast):
    client.force_login(cast.users["reseller"])
    content = table(
        [
            row("Mine", parent_id=cast.nordlicht.pk),
            row("Above", parent_id=cast.umbrella.pk),
            row("Foreign", parent_id=cast.stranger.pk),
        ]
    )
    upload = {"file": SimpleUploadedFile("list.csv", content.encode())}
    client.post("/reseller/imports/add/", upload)
    batch = ImportBatch.objects.get()
    client.post(
        f"/reseller/imports/{batch.pk}/columns/",
        {f"column_{n}": name for n, name in enumerate(batch.mapping)} | {"duplicates": "ask"},
    )
    batch = files.run(batch)
    assert files.outcomes(batch) == ["new", "error", "error"]
    above, foreign = (found["parent_id"] for found in files.errors(batch).values())
    # What is not one's own and what does not exist are the same.
    assert above[0].replace(cast.umbrella.pk, "") == foreign[0].replace(cast.stranger.pk, "")
    page = client.get(f"/reseller/imports/{batch.pk}/columns/").content.decode()
    assert 'name="hub"' not in page


def test_the_workbook_of_a_reseller_names_no_parent_above_it(client, cast):
    client.force_login(cast.users["reseller"])
    data = downloaded(client.get("/reseller/imports/template/workbook/"))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Customers"]
    rows = {each[0]: each for each in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows[cast.nordlicht.pk][5:7] == ("-", "-")
    assert rows[cast.kirlin.pk][5:7] == ("id", cast.nordlicht.pk)
    assert set(rows) == {cast.nordlicht.pk, cast.kirlin.pk}


def test_a_viewer_looks_and_changes_nothing(client, cast):
    batch = checked(cast, [row("Alpha", country="Atlantis", type="reseller")])
    cast.users["distributor"].memberships.update(level="viewer")
    client.force_login(cast.users["distributor"])
    number = ImportRow.objects.get().number
    page = client.get(page_of(batch, "error/")).content.decode()
    assert "is no country" in page
    assert "<form method=" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post(page_of(batch, f"lines/{number}/"), {"country": "DE"}).status_code == 403
    assert client.post(page_of(batch, "choose/"), {"outcome": "new", "all": "1"}).status_code == 403
    assert client.get(f"{HOME}add/").status_code == 403
