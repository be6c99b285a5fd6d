"""The state machines keep the rules of the house."""

import ast

import pytest
from django.apps import apps
from django_fsm import FSMField

from customers import permissions
from customers.models.base import Lifecycle
from tests.architecture.source import DOMAIN, ROOT, modules

MACHINES = [model for model in apps.get_models() if issubclass(model, Lifecycle)]
PREDICATES = {
    "by_vendor",
    "by_distributor",
    "by_reseller",
    "by_owner",
    "by_contact",
    "by_creator",
    "by_creator_in_preview",
    "by_distributor_in_preview",
    "by_system",
}


def transitions(model):
    return list(model._meta.get_field("state").get_all_transitions(model))


def test_all_machines_are_known():
    names = {model.__name__ for model in MACHINES}
    assert names == {
        "ImportBatch",
        "Product",
        "TierAccountRequest",
        "TierConfig",
        "TierConfigRequest",
        "Subscription",
        "FulfillmentRequest",
    }
    others = {
        model.__name__
        for model in apps.get_models()
        if any(isinstance(field, FSMField) for field in model._meta.fields)
    }
    assert others == names


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model.__name__)
class TestMachine:
    def test_the_state_is_protected_and_known(self, model):
        field = model._meta.get_field("state")
        assert isinstance(field, FSMField)
        assert field.protected
        assert [value for value, _label in field.choices] == model.State.values

    def test_every_transition_names_who_may_take_it(self, model):
        found = transitions(model)
        assert found
        for each in found:
            assert callable(each.permission), each.name
            names = each.permission.__name__.split("_or_")
            assert set(names) <= PREDICATES, each.name
            assert all(callable(getattr(permissions, name)) for name in names)

    def test_what_people_may_do_has_a_label_and_what_the_platform_does_has_none(self, model):
        for each in transitions(model):
            by_platform = each.permission.__name__ == "by_system"
            assert ("label" in each.custom) != by_platform, each.name

    def test_no_transition_reads_data_to_decide(self, model):
        assert all(not each.conditions for each in transitions(model))

    def test_states_and_final_dates_are_constraints_of_the_database(self, model):
        names = {constraint.name for constraint in model._meta.constraints}
        assert any(name.endswith("_state_known") for name in names)
        if any(field.name == "decided_at" for field in model._meta.fields):
            assert any(name.endswith("_decided_has_date") for name in names)

    def test_it_has_a_place_in_the_lock_order(self, model):
        assert isinstance(model.lock_rank, int)


def test_no_two_models_share_a_place_in_the_lock_order():
    ranks = [model.lock_rank for model in MACHINES]
    assert len(set(ranks)) == len(ranks)


def test_transitions_neither_save_nor_read():
    """A transition sets fields; saving, locking and telling are the services' business."""
    forbidden = {"save", "objects", "filter", "get", "create", "update", "send", "send_mail"}
    wrong = []
    for module in modules(*DOMAIN):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(each, ast.Call) and ast.unparse(each.func) == "transition"
                for each in node.decorator_list
            ):
                for inner in node.body:
                    for part in ast.walk(inner):
                        if isinstance(part, ast.Attribute) and part.attr in forbidden:
                            wrong.append(f"{module.relative}: {node.name} says .{part.attr}")
    assert wrong == []


def test_no_state_is_assigned_by_hand():
    wrong = [
        f"{module.relative}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    assert wrong == []


def test_news_travels_by_named_signals_only():
    """post_save would fire for rows that bulk writers, fixtures and migrations touch too."""
    banned = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    wrong = [
        f"{module.relative} uses {node.id if isinstance(node, ast.Name) else node.attr}"
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id in banned)
        or (isinstance(node, ast.Attribute) and node.attr in banned)
    ]
    assert wrong == []


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model.__name__)
def test_every_machine_has_a_matrix_of_states_steps_and_roles(model):
    """Its rows are compared with the transitions of the model, so that none is left out."""
    tests = [path.read_text() for path in (ROOT / "tests").rglob("test_*machine*.py")]
    named = [text for text in tests if f"check_completeness({model.__name__}, " in text]
    assert len(named) == 1
    assert "check_machine(" in named[0]
