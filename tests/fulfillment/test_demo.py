from datetime import timedelta
from io import StringIO

import phonenumbers
import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from customers.models import (
    Attachment,
    Event,
    Holding,
    Membership,
    Participation,
    Product,
    Report,
    SavedView,
    TierAccount,
    TierAccountRequest,
    User,
)
from customers.services.accounts import edit_account
from fulfillment.demo import accounts, cast
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as orders
from fulfillment.services.orders import create_purchase
from fulfillment.services.purchases import Purchase
from tierconfig.models import (
    AnswerDraft,
    Delegation,
    ServiceLevel,
    TierConfig,
    TierConfigRequest,
)
from tierconfig.services import levels
from tierconfig.services import requests as setups

pytestmark = pytest.mark.usefixtures("demo")

DISTRIBUTORS = ("hanse", "meridian")


def states(model, partner, **where):
    return set(model.objects.filter(provider=partner, **where).values_list("state", flat=True))


@pytest.mark.parametrize("key", DISTRIBUTORS)
def test_every_state_is_there_for_both_distributors(demo, key):
    partner = demo.partners[key]
    assert states(TierAccountRequest, partner) == {
        "pending",
        "accepted",
        "ignored",
        "unsupported",
    }
    assert states(TierConfig, partner) - {"draft"} == {"processing", "active"}
    assert states(TierConfigRequest, partner, type="setup") - {"draft"} == {
        "tiers_setup",
        "inquiring",
        "pending",
        "approved",
        "failed",
    }
    assert states(TierConfigRequest, partner, type="update") == {
        "inquiring",
        "pending",
        "approved",
        "failed",
    }
    assert states(FulfillmentRequest, partner) - {"draft"} == {
        "tiers_setup",
        "inquiring",
        "pending",
        "scheduled",
        "revoking",
        "revoked",
        "approved",
        "failed",
    }
    assert states(Subscription, partner) - {"draft"} == {
        "processing",
        "active",
        "suspended",
        "terminating",
        "terminated",
    }


@pytest.mark.parametrize("key", DISTRIBUTORS)
def test_a_forest_has_about_300_accounts_on_four_levels_in_many_countries(demo, key):
    own = TierAccount.objects.filter(provider=demo.partners[key])
    assert 290 <= own.count() <= 340
    assert set(own.values_list("level", flat=True)) == {0, 1, 2, 3}
    assert len(set(own.values_list("country", flat=True))) >= 8


def test_contacts_end_in_example_and_have_telephones_that_could_exist(demo):
    for account in TierAccount.objects.filter(
        provider__in=[demo.partners[key] for key in DISTRIBUTORS]
    ):
        assert account.contact_email.endswith(".example")
        assert phonenumbers.is_valid_number(phonenumbers.parse(account.phone)), account.phone


def test_the_products_cover_every_combination_of_capabilities(demo):
    sold = [each for each in demo.products.values() if each.state == "published"]
    assert sorted((each.tier_accounts_sync, each.authorization_level) for each in sold) == [
        (sync, level) for sync in (False, True) for level in (0, 1, 2)
    ]
    for product in demo.products.values():
        assert product.items.count() >= 2
        places = 0 if product.state == "draft" else 2
        assert product.listings.count() == product.connections.count() == places


def test_products_are_in_every_state_and_a_parameter_depends_on_another(demo):
    own = Product.objects.filter(owner__in=demo.partners.values())
    assert dict(own.values_list("state").annotate(Count("pk"))) == {
        "draft": 1,
        "published": 8,
        "endofsale": 1,
    }
    values = TierConfig.objects.filter(product=demo.products["identity"], tier_level=1)
    kinds = {
        (each.params["company_type"]["value"], "vat_id" in each.params)
        for each in values.exclude(configured_at=None)
    }
    assert kinds == {("company", True), ("sole trader", False)}


def test_what_people_do_around_configurations_is_there(demo):
    def requests(**where):
        return TierConfigRequest.objects.filter(provider=demo.partners["hanse"], **where)

    assert requests(state="draft", type="setup").count() == 1
    assert set(TierConfigRequest.objects.filter(type="adjustment").values_list("state")) == {
        ("pending",),
        ("approved",),
    }
    assert requests(state="pending", assignee__name="Tomáš Nový").exists()
    overdue = levels.in_zone("tier_config_request", levels.Zone.OVERDUE)
    assert requests(state="pending").filter(overdue).exists()
    assert requests(state="inquiring", reminders=1).exists()
    asked = requests(state="inquiring").get(pk=Delegation.objects.get().request)
    assert AnswerDraft.objects.get().request == asked.pk
    assert asked.inquiry_email != Delegation.objects.get().email


def test_subscriptions_live_on(demo):
    """Every type of order is under way somewhere, and something of each new thing is kept."""
    opened = FulfillmentRequest.objects.filter(state__in=FulfillmentRequest.OPEN)
    assert set(opened.values_list("type", flat=True)) == set(FulfillmentRequest.Type.values)
    waiting = opened.filter(state="pending", vendor=demo.partners["kestrel"])
    assert 38 <= waiting.count() <= 45
    assert waiting.filter(environment="preview").exists()
    planned = opened.filter(state="scheduled")
    assert set(planned.values_list("due", "automatic")) == {(True, False), (False, True)}
    assert not planned.filter(due=False, planned_date__lt=timezone.now()).exists()
    drafts = opened.filter(state="draft").values_list("creator__name", flat=True)
    assert sorted(drafts) == ["Hanse Distribution", "Nordlicht"]
    assert SavedView.objects.filter(shared=True).exists()
    assert SavedView.objects.filter(shared=False).exists()
    assert Report.objects.get().finished_at
    assert Attachment.objects.get().name == "mailboxes.csv"
    assert Holding.objects.filter(nudges=1, ended_at=None).exists()
    assert not ServiceLevel.objects.exclude(terminate=None).exists()


def test_everybody_signs_in_with_the_same_password(demo):
    for name in cast.SIGN_INS:
        user = User.objects.get(email=f"{name}@demo.example")
        assert check_password("demo", user.password)
    admin = User.objects.get(email="admin@demo.example")
    assert admin.is_staff
    assert admin.is_superuser
    roles = Membership.objects.filter(user__email="multi@demo.example").values_list(
        "partner__role", flat=True
    )
    assert sorted(roles) == ["distributor", "vendor"]


def test_the_trees_and_everything_on_them_are_consistent():
    call_command("check_trees", stdout=StringIO())


def test_the_history_fills_the_last_month_in_causal_order(demo):
    now = timezone.now()
    recent = Event.objects.exclude(to_state="").filter(at__gt=now - timedelta(days=400))
    recent = recent.exclude(verb__startswith="product.")  # products were there before
    assert recent.order_by("at").first().at < now - timedelta(days=25)
    assert recent.order_by("at").last().at < now
    assert recent.order_by("at").last().at > now - timedelta(days=2)
    last: dict[str, str] = {}
    for event in recent.order_by("at"):
        assert event.from_state == last.get(event.object_id, ""), event
        last[event.object_id] = event.to_state


@pytest.mark.parametrize("model", [TierAccountRequest, TierConfigRequest, FulfillmentRequest])
def test_the_stamps_of_a_request_agree_with_its_events(demo, model):
    for request in model.objects.filter(provider__in=[demo.partners[k] for k in DISTRIBUTORS]):
        events = list(Event.objects.filter(object_id=request.pk).order_by("at"))
        born, moved = (
            events[0],
            [each for each in events if each.to_state != each.from_state and each.to_state][-1],
        )
        assert abs(request.created_at - born.at) < timedelta(minutes=1)
        assert abs(request.state_since - moved.at) < timedelta(minutes=1)
        assert moved.to_state == request.state
        assert request.created_at <= request.updated_at


def test_only_the_few_open_inquiries_are_still_to_be_told():
    untold = Event.objects.filter(told_at=None)
    open_ones = {
        *TierConfigRequest.objects.filter(state="inquiring").values_list("pk", flat=True),
        *FulfillmentRequest.objects.filter(
            state="inquiring", created_at__year__gte=2021
        ).values_list("pk", flat=True),
    }
    assert {event.object_id for event in untold} == open_ones
    assert untold.count() == len(open_ones) <= 12
    assert all(event.data["inquiry"] for event in untold)


def test_story_1_finds_one_product_with_sync_and_one_without(demo):
    nordlicht = TierAccount.objects.get(pk=accounts.NORDLICHT)
    assert nordlicht.name == "Nordlicht Systemhaus GmbH"
    assert nordlicht.parent.name == "Umbrella Hanse"
    _account, raised = edit_account(
        nordlicht,
        actor=demo.actor_for(demo.partners["hanse"].pk),
        data={"address_line1": "Kaistraße 101", "postal_code": "24114"},
    )
    assert {request.product.name: request.state for request in raised} == {
        "Backup 360": "pending",
        "Mail Guard": "unsupported",
    }


def test_story_2_starts_from_nothing_and_reaches_an_active_subscription(demo):
    vault = demo.products["archive"]
    below = TierAccount.objects.get(pk=accounts.UMBRELLA).get_descendants(include_self=True)
    assert not TierConfig.objects.filter(account__in=below, product=vault).exists()
    kirlin = TierAccount.objects.get(pk=accounts.KIRLIN)
    assert not Participation.objects.filter(account=kirlin).exists()
    order = create_purchase(
        Purchase(
            product=vault,
            customer=kirlin,
            items={vault.items.order_by("pk")[0].pk: 10},
            marketplace=demo.markets["hanse"][0],
            connection=demo.connections["archive", "hanse"],
            values={"asset": {"admin_email": "it@kirlin.example", "retention": "10 years"}},
        ),
        actor=demo.actor_for(demo.partners["hanse"].pk),
    )
    answers = {
        2: ("umbrella", {"vat_id": "DE811907980", "invoice_email": "i@umbrella.example"}),
        1: ("nordlicht", {"trade_register": "HRB 12345"}),
    }
    for level, (operator, values) in answers.items():
        config = order.required_configurations.get(tier_level=level)
        request = config.requests.get()
        assert request.state == "inquiring"
        request = setups.answer_request(
            request, actor=demo.actor_for(demo.partners[operator].pk), values=values
        )
        setups.approve_request(
            request,
            actor=demo.actor_for(demo.partners["kestrel"].pk),
            template=demo.template(vault.pk, config.scope),
        )
    order = FulfillmentRequest.objects.get(pk=order.pk)
    assert order.state == "pending"
    order = orders.approve_request(
        order,
        actor=demo.actor_for(demo.partners["kestrel"].pk),
        template=demo.template(vault.pk, "asset", "fulfillment"),
    )
    assert Subscription.objects.get(pk=order.subscription_id).state == "active"
