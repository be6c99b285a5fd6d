"""JSON values are the same in both databases: what one would store otherwise, none takes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.tierconfig.test_parameters import Definition
from tierconfig.json_values import MAX_DEPTH, MAX_JSON
from tierconfig.models import AnswerDraft
from tierconfig.parameters import clean_value

OBJECT = Definition("object")
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=9)
numbers = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(-(2.0**53), 2.0**53)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def nested(depth: int) -> Any:
    value: Any = 1
    for _level in range(depth):
        value = {"a": value}
    return value


def code_of(raw: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        clean_value(OBJECT, raw)
    return str(refused.value.code)


@pytest.mark.django_db
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(raw=st.dictionaries(texts, values, min_size=1, max_size=4))
@example(raw={"a": 1e15, "b": -0.0, "c": 5e-324, "d": 0.1, "e": 2**63 - 1, "f": 2.0**53})
@example(raw={"": {"": [[], {}, None, True, 1, 1.0, "1"]}})
def test_what_is_accepted_comes_back_from_the_database_as_it_was(raw):
    try:
        stored = clean_value(OBJECT, raw)
    except ValidationError:
        assume(False)
    AnswerDraft.objects.update_or_create(pk="TCR-1", defaults={"inquiry": 1, "values": stored})
    read = AnswerDraft.objects.get(pk="TCR-1").values
    assert read == stored == {"structured_value": raw}


@pytest.mark.parametrize(
    "number",
    [
        1e23,
        -1e300,
        2.0**53 + 2,
        2**63,
        -(2**63),
        pytest.param(10**5000, id="5000 digits"),
        math.nan,
        math.inf,
    ],
)
def test_numbers_that_databases_read_differently_are_refused(number):
    assert code_of({"a": [number]}) == "invalid"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\x07b"])
def test_texts_that_a_database_refuses_are_refused_as_names_too(text):
    assert code_of({"a": text}) == "characters"
    assert code_of({text: "a"}) == "characters"


@pytest.mark.parametrize("alien", [object(), {1, 2}, (1,), b"x", {1: 2}, {None: 1}])
def test_what_is_no_json_at_all_is_refused(alien):
    assert code_of({"a": alien}) == "invalid"


def test_depth_and_size_have_limits():
    assert clean_value(OBJECT, nested(MAX_DEPTH - 1))
    assert code_of(nested(MAX_DEPTH + 1)) == "depth"
    assert code_of("[" * 60_000) == "invalid"
    assert code_of({"a": "x" * MAX_JSON}) == "max_length"
    assert code_of(json.dumps({"a": "ü" * (MAX_JSON // 6)})) == "max_length"


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"b": [{"a": 1, "a": 1}]}'])
def test_a_name_that_is_there_twice_is_refused(text):
    assert code_of(text) == "duplicate"


@pytest.mark.parametrize("text", ["[1]", "1", '{"a": NaN}', '{"a": 1e999}', "{", '{"a": 1e5000}'])
def test_other_json_is_no_object(text):
    assert code_of(text) == "invalid"
