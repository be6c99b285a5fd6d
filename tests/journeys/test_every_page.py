"""Every page of each role, in both themes and on a phone: axe is content and nothing overflows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.actors import Actor
from customers.imports import services
from customers.models import (
    AccountAccess,
    ImportBatch,
    Membership,
    Product,
    Report,
    ServiceUser,
    TierAccount,
    TierAccountRequest,
    WebhookEndpoint,
    WebhookMessage,
)
from customers.models.base import Lifecycle
from fulfillment.models import FulfillmentRequest, ReportSchedule, Subscription
from tests.customers.imports.files import apply, check, row
from tests.journeys.tryit import Visitor
from tests.resellerportal.test_access_table import PORTALS, about_one, addresses
from tierconfig import inquiries
from tierconfig.models import TierConfig, TierConfigRequest

MODELS = {
    "account": TierAccount,
    "request": TierAccountRequest,
    "config": TierConfig,
    "config-request": TierConfigRequest,
    "subscription": Subscription,
    "order": FulfillmentRequest,
    "product": Product,
    "access": AccountAccess,
    "import": ImportBatch,
    "readiness": TierAccount,
    "report": Report,
    "schedule": ReportSchedule,
    "webhook": WebhookEndpoint,
    "webhook-message": WebhookMessage,
    "api-key": ServiceUser,
}
#: Pages of settings that look the same for every role are looked at as vendors have them.
ALIKE = ("webhook", "api-key", "api-call")
#: Answers that are files.
FILES = ("report-download",)
#: The state in which a page, or a step of any page, can be seen.
STATES = {
    "accept": "pending",
    "ignore": "pending",
    "approve": "pending",
    "inquire": "pending",
    "fail": "pending",
    "update": "pending",
    "values": "pending",
    "notes": "pending",
    "answer": "inquiring",
    "delegate": "inquiring",
    "pend": "inquiring",
    "renew": "inquiring",
    "remind": "inquiring",
    "ask-contact": "inquiring",
    "assign": "pending",
    "take": "pending",
    "withdraw": "inquiring",
    "edit": "draft",
    "validate": "draft",
    "submit": "draft",
    "discard": "draft",
    "change": "active",
    "suspend": "active",
    "cancel": "active",
    "resume": "suspended",
    "schedule": "pending",
    "revoke": "scheduled",
    "confirm": "revoking",
    "nudge": "pending",
    "config-update": "active",
    "adjust": "active",
    "publish": "draft",
    "end-sale": "published",
    "resume-sale": "endofsale",
    "columns": "checked",
    "start_apply": "checked",
    "start_undo": "applied",
}
#: What a product's own pages are about, beside the product.
TABS = "capabilities items parameters templates embedding messages webhooks connections listings"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def actor_of(role: str) -> Actor:
    rows = Membership.objects.select_related("user", "partner")
    return Actor.of(rows.get(user__email=f"{role}@demo.example"))


def import_something(actor: Actor) -> list[str]:
    """One import that was applied and one that was checked; the pages of the latter's rows."""
    provider = services.providers(actor)[0]
    parent = TierAccount.objects.visible_to(actor).resellers().filter(provider=provider).first()
    new = row("Fischkontor Altona", parent_id=parent.pk)
    apply(check(actor, provider, [new]), actor)
    wrong = row("Waisenhaus", parent_external_id="nobody", country="Atlantis")
    batch = check(actor, provider, [row(parent.name, parent_id=parent.pk), wrong])
    lines = batch.rows.order_by("number").values_list("number", flat=True)
    base = f"/{actor.role}/imports/{batch.pk}/"
    return [*(f"{base}{tab}/" for tab in ("error", "duplicate")), f"{base}lines/{lines[1]}/"]


def paths_of(role: str) -> list[str]:
    """One address of each kind of page of the role; for a model the newest object of each state."""
    actor = actor_of(role)
    found = [] if role == "vendor" else import_something(actor)
    for each in addresses(role):
        extra = [name for name in each.arguments if name != "pk"]
        if extra or each.name in FILES or (role != "vendor" and each.name.startswith(ALIKE)):
            continue
        if not about_one(each):
            found.append(reverse(f"{role}:{each.name}"))
            continue
        part = max((name for name in MODELS if each.name.startswith(name)), key=len)
        rows = MODELS[part].objects.visible_to(actor).order_by("-pk")
        if part == "readiness":
            rows = rows.resellers()
        has_states = issubclass(rows.model, Lifecycle)
        step = each.name.removeprefix(part).strip("-")
        state = STATES.get(each.name, STATES.get(step)) if has_states else None
        rows = ready(rows, part, step) if state else rows
        chosen = rows.filter(state=state).first() if state else rows.first()
        if chosen is not None:
            found.append(reverse(f"{role}:{each.name}", args=[chosen.pk]))
    more = {
        "reseller": help_pages,
        "vendor": lambda: pages_of_a_product(actor),
        "distributor": lambda: pages_of_a_subscription(actor),
    }
    return found + more.get(role, list)()


def ready(rows: Any, part: str, step: str) -> Any:
    """Those whose product lets the step happen, and which nothing else is under way for."""
    if part == "subscription":
        rows = rows.exclude(requests__state__in=FulfillmentRequest.OPEN)
        return rows.filter(product__administrative_hold=True)
    if step == "schedule":
        return rows.filter(type="purchase", subscription__product__schedules_purchases=True)
    return rows


def pages_of_a_subscription(actor: Actor) -> list[str]:
    """Tabs of one and of an order, what is kept about lists, and what one prefers."""
    order = FulfillmentRequest.objects.visible_to(actor).filter(type="change").first()
    return [
        *(
            reverse("distributor:subscription-detail", args=[order.subscription_id, tab])
            for tab in ("items", "requests")
        ),
        reverse("distributor:report-add", args=["orders"]),
        reverse("saved-views", args=["order"]),
        reverse("preferences"),
    ]


def pages_of_a_product(actor: Actor) -> list[str]:
    """Its tabs, and the page of one of each kind of its definitions."""
    product = Product.objects.visible_to(actor).get(name="Archive Vault")

    def page(name: str, *arguments: str) -> str:
        return reverse(f"vendor:product-{name}", args=[product.pk, *arguments])

    account = TierAccount.objects.visible_to(actor).resellers().order_by("pk").first()
    parameter, template = product.parameters.first(), product.templates.first()
    return [
        *(page("detail", tab) for tab in TABS.split()),
        *(page(f"parameter-{step}", parameter.pk) for step in ("edit", "dependency", "remove")),
        page("template-edit", template.pk),
        page("message-edit", product.messages.first().pk),
        reverse("vendor:readiness-cell", args=[account.pk, product.pk]),
    ]


def help_pages() -> list[str]:
    """One of each kind, and what is about oneself; they are the same for all roles."""
    lifecycle = reverse("help-lifecycle", args=["tierconfigrequest"])
    return [
        reverse("help"),
        reverse("help-chapter", args=["resellers"]),
        reverse("help-lifecycles"),
        f"{lifecycle}?at=inquiring",
        reverse("account_change_password"),
        reverse("mfa_index"),
    ]


#: A role's pages are looked at in parts, so that two processes share the work.
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", PORTALS)
def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    role, part, portal, page, shoot, check_access
):
    # Colours that are still moving from one theme to the other would be measured half way.
    page.emulate_media(reduced_motion="reduce")
    Visitor(page, portal, shoot).sign_in(f"{role}@demo.example")
    seen, wide = 0, []
    for path in paths_of(role)[part::PARTS]:
        name = re.sub(r"\W+", "-", path).strip("-")
        answer = page.goto(portal + path)
        if answer.status != 200:
            # Nothing of this role is in the state it takes; refusals look the same everywhere.
            continue
        seen += 1
        check_access()
        shoot(f"{name}-light")
        page.emulate_media(color_scheme="dark")
        # axe is slow on a page that it has looked at before; loading it again is not.
        page.goto(portal + path)
        check_access(colours=True)
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append((path, width))
        shoot(f"{name}-phone")
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
    assert wide == []
    assert seen >= 40 // PARTS


def test_public_pages_are_accessible_too(portal, page, shoot, check_access):
    request = TierConfigRequest.objects.filter(state="inquiring").order_by("pk").first()
    code = inquiries.code(request)
    for path in (
        "/accounts/login/",
        "/accounts/password/reset/",
        "/demo/mail/",
        f"/inquiry/{request.pk}/{code}/",
        f"/inquiry/{request.pk}/{'x' * 22}/",
        "/nowhere/",
    ):
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.goto(portal + path)
            check_access()
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
            shoot(f"{size['width']}{re.sub(r'[^a-z]+', '-', path)}"[:60])


def test_who_was_in_the_administration_keeps_the_theme_of_the_portal(portal, page, shoot):
    page.emulate_media(color_scheme="dark")
    Visitor(page, portal, shoot).sign_in("admin@demo.example")
    page.goto(f"{portal}/admin/")
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
    page.goto(f"{portal}/vendor/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
