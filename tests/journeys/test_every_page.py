"""Every page of each role, in both themes and on a phone: axe is content and nothing overflows."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from customers.actors import Actor
from customers.models import Membership, Product, TierAccount, TierAccountRequest
from fulfillment.models import FulfillmentRequest, Subscription
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
}
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def paths_of(role: str) -> list[str]:
    """One address of each kind of page of the role; for a model the newest object of each state."""
    member = Membership.objects.select_related("user", "partner").get(
        user__email=f"{role}@demo.example"
    )
    actor = Actor.of(member)
    found = []
    for each in addresses(role):
        extra = [name for name in each.arguments if name != "pk"]
        if extra:
            continue
        if not about_one(each):
            found.append(reverse(f"{role}:{each.name}"))
            continue
        part = max((name for name in MODELS if each.name.startswith(name)), key=len)
        rows = MODELS[part].objects.visible_to(actor).order_by("-pk")
        step = each.name.removeprefix(part).strip("-")
        state = {
            "accept": "pending",
            "ignore": "pending",
            "approve": "pending",
            "inquire": "pending",
            "fail": "pending",
            "answer": "inquiring",
            "pend": "inquiring",
            "renew": "inquiring",
            "withdraw": "inquiring",
            "change": "active",
        }.get(step)
        chosen = rows.filter(state=state).first() if state else rows.first()
        if chosen is not None:
            found.append(reverse(f"{role}:{each.name}", args=[chosen.pk]))
    return found


@pytest.mark.parametrize("role", PORTALS)
def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    role, portal, page, shoot, check_access
):
    # Colours that are still moving from one theme to the other would be measured half way.
    page.emulate_media(reduced_motion="reduce")
    Visitor(page, portal, shoot).sign_in(f"{role}@demo.example")
    wide = []
    for path in paths_of(role):
        name = re.sub(r"\W+", "-", path).strip("-")
        page.goto(portal + path)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            check_access()
            shoot(f"{name}-{theme}")
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append((path, width))
        shoot(f"{name}-phone")
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
    assert wide == []


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
