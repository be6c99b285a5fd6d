"""Notes about configurations, their requests and orders: beside what happened, for who may read."""

from __future__ import annotations

from customers.models import Event, Note
from customers.services.notes import add_note
from customers.services.watches import watch
from resellerportal.notifications.messages import messages
from tests.resellerportal.config_pages import answer, approve, main_of, setup_of, text_of
from tests.resellerportal.test_notes import lines
from tierconfig.services import configs


def write(cast, name, obj, said, kind="message"):
    return add_note(obj, actor=cast.actor(name), text=said, kind=kind)


def test_a_vendor_and_the_buying_side_talk_beside_what_happened(cast, pages):
    order = cast.order()
    setup = setup_of(2)
    for name, obj in (("config-request", setup), ("config", setup.configuration), ("order", order)):
        said = f"About the {name}"
        sent = pages.post("vendor", f"{name}-note", obj.pk, text=said, kind="message", token=name)
        assert sent.status_code == 302
        assert lines(pages.client.get(sent.url))[0].startswith(f"You wrote {said}")
        for member in ("distributor", "parent"):
            page = pages.get(member, f"{name}-detail", obj.pk)
            assert any(said in line for line in lines(page)), (member, name)
    answer(cast, 2)
    said = lines(pages.get("vendor", "config-request-detail", setup.pk))
    assert said[0].startswith("Parent answered")
    assert said[1].startswith("You wrote About the config-request")


def test_a_vendor_reads_a_reseller_s_words_about_an_order_without_its_name(cast, pages):
    order = cast.order()
    setup = setup_of(1)
    write(cast, "reseller", order, "Please be quick")
    write(cast, "reseller", setup, "Our number is new")
    assert "A reseller wrote Please be quick" in " ".join(
        lines(pages.get("vendor", "order-detail", order.pk))
    )
    assert "Reseller wrote Our number is new" in " ".join(
        lines(pages.get("vendor", "config-request-detail", setup.pk))
    )


def test_what_is_for_colleagues_stays_with_them(cast, pages):
    cast.order()
    setup = setup_of(2)
    write(cast, "vendor", setup, "Looks like a fraud", "private")
    assert "Looks like a fraud" in text_of(pages.get("vendor", "config-request-detail", setup.pk))
    for name in ("distributor", "parent"):
        page = text_of(pages.get(name, "config-request-detail", setup.pk))
        assert "Looks like a fraud" not in page
    for name in ("vendor2", "distributor2", "reseller2"):
        refused = pages.post(name, "config-request-note", setup.pk, text="x", kind="message")
        assert refused.status_code == 404
    cast.users["vendor"].memberships.update(level="viewer")
    refused = pages.post("vendor", "config-request-note", setup.pk, text="x", kind="private")
    assert refused.status_code == 403
    assert Note.objects.count() == 1


def test_who_watches_a_configuration_hears_of_its_requests(cast, pages):
    cast.order()
    for level in (2, 1):
        answer(cast, level)
        approve(cast, setup_of(level))
    config = setup_of(1).configuration
    watch(config, actor=cast.actor("distributor"))
    made = configs.request_change(config, actor=cast.actor("reseller"), values={"tier1_vat": "D9"})
    event = Event.objects.get(verb="tierconfigrequest.created", object_id=made.pk)
    heard = [each for each in messages(event) if each.template == "followed"]
    assert [each.recipient for each in heard] == ["distributor@people.example"]
    assert f"Nordlicht Systemhaus GmbH: Reseller opened the request ({made.pk})" == heard[0].subject
    assert ("Product", "Backup 360") in heard[0].context["facts"]
    listed = main_of(pages.client.get("/watching/")) if pages.address("distributor", "home") else ""
    assert config.pk in listed
