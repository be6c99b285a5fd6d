"""Reports: their columns to the letter, who is told what, and jobs that die on the way."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from customers import jobs
from customers.models import AccountAccess, Job, Report, ReportPart, TierAccount
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.reporting import asking, reading, work
from fulfillment.reporting.kinds import KINDS
from fulfillment.reporting.told import Told
from tests import factories
from tierconfig.models import TierConfig, TierConfigRequest

pytestmark = pytest.mark.django_db

TIERS = (
    "Customer ID, Customer Name, Customer External ID, Tier 1 ID, Tier 1 Name, Tier 1 External ID, "
    "Tier 2 ID, Tier 2 Name, Tier 2 External ID"
)
PLACE = (
    "Provider ID, Provider Name, Vendor ID, Vendor Name, Product ID, Product Name, Hub ID, "
    "Hub Name, Contract ID, MarketPlace ID, Marketplace"
)
TITLES = {
    "customers": "Account ID, External ID, Customer Scope, Tier 1 Scope, Tier 2 Scope, Provider ID, "
    "Provider Name, Name, Tax ID, Address line 1, Address line 2, City, State, Postal Code, "
    "Country, Contact First Name, Contact last Name, Contact Email, Contact Phone number, "
    "Extended Information",
    "tier-configurations": "Tier Configuration ID, Tier Level, Created At, Updated At, "
    f"Exported At, Status, Environment, Name, Tier External ID, Tier ID, {PLACE}",
    "tier-configuration-requests": "Request ID, Request Type, Created At, Updated At, Exported At, "
    "Request Status, Environment, Tier Configuration ID, Tier Level, Name, Tier External ID, "
    "Tier ID, Parent Configuration ID, Parent Tier Level, Parent Name, Parent External ID, "
    f"Parent Tier ID, {PLACE}",
    "orders": "Request ID, Request Type, Request Status, Created At, Updated At, Exported At, "
    f"{TIERS}, Marketplace ID, Marketplace Name, Provider ID, Provider Name, Vendor ID, "
    "Vendor Name, Product ID, Product Name, Asset ID, Asset External ID, Transaction Type, Hub ID, "
    "Hub Name, Asset Status",
    "subscriptions": "Subscription ID, External ID, Vendor primary key, Type, Creation date, "
    "Updated date, Status, Billing Period, Anniversary Day, Anniversary Month, Contract ID, "
    f"Contract Name, {TIERS}, Provider Account ID, Provider Account name, Vendor Account ID, "
    "Vendor Account Name, Product ID, Product Name, Hub ID, Hub Name",
}


def taken(cast, who, kind, **params):
    told = Told(cast.actor(who), timezone.now())
    cleaned = asking.cleaned(KINDS[kind], params, told.actor)
    return list(reading.lines(KINDS[kind], cleaned, told))


def by_title(cast, who, kind, **params):
    return [
        dict(zip(KINDS[kind].titles, line, strict=True))
        for line in taken(cast, who, kind, **params)
    ]


def order(cast, **changes):
    """An order whose parties all have an external id, of a product with a key of its vendor's."""
    for name in ("umbrella", "nordlicht", "kirlin"):
        TierAccount.objects.filter(pk=getattr(cast, name).pk).update(external_id=f"ext-{name}")
    return cast.order(external_id="ERP-1", **changes)


@pytest.mark.parametrize("kind", TITLES)
def test_titles_and_their_order_are_what_other_systems_read(kind):
    assert ", ".join(KINDS[kind].titles) == TITLES[kind]
    assert KINDS[kind].keys == [
        title.lower().replace(" ", "_") for title in TITLES[kind].split(", ")
    ]
    assert len(set(KINDS[kind].keys)) == len(KINDS[kind].keys)
    assert set(TITLES) == set(KINDS)


def test_a_line_of_each_report_says_what_is_so(cast):
    factories.parameter(
        cast.product,
        "asset",
        "tenant",
        phase="fulfillment",
        constraints={"reconciliation": True},
    )
    request = order(cast)
    subscription = request.subscription
    Subscription.objects.update(params={"tenant": {"value": "T-77"}})
    home, vendor = cast.partners["distributor"], cast.partners["vendor"]
    parties = [home.pk, home.name, vendor.pk, vendor.name]
    hub = [cast.connection.hub.pk, cast.connection.hub.name]
    tiers = [
        value
        for name in ("kirlin", "nordlicht", "umbrella")
        for value in (getattr(cast, name).pk, getattr(cast, name).name, f"ext-{name}")
    ]
    product, market = [cast.product.pk, "Backup 360"], [cast.market.pk, cast.market.name]

    (line,) = taken(cast, "vendor", "orders")
    assert line[:3] == [request.pk, "purchase", "tiers_setup"]
    assert line[3:5] == [request.created_at, request.updated_at]
    assert timezone.now() - line[5] < timedelta(minutes=1)
    asset = [subscription.pk, "ERP-1", "production", *hub, "processing"]
    assert line[6:] == [*tiers, *market, *parties, *product, *asset]

    (line,) = taken(cast, "vendor", "subscriptions")
    assert line[:4] == [subscription.pk, "ERP-1", "T-77", "production"]
    assert line[4] == subscription.created_at
    assert line[6:8] == ["processing", "Monthly"]
    assert line[8:] == ["-"] * 4 + [*tiers, *parties, *product, *hub]

    upper, lower = TierConfig.objects.order_by("-tier_level")
    first, second = taken(cast, "vendor", "tier-configurations")
    place = [*parties, *product, *hub, "-", *market]
    assert (first[0], second[0]) == (lower.pk, upper.pk)
    assert first[:2] + first[5:] == [
        *(lower.pk, 1, "processing", "production"),
        *("Nordlicht Systemhaus GmbH", "ext-nordlicht", cast.nordlicht.pk),
        *place,
    ]

    setup = TierConfigRequest.objects.get(configuration=lower)
    line = taken(cast, "vendor", "tier-configuration-requests")[0]
    assert line[:2] == [setup.pk, "setup"]
    assert line[5:] == [
        *("tiers_setup", "production", lower.pk, 1),
        *("Nordlicht Systemhaus GmbH", "ext-nordlicht", cast.nordlicht.pk),
        *(upper.pk, 2, "Umbrella Hanse", "ext-umbrella", cast.umbrella.pk),
        *place,
    ]
    assert by_title(cast, "distributor", "subscriptions")[0]["Vendor primary key"] == "-"


#: Lines per report that each member of the cast reads, of one order with two configurations.
SEEN = {
    "vendor": (1, 1, 2, 2, 3),
    "distributor": (1, 1, 2, 2, 3),
    "parent": (1, 1, 1, 1, 3),
    "reseller": (1, 1, 1, 1, 2),
    "vendor2": (0, 0, 0, 0, 0),
    "distributor2": (0, 0, 0, 0, 1),
    "reseller2": (0, 0, 0, 0, 1),
    "admin": (1, 1, 2, 2, 4),
}


def test_everybody_reads_what_he_sees_and_no_more(cast):
    order(cast)
    found = {who: tuple(len(taken(cast, who, kind)) for kind in KINDS) for who in SEEN}
    assert found == SEEN


def test_a_reseller_reads_names_above_it_and_no_values(cast):
    order(cast)
    (line,) = by_title(cast, "reseller", "orders")
    assert (line["Tier 2 Name"], line["Tier 2 External ID"]) == ("Umbrella Hanse", "-")
    assert line["Tier 1 External ID"] == "ext-nordlicht"
    (line,) = by_title(cast, "reseller", "tier-configuration-requests")
    assert (line["Parent Name"], line["Parent Tier Level"]) == ("Umbrella Hanse", 2)
    assert line["Parent External ID"] == "-"
    for kind in ("orders", "subscriptions", "tier-configurations"):
        line = by_title(cast, "reseller", kind)[0]
        assert (line["Hub ID"], line["Hub Name"]) == ("-", "-")
    (line,) = by_title(cast, "parent", "orders")
    assert line["Tier 2 External ID"] == "ext-umbrella"


def test_drafts_are_their_creators_alone_and_left_out_unless_asked_for(cast):
    FulfillmentRequest.objects.filter(pk=order(cast).pk).update(
        state="draft", creator=cast.partners["distributor"]
    )
    assert by_title(cast, "distributor", "orders") == []
    assert len(by_title(cast, "distributor", "orders", status=["draft"])) == 1
    assert by_title(cast, "vendor", "orders", status=["draft"]) == []


def test_it_is_narrowed_by_days_products_markets_types_and_states(cast, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 1)
    for customer in ("A", "B"):
        account = factories.account(
            cast.partners["distributor"], cast.nordlicht, name=customer, type="customer"
        )
        cast.order(customer=account, product=cast.plain)
    old = cast.order()
    FulfillmentRequest.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=40)
    )

    def names(**params):
        lines = by_title(cast, "distributor", "orders", **params)
        return [line["Customer Name"] for line in lines]

    assert names() == ["B", "A", "Kirlin LLC"]
    day = timezone.now().date() - timedelta(days=20)
    assert names(start=day) == ["B", "A"]
    assert names(end=day) == ["Kirlin LLC"]
    assert names(product=[cast.product.pk]) == ["Kirlin LLC"]
    assert names(marketplace=[cast.market.pk], type=["purchase"]) == names()
    assert names(type=["cancel"]) == []
    assert names(status=["pending"]) == ["B", "A"]


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"product": ["PRD-000-000-000"]}, "product"),
        ({"product": ["\0"]}, "product"),
        ({"marketplace": ["foreign"]}, "marketplace"),
        ({"status": ["lost"]}, "status"),
        ({"start": date(2026, 2, 1), "end": date(2026, 1, 1)}, "end"),
        ({"start": "soon"}, "start"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(cast, params, name):
    foreign = cast.market if params.get("marketplace") else None
    if foreign:
        params = {"marketplace": [foreign.pk]}
    with pytest.raises(ValidationError) as refused:
        asking.request_report(
            "orders", actor=cast.actor("distributor2"), format="csv", params=params
        )
    assert list(refused.value.error_dict) == [name]
    assert not Report.objects.exists()


def ask(cast, who="distributor", **fields):
    return asking.request_report(
        fields.pop("kind", "customers"), actor=cast.actor(who), format="csv", **fields
    )


def run():
    Job.objects.filter(ended_at=None).update(due_at=timezone.now(), claimed_until=None)
    return jobs.run_pending(5)


def fresh(report):
    return Report.objects.select_related("job").get(pk=report.pk)


class TestMaking:
    def test_the_worker_writes_the_file_in_parts(self, cast, monkeypatch):
        monkeypatch.setattr(work, "PART", 1)
        for number in range(3):
            factories.account(cast.partners["distributor"], name=f"={number}")
        report = ask(cast)
        assert list(asking.content_of(report)) == []
        run()
        report = fresh(report)
        data = b"".join(asking.content_of(report))
        assert (report.rows, report.size) == (6, len(data))
        assert (report.job.done, report.job.total, report.job.error) == (6, 6, "")
        assert b",'=2," in data
        days = report.expires_at - report.finished_at
        assert days == timedelta(days=14)

    def test_it_holds_what_its_asker_sees_when_it_is_made(self, cast):
        report, lost = ask(cast, "reseller"), ask(cast, "parent")
        AccountAccess.objects.filter(partner=cast.partners["reseller"]).update(
            ended_at=timezone.now()
        )
        cast.users["parent"].memberships.update(active=False)
        run()
        assert (fresh(report).rows, fresh(report).job.error) == (0, "")
        assert "no longer act" in fresh(lost).job.error
        assert fresh(lost).finished_at is None

    def test_a_killed_worker_leaves_no_half_file(self, cast, monkeypatch):
        report = ask(cast)
        ReportPart.objects.create(report=report, number=0, content=b"half")
        ReportPart.objects.create(report=report, number=7, content=b"more")
        # The worker died with its claim; its time runs out and another one begins anew.
        Job.objects.update(claimed_by="dead", claimed_until=timezone.now(), attempts=1)
        run()
        assert b"half" not in b"".join(asking.content_of(report))
        assert list(report.parts.values_list("number", flat=True)) == [0]

    def test_a_worker_that_was_overtaken_writes_nothing_more(self, cast, monkeypatch):
        report = ask(cast)
        whole = reading.sheet

        def overtaken(*args):
            Job.objects.update(claimed_by="other", attempts=2)
            return whole(*args)

        monkeypatch.setattr(reading, "sheet", overtaken)
        run()
        report = fresh(report)
        assert (report.finished_at, report.job.ended_at, report.parts.count()) == (None, None, 0)

    def test_one_that_is_too_long_says_so(self, cast, settings):
        settings.REPORT_LINES = 2
        report = ask(cast)
        run()
        assert "at most 2 lines" in fresh(report).job.error
        assert not report.parts.exists()

    def test_cancelled_it_is_not_made_and_deleted_it_is_gone(self, cast):
        actor = cast.actor("distributor")
        never, made = ask(cast), ask(cast)
        assert "Cancelled" in asking.discard_report(never, actor=actor).job.error
        run()
        assert fresh(never).finished_at is None
        assert fresh(made).parts.exists()
        asking.discard_report(fresh(made), actor=actor)
        assert fresh(made).expires_at <= timezone.now()
        assert not ReportPart.objects.exists()
        for stranger in (cast.actor("distributor2"), cast.actor("distributor", "viewer")):
            with pytest.raises(PermissionDenied):
                asking.discard_report(made, actor=stranger)

    def test_files_end_with_their_time_and_failed_ones_leave_none(self, cast):
        kept, over, failed = ask(cast), ask(cast), ask(cast)
        run()
        Report.objects.filter(pk=over.pk).update(expires_at=timezone.now())
        Report.objects.filter(pk=failed.pk).update(finished_at=None, expires_at=None)
        assert work.expire_reports() == 2
        assert set(ReportPart.objects.values_list("report", flat=True)) == {kept.pk}
        assert Report.objects.count() == 3

    def test_a_partner_has_so_many_under_way_and_no_more(self, cast, settings):
        settings.REPORTS_WAITING = 2
        ask(cast), ask(cast)
        with pytest.raises(ValidationError, match="being made already"):
            ask(cast)
        ask(cast, "reseller")
        run()
        assert asking.repeat_report(Report.objects.last(), actor=cast.actor("distributor"))

    def test_viewers_ask_for_none(self, cast):
        with pytest.raises(PermissionDenied):
            asking.request_report("orders", actor=cast.actor("vendor", "viewer"), format="csv")
