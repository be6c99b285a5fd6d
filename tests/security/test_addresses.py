"""What stands in an address or a `next` field is never trusted, and never breaks a page."""

import pytest

from tests.resellerportal.test_access_table import sign_in

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "//evil.example/",
    "https://evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "word",
    "vendor:home",
    "%00",
    "x" * 5000,
)
ODD_KEYS = (
    "0001-01-01T00:00:00+14:00~TA-1",
    "9999-12-31T23:59:59-14:00~TA-1",
    "9999-12-31T23:59:59.999999+00:00~TA-1",
    "2024-01-01T00:00:00~TA-1",
    "2024-13-45~TA-1",
    "~",
    "~~~",
    f"{'9' * 400}~TA-1",
    "\0~TA-1",
)
LISTS = ("accounts", "account-requests", "orders", "subscriptions", "products")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_next_leads_nowhere_else(address, client, cast):
    sign_in(client, cast, "vendor")
    own = {"partner": cast.partners["vendor"].pk, "next": address}
    assert client.post("/acting-partner/", own).url == "/vendor/"
    assert client.post("/theme/", {"theme": "dark", "next": address}).url == "/"


def test_next_leads_to_a_path_of_this_host(client):
    answer = client.post("/theme/", {"theme": "dark", "next": "/vendor/?tab=all\r\nX: y"})
    assert answer.url == "/vendor/?tab=all%0D%0AX:%20y"


@pytest.mark.parametrize("key", ODD_KEYS)
@pytest.mark.parametrize("page", LISTS)
def test_a_key_that_is_no_key_begins_at_the_start(page, key, client, cast):
    cast.order()
    sign_in(client, cast, "vendor")
    for name in ("after", "before"):
        for order in ("pk", "name", "-created", "waiting", "ordered"):
            query = {name: key, "order": order, "tab": "all"}
            assert client.get(f"/vendor/{page}/", query).status_code == 200


@pytest.mark.parametrize(
    "path", ["/vendor/orders/%00/", "/inquiry/TCR-1%00/x/", "/inquiry/x/%00/", "/demo/mail/%00/"]
)
def test_nothing_has_a_nul_in_its_address(path, client, cast, settings):
    settings.DEMO_MODE = True
    sign_in(client, cast, "vendor")
    assert client.get(path).status_code == 404


def test_nor_in_the_administration(client, cast):
    sign_in(client, cast, "admin")
    for path in ("/admin/customers/tieraccount/%00/change/", "/admin/customers/user/%00/"):
        assert client.get(path).status_code == 404
