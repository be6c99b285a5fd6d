"""A parameter of a product is edited, moved and removed."""

import re

from customers.models import Event
from tests import factories
from tests.resellerportal.config_pages import main_of
from tests.resellerportal.test_accounts import text
from tests.resellerportal.test_bulk import hidden
from tests.resellerportal.test_parameter_pages import address
from tierconfig.models import Parameter

CHOICES = {"choices": [{"value": "a", "label": "Alpha"}, {"value": "b", "label": "Beta"}]}


def sent(page, **changes):
    """What the form of the page would send, with some fields changed."""
    html = page.content.decode().partition('<form method="post"')[2]
    found = dict(re.findall(r'<input type="(?:text|hidden)" name="([\w-]+)" value="([^"]*)"', html))
    found |= dict(re.findall(r'<input type="number" name="([\w-]+)" value="([^"]*)"', html))
    boxes = re.findall(r'<input type="checkbox" name="([\w-]+)"[^>]*checked', html)
    return found | dict.fromkeys(boxes, "on") | hidden(page) | changes


def test_an_edit_says_its_effect_first_and_saves_on_the_second_sending(cast, pages):
    cast.order()
    row = factories.parameter(cast.product, "tier2", "region")
    form = pages.get("vendor", *address(row, "edit"))
    data = sent(form, required="on", title="Area")
    asked = pages.post("vendor", *address(row, "edit"), **data)
    assert asked.status_code == 422
    assert "1 open request will lack a value" in text(asked)
    assert not Parameter.objects.get(pk=row.pk).required
    data |= hidden(asked)
    done = pages.post("vendor", *address(row, "edit"), **data)
    assert done.url.endswith("/parameters/?scope=tier2")
    assert (Parameter.objects.get(pk=row.pk).title, Parameter.objects.get(pk=row.pk).required) == (
        "Area",
        True,
    )
    thread = text(pages.get("vendor", "product-detail", cast.product.pk))
    assert "required: no → yes" in thread


def test_two_who_edit_the_same_parameter_do_not_undo_each_other(cast, pages):
    row = factories.parameter(cast.product, "tier2", "region")
    old = sent(pages.get("vendor", *address(row, "edit")))
    pages.post("vendor", *address(row, "edit"), **old | {"title": "First"})
    late = pages.post("vendor", *address(row, "edit"), **old | {"title": "Late", "token": "2"})
    assert late.status_code == 422
    assert "Somebody changed this in the meantime" in text(late)
    assert Parameter.objects.get(pk=row.pk).title == "First"


def test_choices_are_edited_in_rows_and_the_form_shows_what_is_there(cast, pages):
    row = factories.parameter(
        cast.product, "tier1", "kind", type="choice", constraints=dict(CHOICES)
    )
    data = sent(pages.get("vendor", *address(row, "edit")))
    html = pages.get("vendor", *address(row, "edit")).content.decode()
    assert 'value="Alpha"' in html
    rows = {
        "choices-0-value": "a",
        "choices-0-label": "Alpha",
        "choices-1-value": "c",
        "choices-1-label": "Gamma",
    }
    more = pages.post("vendor", *address(row, "edit"), **data | rows | {"more": "1"})
    assert 'value="Gamma"' in more.content.decode()
    pages.post("vendor", *address(row, "edit"), **data | rows)
    assert Parameter.objects.get(pk=row.pk).choices == [("a", "Alpha"), ("c", "Gamma")]


def test_a_dependency_is_chosen_in_two_steps_and_taken_away_again(cast, pages):
    factories.parameter(cast.product, "tier1", "kind", type="choice", constraints=dict(CHOICES))
    row = factories.parameter(cast.product, "tier1", "region")
    first = pages.get("vendor", *address(row, "dependency"))
    assert "Kind (kind)" in text(first)
    page = pages.get("vendor", *address(row, "dependency"), on="kind")
    nothing = pages.post("vendor", *address(row, "dependency"), **sent(page, values="a"))
    assert "Say what the rule changes." in text(nothing)
    data = sent(page, values="b", hidden="yes", required="")
    pages.post("vendor", *address(row, "dependency"), **data)
    rule = Parameter.objects.get(pk=row.pk).constraints["dependency"]
    assert rule == {"parameter": "kind", "values": ["b"], "hidden": True}
    listed = pages.get("vendor", "product-detail", cast.product.pk, "parameters", scope="tier1")
    assert "depends on Kind: b" in text(listed)
    page = pages.get("vendor", *address(row, "dependency"))
    pages.post("vendor", *address(row, "dependency"), **hidden(page), without="1")
    assert Parameter.objects.get(pk=row.pk).constraints == {}


def test_rows_move_by_buttons_and_by_dragging(cast, pages):
    rows = [factories.parameter(cast.product, "asset", name) for name in ("one", "two", "three")]
    pages.post("vendor", *address(rows[2], "move"), direction="up")

    def order():
        own = Parameter.objects.of_scope(cast.product.pk, "asset")
        return [row.name for row in own]

    assert order() == ["one", "three", "two"]
    keys = ",".join(row.pk for row in rows)
    done = pages.post("vendor", "product-parameter-order", cast.product.pk, order=keys)
    assert done.url.endswith("?scope=asset")
    assert order() == ["one", "two", "three"]
    for broken in (keys + ",x", "", "\0"):
        answer = pages.post("vendor", "product-parameter-order", cast.product.pk, order=broken)
        assert answer.status_code == 422
    assert order() == ["one", "two", "three"]


def test_removing_says_what_is_in_the_way(cast, pages):
    cast.order(values={})
    row = factories.parameter(cast.product, "asset", "site")
    cast.order(values={"asset": {"site": "Kiel"}})
    page = pages.get("vendor", *address(row, "remove"))
    assert "It has values in" in text(page)
    refused = pages.post("vendor", *address(row, "remove"), **hidden(page))
    assert refused.status_code == 422
    free = factories.parameter(cast.product, "asset", "free")
    page = pages.get("vendor", *address(free, "remove"))
    pages.post("vendor", *address(free, "remove"), **hidden(page))
    assert set(Parameter.objects.filter(name__in=["site", "free"])) == {row}


def test_a_constant_has_a_value_that_its_vendor_changes(cast, pages):
    row = factories.parameter(cast.product, "product", "api_url", phase="configuration")
    page = pages.get("vendor", *address(row, "edit"))
    assert "The same for everybody who buys the product." in main_of(page)
    done = pages.post("vendor", *address(row, "edit"), **sent(page, default="https://api.example"))
    assert done.status_code == 302
    listed = pages.client.get(done.url)
    assert "https://api.example" in main_of(listed)
    assert Event.objects.filter(verb="product.parameter_changed", data__id=row.pk).exists()
