"""Locales and translations: every product has its own texts as its primary translation."""

import io

from openpyxl import load_workbook

from tests import factories
from tierconfig.services.definitions.actions import add_action

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def translation(product):
    return product.pk.replace("PRD-", "TRN-")


def test_every_product_has_a_primary_translation_from_its_birth(api, cast):
    client = api("vendor")
    pk = cast.product.pk
    own, other = translation(cast.product), translation(cast.plain)
    locales = client.get("/localization/locales").json()
    assert [(row["id"], row["name"]) for row in locales] == [("EN", "English")]
    assert client.get("/localization/locales", "eq(id,DE)").json() == []
    odd = client.get("/localization/locales", "ilike(name,eng*)&eq(stats.x,1)")
    assert (len(odd.json()), odd["Ignored-Filters"]) == (1, "stats.x")
    row = client.get(f"/localization/translations/{own}").json()
    assert (row["context"]["instance_id"], row["primary"], row["status"]) == (pk, True, "active")
    assert row["locale"] == {"id": "EN", "name": "English"}
    assert set(row["events"]) == {"created", "updated"}
    assert row["stats"] == {"total": 1, "translated": 1}
    found = {}
    for query in (
        f"and(eq(context.instance_id,{pk}),eq(primary,true))",
        f"eq(context__instance_id,{pk})",
        f"id={own}",
        f"in(id,({own},{other}))&ordering(-context.name)",
        "context.name=Mail%20Guard&locale.id=en",
        "or(eq(primary,false),eq(auto.enabled,true))",
        "status=active&context.type=product&ordering(context.name)",
    ):
        rows = client.get("/localization/translations", query).json()
        found[query] = [each["id"] for each in rows]
    both = [own, other]
    assert list(found.values()) == [[own], [own], [own], both[::-1], [other], [], both]


def test_texts_are_told_one_by_one_and_as_a_workbook(api, cast):
    factories.parameter(cast.product, "tier1", "secret", hidden=True, title="Behind the curtain")
    cast.product.short_description = "=1+1"
    cast.product.save()
    add_action(
        cast.product,
        actor=cast.actor("vendor"),
        action="desk",
        name="Desk",
        description="Tickets",
        scope="tier1",
    )
    address = f"/localization/translations/{translation(cast.product)}/attributes"
    client = api("vendor")
    texts = {row["key"]: row["value"] for row in client.get(address).json()}
    assert texts["product.name"] == "Backup 360"
    assert "Behind the curtain" in texts.values()
    answer = client.get(address, Accept=XLSX)
    assert answer["Content-Type"] == XLSX
    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book["Attributes"].iter_rows(values_only=True))
    assert rows[0] == ("key", "<original>", "value", "comment", "editor")
    assert len(rows) == len(texts) + 1
    assert ("product.short_description", "'=1+1", "'=1+1", None, None) in rows
    general = dict(book["General"].iter_rows(values_only=True))
    assert general["Auto-translation"] == "Disabled"
    assert general["Translation"] == translation(cast.product)


def test_others_read_the_texts_that_are_shown_to_them(api, cast):
    factories.parameter(cast.product, "tier1", "secret", hidden=True, title="Behind the curtain")
    address = f"/localization/translations/{translation(cast.product)}"
    for name in ("distributor", "reseller"):
        texts = {row["key"]: row["value"] for row in api(name).get(f"{address}/attributes").json()}
        assert "Tier1 vat" in texts.values()
        assert "Behind the curtain" not in texts.values()
        assert not any(key.startswith(("templates.", "messages.")) for key in texts)
    for path in (address, f"{address}/attributes", "/localization/translations/TRN-000-000-000"):
        answer = api("vendor2").get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "NFND_000")
    unknown = api("vendor").get(f"/localization/translations/{cast.product.pk}")
    assert unknown.json()["errors"] == [f"Object `{cast.product.pk}` not found."]
