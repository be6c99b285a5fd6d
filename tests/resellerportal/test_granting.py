"""Who operates or sees an account is granted and ended by its distributor."""

import pytest

from customers.models import AccountAccess, TierAccount
from tests import factories

pytestmark = pytest.mark.django_db


def at(name, pk):
    return f"/distributor/{name.format(pk=pk)}"


def grant(client, account, **data):
    return client.post(at("accounts/{pk}/grant/", account.pk), data)


def test_a_reseller_is_granted_an_account_and_sees_its_subtree_at_once(client, cast):
    partner = factories.partner("reseller", name="Newcomer")
    user = factories.user(partner, email="new@people.example")
    cast.umbrella.access.all().delete()
    client.force_login(cast.users["distributor"])
    answer = grant(client, cast.umbrella, reseller_id=partner.pk.lower(), kind="operates")
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "Newcomer" in page
    assert "Operates" in page
    client.force_login(user)
    assert client.get(f"/reseller/accounts/{cast.kirlin.pk}/").status_code == 200


def test_an_ended_access_shows_nothing_any_more(client, cast):
    access = cast.nordlicht.access.get()
    client.force_login(cast.users["distributor"])
    assert "End" in client.get(at("accounts/{pk}/access/", cast.nordlicht.pk)).content.decode()
    asked = client.get(at("accesses/{pk}/end/", access.pk)).content.decode()
    assert "Nordlicht Systemhaus GmbH" in asked
    assert f'data-copy="{access.pk}"' not in asked, "the number of a row is nobody's id"
    answer = client.post(at("accesses/{pk}/end/", access.pk))
    assert answer.status_code == 302
    assert TierAccount.objects.visible_to(cast.actor("reseller")).count() == 0
    client.force_login(cast.users["reseller"])
    assert client.get(f"/reseller/accounts/{cast.nordlicht.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"kind": "operates"}, "one of both"),
        ({"kind": "operates", "reseller_id": "PA-000-000"}, "No reseller has this ID"),
        ({"reseller_id": "PA-000-000"}, "required"),
    ],
)
def test_what_is_missing_or_unknown_is_said_and_kept(client, cast, data, text):
    client.force_login(cast.users["distributor"])
    answer = grant(client, cast.kirlin, **data)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert AccountAccess.objects.filter(account=cast.kirlin).count() == 0


def test_one_operator_at_a_time_and_vendors_are_no_resellers(client, cast):
    client.force_login(cast.users["distributor"])
    known = cast.partners["parent"].pk
    answer = grant(client, cast.nordlicht, known=known, kind="operates")
    assert "has an operator already" in answer.content.decode()
    answer = grant(client, cast.umbrella, known=known, kind="operates")
    assert "has this access already" in answer.content.decode()
    vendor = cast.partners["vendor"].pk
    answer = grant(client, cast.nordlicht, reseller_id=vendor, kind="sees")
    assert "No reseller has this ID" in answer.content.decode()


def test_a_customer_is_seen_but_not_operated(client, cast):
    client.force_login(cast.users["distributor"])
    known = cast.partners["parent"].pk
    assert grant(client, cast.kirlin, known=known, kind="operates").status_code == 422
    assert grant(client, cast.kirlin, known=known, kind="sees").status_code == 302


def test_viewers_and_other_roles_grant_nothing(client, cast):
    access = cast.nordlicht.access.get()
    cast.users["distributor"].memberships.update(level="viewer")
    for name, expected in (("distributor", 403), ("distributor2", 404), ("reseller", 403)):
        client.force_login(cast.users[name])
        assert client.get(at("accounts/{pk}/grant/", cast.nordlicht.pk)).status_code == expected
        assert client.post(at("accesses/{pk}/end/", access.pk)).status_code == expected
    client.force_login(cast.users["reseller"])
    assert client.get(f"/reseller/accounts/{cast.nordlicht.pk}/access/").status_code == 404
    assert AccountAccess.objects.get(pk=access.pk).ended_at is None


@pytest.mark.parametrize("pk", ["x", "0", "9" * 40, "%00"])
def test_an_access_that_is_none_is_not_found(client, cast, pk):
    client.force_login(cast.users["distributor"])
    assert client.post(at("accesses/{pk}/end/", pk)).status_code == 404
