"""A note with a mentioned colleague, written in a browser, and the list of what one watches."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.tryit import Visitor

PHONE = {"width": 360, "height": 740}


def test_a_note_is_written_read_by_a_colleague_and_what_is_watched_listed(
    portal, page, shoot, check_access
):
    page.emulate_media(reduced_motion="reduce")
    Visitor(page, portal, shoot).sign_in("distributor@demo.example")
    page.goto(f"{portal}/distributor/accounts/?q=Alsterblick")
    page.get_by_role("link", name="Hotel Alsterblick GmbH").click()

    page.get_by_text("Write a note").click()
    page.get_by_label("Note").fill("They <b>move</b> in March,\nsee https://maps.example/?q=1.")
    check_access()
    page.get_by_role("button", name="Tell colleagues").click()
    page.get_by_label("Sanne de Vries").check()
    check_access()
    page.get_by_role("button", name="Add the note").click()
    written = page.locator(".thread .private").first
    expect(written).to_contain_text("You noted for colleagues")
    expect(written).to_contain_text("They <b>move</b> in March,")
    expect(written.get_by_role("link")).to_have_attribute("href", "https://maps.example/?q=1")
    check_access()

    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("button", name="Stop watching")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    check_access()
    shoot("watched")
    page.get_by_label("Your menu").click()
    page.get_by_role("link", name="Watching", exact=True).click()
    for size in (None, PHONE):
        if size:
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        check_access()
        shoot("watching-phone" if size else "watching")
    page.locator("tr", has_text="Hotel Alsterblick").get_by_role("button").click()
    expect(page.get_by_text("You no longer watch this.")).to_be_visible()
    expect(page.get_by_role("link", name="Hotel Alsterblick GmbH")).to_have_count(0)
