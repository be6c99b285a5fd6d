"""The help: read by everybody who is signed in, drawn from the machines themselves."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from django.urls import reverse

from resellerportal.help import machines, meanings, reference
from resellerportal.help.reference_samples import SAMPLES
from resellerportal.help.views import CHAPTERS
from tests.resellerportal.config_pages import BACKEND, main_of

MODELS = machines.models()


@pytest.fixture
def read(client, cast):
    def page(member, name, *args, **query):
        client.force_login(cast.users[member], backend=BACKEND)
        return client.get(reverse(name, args=args), query)

    return page


@pytest.mark.parametrize("member", ["vendor", "distributor", "reseller", "admin"])
def test_what_is_written_for_a_role_stands_first(read, member):
    shown = main_of(read(member, "help"))
    first = {"admin": "For vendors"}.get(member, f"For {member}s")
    titles = re.findall(r"<strong>([^<]*)</strong>", shown)
    assert titles[0] == first
    assert set(titles) == {str(each.title) for each in CHAPTERS} | {"Lifecycles", "API"}


def test_every_chapter_opens_and_marks_itself_in_the_list(read):
    for chapter in CHAPTERS:
        shown = main_of(read("reseller", "help-chapter", chapter.name))
        assert f"<h1>{chapter.title}</h1>" in shown
        assert f'aria-current="true">{chapter.title}</a>' in shown


def test_nobody_signed_in_is_sent_to_sign_in_and_unknown_pages_are_not_found(client, read):
    answer = client.get(reverse("help"))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
    assert read("reseller", "help-chapter", "nonsense").status_code == 404
    assert read("reseller", "help-lifecycle", "user").status_code == 404


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_machine_is_drawn_with_every_step_and_said_in_words(read, model):
    shown = main_of(read("reseller", "help-lifecycle", model._meta.model_name))
    drawing, _svg, words = shown.partition("</svg>")
    for step in model._meta.get_field("state").get_all_transitions(model):
        text = machines.words(step)
        assert f">{text}</text>" in drawing
        assert f"<strong>{text}</strong>" in words
    for _value, label in model.State.choices:
        assert f"</i>{label}</span>" in words
    assert "style=" not in shown


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_in_a_drawing_covers_anything_else_or_leaves_it(model):
    drawn = machines.machine(model).drawing
    boxes = [
        (cell.x - cell.left, cell.y - cell.high / 2, cell.x + cell.left, cell.y + cell.high / 2)
        for cell in (*drawn.states, *drawn.labels)
    ]
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    assert all(x >= 0 and y >= 0 for x, y, _right, _bottom in boxes)
    assert all(right <= drawn.width and low <= drawn.height for _x, _y, right, low in boxes)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_state_is_explained(model):
    name = model._meta.model_name
    assert set(meanings.STATES[name]) == set(model.State.values)
    assert meanings.INTROS[name]
    assert meanings.TITLES[name]


def test_who_may_take_a_step_is_said_in_words():
    for model in MODELS:
        for step in model._meta.get_field("state").get_all_transitions(model):
            assert set(machines.who(step).split(", ")) <= {
                str(who) for who in machines.WHO.values()
            }


def test_a_detail_page_leads_to_its_machine_with_its_state_marked(cast, read):
    order = cast.order()
    shown = main_of(read("distributor", "distributor:order-detail", order.pk))
    address = reverse("help-lifecycle", args=["fulfillmentrequest"])
    assert f'href="{address}?at=tiers_setup"' in shown
    drawing = main_of(read("distributor", "help-lifecycle", "fulfillmentrequest", at="tiers_setup"))
    assert re.search(r'<g class="parked at">.{0,300}?Tiers Setup</text>', drawing)


def test_an_invented_state_marks_nothing(read):
    shown = main_of(read("vendor", "help-lifecycle", "product", at='"><b>'))
    assert ' at">' not in shown
    assert "<b>" not in shown


def test_the_api_is_described_with_what_each_address_takes_and_gives(read):
    overview = main_of(read("reseller", "help-api"))
    assert "http://testserver/public/v1" in overview
    assert "Your keys" not in overview
    for part in reference.parts().values():
        assert reverse("help-api-part", args=[part.name]) in overview
        shown = main_of(read("reseller", "help-api-part", part.name))
        for operation in part.operations:
            assert f'id="{operation.anchor}"' in shown
    hubs = main_of(read("distributor", "help-api-part", "account"))
    assert "instance.type" in hubs
    assert "/public/v1/hubs?limit=10" in hubs
    orders = main_of(read("vendor", "help-api-part", "subscriptions"))
    assert orders.count("with a text in Markdown") == 2
    assert read("vendor", "help-api-part", "nothing").status_code == 404


def test_sample_bodies_of_the_api_have_the_fields_it_takes(read):
    def names(body):
        if isinstance(body, list):
            return names(body[0])
        if not isinstance(body, dict):
            return set()
        return set(body).union(*map(names, body.values()))

    taken = {
        (each.method, each.path): {field.name for field in each.body}
        for part in reference.parts().values()
        for each in part.operations
    }
    for operation, body in SAMPLES.items():
        assert names(body) <= taken[operation], operation
    orders = main_of(read("reseller", "help-api-part", "subscriptions"))
    assert "/public/v1/requests&#x27;" in orders
    assert "&quot;customer&quot;: {&quot;id&quot;: &quot;CUSTOMER&quot;}" in orders


def test_whoever_keeps_keys_is_led_to_them(read, cast):
    cast.users["vendor"].memberships.update(level="administrator")
    assert reverse("vendor:api-key-list") in main_of(read("vendor", "help-api"))
