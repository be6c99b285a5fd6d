"""A vendor clears its queue by keyboard; the distributor reads what was said of the change."""

from playwright.sync_api import expect

from customers.models import TierAccountRequest, User
from tests.journeys.test_every_page import DESK, PHONE
from tests.journeys.tryit import Visitor


def looked_at(page, check_access, shoot, name):
    """axe in both themes, and nothing wider than a phone."""
    page.emulate_media(reduced_motion="reduce")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        check_access()
        shoot(f"{name}-{theme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
    shoot(f"{name}-phone")
    page.set_viewport_size(DESK)


def keys_act_only_where_they_are_wanted(visitor, page):
    """Not while a button has the focus, nor where they are switched off; filters wait for Enter."""
    address = page.url
    page.get_by_role("button", name="Apply").focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Apply")).to_be_focused()
    product = page.locator("select[name=product]")
    product.focus()
    page.keyboard.press("ArrowDown")
    assert product.input_value()
    assert page.url == address
    page.keyboard.press("Enter")
    page.wait_for_url("**product=**")
    User.objects.filter(email="vendor@demo.example").update(single_keys=False)
    visitor.go("/vendor/account-requests/")
    for key in "jx?":
        page.keyboard.press(key)
    expect(page.locator("[data-chosen]")).to_have_text("0 chosen")
    expect(page.locator("dialog")).to_be_hidden()
    User.objects.filter(email="vendor@demo.example").update(single_keys=True)
    visitor.go("/vendor/account-requests/")


def test_several_changes_are_accepted_at_once_and_read_as_one(portal, page, shoot, check_access):
    visitor = Visitor(page, portal, shoot)
    visitor.sign_in("vendor@demo.example")
    visitor.go("/vendor/account-requests/")
    keys_act_only_where_they_are_wanted(visitor, page)
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")
    boxes = page.locator("input[form=bulk]")
    chosen = [box.get_attribute("value") for box in boxes.all() if box.is_checked()]
    looked_at(page, check_access, shoot, "queue")
    page.get_by_text("Choose all on this page").click()
    expect(page.locator("[data-chosen] b")).to_have_text(str(boxes.count()))
    page.get_by_text("Choose all on this page").click()
    for box in boxes.all():
        box.set_checked(box.get_attribute("value") in chosen)
    page.get_by_role("button", name="Accept").click()
    visitor.see("2 changes of 2 accounts")
    looked_at(page, check_access, shoot, "asked")
    # To look at one of them and come back loses nothing.
    page.get_by_text(chosen[0]).locator("xpath=ancestor::tr//a").click()
    page.go_back()
    page.get_by_role("button", name="Accept all of these").click()
    visitor.see("2 changes are accepted.")
    decided = TierAccountRequest.objects.get(pk=chosen[0])
    assert decided.state == "accepted"

    role = "distributor" if decided.provider.name == "Hanse Distribution" else "distributor2"
    visitor.sign_in(f"{role}@demo.example")
    visitor.go("/distributor/changes/?tab=all")
    looked_at(page, check_access, shoot, "changes")
    visitor.go(f"/distributor/accounts/{decided.account_id}/changes/{decided.version}/")
    expect(page.get_by_role("row", name=decided.pk)).to_contain_text("Accepted")
    looked_at(page, check_access, shoot, "change")
