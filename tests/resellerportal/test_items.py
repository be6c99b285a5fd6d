"""Vendors say what of their products can be bought."""

from __future__ import annotations

from customers.models import Event, Product
from fulfillment.models import Item
from fulfillment.services.items import add_item
from tests.resellerportal.config_pages import main_of
from tests.security.forms import UNESCAPED
from tierconfig.services.definitions.products import add_product

SEAT = {
    "name": "Seat <b>",
    "mpn": "KPF-1",
    "local_id": "",
    "description": "Per printer",
    "type": "Reservation",
    "period": "Yearly",
    "unit": "Printers",
}


def send(pages, who, where, **data):
    """Fields may be called `name`."""
    return pages.client.post(pages.address(who, *where), data)


def test_a_new_product_gets_an_item_and_can_be_published(cast, pages):
    send(pages, "vendor", ("product-add",), name="Print Fleet")
    product = Product.objects.get(name="Print Fleet")
    page = main_of(pages.get("vendor", "product-publish", product.pk))
    assert "no published item" in page
    assert "No items yet" in main_of(pages.get("vendor", "product-detail", product.pk, "items"))
    assert send(pages, "vendor", ("product-item-add", product.pk), **SEAT).status_code == 302
    made = product.items.get()
    assert (made.pk, made.local_id, made.period) == (f"{product.pk}-0001", "KPF-1", "Yearly")
    page = main_of(pages.get("vendor", "product-detail", product.pk, "items"))
    assert "Seat &lt;b&gt;" in page
    assert not any(each in page for each in UNESCAPED)
    assert pages.post("vendor", "product-publish", product.pk).status_code == 302
    assert Product.objects.get(pk=product.pk).state == Product.State.PUBLISHED
    assert "added an item" in main_of(pages.get("vendor", "product-detail", product.pk))


def test_a_trial_is_offered_and_reads_as_one(cast, pages):
    product = cast.plain
    trial = {"mpn": "TRY", "period": "days_14_trial"}
    assert (
        send(pages, "vendor", ("product-item-add", product.pk), **SEAT | trial).status_code == 302
    )
    assert "Trial of 14 days" in main_of(pages.get("vendor", "product-detail", product.pk, "items"))
    made = product.items.get(mpn="TRY")
    order = cast.order(product=product, items={made.pk: 1})
    page = main_of(pages.get("reseller", "order-detail", order.pk))
    tab = main_of(pages.get("reseller", "subscription-detail", order.subscription_id, "items"))
    assert "Trial of 14 days" in tab
    assert "days_14_trial" not in page + tab


def test_the_last_item_of_a_product_on_sale_stays_and_two_have_no_common_id(cast, pages):
    product = cast.product
    first = product.items.order_by("pk").first()
    product.items.exclude(pk=first.pk).update(status=Item.Status.END_OF_SALE)
    again = send(
        pages, "vendor", ("product-item-add", product.pk), **SEAT | {"mpn": first.local_id}
    )
    assert again.status_code == 422
    assert "Another item has this ID." in main_of(again)
    ended = {"name": first.name, "mpn": first.mpn, "description": "", "status": "endofsale"}
    answer = send(pages, "vendor", ("product-item-edit", product.pk, first.pk), **ended)
    assert "It is the last item on sale." in main_of(answer)
    add_item(product, actor=cast.actor("vendor"), name="Seat", mpn="KPF-1")
    answer = send(pages, "vendor", ("product-item-edit", product.pk, first.pk), **ended)
    assert answer.status_code == 302
    assert Item.objects.get(pk=first.pk).status == Item.Status.END_OF_SALE
    event = Event.objects.get(verb="product.item_changed")
    assert event.data["changes"] == {"status": ["published", "endofsale"]}


def test_items_of_other_vendors_and_products_cannot_be_named(cast, pages):
    product, item = cast.product, cast.product.items.first()
    for where in (("product-item-add", product.pk), ("product-item-edit", product.pk, item.pk)):
        assert send(pages, "vendor2", where, **SEAT).status_code == 404
    missing = ("product-item-edit", product.pk, "PRD-000-000-000-0001")
    assert send(pages, "vendor", missing, **SEAT).status_code == 404
    page = main_of(pages.get("distributor", "product-detail", product.pk, "items"))
    assert item.name in page
    assert "Edit" not in page
    assert "Add an item" not in page


def test_an_item_nobody_ordered_is_removed_and_so_is_a_draft_product(cast, pages):
    cast.order()
    first = cast.product.items.get()
    spare = add_item(cast.product, actor=cast.actor("vendor"), name="Spare", mpn="SP-1")
    kept = send(pages, "vendor", ("product-item-remove", cast.product.pk, first.pk))
    assert "It was ordered already." in main_of(kept)
    send(pages, "vendor", ("product-item-remove", cast.product.pk, spare.pk))
    assert list(cast.product.items.all()) == [first]
    assert "removed an item" in main_of(pages.get("vendor", "product-detail", cast.product.pk))
    draft = add_product(actor=cast.actor("vendor"), name="Short-lived")
    assert "Delete the draft" in main_of(pages.get("vendor", "product-detail", draft.pk))
    assert pages.get("vendor2", "product-remove", draft.pk).status_code == 404
    assert send(pages, "vendor", ("product-remove", draft.pk)).status_code == 302
    assert pages.get("vendor", "product-detail", draft.pk).status_code == 404
    assert pages.get("vendor", "product-remove", cast.product.pk).status_code == 409
