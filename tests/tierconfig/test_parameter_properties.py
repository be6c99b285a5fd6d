"""Whatever arrives as JSON: a value, or a ValidationError, never anything else."""

import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.cleaning import clean_account, clean_text
from tests.factories import account_data
from tests.tierconfig.test_parameters import DOMAINS, HOME, PHONE, SIZES, TYPES, Definition
from tierconfig import parameters
from tierconfig.rendering import fill, to_html

BUDGET = settings(max_examples=150)

texts = st.text(max_size=60) | st.text(
    st.characters(categories=["Cc", "Cf", "Cs", "Zs"]), max_size=9
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | texts
    | st.sampled_from(
        ["small", "n.shop.example", "+49 40 123456", "a@b.example", "https://a.example"]
    )
)
keys = texts | st.sampled_from([*HOME, *PHONE, "extension", "label", "domain", *SIZES["choices"]])
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=12,
)
addresses = st.fixed_dictionaries(
    {"address_line1": texts, "city": texts, "state": texts, "postal_code": texts},
    optional={"address_line2": texts, "country": st.sampled_from(["DE", "fr", "XX"])},
)
phones = st.from_regex(r"\A\+?[0-9 ()/-]{0,20}( x[0-9]{1,8})?\Z")


def attempt(function, *args):
    """(what the function returned, the ValidationError it raised); one of them is None."""
    try:
        return function(*args), None
    except ValidationError as refused:
        return None, refused


@pytest.mark.parametrize("kind", TYPES)
@BUDGET
@given(raw=anything | addresses | phones)
@example(raw=10**5000)
@example(raw={"small": [10**5000]})
@example(raw=[10**5000])
@example(raw={"a": 2**63 + 1})
@example(raw={"a": -0.0})
@example(raw="\x1c")
def test_any_json_is_stored_or_refused(kind, raw):
    definition = Definition(kind, constraints=TYPES[kind])
    stored, refused = attempt(parameters.clean_value, definition, raw)
    if refused:
        assert all(refused.messages)
        return
    assert set(stored) <= {"value", "structured_value"}
    text = json.dumps(stored, allow_nan=False)
    assert "\\u0000" not in text
    json.dumps(stored, ensure_ascii=False).encode("utf-8")
    check_stable(definition, stored)
    shown = parameters.display(definition, stored)
    assert isinstance(shown, str)
    assert bool(shown) == parameters.has_value(stored)
    assert to_html(fill("{{ vat }}", {"vat": shown})).count("<p>") <= 1


def check_stable(definition, stored):
    """What is stored comes back unchanged from a form that is filled with it."""
    if not parameters.has_value(stored):
        assert parameters.clean_value(definition, None) == {}
        return
    structured = stored.get("structured_value")
    again = parameters.clean_value(definition, structured or stored["value"])
    assert again == stored
    assert parameters.differences({"vat": stored}, {"vat": again}) == {}
    if definition.type not in ("address", "object"):
        as_text = parameters.clean_value(definition, _typed(definition, stored))
        assert as_text.get("value") == stored["value"]


def _typed(definition, stored):
    if definition.type == "checkbox":
        return [key for key, on in stored["structured_value"].items() if on]
    return stored["value"]


@BUDGET
@given(raw=st.dictionaries(keys, anything, max_size=4))
def test_any_set_of_values_is_stored_or_refused_as_a_whole(raw):
    own = [
        Definition("text", "small"),
        Definition("subdomain", "label", constraints=DOMAINS),
        Definition("phone", "country_code"),
        Definition("address", "city"),
    ]
    cleaned, refused = attempt(parameters.clean_values, own, raw)
    assert set(refused.error_dict) <= set(raw) if refused else set(cleaned) == set(raw)


@BUDGET
@given(data=st.dictionaries(st.sampled_from([*account_data(), "phone", "tax_id"]), anything))
@example(data={"name": 10**5000, "type": [], "country": {}})
def test_any_account_is_clean_or_refused(data):
    typed = {**account_data(), **data}
    cleaned, refused = attempt(clean_account, typed)
    if refused:
        assert set(refused.error_dict) <= set(typed)
    else:
        assert clean_account(cleaned) == cleaned


@BUDGET
@given(raw=st.text())
def test_clean_text_is_stable(raw):
    cleaned, refused = attempt(clean_text, raw)
    if not refused:
        assert clean_text(cleaned) == cleaned
        cleaned.encode("utf-8")
