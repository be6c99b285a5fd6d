"""Parameters at the vendor's pages: listed, and added step by step; and products themselves."""

import pytest

from customers.models import Event, Product
from tests import factories
from tests.resellerportal.config_pages import main_of
from tests.resellerportal.test_accounts import text
from tests.resellerportal.test_bulk import hidden
from tierconfig.models import Parameter


@pytest.fixture
def wizard(pages, cast):
    """Answers of the wizard's steps posted one after the other; the last answer comes back."""

    def run(product=None, **steps):
        pk = (product or cast.product).pk
        answer = None
        for step, fields in steps.items():
            answer = pages.post("vendor", "product-parameter-add", pk, step, **fields)
        return answer

    return run


def address(row, step):
    return ("product-parameter-" + step, row.product_id, row.pk)


def test_the_list_has_a_part_for_each_scope_that_the_level_gives(cast, pages):
    factories.parameter(cast.product, "asset", "note", phase="fulfillment")
    factories.parameter(cast.product, "marketplace", "region", phase="configuration")
    page = main_of(pages.get("vendor", "product-detail", cast.product.pk, "parameters"))
    assert "Note" in page
    assert "Tier2 vat" not in page
    assert "?scope=tier2" in page
    tier = pages.get("vendor", "product-detail", cast.product.pk, "parameters", scope="tier2")
    assert "Tier2 vat" in main_of(tier)
    rest = pages.get(
        "vendor", "product-detail", cast.product.pk, "parameters", scope="configuration"
    )
    assert "Region" in main_of(rest)
    plain = main_of(pages.get("vendor", "product-detail", cast.plain.pk, "parameters"))
    assert "?scope=tier1" not in plain


def test_a_parameter_is_added_step_by_step_and_seen_before_it_is_there(cast, pages, wizard):
    cast.order()
    answer = wizard(
        general={"name": "size", "title": "Size of the company", "hint": "Roughly."},
        type={"type": "dropdown"},
        place={"place": "ordering:tier2"},
        settings={
            "required": "on",
            "choices-0-value": "s",
            "choices-0-label": "Small",
            "choices-1-value": "l",
            "choices-1-on": "1",
        },
    )
    assert answer.url.endswith("/summary/")
    page = pages.client.get(answer.url)
    assert "1 open request will lack a value" in text(page)
    assert '<option value="s">Small</option>' in page.content.decode()
    done = pages.post("vendor", "product-parameter-add", cast.product.pk, "summary")
    assert done.url.endswith("/parameters/?scope=tier2")
    made = Parameter.objects.get(name="size")
    assert (made.title, made.required, made.scope) == ("Size of the company", True, "tier2")
    assert made.constraints["choices"] == [
        {"value": "s", "label": "Small"},
        {"value": "l", "label": "l", "default": True},
    ]
    thread = text(pages.get("vendor", "product-detail", cast.product.pk))
    assert "added a parameter" in thread
    assert "Size of the company" in thread


def test_only_places_that_the_product_has_are_offered(cast, pages, wizard):
    wizard(cast.plain, general={"name": "x", "title": "X"}, type={"type": "text"})
    step = pages.get("vendor", "product-parameter-add", cast.plain.pk, "place")
    assert "ordering:asset" in step.content.decode()
    assert "ordering:tier1" not in step.content.decode()
    answer = wizard(cast.plain, place={"place": "ordering:tier1"})
    assert answer.status_code == 422


def test_more_rows_for_choices_keep_what_was_typed(cast, pages, wizard):
    rows = {f"choices-{n}-value": f"v{n}" for n in range(4)}
    wizard(
        general={"name": "many", "title": "Many"},
        type={"type": "checkbox"},
        place={"place": "ordering:asset"},
        settings={**rows, "more": "1"},
    )
    page = pages.get("vendor", "product-parameter-add", cast.product.pk, "settings")
    html = page.content.decode()
    assert 'value="v3"' in html
    assert "choices-17-value" in html
    rows |= {f"choices-{n}-value": f"v{n}" for n in range(4, 15)}
    assert wizard(settings=rows).url.endswith("/summary/")
    pages.post("vendor", "product-parameter-add", cast.product.pk, "summary")
    assert len(Parameter.objects.get(name="many").choices) == 15


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("general", {"name": "tier1_vat", "title": "Again"}),
        ("general", {"name": "two words", "title": "Words"}),
        ("general", {"name": "x", "title": ""}),
        ("type", {"type": "colour"}),
        ("place", {"place": "configuration:tier1"}),
        ("settings", {"min_length": "9", "max_length": "3"}),
        ("settings", {"default": "far too long", "max_length": "3"}),
        ("settings", {"min_length": "0"}),
    ],
)
def test_what_cannot_work_is_said_in_its_step(wizard, step, fields):
    good = {
        "general": {"name": "x", "title": "X"},
        "type": {"type": "text"},
        "place": {"place": "ordering:asset"},
        "settings": {},
    }
    before = {name: good[name] for name in list(good)[: list(good).index(step)]}
    answer = wizard(**before, **{step: fields})
    assert answer.status_code == 422
    assert "Nothing was saved yet" in text(answer)


def test_wizards_of_two_products_do_not_mix(cast, pages, wizard):
    wizard(general={"name": "x", "title": "Of the first"})
    page = pages.get("vendor", "product-parameter-add", cast.plain.pk, "general")
    assert "Of the first" not in page.content.decode()


def test_a_parameter_of_another_product_is_not_there(cast, pages):
    foreign = factories.parameter(factories.product(cast.partners["vendor2"]), "asset")
    for step in ("edit", "dependency", "remove", "move"):
        for product in (cast.product, foreign.product):
            got = pages.get("vendor", f"product-parameter-{step}", product.pk, foreign.pk)
            assert got.status_code == 404, step
    own = factories.parameter(cast.plain, "asset")
    got = pages.get("vendor", "product-parameter-edit", cast.product.pk, own.pk)
    assert got.status_code == 404


def test_what_a_vendor_writes_stays_text(cast, pages, wizard):
    hostile = '<script>alert("x")</script>{{ 7|add:7 }}'
    answer = wizard(
        general={"name": "evil", "title": hostile, "description": hostile, "hint": hostile},
        type={"type": "content"},
        place={"place": "ordering:asset"},
        settings={"display_content": hostile},
    )
    page = pages.client.get(answer.url).content.decode()
    assert '<script>alert("x")' not in page
    pages.post("vendor", "product-parameter-add", cast.product.pk, "summary")
    row = Parameter.objects.get(name="evil")
    for seen in (
        pages.get("vendor", "product-detail", cast.product.pk, "parameters"),
        pages.get("vendor", *address(row, "edit")),
        pages.get("vendor", "product-detail", cast.product.pk),
    ):
        assert '<script>alert("x")' not in seen.content.decode()


# The product itself


def test_a_vendor_adds_a_product_and_publishes_it_when_nothing_is_missing(cast, pages):
    listed = pages.get("vendor", "product-list")
    assert "/vendor/products/add/" in listed.content.decode()
    page = pages.get("vendor", "product-add")
    done = pages.post(
        "vendor",
        "product-add",
        **hidden(page),
        name="Night Watch",
        short_description="Looks after\nservers",
        detailed_description="# Night\n<script>x</script>",
    )
    made = Product.objects.get(name="Night Watch")
    assert done.url.endswith(f"/products/{made.pk}/")
    assert made.short_description == "Looks after servers"
    shown = main_of(pages.client.get(done.url))
    assert "<h3>Night</h3>" in shown
    assert "<script>" not in shown
    publish = pages.get("vendor", "product-publish", made.pk)
    assert "It has no published item" in text(publish)
    assert ">Publish<" not in main_of(publish).partition("<form")[2]
    assert pages.post("vendor", "product-publish", made.pk).status_code == 422
    factories.item(made)
    pages.post("vendor", "product-publish", made.pk, token="2")
    assert Product.objects.get(pk=made.pk).state == "published"
    assert pages.get("vendor", "product-list", tab="draft").status_code == 200


def test_the_end_of_sale_is_counted_first(cast, pages):
    cast.order()
    page = pages.get("vendor", "product-end-sale", cast.product.pk)
    assert "1 open order" in text(page)
    assert "on 1 marketplace" in text(page)
    pages.post("vendor", "product-end-sale", cast.product.pk, **hidden(page))
    assert "Resume the sale" in text(pages.get("vendor", "product-detail", cast.product.pk))
    assert pages.get("vendor", "product-end-sale", cast.product.pk).status_code == 409


def test_a_preview_of_the_description_saves_nothing(cast, pages):
    page = pages.get("vendor", "product-edit", cast.product.pk)
    shown = pages.post(
        "vendor",
        "product-edit",
        cast.product.pk,
        **hidden(page),
        name="Other",
        detailed_description="**bold** <img src=x onerror=1>",
        preview="1",
    )
    assert "<strong>bold</strong>" in shown.content.decode()
    assert "<img src=x" not in shown.content.decode()
    assert not Event.objects.about(cast.product).exists()


def test_viewers_and_administrators_of_the_platform_find_what_is_theirs(cast, pages):
    cast.users["vendor"].memberships.update(level="viewer")
    page = pages.get("vendor", "product-detail", cast.product.pk, "parameters").content.decode()
    assert "/add/" not in page
    assert "Dependency" not in page
    assert pages.get("vendor", "product-parameter-add", cast.product.pk).status_code == 403
    assert pages.get("admin", "product-add").status_code == 403
    row = Parameter.objects.get(name="tier1_vat")
    assert pages.get("admin", *address(row, "edit")).status_code == 200


@pytest.mark.parametrize("part", ["capabilities", "parameters", ""])
def test_a_part_costs_the_same_for_many_parameters(cast, pages, part):
    few = pages.queries("vendor", "product-detail", cast.product.pk, part)
    for _number in range(30):
        factories.parameter(cast.product, "asset")
    assert pages.queries("vendor", "product-detail", cast.product.pk, part) == few
