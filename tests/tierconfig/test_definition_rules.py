"""Rules between parameters, their removal and order, and what a change does to what is open."""

import pytest
from django.core.exceptions import ValidationError

from fulfillment.services.requests import withdraw_request
from tests import factories
from tests.factories.steps import configure, setup
from tests.tierconfig.defining import CHOICES, add, change, depend, events, wrong
from tierconfig.models import Parameter, TierConfigRequest
from tierconfig.presentation import presented
from tierconfig.services.definitions import dependencies, effects, shape
from tierconfig.services.definitions import parameters as services
from tierconfig.services.definitions.shape import Kind


@pytest.fixture
def chain(cast):
    """kind decides about trade, trade about register; all of tier 1."""
    kind = add(cast, "kind", type="choice", constraints={"choices": CHOICES})
    trade = add(cast, "trade", type="dropdown", constraints={"choices": CHOICES})
    register = add(cast, "register")
    return kind, trade, register


def test_a_rule_is_stored_recorded_used_and_taken_away(cast, chain):
    done = depend(cast, chain[2], "kind", ["b", "a"], required=True)
    rule = {"parameter": "kind", "values": ["a", "b"], "required": True}
    assert done.constraints["dependency"] == rule
    assert events(cast.product)[-1][1]["changes"] == {"dependency": [None, rule]}
    own = Parameter.objects.of_scope(cast.product.pk, "tier1")
    [now] = [each for each in presented(own, {"kind": {"value": "b"}}) if each.name == "register"]
    assert now.required
    depend(cast, chain[2], "", ())
    assert Parameter.objects.get(name="register").constraints == {}


def test_rules_that_cannot_work_are_refused(cast, chain):
    kind, trade, register = chain
    depend(cast, trade, "kind")
    asset = add(cast, "other", scope="asset", type="choice", constraints={"choices": CHOICES})
    later = add(cast, "later", phase="fulfillment", type="choice", constraints={"choices": CHOICES})
    for row, on in (
        (register, "register"),
        (kind, "kind"),
        (kind, "trade"),
        (register, asset.name),
        (register, later.name),
        (kind, "register"),
        (register, "nothing"),
    ):
        with pytest.raises(ValidationError) as error:
            depend(cast, row, on)
        assert set(error.value.message_dict) == {"on"}, (row, on)
    for values, flags, field in (
        (("z",), {"hidden": True}, "values"),
        ((), {"hidden": True}, "values"),
    ):
        with pytest.raises(ValidationError) as error:
            depend(cast, register, "kind", values, **flags)
        assert set(error.value.message_dict) == {field}
    every = Parameter.objects.filter(product=cast.product)
    assert {each.name for each in dependencies.candidates(register, every)} == {"kind", "trade"}
    assert dependencies.candidates(kind, every) == []
    assert {each.name for each in dependencies.candidates(later, every)} == {"kind", "trade"}


def test_a_choice_that_a_rule_compares_with_stays(cast, chain):
    depend(cast, chain[2], "kind", ["b"])
    change(cast, chain[0], constraints={"choices": [{"value": "b"}, {"value": "c"}]})
    with pytest.raises(ValidationError) as error:
        change(cast, chain[0], constraints={"choices": ["c"]})
    assert wrong(error) == {"choices": "register depends on “b”; change that first."}


# Removal and order


def test_what_is_held_or_depended_on_cannot_be_removed(cast, chain):
    depend(cast, chain[2], "kind")
    vendor = cast.actor("vendor")
    with pytest.raises(ValidationError) as error:
        services.remove_parameter(chain[0], actor=vendor)
    assert error.value.messages == ["Others depend on it: register."]
    cast.order()
    configure(2, vendor)
    vat = Parameter.objects.get(name="tier2_vat")
    with pytest.raises(ValidationError) as error:
        services.remove_parameter(vat, actor=vendor)
    assert error.value.messages == [
        "It has values in tier configurations: 1.",
        "It has values in configuration requests: 1.",
    ]
    services.remove_parameter(chain[2], actor=vendor)
    assert not Parameter.objects.filter(name="register").exists()
    assert events(cast.product)[-1][0] == "product.parameter_removed"


def test_a_value_of_a_subscription_or_an_order_holds_its_parameter_too(cast):
    row = add(cast, "site", scope="asset")
    order = cast.order(values={"asset": {"site": "Kiel"}})
    assert services.holders(row) == {"orders": 1}
    with pytest.raises(ValidationError):
        services.remove_parameter(row, actor=cast.actor("vendor"))
    withdraw_request(order, actor=cast.actor("distributor"), reason="Ordered twice.")
    services.remove_parameter(row, actor=cast.actor("vendor"))
    assert not Parameter.objects.filter(name="site").exists()


def test_parameters_are_put_into_another_order_within_their_phase(cast, chain):
    kind, trade, register = chain
    first = Parameter.objects.get(name="tier1_vat")
    order = [register.pk, first.pk, kind.pk, trade.pk]
    services.reorder_parameters(cast.product, actor=cast.actor("vendor"), order=order)
    own = Parameter.objects.of_scope(cast.product.pk, "tier1")
    assert [row.pk for row in own] == order
    services.move_parameter(own[0], actor=cast.actor("vendor"), up=True)
    services.move_parameter(own[0], actor=cast.actor("vendor"), up=False)
    own = Parameter.objects.of_scope(cast.product.pk, "tier1")
    assert [row.name for row in own][:2] == ["tier1_vat", "register"]
    verbs = [verb for verb, _data in events(cast.product)]
    assert verbs.count("product.parameters_reordered") == 2


def test_an_order_of_other_parameters_is_refused(cast, chain):
    foreign = factories.parameter(cast.plain, "asset")
    own = [row.pk for row in services.siblings_of(chain[0])]
    for order in ([], own[:-1], [*own[:-1], foreign.pk], [*own, own[0]], [foreign.pk]):
        with pytest.raises(ValidationError) as error:
            services.reorder_parameters(cast.product, actor=cast.actor("vendor"), order=order)
        assert error.value.error_list[0].code == "stale"


# Effects


def effects_of(cast, row, **changes):
    after = Parameter.objects.get(pk=row.pk)
    for name, value in changes.items():
        setattr(after, name, value)
    return effects.effects_of(cast.product, Parameter.objects.get(pk=row.pk), after)


def test_the_effects_of_a_change_are_counted_over_what_is_open(cast):
    cast.order()
    vat = Parameter.objects.get(name="tier2_vat")
    row = add(cast, "region", scope="tier2")
    request = setup(2)
    assert effects_of(cast, row, title="Area") == []
    assert effects_of(cast, row, required=True) == [
        f"1 open request will lack a value: it cannot be approved before it is given. "
        f"({request.pk})"
    ]
    assert effects_of(cast, vat, hidden=True) == [
        f"1 form that waits for an answer will not ask for it any more. ({request.pk})"
    ]
    assert effects_of(cast, vat, required=False) == [
        f"1 open request will not need it any more. ({request.pk})"
    ]
    TierConfigRequest.objects.filter(pk=request.pk).update(
        params={"tier2_vat": {"value": "DE811907980"}}
    )
    assert effects_of(cast, vat, constraints={"max_length": 3}) == [
        f"1 open request holds a value that will not be accepted any more. ({request.pk})"
    ]
    assert "will not need" not in str(effects_of(cast, vat, required=False))


def test_a_new_required_parameter_says_who_lacks_it_and_who_is_not_asked_again(cast):
    cast.order()
    configure(2, cast.actor("vendor"))
    new = shape.sample(
        Kind("text", "ordering", "tier2"), name="seat", required=True, product=cast.product
    )
    assert effects.effects_of(cast.product, None, new) == [
        "1 reseller that is configured already stays so without it."
    ]
    first = shape.sample(Kind("text", "ordering", "tier1"), name="x", product=cast.plain)
    assert effects.effects_of(cast.plain, None, first) == [
        "It is the first of tier 1: from now on orders wait for a configuration."
    ]


def test_the_definition_of_the_moment_judges_what_is_open(cast):
    """Required set after the request was born: it cannot be approved without it."""
    cast.order()
    row = add(cast, "region", scope="tier2", phase="fulfillment")
    change(cast, row, required=True)
    with pytest.raises(ValidationError) as error:
        configure(2, cast.actor("vendor"))
    assert "region" in error.value.message_dict


def test_what_is_there_twice_cannot_be_made_unique(cast):
    row = add(cast, "site", scope="asset")
    for _time in range(2):
        cast.order(values={"asset": {"site": "Kiel"}})
    with pytest.raises(ValidationError) as error:
        change(cast, row, unique=True)
    assert "1 value is there more than once: AS-" in wrong(error)["unique"]
    assert not Parameter.objects.get(pk=row.pk).unique
