"""Settings › API: administrators make keys, see what they called, and end them."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers import events
from customers.models import ApiCall, Membership, ServiceUser
from customers.service_rights import EVERYTHING, READ_ONLY
from customers.services import api_calls, expiring_keys
from customers.services import service_users as services
from customers.services.accounts import edit_account
from tests.resellerportal.config_pages import Pages, main_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(client, cast):
    Membership.objects.exclude(user=cast.users["parent"]).update(level="administrator")
    return Pages(client, cast)


def made(cast: Any, member: str = "vendor", **fields: Any) -> ServiceUser:
    actor = cast.actor(member, "administrator")
    given: dict[str, Any] = {"name": "Our <ERP>", "rights": READ_ONLY, **fields}
    return services.create_service_user(actor=actor, **given)[0]


def call(key: ServiceUser, **fields: Any) -> None:
    whole = {"at": timezone.now(), "method": "GET", "path": "/public/v1/hubs", "status": 200}
    api_calls.write_calls(
        [
            ApiCall(
                service_user_id=key.pk,
                partner_id=key.partner_id,
                **{**whole, "milliseconds": 12, **fields},
            )
        ]
    )


@pytest.mark.parametrize("name", ["vendor", "distributor", "reseller"])
def test_made_with_a_secret_that_is_shown_once_and_examples_that_work(cast, pages, name, settings):
    settings.PUBLIC_URL = "https://portal.example"
    assert "lets one of your own systems" in main_of(pages.get(name, "api-key-list"))
    assert "/tier/accounts" in main_of(pages.get(name, "api-key-add"))
    typed = {"name": "Our <ERP>", "preset": "all"}
    answer = pages.post(name, "api-key-add", **typed, token="t")
    key = ServiceUser.objects.get()
    page = html.unescape(main_of(answer))
    [header] = {part for part in page.split("'") if part.startswith("Authorization: ApiKey SU-")}
    found = services.authenticate(header.removeprefix("Authorization: "))
    assert found == key
    assert (key.partner, key.rights, key.expires_at) == (cast.partners[name], EVERYTHING, None)
    assert f"'{header}' \\ 'https://portal.example/public/v1/accounts?limit=10'" in page
    assert "ccli account add 'ApiKey SU-" in page
    assert "no-store" in answer["Cache-Control"]
    # Sent twice it is made once, and its secret is not told again.
    pages.post(name, "api-key-add", **typed, token="t")
    assert ServiceUser.objects.count() == 1
    secret = header.partition(":")[2].partition(":")[2]
    shown = [main_of(pages.get(name, "api-key-list")), main_of(pages.get(name, "api-call-list"))]
    for step in ("detail", "edit", "secret", "switch", "delete"):
        shown.append(main_of(pages.get(name, f"api-key-{step}", key.pk)))
        assert "Our &lt;ERP&gt;" in shown[-1]
    assert not [text for text in shown if secret in text]


def test_rights_part_by_part_and_a_last_day(cast, pages):
    typed = {"name": "Sync", "preset": "own", "right-customers": "write", "right-products": "read"}
    pages.post("vendor", "api-key-add", **typed, expires_at="2099-12-31")
    key = ServiceUser.objects.get()
    assert key.rights == {"customers": "write", "products": "read"}
    assert key.expires_at.isoformat() == "2099-12-31T23:59:59+00:00"
    form = main_of(pages.get("vendor", "api-key-edit", key.pk))
    assert 'name="right-customers" value="write" aria-label="Customers: Write" checked' in form
    assert 'value="2099-12-31"' in form
    page = main_of(pages.get("vendor", "api-key-detail", key.pk))
    assert "ccli" not in page
    assert "/public/v1/tier/accounts" in page
    edited = {"name": "Sync 2", "preset": "read", "expires_at": "2099-12-31", "revision": "1"}
    pages.post("vendor", "api-key-edit", key.pk, **edited)
    key.refresh_from_db()
    assert (key.name, key.rights) == ("Sync 2", READ_ONLY)
    assert "Somebody changed this" in main_of(
        pages.post("vendor", "api-key-edit", key.pk, **edited)
    )
    for wrong, said in (
        ({"preset": "own"}, "Choose at least one part below."),
        ({"expires_at": "2001-01-01"}, "Choose a day in the future."),
        ({"name": ""}, "This field is required."),
        ({"preset": "own", "right-customers": "owner"}, "Select a valid choice"),
    ):
        sent = {"name": "X", "preset": "all", **wrong}
        answer = pages.post("vendor", "api-key-add", **sent)
        assert answer.status_code == 422
        assert said in main_of(answer)
    assert ServiceUser.objects.count() == 1


def test_rotated_deactivated_and_deleted_while_unused(cast, pages):
    key = made(cast)
    page = main_of(pages.post("vendor", "api-key-secret", key.pk))
    fresh = ServiceUser.objects.get()
    assert f"{fresh.pk}:" in page
    assert fresh.old_secret_hash == key.secret_hash
    pages.post("vendor", "api-key-secret", key.pk, now_only="on")
    assert ServiceUser.objects.get().old_secret_hash == ""
    pages.post("vendor", "api-key-switch", key.pk, on="off")
    assert "Inactive" in main_of(pages.get("vendor", "api-key-list"))
    page = main_of(pages.get("vendor", "api-key-detail", key.pk))
    assert "deactivated the API key" in page
    assert "/delete/" in page
    call(key)
    assert "/delete/" not in main_of(pages.get("vendor", "api-key-detail", key.pk))
    refused = pages.post("vendor", "api-key-delete", key.pk)
    assert "Deactivate it instead" in main_of(refused)
    other = made(cast)
    pages.post("vendor", "api-key-delete", other.pk)
    assert [each.pk for each in ServiceUser.objects.all()] == [key.pk]


def test_the_list_says_how_keys_stand(cast, pages):
    now = timezone.now()
    for name, day in (("Fine", None), ("Soon", 3), ("Over", -1), ("Lonely", None)):
        key = made(cast, name=name)
        ends = now + timedelta(days=day) if day else None
        ServiceUser.objects.filter(pk=key.pk).update(expires_at=ends)
    gone = cast.users["vendor2"]
    ServiceUser.objects.filter(name="Lonely").update(owner=gone)
    rows = main_of(pages.get("vendor", "api-key-list")).split("<tr>")
    said = {
        name: state
        for row in rows
        for name in ("Fine", "Soon", "Over", "Lonely")
        for state in ("Active", "Expires soon", "Expired", "Owner gone")
        if f">{name}</a>" in row and f"{state}</span>" in row
    }
    assert said == {
        "Fine": "Active",
        "Soon": "Expires soon",
        "Over": "Expired",
        "Lonely": "Owner gone",
    }


def test_recent_calls_by_key_and_by_how_they_went(cast, pages):
    key, other, foreign = made(cast, name="One"), made(cast, name="Two"), made(cast, "vendor2")
    call(key, path="/public/v1/requests?like(name,*<b>*)", status=400)
    call(key, path="/public/v1/assets", status=503)
    call(other, path="/public/v1/products")
    call(foreign, path="/public/v1/secret")
    page = main_of(pages.get("vendor", "api-call-list"))
    assert "like(name,*&lt;b&gt;*)" in page
    assert "12 ms" in page
    assert "secret" not in page
    for query, shown in (
        ({"key": key.pk}, ["requests", "assets"]),
        ({"status": "4"}, ["requests"]),
        ({"status": "5"}, ["assets"]),
        ({"key": foreign.pk}, []),
    ):
        page = main_of(pages.get("vendor", "api-call-list", **query))
        paths = [name for name in ("requests", "assets", "products") if f"v1/{name}" in page]
        assert paths == shown, query
    page = main_of(pages.get("vendor", "api-key-detail", key.pk))
    assert "/public/v1/assets" in page
    assert "/public/v1/products" not in page


def test_lists_cost_the_same_for_one_key_and_for_many(cast, pages):
    call(made(cast))
    one = [pages.queries("vendor", name) for name in ("api-key-list", "api-call-list")]
    for _number in range(5):
        call(made(cast))
    assert [pages.queries("vendor", name) for name in ("api-key-list", "api-call-list")] == one


def test_agents_and_other_partners_open_none_of_it(cast, pages):
    key = made(cast)
    Membership.objects.filter(user=cast.users["vendor"]).update(level="agent")
    for step in ("detail", "edit", "secret", "switch", "delete"):
        assert pages.get("vendor", f"api-key-{step}", key.pk).status_code == 403
        assert pages.get("vendor2", f"api-key-{step}", key.pk).status_code == 404
    for name in ("api-key-list", "api-key-add", "api-call-list"):
        assert pages.get("vendor", name).status_code == 403
    assert pages.post("vendor", "api-key-secret", key.pk).status_code == 403
    assert pages.post("vendor2", "api-key-switch", key.pk, on="off").status_code == 404
    assert ServiceUser.objects.get().active


def test_who_keeps_a_key_is_mailed_once_before_it_ends(cast, pages, mailoutbox):
    key = made(cast, expires_at=timezone.now() + timedelta(days=15))
    made(cast, name="Later", expires_at=timezone.now() + timedelta(days=30))
    assert expiring_keys.tell_expiring() == 0
    ServiceUser.objects.filter(pk=key.pk).update(expires_at=timezone.now() + timedelta(days=13))
    assert [expiring_keys.tell_expiring() for _again in range(2)] == [1, 0]
    events.deliver_pending()
    [mail] = mailoutbox
    assert mail.to == [cast.users["vendor"].email]
    assert mail.subject == f"Ends soon: the API key Our <ERP> ({key.pk})"
    assert f"/vendor/api-keys/{key.pk}/" in mail.body
    ServiceUser.objects.filter(pk=key.pk).update(expires_at=timezone.now() + timedelta(days=12))
    assert expiring_keys.tell_expiring() == 1
    ServiceUser.objects.filter(pk=key.pk).update(active=False)
    events.deliver_pending()
    assert len(mailoutbox) == 1


def test_histories_name_the_key_and_to_its_company_the_owner(cast, pages):
    made(cast, "distributor", name="Our ERP", rights=EVERYTHING)
    key = ServiceUser.objects.with_owner_level().select_related("partner", "owner").get()
    actor = services.actor_of(key, "customers", write=True)
    edit_account(cast.nordlicht, actor=actor, data={"city": "Kiel"})
    where = ("account-detail", cast.nordlicht.pk)
    assert "Our ERP (you)" in main_of(pages.get("distributor", *where))
    colleague = cast.users["distributor2"]
    colleague.memberships.update(partner=cast.partners["distributor"])
    owner = cast.users["distributor"]
    assert f"Our ERP ({owner.name})" in main_of(pages.get("distributor2", *where))
    seen = main_of(pages.get("reseller", *where))
    assert "Our ERP" not in seen
    assert cast.partners["distributor"].name in seen
