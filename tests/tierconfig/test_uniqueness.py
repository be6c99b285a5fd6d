"""Values that must not repeat within a product."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from fulfillment.services.requests import withdraw_request
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.tierconfig.test_drafts import begin
from tierconfig.models import Parameter, UniqueValue
from tierconfig.services import configs, drafts, uniqueness
from tierconfig.services import requests as setups


@pytest.fixture
def unique(cast: Cast) -> Cast:
    cast.product.parameters.update(unique=True)
    factories.parameter(cast.product, "asset", "tenant", unique=True)
    return cast


def another_reseller(cast: Cast):
    """A second tier 1 below the same tier 2, with a customer."""
    second = factories.account(cast.partners["distributor"], cast.umbrella)
    return factories.account(cast.partners["distributor"], second, type="customer")


def order(cast: Cast, tenant: str = "", vat: str = "", **more):
    values = {"asset": {"tenant": tenant}} if tenant else {}
    return cast.order(values=values | ({"tier1": {"tier1_vat": vat}} if vat else {}), **more)


def taken(refused: pytest.ExceptionInfo[ValidationError]) -> dict[str, str]:
    return {name: errors[0].code for name, errors in refused.value.error_dict.items()}


@pytest.mark.parametrize("again", ["Acme", "  ACME ", "acme"])
def test_an_order_with_a_value_another_one_has_is_refused(unique, again):
    order(unique, "Acme")
    with pytest.raises(ValidationError) as refused:
        order(unique, again)
    assert taken(refused) == {"tenant": "unique"}
    assert order(unique, "Other").params == {"tenant": {"value": "Other"}}


def test_a_withdrawn_or_rejected_order_gives_its_value_back(unique):
    first = order(unique, "Acme")
    withdraw_request(first, actor=unique.actor("distributor"), reason="Mistake.")
    assert order(unique, "Acme").state == "tiers_setup"


def test_an_answer_is_refused_at_its_field_and_the_request_stays_open(unique):
    order(unique, vat="DE1")
    order(unique, customer=another_reseller(unique))
    steps.configure(2, unique.actor("vendor"))
    request = steps.setup(1)
    assert request.state == "inquiring"
    with pytest.raises(ValidationError) as refused:
        steps.answer(request, tier1_vat="de1")
    assert taken(refused) == {"tier1_vat": "unique"}
    assert steps.answer(request, tier1_vat="DE2").state == "pending"


def test_a_change_holds_both_values_until_it_is_decided(unique):
    order(unique, vat="DE1")
    vendor = unique.actor("vendor")
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    config = steps.config(1)
    update = configs.request_change(config, actor=vendor, values={"tier1_vat": "DE2"})
    second = another_reseller(unique)
    for vat in ("DE1", "DE2"):
        with pytest.raises(ValidationError):
            order(unique, vat=vat, customer=second)
    setups.fail_request(update, actor=vendor, reason="No.")
    assert order(unique, vat="DE2", customer=second).state == "tiers_setup"
    with pytest.raises(ValidationError):
        configs.request_change(
            steps.config(1, account=unique.nordlicht), actor=vendor, values={"tier1_vat": "DE2"}
        )


def test_an_approved_change_gives_the_old_value_back(unique):
    order(unique, vat="DE1")
    vendor = unique.actor("vendor")
    steps.configure(2, vendor)
    approved = steps.configure(1, vendor)
    configs.save_and_apply(
        steps.config(1), actor=vendor, values={"tier1_vat": "DE2"}, template=approved.template
    )
    second = another_reseller(unique)
    assert order(unique, vat="DE1", customer=second).state == "tiers_setup"


def test_a_failed_setup_gives_its_values_back(unique):
    order(unique, vat="DE1")
    setups.fail_request(steps.setup(2), actor=unique.actor("vendor"), reason="No.")
    assert not UniqueValue.objects.exists()
    assert order(unique, vat="DE1", customer=another_reseller(unique)).state == "tiers_setup"


def test_the_same_value_at_another_product_or_parameter_is_none_of_it(unique):
    order(unique, "Acme", vat="Acme")
    factories.parameter(unique.plain, "asset", "tenant", unique=True)
    again = unique.order(product=unique.plain, values={"asset": {"tenant": "Acme"}})
    assert again.params == {"tenant": {"value": "Acme"}}


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("email", {"value": "A@B.example"}, {"value": "a@b.example"}, True),
        ("phone", {"value": "+4940", "structured_value": {"a": "1", "b": "2"}},
         {"value": "+4940", "structured_value": {"b": "2", "a": "1"}}, True),
        ("phone", {"value": "+4940", "structured_value": {"extension": "1"}},
         {"value": "+4940", "structured_value": {"extension": "2"}}, False),
        ("text", {"value": "a b"}, {"value": "ab"}, False),
        ("password", {"value": "secret"}, {"value": "secret"}, False),
        ("object", {"structured_value": {"a": 1}}, {"structured_value": {"a": 1}}, False),
    ],
)  # fmt: skip
def test_values_are_compared_as_people_read_them_and_passwords_never(kind, one, other, same):
    definition = Parameter(name="x", type=kind)
    keys = [uniqueness.key_of(definition, each) for each in (one, other)]
    assert (keys[0] == keys[1] != "") is same


def test_switching_it_on_claims_what_is_there_or_names_who_shares_a_value(cast):
    tenant = factories.parameter(cast.product, "asset", "tenant")
    first, second = order(cast, "Acme"), order(cast, "acme")
    tenant.unique = True
    tenant.save()
    shared = sorted([first.subscription_id, second.subscription_id])
    assert uniqueness.resync(tenant) == [shared]
    assert not UniqueValue.objects.exists()
    type(second).objects.filter(pk=second.pk).update(params={"tenant": {"value": "Other"}})
    assert uniqueness.resync(tenant) == []
    with pytest.raises(ValidationError):
        order(cast, "OTHER")
    tenant.unique = False
    tenant.save()
    assert uniqueness.resync(tenant) == []
    assert order(cast, "Other").params == {"tenant": {"value": "Other"}}


def test_a_discarded_draft_gives_its_values_back(unique):
    unique.product.validates_setups = True
    unique.product.save()
    draft = begin(unique, values={"tier1_vat": "DE1"})
    second = another_reseller(unique)
    with pytest.raises(ValidationError):
        order(unique, vat="DE1", customer=second)
    drafts.discard_request(draft, actor=unique.actor("reseller"))
    assert order(unique, vat="DE1", customer=second).state == "tiers_setup"


def test_what_is_there_twice_is_named_but_for_drafts(cast):
    """Configurations that nobody but their maker knows of (decision 4)."""
    cast.product.validates_setups = True
    cast.product.save()
    second = another_reseller(cast).parent
    begun = begin(cast, values={"tier1_vat": "DE1"})
    drafts.submit_request(begun, actor=cast.actor("reseller"))
    begin(cast, "distributor", account=second, values={"tier1_vat": "DE1"})
    vat = cast.product.parameters.get(name="tier1_vat")
    vat.unique = True
    vat.save()
    assert uniqueness.resync(vat) == [[begun.configuration_id, "a draft"]]
