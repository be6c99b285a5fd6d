"""Queries that the field's documents list, where a property is the same for all rows here."""

import pytest

#: Role, path, query, how many rows.
QUERIES = [
    ("vendor", "/requests", "select(-asset.product.capabilities)", 1),
    ("vendor", "/requests", "select(asset.product.capabilities)", 1),
    ("vendor", "/products/{product}/parameters", "in(constraints.required,(true))", 2),
    ("vendor", "/products/{product}/parameters", "in(constraints.required,(false))", 0),
    ("vendor", "/products", "ordering(-events.updated.by.id,name)", 2),
    ("vendor", "/subscriptions/assets", "ordering(billing.next_date)", 1),
    ("vendor", "/accounts", "ilike(type,*end*)", 1),
    ("vendor", "/accounts", "like(type,provider)", 1),
    ("vendor", "/accounts", "ilike(type,*x*)", 0),
    ("vendor", "/localization/translations", "ilike(locale.name,engl*)", 2),
    ("vendor", "/localization/translations", "like(context.type,*x*)", 0),
    ("vendor", "/localization/translations", "ordering(locale.id,-events.created.by.name)", 2),
    ("vendor", "/localization/locales", "ordering(-stats.translations)", 1),
    ("distributor", "/hubs", "ordering(-events.created.at)", 1),
    ("distributor", "/marketplaces", "ordering(alt_currency_1,-stats.contracts)", 1),
]


@pytest.mark.parametrize(("role", "path", "query", "rows"), QUERIES)
def test_what_the_documents_list_is_no_mistake(api, cast, role, path, query, rows):
    cast.order()
    answer = api(role).get(path.format(product=cast.product.pk), query)
    assert (answer.status_code, len(answer.json())) == (200, rows), answer.content
    assert "Ignored-Filters" not in answer


def test_ordering_by_what_is_alike_leaves_the_list_s_own_order(api, cast):
    client = api("vendor")
    names = [row["name"] for row in client.get("/products", "ordering(-name)").json()]
    query = "ordering(events.updated.by.name,-name)"
    assert [row["name"] for row in client.get("/products", query).json()] == names
    plain = client.get("/products").json()
    assert client.get("/products", "ordering(events.updated.by.id)").json() == plain
    assert client.get("/products", "ordering(events.nothing)").status_code == 400
