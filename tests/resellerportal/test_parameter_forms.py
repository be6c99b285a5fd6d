"""Parameter values are typed raw, checked by the domain, shown escaped."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template import Context, Template

from customers.actors import Actor
from resellerportal.parameters.forms import ParameterForm
from tests import factories
from tierconfig import parameters
from tierconfig.models import Parameter

PAGE = Template("{% load crispy_forms_tags %}{% crispy form %}")
CHOICES = {"choices": [{"value": "a", "label": "Alpha"}, {"value": "b", "label": "Beta"}]}
ADDRESS = {
    "address_line1": "Hafenstraße 12",
    "address_line2": "",
    "city": "Hamburg",
    "state": "Hamburg",
    "postal_code": "20359",
    "country": "DE",
}


def definition(kind="text", name="field", **fields):
    return Parameter(
        **{"name": name, "type": kind, "title": f"The {name}", "scope": "tier1"} | fields
    )


def form(definitions, values=None, data=None, **kwargs):
    body = QueryDict(mutable=True)
    for name, value in (data or {}).items():
        body.setlist(name, value if isinstance(value, list) else [value])
    made = ParameterForm(
        *([body] if data is not None else []), actor=Actor.contact("a@b.example", "TCR-1")
    )
    made.add_parameters(definitions, values, **kwargs)
    return made


def html(made):
    return PAGE.render(Context({"form": made}))


def typed(kind, data, values=None, **fields):
    made = form([definition(kind, **fields)], values, data)
    assert made.is_valid(), made.errors
    return made.cleaned_data["values"]


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("text", {"param-field": "one\r\ntwo"}, "one\ntwo"),
        ("password", {"param-field": "hush"}, "hush"),
        ("email", {"param-field": "a@b.example"}, "a@b.example"),
        ("url", {"param-field": "https://b.example/"}, "https://b.example/"),
        ("phone", {"param-field": "+49 40 123456"}, "+49 40 123456"),
        ("domain", {"param-field": "b.example"}, "b.example"),
        ("subdomain", {"param-field": "shop.b.example"}, "shop.b.example"),
        ("object", {"param-field": '{"a": 1}'}, '{"a": 1}'),
        ("dropdown", {"param-field": "b"}, "b"),
        ("choice", {"param-field": "a"}, "a"),
        ("checkbox", {"param-field": ["a", "b"]}, ["a", "b"]),
    ],
)
def test_what_is_typed_leaves_the_form_raw_and_is_what_the_domain_takes(kind, data, expected):
    constraints = CHOICES if kind in ("dropdown", "choice", "checkbox") else {}
    assert typed(kind, data, constraints=constraints) == {"field": expected}
    assert parameters.clean_value(definition(kind, constraints=constraints), expected)


def test_an_address_is_a_dict_of_its_parts():
    data = {f"param-field_{part}": text for part, text in ADDRESS.items()}
    assert typed("address", data) == {"field": ADDRESS}


def test_a_subdomain_with_offered_domains_is_a_label_and_a_domain_and_may_stay_blank():
    offered = {"choices": ["one.example", "two.example"]}
    sent = {"param-field_label": "shop", "param-field_domain": "two.example"}
    blank = {"param-field_label": "", "param-field_domain": "one.example"}
    assert typed("subdomain", sent, constraints=offered) == {
        "field": {"label": "shop", "domain": "two.example"}
    }
    assert typed("subdomain", blank, constraints=offered) == {}


STORED = {
    "text": "one\ntwo",
    "email": "a@b.example",
    "url": "https://b.example/",
    "phone": "+49 40 123456 ext. 12",
    "domain": "b.example",
    "subdomain": "shop.b.example",
    "address": ADDRESS,
    "object": {"a": [1, {"b": "ü"}]},
    "dropdown": "b",
    "choice": "a",
    "checkbox": ["b"],
}


@pytest.mark.parametrize("kind", STORED)
def test_a_value_that_comes_back_as_it_was_shown_is_no_change(kind):
    constraints = CHOICES if kind in ("dropdown", "choice", "checkbox") else {}
    each = definition(kind, constraints=constraints)
    stored = {"field": parameters.clean_value(each, STORED[kind])}
    shown = form([each], stored)["param-field"].initial
    sent = (
        {f"param-field_{part}": text for part, text in shown.items()}
        if isinstance(shown, dict)
        else {"param-field": shown}
    )
    assert form([each], stored, {}).is_valid()
    assert typed(kind, sent, stored, constraints=constraints) == {}


def test_an_emptied_value_is_handed_over_as_blank():
    assert typed("text", {"param-field": " "}, {"field": {"value": "x"}}) == {"field": " "}
    assert typed(
        "checkbox", {}, {"field": {"structured_value": {"a": True}}}, constraints=CHOICES
    ) == {"field": []}


def test_a_stored_value_that_no_longer_passes_is_kept_unless_somebody_changes_it():
    old = {"field": {"value": "gone"}}
    assert typed("dropdown", {"param-field": "gone"}, old, constraints=CHOICES) == {}
    assert "gone (no longer offered)" in html(
        form([definition("dropdown", constraints=CHOICES)], old)
    )


def test_the_vendors_default_is_preselected_and_counts_once_it_is_sent():
    offered = {"choices": [{"value": "a"}, {"value": "b", "default": True}]}
    assert form([definition("dropdown", constraints=offered)])["param-field"].initial == "b"
    assert typed("dropdown", {"param-field": "b"}, constraints=offered) == {"field": "b"}


def test_a_password_is_never_shown_and_blank_keeps_it():
    each = definition("password", required=True)
    stored = {"field": {"value": "hush-hush"}}
    page = html(form([each], stored))
    assert "hush-hush" not in page
    assert "keep it" in page
    assert "hush-hush" not in html(form([each], stored, {"param-field": "hush-hush"}))
    assert typed("password", {"param-field": ""}, stored, required=True) == {}


def test_what_a_vendor_wrote_is_escaped():
    nasty = "<script>alert(1)</script>"
    each = definition(
        "choice",
        title=nasty,
        hint=nasty,
        description=nasty,
        placeholder=nasty,
        constraints={"choices": [{"value": nasty, "label": nasty}]},
    )
    area = definition("text", name="other", placeholder=f'" {nasty}')
    page = html(form([each, area], {"field": {"value_error": nasty}}))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5


def test_the_complaint_stands_beside_its_field_and_is_read_out_with_it():
    page = html(form([definition()], {"field": {"value": "x", "value_error": "No VAT number."}}))
    assert 'id="id_param-field_complaint"' in page
    assert "No VAT number." in page
    assert 'aria-describedby="id_param-field_complaint"' in page


def test_what_is_waited_for_is_marked_and_required_is_said_in_words():
    page = html(form([definition(required=True), definition(name="other")], asked=["field"]))
    assert page.count("Asked for") == 1
    assert page.count(">required<") == 1
    assert ">required<" not in html(form([definition(required=True)], required=False))


def test_the_domains_refusal_keeps_what_was_typed():
    made = form([definition("email")], data={"param-field": "nobody"})
    assert not made.is_valid()
    page = html(made)
    assert 'value="nobody"' in page
    assert "Enter an e-mail address" in page


@pytest.mark.parametrize("text", ["a\x00b", "x" * 10_000, "\u202e evil"])
def test_unreadable_and_overlong_texts_are_form_errors(text):
    made = form([definition()], data={"param-field": text})
    assert not made.is_valid()
    assert list(made.errors) == ["param-field"]


def test_errors_of_a_service_find_their_fields_by_parameter_name():
    made = form([definition()], data={"param-field": ""}, prefix="param")
    assert made.is_valid()
    made.adopt(
        ValidationError({"field": ValidationError("Enter a value."), "hid": "Enter a value."})
    )
    assert made.errors["param-field"] == ["Enter a value."]
    assert made.non_field_errors() == ["hid: Enter a value."]
    made.adopt(ValidationError("No."))
    assert "No." in made.non_field_errors()


def test_several_scopes_live_in_one_form():
    made = form([], data={"tier1-field": "one", "tier2-field": "two"})
    made.add_parameters([definition()], prefix="tier1", keyword="tier1")
    made.add_parameters([definition()], prefix="tier2", keyword="tier2")
    assert made.is_valid()
    assert made.cleaned_data == {"values": {}, "tier1": {"field": "one"}, "tier2": {"field": "two"}}
    assert made.parameter_facts() == [("The field", "one"), ("The field", "two")]


def test_headings_and_contents_ask_for_nothing():
    assert form([definition("heading"), definition("content")]).fields == {}


def test_addresses_offer_countries_by_name_and_keep_their_parts_after_an_error():
    data = {f"param-field_{part}": text for part, text in ADDRESS.items()} | {
        "param-field_city": ""
    }
    made = form([definition("address")], data=data)
    assert not made.is_valid()
    page = html(made)
    assert "Complete the address: city." in page
    assert 'value="Hafenstraße 12"' in page
    assert '<option value="DE" selected>Germany</option>' in page
    assert page.count("is-invalid") == 1
    assert page.index("is-invalid") > page.index("param-field_city")
    assert page.count("autofocus") == 1
    assert made.problems()[0].anchor == "id_param-field_0"


def test_a_form_round_trip_reaches_the_database(cast):
    factories.parameter(cast.plain, "asset", "office", type="address")
    order = cast.order(product=cast.plain, values={"asset": {"office": ADDRESS}})
    assert order.params["office"]["structured_value"] == ADDRESS


@pytest.mark.parametrize(
    ("kind", "default", "shown"),
    [
        ("text", "Kiel", "Kiel"),
        ("address", {"country": "DE", "city": None}, {"country": "DE"}),
        ("object", {"a": 1}, '{\n  "a": 1\n}'),
        ("phone", {"country_code": None}, ""),
        ("password", "secret", ""),
        ("url", ["x"], ""),
    ],
)
def test_a_default_stands_in_the_input_until_there_is_a_value(kind, default, shown):
    row = definition(kind, constraints={"default": default})
    assert form([row]).fields["param-field"].initial == shown
    assert form([row], {"field": {"value": "own"}}).fields["param-field"].initial != "Kiel"


def test_a_default_that_is_left_in_place_is_sent_like_anything_typed():
    row = {"constraints": {"default": "Kiel"}}
    assert typed("text", {"param-field": "Kiel"}, **row) == {"field": "Kiel"}
    assert typed("text", {"param-field": "Ulm"}, **row) == {"field": "Ulm"}
