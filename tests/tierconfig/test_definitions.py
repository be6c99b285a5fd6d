"""Parameters as vendors define them: what may be said, what is guarded, what it changes."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleForm
from customers.models import Event, Product
from tests import factories
from tests.factories.steps import configure, setup
from tierconfig.models import Parameter, TierConfigRequest
from tierconfig.presentation import presented
from tierconfig.services.definitions import dependencies, editing, effects, shape
from tierconfig.services.definitions import parameters as services
from tierconfig.services.definitions.products import add_product, edit_product
from tierconfig.services.definitions.shape import Kind

CHOICES = [{"value": "a", "label": "Alpha"}, {"value": "b", "label": "Beta"}]


def add(cast, name="region", **changes):
    fields = {"title": "Region", "type": "text", "phase": "ordering", "scope": "tier1"} | changes
    return services.add_parameter(cast.product, actor=cast.actor("vendor"), name=name, **fields)


def change(cast, row, **changes):
    row = Parameter.objects.get(pk=row.pk)
    names = ("title", "description", "hint", "placeholder", *shape.FLAGS, "constraints")
    values = {name: getattr(row, name) for name in names} | changes
    return services.change_parameter(row, actor=cast.actor("vendor"), **values)


def wrong(error):
    return {name: texts[0] for name, texts in error.value.message_dict.items()}


def events(product):
    return list(Event.objects.about(product).order_by("at").values_list("verb", "data"))


def test_a_parameter_is_born_behind_the_others_and_recorded_on_the_product(cast):
    made = add(cast, required=True)
    assert made.pk == f"PRM-{cast.product.pk[4:]}-0003"
    assert made.position > max(row.position for row in cast.product.parameters.exclude(pk=made.pk))
    assert events(cast.product) == [
        ("product.parameter_added", {"id": made.pk, "name": "Region", "changes": {}})
    ]


@pytest.mark.parametrize(
    ("who", "level"),
    [
        ("vendor", "viewer"),
        ("vendor2", "administrator"),
        ("distributor", None),
        ("reseller", None),
    ],
)
def test_only_the_vendors_agents_define(cast, who, level):
    row = cast.product.parameters.first()
    actor = cast.actor(who, level)
    fields = {"title": "T", "type": "text", "phase": "ordering", "scope": "asset"}
    for act in (
        lambda: services.add_parameter(cast.product, actor=actor, name="x", **fields),
        lambda: services.change_parameter(row, actor=actor, title="T"),
        lambda: services.remove_parameter(row, actor=actor),
        lambda: services.reorder_parameters(cast.product, actor=actor, order=[row.pk]),
        lambda: dependencies.set_dependency(row, actor=actor, on="", values=(), flags={}),
        lambda: edit_product(cast.product, actor=actor, name="Mine"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not Event.objects.about(cast.product).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "with space"}, "name"),
        ({"name": "tier1_vat"}, "name"),
        ({"name": ""}, "name"),
        ({"title": " "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"type": "dropdown"}, "choices"),
        ({"type": "dropdown", "constraints": {"choices": [{"label": "A"}]}}, "choices"),
        ({"type": "choice", "constraints": {"choices": ["a", "a"]}}, "choices"),
        ({"type": "choice", "constraints": {"choices": ["a", True]}}, "choices"),
        ({"constraints": {"choices": ["a"]}}, "choices"),
        ({"constraints": {"min_length": "ten"}}, "min_length"),
        ({"constraints": {"min_length": 9, "max_length": 3}}, "max_length"),
        ({"constraints": ["a"]}, "constraints"),
        ({"constraints": {"shared": "view"}}, "shared"),
        ({"constraints": {"reconciliation": True}}, "reconciliation"),
        ({"constraints": {"dependency": {"parameter": "x"}}}, "constraints"),
        ({"type": "email", "constraints": {"default": "nobody"}}, "default"),
        ({"type": "password", "constraints": {"default": "secret"}}, "default"),
        ({"type": "checkbox", "unique": True, "constraints": {"choices": ["a"]}}, "unique"),
        ({"type": "heading", "required": True}, "required"),
        ({"type": "content"}, "display_content"),
        ({"type": "subdomain", "constraints": {"choices": ["no domain"]}}, "choices"),
    ],
)
def test_a_definition_that_cannot_work_names_its_field(cast, changes, field):
    with pytest.raises(ValidationError) as error:
        add(cast, **changes)
    assert field in wrong(error)
    assert cast.product.parameters.count() == 2


def test_tier_scopes_come_with_reseller_authorization_and_constants_have_scopes_of_their_own(cast):
    assert {scope for phase, scope in shape.places(1) if phase == "ordering"} == {"asset", "tier1"}
    Product.objects.filter(pk=cast.product.pk).update(authorization_level=1)
    with pytest.raises(ValidationError) as error:
        add(cast, scope="tier2")
    assert "see its capabilities" in wrong(error)["scope"]
    with pytest.raises(ValidationError) as error:
        add(cast, phase="configuration", scope="tier1")
    assert "scope" in wrong(error)
    assert add(cast, phase="configuration", scope="marketplace").scope == "marketplace"


def test_every_type_can_be_defined_with_all_that_it_may_have(cast):
    values = {
        "choices": CHOICES,
        "min_length": 2,
        "max_length": 9,
        "readonly": True,
        "reconciliation": True,
        "shared": "edit",
        "level": 2,
        "display_content": "**Read** this",
    }
    defaults = {
        "text": "one",
        "email": "a@b.example",
        "domain": "b.example",
        "url": "https://b.example/",
        "phone": "+49 40 123456",
        "address": {"country": "de"},
        "object": '{"a": [1]}',
    }
    for phase, scope in (("ordering", "asset"), ("fulfillment", "asset")):
        for kind in Parameter.Type.values:
            names = shape.settings_of(Kind(kind, phase, scope))
            constraints = {name: values[name] for name in names if name in values}
            if kind == "subdomain":
                constraints["choices"] = ["a.example", "b.example"]
            if "default" in names:
                constraints["default"] = defaults[kind]
            made = add(
                cast,
                f"{kind}_{phase}",
                type=kind,
                phase=phase,
                scope=scope,
                constraints=constraints,
                **{flag: flag in names for flag in shape.FLAGS},
            )
            assert set(made.constraints) == set(constraints), kind
    assert Parameter.objects.get(name="object_ordering").constraints["default"] == {"a": [1]}
    assert Parameter.objects.get(name="address_ordering").constraints["default"] == {
        "country": "DE"
    }


def test_a_change_is_recorded_with_its_differences_and_changing_nothing_is_not(cast):
    row = add(cast)
    change(cast, row)
    done = change(cast, row, title="Area", required=True, constraints={"max_length": 30})
    assert (done.title, done.required, done.constraints) == ("Area", True, {"max_length": 30})
    verb, data = events(cast.product)[-1]
    assert verb == "product.parameter_changed"
    assert data["changes"] == {
        "title": ["Region", "Area"],
        "required": [False, True],
        "constraints": [{}, {"max_length": 30}],
    }
    assert len(events(cast.product)) == 2


def test_what_an_edit_does_not_know_is_kept(cast):
    row = add(cast)
    own = {"meta": {"import": 1}, "dependency": {"parameter": "x", "values": ["1"]}}
    Parameter.objects.filter(pk=row.pk).update(constraints=own)
    done = change(cast, row, constraints={"meta": {"import": 1}, "max_length": 5})
    assert done.constraints == {**own, "max_length": 5}


def test_an_edit_from_an_old_page_is_refused(cast):
    row = add(cast)
    seen = editing.seen(row)
    change(cast, row, title="Area")
    with pytest.raises(StaleForm):
        change(cast, row, title="Zone", seen=seen)


# Dependencies


@pytest.fixture
def chain(cast):
    """kind decides about trade, trade about register; all of tier 1."""
    kind = add(cast, "kind", type="choice", constraints={"choices": CHOICES})
    trade = add(cast, "trade", type="dropdown", constraints={"choices": CHOICES})
    register = add(cast, "register")
    return kind, trade, register


def depend(cast, row, on, values=("a",), **flags):
    return dependencies.set_dependency(
        Parameter.objects.get(pk=row.pk),
        actor=cast.actor("vendor"),
        on=on,
        values=values,
        flags=flags or {"hidden": True},
    )


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
    cast.order(values={"asset": {"site": "Kiel"}})
    assert set(services.holders(row)) & {"orders", "subscriptions"}
    with pytest.raises(ValidationError):
        services.remove_parameter(row, actor=cast.actor("vendor"))


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


# The product


def test_a_product_is_born_as_a_draft_with_its_default_templates(cast):
    made = add_product(actor=cast.actor("vendor"), name="Night Watch")
    assert (made.state, made.owner) == ("draft", cast.partners["vendor"])
    assert sorted(made.templates.values_list("scope", "type")) == [
        ("asset", "fulfillment"),
        ("asset", "inquire"),
        ("tier1", ""),
        ("tier2", ""),
    ]
    assert events(made) == [("product.created", {})]
    for who in ("distributor", "reseller", "admin"):
        with pytest.raises(PermissionDenied):
            add_product(actor=cast.actor(who), name="Mine")


def test_general_data_are_recorded_with_their_differences(cast):
    product = cast.product
    done = edit_product(
        product,
        actor=cast.actor("vendor"),
        name="Backup 365",
        detailed_description="# Hello\r\n\r\nText",
        revision=product.revision,
    )
    assert (done.name, done.detailed_description) == ("Backup 365", "# Hello\n\nText")
    [(verb, data)] = events(product)
    assert verb == "product.general"
    assert data["changes"]["name"] == ["Backup 360", "Backup 365"]
    with pytest.raises(StaleForm):
        edit_product(product, actor=cast.actor("vendor"), name="Late", revision=product.revision)
