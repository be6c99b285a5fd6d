"""What every answer and every request goes through, and the pages around the sign-in."""

import io

import pytest
from django.core.cache import cache

from config.requests import Utf8WSGIHandler
from customers.models import Membership
from tests import factories
from tests.resellerportal.test_access_table import sign_in
from tierconfig import inquiries
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_counters(db):
    cache.clear()


def send(body=b"", content_type="", path="/theme/", method="POST", query=""):
    """Status of a request that reaches the WSGI application as a server would hand it over."""
    told = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    list(Utf8WSGIHandler()(environ, lambda status, headers, error=None: told.append(status)))
    return int(told[0][:3])


KNOWN = ("=hex", "=base64", "=rot13", "=idna", "=utf-16", "=unicode_escape", "=utf-7")
UNKNOWN = ("=none-such", "*=none-such''%ff", "*=utf-8''a%00b", "*=hex''%ff", "=\xe9", "=", "")


@pytest.mark.parametrize("charset", [*KNOWN, *UNKNOWN])
def test_no_character_set_breaks_the_reading_of_a_request(charset):
    part = b'--b\r\nContent-Disposition: form-data; name="next"\r\n\r\n\\ud800\xff\r\n--b--\r\n'
    kind = f"charset{charset}"
    for content_type in (f"multipart/form-data; boundary=b; {kind}", f"text/plain; {kind}"):
        # Refused for its missing token or taken: both are answers.
        assert send(part, content_type) < 500
        assert send(b"", content_type, "/search/", "GET", "q=%5Cud800%ff") == 302
    assert send(b"next=%5Cud800", f"application/x-www-form-urlencoded; {kind}") < 500


@pytest.mark.parametrize("page", ["", "accounts/", "products/", "orders/"])
def test_no_cache_keeps_what_somebody_signed_in_reads(page, client, cast):
    sign_in(client, cast, "vendor")
    answer = client.get(f"/vendor/{page}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"


def test_refusals_and_pages_of_the_sign_in_are_kept_by_nobody(client, cast):
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]
    sign_in(client, cast, "vendor")
    for path in ("/distributor/", "/vendor/orders/PR-1/", "/accounts/2fa/", "/admin/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_probes_and_views_that_say_so_keep_their_own_word(client, cast):
    assert "no-store" in client.get("/healthz")["Cache-Control"]
    cast.order()
    asked = TierConfigRequest.objects.get(state="inquiring")
    answer = client.get(f"/inquiry/{asked.pk}/{inquiries.code(asked)}/")
    assert answer["Cache-Control"] == "no-store, private"
    assert not answer.cookies


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "confirm-email/abc/"])
def test_nobody_changes_the_address_that_mail_about_requests_goes_to(path, client, cast):
    sign_in(client, cast, "vendor")
    wanted = {"action_add": "", "action_primary": "", "email": "eve@evil.example"}
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", wanted).status_code == 404
    assert cast.users["vendor"].memberships.get().user.email == "vendor@people.example"


def test_a_user_who_is_deactivated_is_out_on_the_next_request(client, cast):
    sign_in(client, cast, "vendor")
    assert client.get("/vendor/").status_code == 200
    cast.users["vendor"].is_active = False
    cast.users["vendor"].save()
    assert client.get("/vendor/").url.startswith("/accounts/login/")


def test_a_lower_level_counts_on_the_next_request(client, cast):
    request = cast.order()
    sign_in(client, cast, "distributor")
    page = f"/distributor/orders/{request.pk}/withdraw/"
    assert client.get(page).status_code == 200
    Membership.objects.filter(user=cast.users["distributor"]).update(level="viewer")
    assert client.get(page).status_code == 403
    assert client.post(page, {"reason": "No."}).status_code == 403


@pytest.mark.parametrize("chosen", ["admin", "", "VA-000-000", "\0", "vendor2"])
def test_nobody_acts_for_a_partner_of_others(chosen, client, cast):
    sign_in(client, cast, "vendor")
    partner = cast.partners[chosen].pk if chosen in cast.partners else chosen
    assert client.post("/acting-partner/", {"partner": partner}).status_code == 403
    session = client.session
    session["acting_partner"] = partner
    session.save()
    assert client.get("/vendor/").wsgi_request.actor.partner == cast.partners["vendor"]


def test_the_way_to_a_new_password_tells_nobody_who_has_an_account(client, cast):
    known = client.post("/accounts/password/reset/", {"email": "vendor@people.example"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@people.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_staff_with_few_rights_are_no_administrators_of_the_portals(client, cast):
    staff = factories.user(email="staff@people.example", is_staff=True)
    cast.users["staff"] = staff
    sign_in(client, cast, "staff")
    order = cast.order()
    for path in ("/", "/vendor/", "/distributor/", f"/vendor/orders/{order.pk}/", "/search/?q=PR-"):
        assert client.get(path).status_code == 403, path
    assert client.post("/acting-partner/", {"partner": "admin"}).status_code == 403
    assert client.get("/admin/").status_code == 200
    staff.is_superuser = True
    staff.save()
    assert client.get(f"/vendor/orders/{order.pk}/").status_code == 200
