"""Parameter values of every type: what is stored, what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.parameters import clean_value


@dataclass
class Definition:
    type: str = "text"
    name: str = "vat"
    phase: str = "ordering"
    required: bool = False
    hidden: bool = False
    readonly: bool = False
    constraints: dict[str, Any] = field(default_factory=dict)

    @property
    def choices(self):
        return [(value, value.title()) for value in self.constraints.get("choices", [])]


SIZES = {"choices": ["small", "large"]}
DOMAINS = {"choices": ["shop.example", "portal.example"]}
HOME = {
    "address_line1": "Hafenstraße 12",
    "city": "Hamburg",
    "state": "HH",
    "postal_code": "20359",
    "country": "de",
}
PHONE = {"country_code": "+49", "area_code": "40", "phone_number": "123456"}
TYPES = {
    "text": {},
    "password": {"min_length": 4, "max_length": 12},
    "email": {},
    "url": {},
    "domain": {},
    "subdomain": DOMAINS,
    "choice": SIZES,
    "dropdown": SIZES,
    "checkbox": SIZES,
    "phone": {},
    "address": {},
    "object": {},
}

GOOD = [
    ("text", "  DE811907980 ", {"value": "DE811907980"}),
    ("text", "two\nlines", {"value": "two\nlines"}),
    ("text", "e\u0301", {"value": "é"}),
    ("text", 42, {"value": "42"}),
    ("text", "x" * 4000, {"value": "x" * 4000}),
    ("password", "secret", {"value": "secret"}),
    ("email", "jens@nordlicht.example", {"value": "jens@nordlicht.example"}),
    ("url", "https://nordlicht.example/a?b=1#c", {"value": "https://nordlicht.example/a?b=1#c"}),
    ("domain", "www.nordlicht.example", {"value": "www.nordlicht.example"}),
    ("choice", "small", {"value": "small"}),
    ("dropdown", "large", {"value": "large"}),
    (
        "subdomain",
        "nordlicht.shop.example",
        {
            "value": "nordlicht.shop.example",
            "structured_value": {"label": "nordlicht", "domain": "shop.example"},
        },
    ),
    (
        "subdomain",
        {"label": "n", "domain": "portal.example"},
        {
            "value": "n.portal.example",
            "structured_value": {"label": "n", "domain": "portal.example"},
        },
    ),
    (
        "checkbox",
        ["large"],
        {"value": "large", "structured_value": {"small": False, "large": True}},
    ),
    (
        "checkbox",
        {"small": True, "large": False},
        {"value": "small", "structured_value": {"small": True, "large": False}},
    ),
    ("checkbox", "small", {"value": "small", "structured_value": {"small": True, "large": False}}),
    (
        "phone",
        "+49 40 123456",
        {"value": "+4940123456", "structured_value": {**PHONE, "extension": ""}},
    ),
    ("phone", PHONE, {"value": "+4940123456", "structured_value": {**PHONE, "extension": ""}}),
    (
        "phone",
        {**PHONE, "extension": "12"},
        {"value": "+4940123456", "structured_value": {**PHONE, "extension": "12"}},
    ),
    (
        "address",
        HOME,
        {
            "value": "Hafenstraße 12, Hamburg, HH, 20359, DE",
            "structured_value": {**HOME, "country": "DE", "address_line2": ""},
        },
    ),
    ("object", {"a": [1, None, True]}, {"structured_value": {"a": [1, None, True]}}),
    ("object", '{"a": 1.5}', {"structured_value": {"a": 1.5}}),
]


@pytest.mark.parametrize(("kind", "raw", "stored"), GOOD, ids=lambda value: str(value)[:30])
def test_good_values(kind, raw, stored):
    assert clean_value(Definition(kind, constraints=TYPES[kind]), raw) == stored


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("raw", [None, "", "   "], ids=repr)
def test_blank_is_no_value(kind, raw):
    if kind in ("address", "object") and raw == "   ":
        with pytest.raises(ValidationError):
            clean_value(Definition(kind, constraints=TYPES[kind]), raw)
    else:
        assert clean_value(Definition(kind, constraints=TYPES[kind]), raw) == {}


BAD = [
    ("text", "x" * 4001),
    ("text", ["a"]),
    ("text", {"a": 1}),
    ("text", "a\x00b"),
    ("text", "a\ud800b"),
    ("text", "a\u200bb"),
    ("text", "\u202eevil"),
    ("text", 10**5000),
    ("password", "abc"),
    ("password", "x" * 13),
    ("email", "jens"),
    ("email", "jens@nordlicht"),
    ("email", "jens@nordlicht.example\nBcc: all@people.example"),
    ("email", "a" * 250 + "@b.example"),
    ("email", ["jens@nordlicht.example"]),
    ("url", "javascript:alert(1)"),
    ("url", "ftp://nordlicht.example"),
    ("url", "http://[::1"),
    ("url", "https://nordlicht.example/" + "a" * 2000),
    ("domain", "nordlicht"),
    ("domain", "nord licht.example"),
    ("domain", "-nordlicht.example"),
    ("domain", "nordlicht.example\n.evil"),
    ("subdomain", "1a.shop.example"),
    ("subdomain", "nordlicht.evil.example"),
    ("subdomain", "a-.shop.example"),
    ("subdomain", {"label": ["a"], "domain": "shop.example"}),
    ("choice", "medium"),
    ("dropdown", ["small"]),
    ("checkbox", ["medium"]),
    ("checkbox", {"medium": True}),
    ("checkbox", 5),
    ("checkbox", 1.5),
    ("checkbox", True),
    ("checkbox", [["small"]]),
    ("phone", "call me"),
    ("phone", "040 123456"),
    ("phone", "+49" + "1" * 100),
    ("phone", ["+4940123456"]),
    ("phone", {"country_code": ["+49"]}),
    ("address", "Hafenstraße 12, Hamburg"),
    ("address", {**HOME, "city": ""}),
    ("address", {**HOME, "country": "XX"}),
    ("address", {**HOME, "postal_code": "1" * 11}),
    ("address", {**HOME, "city": {"a": 1}}),
    ("object", "[1]"),
    ("object", "{"),
    ("object", [1]),
    ("object", 5),
    ("object", '{"a": NaN}'),
    ("object", {"a": float("nan")}),
    ("object", {"a": float("inf")}),
    ("object", '{"a": 1e999}'),
    ("object", '{"a": ' + "9" * 5000 + "}"),
    ("object", {"a": 10**5000}),
    ("object", {"a": "b\x00"}),
    ("object", {"a\ud800": 1}),
    ("object", "[" * 100_000),
    ("object", {"a": "x" * 70_000}),
    ("object", '{"a": "' + "x" * 70_000 + '"}'),
]


@pytest.mark.parametrize(
    ("kind", "raw"), BAD, ids=[f"{kind}{n}" for n, (kind, _) in enumerate(BAD)]
)
def test_bad_and_hostile_values_are_refused_with_a_sentence(kind, raw):
    with pytest.raises(ValidationError) as refused:
        clean_value(Definition(kind, constraints=TYPES[kind]), raw)
    assert all(message.endswith(".") for message in refused.value.messages)


def test_deep_objects_are_refused_whether_parsed_or_typed():
    deep: Any = {}
    for _level in range(100_000):
        deep = {"a": deep}
    with pytest.raises(ValidationError):
        clean_value(Definition("object"), deep)
    typed = '{"a":' * 3000 + "1" + "}" * 3000
    with pytest.raises(ValidationError):
        clean_value(Definition("object"), typed)


def test_a_subdomain_needs_a_domain_even_when_none_is_offered():
    assert clean_value(Definition("subdomain"), "n.shop.example")["value"] == "n.shop.example"
    for raw in ("nordlicht", "n.", {"label": "n"}, {"label": "n", "domain": "a b"}):
        with pytest.raises(ValidationError):
            clean_value(Definition("subdomain"), raw)


def test_the_only_domain_offered_needs_no_choice():
    only = Definition("subdomain", constraints={"choices": ["shop.example"]})
    assert clean_value(only, "nordlicht")["value"] == "nordlicht.shop.example"


def test_every_value_holding_type_is_tested():
    assert set(TYPES) == set(Parameter.Type.values) - set(Parameter.DISPLAY_ONLY)


def test_all_errors_are_reported_at_once_and_unknown_names_are_refused():
    own = [Definition("email", "mail"), Definition("phone", "tel"), Definition("text", "vat")]
    with pytest.raises(ValidationError) as refused:
        parameters.clean_values(own, {"mail": "x", "tel": "y", "vat": "DE1", "foreign": "z"})
    assert set(refused.value.message_dict) == {"mail", "tel", "foreign"}


def test_missing_asks_the_buying_side_only_for_what_it_can_see():
    own = [
        Definition(name="visible", required=True),
        Definition(name="shown", required=True, readonly=True),
        Definition(name="hidden", required=True, hidden=True),
        Definition(name="vendors", required=True, phase="fulfillment"),
        Definition(name="optional"),
        Definition(name="given", required=True),
        Definition("checkbox", name="unticked", required=True, constraints=SIZES),
    ]
    values = {
        "given": {"value": "x"},
        "unticked": {"value": "", "structured_value": {"small": False, "large": False}},
    }
    asked = parameters.missing(own, values, visible_ordering_only=True)
    assert [each.name for each in asked] == ["visible", "unticked"]
    needed = parameters.missing(own, values, visible_ordering_only=False)
    assert [each.name for each in needed] == ["visible", "shown", "hidden", "vendors", "unticked"]


def test_askable_and_changeable():
    own = [
        Definition(name="visible"),
        Definition(name="hidden", hidden=True),
        Definition(name="revealed", hidden=True),
        Definition(name="shown", readonly=True),
        Definition("object", name="json"),
        Definition(name="vendors", phase="fulfillment"),
    ]
    values = {
        "revealed": {"value": "x"},
        "shown": {"value": "x"},
        "json": {"structured_value": {"a": 1}},
    }
    assert [each.name for each in parameters.askable(own, values)] == [
        "visible",
        "revealed",
        "shown",
    ]
    assert [each.name for each in parameters.changeable(own, values)] == ["revealed"]


def test_merging_lays_new_values_over_old_ones_and_drops_complaints():
    base = {"a": {"value": "1"}, "b": {"value": "2"}, "c": {"value": "3"}}
    update = {"a": {"value": "9", "value_error": "Wrong."}, "b": {}}
    assert parameters.merged(base, update) == {"a": {"value": "9"}, "c": {"value": "3"}}


def test_differences_ignore_complaints():
    before = {"a": {"value": "1", "value_error": "Wrong."}, "b": {"value": "2"}}
    after = {"a": {"value": "1"}, "b": {"value": "3"}, "c": {"value": "4"}, "d": {}}
    assert parameters.differences(before, after) == {"b": {"value": "3"}, "c": {"value": "4"}}


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [
        ("text", "DE1", "DE1"),
        ("password", "secret", "*******"),
        ("dropdown", "small", "Small"),
        ("checkbox", ["small", "large"], "Small, Large"),
        ("object", {"ü": 1}, json.dumps({"ü": 1}, ensure_ascii=False)),
        ("address", HOME, "Hafenstraße 12, Hamburg, HH, 20359, DE"),
    ],
)
def test_display(kind, raw, shown):
    definition = Definition(kind, constraints=TYPES[kind])
    assert parameters.display(definition, clean_value(definition, raw)) == shown
    assert parameters.display(definition, {}) == parameters.display(definition, None) == ""


def test_only_the_vendor_reads_passwords():
    definition = Definition("password")
    assert parameters.display(definition, {"value": "secret"}, masked=False) == "secret"
