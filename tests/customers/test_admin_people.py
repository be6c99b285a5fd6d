"""Users, their memberships and how they sign in, in the administration."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.urls import reverse

from customers.models import (
    TierAccount,
    User,
)
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.customers.test_admin import lived as lived
from tests.customers.test_admin import page
from tests.customers.test_admin import root as root


def test_a_user_is_made_with_an_id_and_signs_in_by_e_mail(root, client):
    root.post(
        page(User, "add"),
        {
            "email": "Ada@People.example",
            "name": "Ada",
            "usable_password": "true",
            "password1": "korrekt-pferd-9",
            "password2": "korrekt-pferd-9",
        },
    )
    ada = User.objects.get(email="ada@people.example")
    assert ada.pk.startswith("UR-")
    client.logout()
    client.post("/accounts/login/", {"login": "ada@people.example", "password": "korrekt-pferd-9"})
    assert client.session["_auth_user_id"] == ada.pk


def test_an_address_in_other_letters_is_taken(root, lived):
    answer = root.post(
        page(User, "add"),
        {
            "email": "VENDOR@people.example",
            "name": "Eve",
            "usable_password": "true",
            "password1": "korrekt-pferd-9",
            "password2": "korrekt-pferd-9",
        },
    )
    assert answer.context["adminform"].form.errors


def test_memberships_are_edited_with_their_user(root, lived):
    user = lived.users["vendor"]
    member = user.memberships.get()
    answer = root.post(
        page(User, "change", user.pk),
        {
            "email": user.email,
            "name": "Vera",
            "is_active": "on",
            "memberships-TOTAL_FORMS": "1",
            "memberships-INITIAL_FORMS": "1",
            "memberships-0-id": member.pk,
            "memberships-0-user": user.pk,
            "memberships-0-partner": member.partner_id,
            "memberships-0-level": "viewer",
            "memberships-0-active": "on",
        },
    )
    assert answer.status_code == 302
    member.refresh_from_db()
    assert member.level == "viewer"


def test_staff_cannot_give_themselves_more_rights(client, lived):
    staff = factories.user(email="staff@people.example", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(staff)
    for target in (staff, lived.users["admin"]):
        data = {"email": "x@people.example", "name": "X", "is_superuser": "on"}
        assert client.post(page(User, "change", target.pk), data).status_code == 403
        assert client.get(f"/admin/customers/user/{target.pk}/password/").status_code == 403
    other = lived.users["vendor2"]
    client.post(
        page(User, "change", other.pk),
        {"email": other.email, "name": "Changed", "is_active": "on", "is_superuser": "on"}
        | {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
    )
    other.refresh_from_db()
    assert (other.name, other.is_superuser) == ("Changed", False)


def test_an_old_address_opens_the_account_no_more(root, client, lived):
    user = lived.users["vendor"]
    client.logout()
    client.post("/accounts/login/", {"login": user.email, "password": "secret"})
    assert client.session["_auth_user_id"] == user.pk
    client.force_login(lived.users["admin"])
    client.post(
        page(User, "change", user.pk),
        {"email": "new@people.example", "name": "V", "is_active": "on"}
        | {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
    )
    client.logout()
    client.post("/accounts/login/", {"login": "vendor@people.example", "password": "secret"})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("model", [TierAccount, FulfillmentRequest])
def test_staff_who_may_only_look_see_no_step(model, client, lived):
    staff = factories.user(email="staff@people.example", is_staff=True)
    name = model._meta.model_name
    staff.user_permissions.set(Permission.objects.filter(codename=f"view_{name}"))
    client.force_login(staff)
    row = model.objects.first()
    answer = client.get(page(model, "change", row.pk))
    assert answer.status_code == 200
    assert "/steps/" not in answer.content.decode()
    if model is FulfillmentRequest:
        address = reverse("admin:fulfillment_fulfillmentrequest_step", args=["fail"])
        assert client.get(address, {"id": row.pk}).status_code == 403


def test_second_factors_are_removed_but_never_read(root, client, lived):
    def factor(user):
        return Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DP"}
        )

    own, other = factor(lived.users["admin"]), factor(lived.users["vendor"])
    html = root.get(page(Authenticator, "change", other.pk)).content.decode()
    assert "JBSWY3DP" not in html
    assert root.post(page(Authenticator, "change", other.pk), {"data": "{}"}).status_code == 403
    staff = factories.user(email="staff@people.example", is_staff=True)
    codes = ["view_authenticator", "delete_authenticator"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(staff)
    yes = {"post": "yes"}
    assert client.post(page(Authenticator, "delete", own.pk), yes).status_code == 403
    assert client.post(page(Authenticator, "delete", other.pk), yes).status_code == 302
    assert list(Authenticator.objects.all()) == [own]


def test_addresses_of_the_sign_in_cannot_be_added_or_changed(root, lived):
    row = EmailAddress.objects.create(user=lived.users["vendor"], email="vendor@people.example")
    assert root.get(page(EmailAddress, "changelist")).status_code == 200
    assert root.get(page(EmailAddress, "add")).status_code == 403
    assert root.post(page(EmailAddress, "change", row.pk), {"email": "x@y.z"}).status_code == 403
