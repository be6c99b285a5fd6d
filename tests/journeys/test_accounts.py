"""Accounts in a browser: invented by a vendor, doubted for a distributor, taken out of use."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from customers.models import TierAccount
from tests.journeys.tryit import Visitor

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def enter(portal, page, shoot):
    page.emulate_media(reduced_motion="reduce")
    visitor = Visitor(page, portal, shoot)

    def sign_in(role):
        visitor.sign_in(f"{role}@demo.example")
        page.goto(f"{portal}/{role}/accounts/add/")

    return sign_in


def go_on(page):
    page.get_by_role("button", name="Continue").click()


def fits(page, check_access):
    """In both themes, and on a phone."""
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        check_access()
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(size)


def test_a_vendor_invents_a_company_and_types_over_it(enter, page, shoot, check_access):
    enter("vendor")
    page.get_by_label("Reseller: sells").check()
    go_on(page)
    page.get_by_label("Marketplace").select_option(index=1)
    go_on(page)
    go_on(page)
    name = page.get_by_label("Company name")
    expect(name).not_to_have_value("")
    fits(page, check_access)
    shoot("invented")
    page.get_by_role("button", name="Clear").click()
    expect(name).to_have_value("")
    expect(page.get_by_text("Nothing was saved yet")).to_be_hidden()
    page.get_by_role("button", name="Randomize").click()
    expect(name).not_to_have_value("")
    page.get_by_role("button", name="Generate an external UUID").click()
    expect(page.get_by_role("textbox", name="External UUID")).not_to_have_value("")
    # Enter goes on; it is not taken for one of the buttons that fill in.
    name.fill("Invented Ltd")
    name.press("Enter")
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Invented Ltd is created")).to_be_visible()
    assert TierAccount.objects.get(name="Invented Ltd").environment == "preview"


def test_a_known_company_is_doubted_and_an_unused_account_decommissioned(
    enter, page, shoot, check_access
):
    enter("distributor")
    page.get_by_label("Reseller: sells").check()
    go_on(page)
    go_on(page)
    for label, value in {
        "Company name": "Nordlicht Systemhaus",
        "Tax ID": "DE123",
        "City": "Kiel",
        "Postal code": "24103",
        "Street and number": "Weg 1",
        "Last name": "Petersen",
        "First name": "Rieke",
        "E-mail": "office@nordlicht.example",
    }.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Country").select_option("DE")
    go_on(page)
    expect(page.get_by_text("does not look like a tax ID of Germany")).to_be_visible()
    expect(page.get_by_role("link", name="Nordlicht Systemhaus GmbH")).to_be_visible()
    fits(page, check_access)
    shoot("doubted")
    create = page.get_by_role("button", name="Create", exact=True)
    create.click()
    expect(page.get_by_text("Nothing was saved yet")).to_be_visible()
    page.get_by_label("Create it anyway").check()
    create.click()
    page.get_by_role("link", name="Go to details").click()
    fits(page, check_access)
    page.get_by_role("link", name="Decommission").click()
    fits(page, check_access)
    shoot("decommission")
    page.get_by_role("button", name="Decommission").click()
    expect(page.get_by_text("Nordlicht Systemhaus is decommissioned.")).to_be_visible()
    assert TierAccount.objects.get(name="Nordlicht Systemhaus").decommissioned_at
