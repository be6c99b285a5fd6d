"""Parameters as vendors define them: what may be said, what is guarded, what it changes."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleForm
from customers.models import Event, Product
from tests.tierconfig.defining import CHOICES, add, change, events, wrong
from tierconfig.models import Parameter
from tierconfig.services.definitions import dependencies, editing, shape
from tierconfig.services.definitions import parameters as services
from tierconfig.services.definitions.products import add_product, edit_product
from tierconfig.services.definitions.shape import Kind


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
