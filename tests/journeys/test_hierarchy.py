"""The hierarchy in a browser: unfolded, walked by keys, searched, and moved by dragging."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from customers.models import TierAccount
from tests.journeys.tryit import Visitor

NORDLICHT, UMBRELLA = "Nordlicht Systemhaus GmbH", "Umbrella Hanse"
KIRLIN, OSTSEE = "Kirlin Logistik GmbH", "Ostsee Datentechnik AG"


@pytest.fixture
def forest(portal, page, shoot):
    page.emulate_media(reduced_motion="reduce")
    Visitor(page, portal, shoot).sign_in("distributor@demo.example")
    page.get_by_role("link", name="Customers").first.click()
    page.get_by_role("link", name="Hierarchy").click()
    expect(page.get_by_role("heading", name="Hierarchy")).to_be_visible()
    return page.locator(".forest")


def name(forest, text):
    return forest.get_by_role("link", name=text, exact=True)


def twist(forest, text):
    return forest.get_by_role("link", name=f"What is below {text}", exact=True)


def node(forest, text):
    return forest.locator(".node").filter(has=name(forest.page, text))


def parent_of(text):
    return TierAccount.objects.get(name=text).parent


def test_lines_unfold_in_place_by_pointer_and_by_keys(forest, page, shoot, check_access):
    address = page.url
    twist(forest, UMBRELLA).click()
    twist(forest, NORDLICHT).click()
    expect(name(forest, KIRLIN)).to_be_visible()
    expect(twist(forest, UMBRELLA)).to_have_attribute("aria-expanded", "true")
    assert page.url == address
    check_access()
    shoot("unfolded")
    twist(forest, UMBRELLA).click()
    expect(name(forest, KIRLIN)).to_be_hidden()
    expect(twist(forest, UMBRELLA)).to_have_attribute("aria-expanded", "false")

    # The same by keys.
    page.reload()
    name(forest, UMBRELLA).focus()
    page.keyboard.press("ArrowRight")
    expect(name(forest, NORDLICHT)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(name(forest, NORDLICHT)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(name(forest, OSTSEE)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(name(forest, UMBRELLA)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(name(forest, NORDLICHT)).to_be_hidden()

    # A search opens the way; a customer names the tiers above it.
    page.get_by_label("Name, ID or external ID").fill("kirlin")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(name(forest, KIRLIN)).to_be_visible()
    page.get_by_label(f"Actions for {KIRLIN}").click()
    page.get_by_role("link", name="Show its tiers").click()
    for text, tier in ((KIRLIN, 0), (NORDLICHT, 1), (UMBRELLA, 2)):
        expect(node(forest, text)).to_contain_text(f"Tier {tier}")
    check_access()
    shoot("tiers")

    # A session that has ended leads to the sign-in page, not into the tree.
    page.context.clear_cookies()
    twist(forest, OSTSEE).click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_dropped_account_asks_before_it_moves(forest, page, shoot, check_access):
    twist(forest, UMBRELLA).click()
    twist(forest, NORDLICHT).click()
    expect(name(forest, KIRLIN)).to_be_visible()

    # Not where it cannot hang, nor where it hangs.
    address = page.url
    node(forest, UMBRELLA).drag_to(node(forest, NORDLICHT))
    node(forest, NORDLICHT).drag_to(node(forest, UMBRELLA))
    node(forest, NORDLICHT).drag_to(node(forest, KIRLIN))
    assert page.url == address
    expect(forest.locator(".drop, .dragged")).to_have_count(0)

    # On the edge: a tree of its own.
    node(forest, NORDLICHT).hover()
    page.mouse.down()
    node(forest, OSTSEE).hover()
    own = page.get_by_text("Drop here to make it the top of its own tree")
    expect(own).to_be_visible()
    own.hover()
    own.hover()
    page.mouse.up()
    expect(page.get_by_text("None, top of its tree")).to_be_visible()
    page.go_back()

    # On another reseller.
    twist(forest, UMBRELLA).click()
    expect(name(forest, NORDLICHT)).to_be_visible()
    node(forest, NORDLICHT).drag_to(node(forest, OSTSEE))
    expect(page.get_by_role("heading", name=f"Move {NORDLICHT}")).to_be_visible()
    expect(page.get_by_text("What else the move does")).to_be_visible()
    assert re.search(r"/move/\?parent=TA-", page.url)
    assert parent_of(NORDLICHT).name == UMBRELLA
    check_access()
    shoot("effects")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text(f"{NORDLICHT} hangs below {OSTSEE} now.")).to_be_visible()
    assert parent_of(NORDLICHT).name == OSTSEE


def test_without_scripts_every_line_is_a_link(browser, portal):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal}/accounts/login/")
    page.get_by_label("E-mail").fill("distributor@demo.example")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{portal}/distributor/hierarchy/")
    forest = page.locator(".forest")
    twist(forest, UMBRELLA).click()
    twist(forest, NORDLICHT).click()
    expect(name(forest, KIRLIN)).to_be_visible()
    page.get_by_label(f"Actions for {KIRLIN}").click()
    page.get_by_role("link", name="Move").first.click()
    page.get_by_placeholder("Name, e-mail").fill("ostsee")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label(OSTSEE).check()
    page.get_by_role("button", name="Show the effects").click()
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text(f"{KIRLIN} hangs below {OSTSEE} now.")).to_be_visible()
    context.close()
