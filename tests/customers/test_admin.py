"""Every admin page opens for a superuser and for nobody else, at a constant number of queries."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.actors import Actor
from customers.imports import services
from customers.models import (
    ApiCall,
    Category,
    DeliveryAttempt,
    DigestEntry,
    Event,
    Hub,
    IdempotentAnswer,
    ImportRow,
    Job,
    Listing,
    Marketplace,
    Membership,
    Note,
    NotificationPreference,
    Partner,
    Product,
    ProductIcon,
    ReportPart,
    SavedView,
    Watch,
)
from customers.sealing import Sealed
from customers.service_rights import READ_ONLY
from customers.services.access import grant_access
from customers.services.accounts import edit_account
from customers.services.service_users import create_service_user
from fulfillment.models import RequestItem, SubscriptionItem
from fulfillment.reporting.asking import request_report
from fulfillment.reporting.scheduling import schedule_report
from tests import factories
from tests.customers.imports.files import upload
from tests.customers.receiver import endpoint, message
from tierconfig.models import (
    Action,
    AnswerDraft,
    Delegation,
    Embedding,
    ProductMessage,
    ServiceLevel,
    TierConfigRequest,
    UniqueValue,
    Webhook,
)

OWN = ("customers", "tierconfig", "fulfillment")
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OWN),
    key=lambda model: model._meta.label,
)
ADDABLE = {
    "AccountAccess",
    "Category",
    "Connection",
    "Hub",
    "Item",
    "Listing",
    "Marketplace",
    "Membership",
    "Parameter",
    "Partner",
    "Product",
    "Template",
    "TierAccount",
    "User",
}
by_app = pytest.mark.parametrize("app", OWN)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def models_of(app):
    return [model for model in MODELS if model._meta.app_label == app]


@pytest.fixture
def lived(cast):
    """The cast with a row of every model."""
    cast.order()
    cast.order(product=cast.plain)
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"})
    DeliveryAttempt.objects.create(
        event=Event.objects.first(),
        channel="mail",
        message="m1",
        recipient="jens@company.example",
        delivered=True,
    )
    about = {"object_type": "tieraccount", "object_id": cast.kirlin.pk}
    note = Note.objects.create(
        kind="message", text="Hello", author_name="Jens", role="vendor", **about
    )
    note.attachments.create(name="offer.txt", type="text/plain", size=5, content=b"offer")
    request_report("orders", actor=cast.actor("vendor"), format="csv")
    schedule_report("orders", actor=cast.actor("vendor"), format="csv", repeat="daily")
    member = {"user": cast.users["distributor"], "partner": cast.partners["distributor"]}
    Watch.objects.create(**member, **about)
    SavedView.objects.create(list="order", title="Mine", query="tab=all", **member)
    NotificationPreference.objects.create(kind="note", mode="digest", **member)
    DigestEntry.objects.create(kind="note", event=Event.objects.first(), **member)
    key, _secret = create_service_user(
        actor=cast.actor("vendor", "administrator"), name="Connector", rights=READ_ONLY
    )
    ApiCall.objects.create(
        service_user=key, partner=key.partner, method="GET", path="/", status=200, milliseconds=1
    )
    IdempotentAnswer.objects.create(service_user=key, name="order-1", fingerprint="0")
    message(endpoint(cast.partners["vendor"], "https://partner.example/")).tries.create(
        delivered=True
    )
    Job.objects.create(kind="import.check", role="distributor", level="agent")
    batch = upload(
        cast.actor("distributor"), cast.partners["distributor"], "Company name,Place\nAlpha,Ulm\n"
    )
    mapping = ["name", "city"]
    services.set_mapping(batch, actor=cast.actor("distributor"), mapping=mapping)
    ImportRow.objects.create(batch=batch, number=2, outcome="new", name="Alpha")
    _define(cast.product)
    return cast


def _define(product):
    """A row of everything a vendor defines about a product, and of what surrounds inquiries."""
    own = {"product": product}
    digits = product.pk[4:]
    Category.objects.create(pk="CAT-59128", name="Backup")
    ProductIcon.objects.create(content=b"png", **own)
    Embedding.objects.create(action_secret=Sealed.of("sesame-embedding"), **own)
    Action.objects.create(pk=f"ACT-{digits}-001", action="open", name="Open", scope="asset", **own)
    ProductMessage.objects.create(pk="PRDMSG-1", external_id="M1", value="Please correct.", **own)
    Webhook.objects.create(
        pk="WB-1",
        type="draft_tcr_t1_val",
        label="Drafts",
        jwt_secret=Sealed.of("sesame-webhook"),
        **own,
    )
    setup = TierConfigRequest.objects.filter(configuration__product=product).first()
    AnswerDraft.objects.create(request=setup.pk, inquiry=1, saved_by="jens@company.example")
    Delegation.objects.create(request=setup.pk, inquiry=1, email="a@b.example", parameters=["vat"])
    UniqueValue.objects.create(
        parameter=product.parameters.first(), key="0" * 64, holder=setup.configuration_id
    )
    ServiceLevel.objects.create(
        partner=product.owner, entity="tier_config_request", state="pending", late=2, overdue=5
    )


@pytest.fixture
def root(client, lived):
    client.force_login(lived.users["admin"])
    return client


def test_every_model_of_ours_is_in_the_administration():
    lines = {RequestItem, SubscriptionItem}  # shown with their request and subscription
    lines.add(ReportPart)  # a piece of a file, which is for those it was made for
    ours = {model for app in OWN for model in apps.get_app_config(app).get_models()}
    own_tables = {model for model in ours if not model._meta.auto_created}
    assert own_tables - set(MODELS) == lines


@by_app
def test_a_superuser_opens_list_search_and_change_page(app, root):
    for model in models_of(app):
        row = model._default_manager.first()
        assert row is not None, model
        assert root.get(page(model, "changelist")).status_code == 200, model
        for words in ("a\x00b ü", "Nordlicht"):
            assert root.get(page(model, "changelist"), {"q": words}).status_code == 200, model
        assert root.get(page(model, "change", row.pk)).status_code == 200, model
        assert root.get(page(model, "history", row.pk)).status_code == 200, model


@by_app
def test_only_what_no_service_bears_is_added_and_what_carries_history_stays(app, root):
    for model in models_of(app):
        row = model._default_manager.first()
        added = 200 if model.__name__ in ADDABLE else 403
        assert root.get(page(model, "add")).status_code == added, model
        deleted = 200 if model in (Membership, Listing) else 403
        assert root.get(page(model, "delete", row.pk)).status_code == deleted, model


def test_portal_users_stay_outside(client, lived):
    """Each role knocks at a third of the models: what is asked first is whether it is staff."""
    for number, name in enumerate(["vendor", "distributor", "reseller"]):
        client.force_login(lived.users[name])
        for model in MODELS[number::3]:
            row = model._default_manager.first()
            for address in (page(model, "changelist"), page(model, "change", row.pk)):
                assert client.get(address, follow=True).status_code == 403, (name, model)


def test_anonymous_visitors_are_sent_to_the_one_sign_in_page(client, db):
    answer = client.get(reverse("admin:customers_tieraccount_changelist"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_a_list_costs_the_same_for_few_and_for_many_rows(root, lived):
    few = {model: _queries(root, model) for model in MODELS}
    _grow(lived)
    many = {model: _queries(root, model) for model in MODELS}
    assert many == few
    assert max(few.values()) <= 12


def _queries(client, model):
    client.get(page(model, "changelist"))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page(model, "changelist")).status_code == 200
    return len(seen)


def _grow(cast):
    for number in range(12):
        account = factories.account(cast.partners["distributor"], cast.umbrella)
        customer = factories.account(cast.partners["distributor"], account, type="customer")
        cast.order(customer=customer)
        user = factories.user(cast.partners["vendor"])
        factories.parameter(cast.plain, "asset")
        factories.template(cast.plain, "tier1")
        factories.offer(factories.product(cast.partners["vendor"]), cast.partners["distributor"])
        factories.item(cast.plain)
        grant_access(
            account, actor=cast.actor("admin"), partner=cast.partners["reseller2"], kind="sees"
        )
        edit_account(account, actor=Actor.admin(user), data={"city": f"Stadt {number}"})


@pytest.mark.parametrize("name", ["tieraccount", "accountaccess"])
def test_no_page_offers_all_accounts_in_a_select(name, root, lived):
    html = root.get(reverse(f"admin:customers_{name}_add")).content.decode()
    assert lived.kirlin.pk not in html
    assert lived.umbrella.pk not in html


def test_events_cannot_be_changed(root):
    event = Event.objects.first()
    assert root.post(page(Event, "change", event.pk), {"verb": "x"}).status_code == 403


# Ordinary editing


def test_a_partner_gets_an_id_of_its_role_which_is_fixed_afterwards(root):
    root.post(page(Partner, "add"), {"name": "Nube SA", "role": "vendor", "external_id": ""})
    made = Partner.objects.get(name="Nube SA")
    assert made.pk.startswith("VA-")
    root.post(page(Partner, "change", made.pk), {"name": "Nube", "role": "reseller"})
    made = Partner.objects.get(pk=made.pk)
    assert (made.name, made.role) == ("Nube", "vendor")


def test_the_capabilities_of_a_product_are_editable_its_owner_is_not(root, lived):
    product = lived.plain
    root.post(
        page(Product, "change", product.pk),
        {
            "name": "Mail Guard",
            "tier_accounts_sync": "on",
            "authorization_level": "1",
            "owner": lived.partners["vendor2"].pk,
        },
    )
    product = Product.objects.get(pk=product.pk)
    assert (product.tier_accounts_sync, product.authorization_level) == (True, 1)
    assert product.owner == lived.partners["vendor"]
    verbs = Event.objects.about(product).values_list("verb", "actor_name")
    assert set(verbs) == {
        ("product.sync_on", "Admin"),
        ("product.capabilities", "Admin"),
        ("product.template_added", "Admin"),
    }


def test_the_guards_of_capabilities_hold_in_the_administration_too(root, lived):
    address = page(Product, "change", lived.product.pk)
    answer = root.post(address, {"name": "Backup 360", "authorization_level": "1"})
    assert "tier2_vat" in str(answer.context["adminform"].form.errors["authorization_level"])
    assert Product.objects.get(pk=lived.product.pk).authorization_level == 2


def test_the_life_of_a_product_is_lived_by_buttons(root, lived):
    address = page(Product, "change", lived.plain.pk)
    step = reverse("admin:customers_product_step", args=["end_sale"])
    assert step in root.get(address).content.decode()
    assert root.post(address, {"name": "Mail Guard", "state": "draft"}).status_code == 200
    root.post(f"{step}?id={lived.plain.pk}", {f"{lived.plain.pk}-revision": lived.plain.revision})
    assert Product.objects.get(pk=lived.plain.pk).state == "endofsale"


def test_secrets_of_products_are_shown_nowhere(root, lived):
    for model in (Embedding, Webhook):
        row = model.objects.get()
        for address in (page(model, "changelist"), page(model, "change", row.pk)):
            assert "sesame" not in root.get(address).content.decode()


def test_a_product_added_here_has_its_default_templates_and_may_be_published_later(root, lived):
    owner = lived.partners["vendor"].pk
    root.post(page(Product, "add"), {"name": "New", "owner": owner, "authorization_level": "0"})
    made = Product.objects.get(name="New")
    assert (made.pk[:4], made.state, made.templates.count()) == ("PRD-", "draft", 4)
    step = reverse("admin:customers_product_step", args=["publish"])
    answer = root.post(f"{step}?id={made.pk}", {f"{made.pk}-revision": made.revision})
    assert "It has no published item" in answer.content.decode()


def test_only_vendors_are_offered_as_owners(root, lived):
    data = {"name": "X", "authorization_level": "0"}
    answer = root.post(page(Product, "add"), {**data, "owner": lived.partners["distributor"].pk})
    assert answer.context["adminform"].form.errors["owner"]


def test_a_product_is_listed_once_per_marketplace(root, lived):
    answer = root.post(
        page(Listing, "add"),
        {"product": lived.product.pk, "marketplace": lived.market.pk, "active": "on"},
    )
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_hubs_and_marketplaces_get_their_ids(root, lived):
    owner = lived.partners["distributor"].pk
    root.post(page(Hub, "add"), {"name": "H", "type": "API", "provider": owner})
    assert Hub.objects.get(name="H").pk.startswith("HB-")
    market = {"name": "M", "owner": owner, "currency": "eur", "countries": '["de", "FR"]'}
    root.post(page(Marketplace, "add"), market)
    made = Marketplace.objects.get(name="M")
    assert (made.currency, made.countries) == ("EUR", ["DE", "FR"])
    for wrong in ('"DE"', '["Atlantis"]', '[["DE"]]'):
        answer = root.post(page(Marketplace, "add"), {**market, "countries": wrong})
        assert answer.context["adminform"].form.errors["countries"]
