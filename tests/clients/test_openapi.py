"""connect-openapi-client 35: lists, errors, and both stories through the API alone."""

from datetime import timedelta

from django.utils import timezone

from customers.models import TierAccount

HANSE = {"provider__name": "Hanse Distribution"}


def names(pks):
    found = dict(TierAccount.objects.filter(pk__in=pks).values_list("pk", "name"))
    return [found[pk] for pk in pks]


def test_lists_errors_and_writing_as_the_client_knows_them(served):
    # As they are before the client makes one.
    known = list(TierAccount.objects.filter(**HANSE).values_list("pk", flat=True))
    own = TierAccount.objects.filter(pk__in=known)
    day = timezone.now() - timedelta(days=100)
    told = served.run(
        "openapi",
        "reading",
        customer="Kirlin Logistik GmbH",
        since=day.isoformat(timespec="seconds"),
        parent=own.get(name="Nordlicht Systemhaus GmbH").pk,
        foreign=TierAccount.objects.exclude(**HANSE).first().pk,
    )
    check_lists(told["lists"], own, day)
    check_errors(told["errors"])
    check_writing(told["writing"])
    found = told["async"]
    assert (found["count"], found["searched"], found["missing"]) == (2, 2, False)
    assert found["first"]
    assert found["names"] == ["Directory Sync", "Directory Sync Classic"]


def check_lists(read, own, day):
    whole = read["whole"]
    # In pages of 25: each account comes once.
    assert sorted(whole) == sorted(own.values_list("pk", flat=True))
    assert read["count"] == len(whole) > 100
    assert [read["first"], read["fifth"], read["slice"]] == [whole[0], whole[4], whole[2:5]]
    assert len(read["backwards"]) == 3
    assert read["none"] == [None, 0]
    assert names(read["keywords"]) == ["Kirlin Logistik GmbH"]
    assert names(read["like"]) == ["Nordlicht Systemhaus GmbH"]
    assert read["accents"]
    assert all("é" in name.lower() for name in names(read["accents"]))
    assert read["either"] == [whole[3], whole[5]]
    assert read["in"] == whole[:3]
    assert read["roots"] == own.filter(parent=None).count()
    assert read["not"] == own.filter(type="customer").count()
    assert read["since"] == own.filter(created_at__gte=day).count()
    assert read["since"] + read["before"] == read["unknown"] == len(whole)
    assert read["searched"] == 1
    assert "name" in read["lean"]
    assert "contact_info" not in read["lean"]
    assert read["values"]["id"] == whole[0]
    assert read["values"]["contact_info.country"]
    assert read["exists"] == [True, False]


def check_errors(errors):
    seen = {name: (error["status"], error["code"]) for name, error in errors.items()}
    assert seen == {
        "stranger": (401, "AUTH_001"),
        "unknown": (404, "NFND_000"),
        "foreign": (404, "NFND_000"),
        "syntax": (400, "BAD_000"),
        "ordering": (400, "BAD_000"),
        "value": (400, "BAD_000"),
        "nowhere": (404, "NFND_000"),
        "empty": (400, "VAL_001"),
        "right": (403, "PER_001"),
    }
    assert all(error["errors"] and not error["more"] for error in errors.values())
    assert any(text.startswith("Field 'name' is required") for text in errors["empty"]["errors"])


def check_writing(written):
    made = written["made"]
    assert made["id"].startswith("TA-")
    assert (made["external_id"], made["version"]) == ("4711", 1)
    assert made["parent"]["name"] == "Nordlicht Systemhaus GmbH"
    assert made["contact_info"]["contact"]["phone_number"]["country_code"] == "+49"
    assert written["renamed"] == ["Räucherei Jensen", 2]
    # Decommissioned: it stays, with its history.
    assert written["deleted"] == [None, True]


def test_an_edited_account_is_accepted_and_ignored_through_the_api(served):
    told = served.run("openapi", "account_edited", account="Nordlicht Systemhaus GmbH")
    version = told["version"][0]
    assert told["version"] == [version, version + 1, version + 2]
    assert told["street"] == ["Am Sandtorkai 77"] * 2
    assert told["untouched"][0] == told["untouched"][1]
    each = [["Backup 360", "pending"], ["Mail Guard", "unsupported"]]
    assert told["raised"] == told["by_request"] == each
    assert told["accepted"] == [True, "accepted"]
    assert (told["again"]["status"], told["again"]["code"]) == (400, "TAR_001")
    assert told["foreign"]["status"] == 403
    assert told["ignored"] == ["ignored", "Not for us"]
    assert (told["unchanged"]["status"], told["unchanged"]["code"]) == (400, "TAR_004")
    assert told["kept"] == ["NORD-7", "DE811907980"]


def test_an_order_waits_for_both_tiers_and_the_next_one_for_none(served):
    told = served.run("openapi", "product_ordered", customer="Kirlin Logistik GmbH")
    (ordered, second, first, done) = told["steps"]
    assert ordered == ["ordered", "tiers_setup", ["inquiring", "tiers_setup", ["group_name"]]]
    assert second == [
        "tier 2 approved",
        "tiers_setup",
        [None, "inquiring", ["reseller_id", "reseller_name"]],
    ]
    assert first[:2] == ["tier 1 approved", "pending"]
    assert (first[2]["code"], done[2]["code"]) == ("TCR_003", "PR_003")
    assert done[2]["errors"][0].startswith("asset.params.tenant_id: ")
    assert done[:2] == ["approved", "approved"]
    assert told["template"]
    assert told["asset"] == ["active", {"tenant_name": "tenant 5", "tenant_id": "T-1"}]
    assert told["bought"] == ["active", ["tenant_name"]]
    assert [str(quantity) for quantity in told["quantity"]] == ["5"]
    assert told["tiers"] == {
        "customer": "Kirlin Logistik GmbH",
        "tier1": "Nordlicht Systemhaus GmbH",
        "tier2": "Umbrella Hanse",
    }
    assert told["configs"] == [
        [1, "Nordlicht Systemhaus GmbH", "active"],
        [2, "Umbrella Hanse", "active"],
    ]
    twice = told["twice"]
    assert (twice["status"], twice["more"]["params"]["asset_status"]) == (409, "active")
    assert (told["second"], told["open"], told["requests"]) == ("pending", 0, ["purchase"])
