"""Sample values fit every parameter they are made for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tierconfig import samples
from tierconfig.models import Parameter
from tierconfig.parameters import clean_value, display, has_value

VALUED = [kind for kind in Parameter.Type.values if kind not in Parameter.DISPLAY_ONLY]


def parameter(kind, **constraints):
    return Parameter(
        name="vat", title="VAT number", type=kind, phase="ordering", constraints=constraints
    )


@pytest.mark.parametrize("kind", VALUED)
def test_each_type_gets_a_value_that_its_own_cleaner_accepts(kind):
    constraints = {"choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}
    if kind == "subdomain":
        constraints = {"choices": ["example.com"]}
    made = parameter(kind, **constraints)
    found = samples.sample_value(made)
    assert has_value(found)
    assert display(made, found)
    raw = found["structured_value"] if kind == "object" else found.get("value")
    if kind not in ("address", "phone", "checkbox"):
        assert clean_value(made, raw) == found


@pytest.mark.parametrize(("shortest", "longest"), [(1, 3), (40, 50), (12, 12)])
def test_texts_are_as_long_as_they_must_be(shortest, longest):
    found = samples.sample_value(parameter("text", min_length=shortest, max_length=longest))
    assert shortest <= len(found["value"]) <= longest


def test_a_choice_without_choices_has_no_sample():
    assert samples.sample_values([parameter("dropdown")]) == {"vat": {}}


def test_a_text_names_its_parameter():
    bare = SimpleNamespace(name="vat", type="text", constraints={}, choices=[])
    assert samples.sample_value(bare) == {"value": "[vat]"}
