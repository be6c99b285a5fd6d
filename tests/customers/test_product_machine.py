"""The life of a product on sale: who may take which step, and what stands in the way."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import Event, Product
from fulfillment.services.products import end_sale, missing_for_sale, publish_product, resume_sale
from tests import factories
from tests.customers.matrix import check_completeness, check_machine, rows

WHO = "vendor, admin"
ALLOWED = (
    rows(WHO, "draft", "publish")
    | rows(WHO, "published", "end_sale")
    | rows(WHO, "endofsale", "resume_sale")
)
STEPS = {"publish": publish_product, "end_sale": end_sale, "resume_sale": resume_sale}


def test_the_matrix(cast):
    def in_state(state):
        Product.objects.filter(pk=cast.product.pk).update(state=state)
        return Product.objects.get(pk=cast.product.pk)

    check_machine(cast, in_state, lambda obj, step, actor: STEPS[step](obj, actor=actor), ALLOWED)


def test_the_set_names_every_transition():
    check_completeness(Product, ALLOWED)


def test_what_is_missing_for_an_order_is_said_all_at_once(cast):
    draft = factories.product(
        cast.partners["vendor"], state=Product.State.DRAFT, authorization_level=2
    )
    factories.template(draft, "tier1")
    with pytest.raises(ValidationError) as refused:
        publish_product(draft, actor=cast.actor("vendor"))
    assert refused.value.messages == [
        "It has no published item, so there is nothing to order.",
        "There is no template for approvals of scope Subscription.",
        "There is no template for approvals of scope Tier 2.",
    ]
    assert Product.objects.get(pk=draft.pk).state == "draft"
    factories.item(draft, status="endofsale")
    assert missing_for_sale(draft)[0].startswith("It has no published item")
    factories.item(draft)
    for scope, kind in (("asset", "fulfillment"), ("tier2", "")):
        factories.template(draft, scope, kind)
    done = publish_product(draft, actor=cast.actor("vendor"))
    assert (done.state, done.published_at is not None) == ("published", True)
    assert Event.objects.get(object_id=draft.pk).verb == "product.publish"


def test_after_the_end_of_sale_nobody_orders_and_what_is_open_goes_on(cast):
    order = cast.order()
    end_sale(cast.product, actor=cast.actor("vendor"))
    product = Product.objects.get(pk=cast.product.pk)
    with pytest.raises(ValidationError):
        cast.order(product=product)
    assert type(order).objects.get(pk=order.pk).state == "tiers_setup"
    resume_sale(product, actor=cast.actor("vendor"))
    assert cast.order(product=Product.objects.get(pk=product.pk)).state == "tiers_setup"
