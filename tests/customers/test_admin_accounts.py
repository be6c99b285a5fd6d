"""Accounts, their access and their requests in the administration: through the services."""

import pytest
from django.urls import reverse

from customers import trees
from customers.admin.accounts import DATA
from customers.models import AccountAccess, Event, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from tests import factories

ADD = "/admin/customers/tieraccount/add/"


@pytest.fixture
def root(client, cast):
    client.force_login(cast.users["admin"])
    return client


def change(obj):
    return reverse(f"admin:customers_{obj._meta.model_name}_change", args=[obj.pk])


def step(name, *objects):
    meta = objects[0]._meta
    return reverse(
        f"admin:customers_{meta.model_name}_step",
        args=[name],
        query={"id": [obj.pk for obj in objects]},
    )


def filled(account, **changes):
    """What the change form of `account` sends."""
    data = {name: getattr(account, name) or "" for name in DATA}
    data |= {"parent": account.parent_id or "", "seen_version": account.version}
    return data | changes


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.fixture
def pending(cast):
    """Two pending requests for changes of Nordlicht."""
    cast.order()
    account = cast.nordlicht
    for city in ("Kiel", "Bremen"):
        account, _raised = edit_account(
            account, actor=cast.actor("distributor"), data={"city": city}
        )
    return list(TierAccountRequest.objects.order_by("version"))


def test_an_edit_makes_a_version_and_raises_requests(root, cast):
    cast.order()
    answer = root.post(change(cast.nordlicht), filled(cast.nordlicht, city="Kiel"), follow=True)
    request = TierAccountRequest.objects.get()
    assert f"1 request created: {request.pk}" in said(answer)
    account = TierAccount.objects.get(pk=cast.nordlicht.pk)
    assert (account.city, account.version) == ("Kiel", 2)
    event = Event.objects.get(verb="tieraccount.edit")
    assert (event.user, event.role) == (cast.users["admin"], "admin")


def test_an_account_is_created_below_a_parent_with_its_distributor(root, cast):
    data = factories.account_data("Neu GmbH", phone="+49 40 123456")
    data |= {"parent": cast.umbrella.pk, "environment": "production"}
    answer = root.post(ADD, data)
    assert answer.status_code == 302
    made = TierAccount.objects.get(name="Neu GmbH")
    assert (made.parent, made.provider) == (cast.umbrella, cast.partners["distributor"])
    assert made.versions.count() == 1
    assert trees.broken() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"phone": "call me"}, "phone"),
        ({"provider": ""}, "provider"),
        ({"type": "customer"}, "parent"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_bad_input_is_answered_at_its_field(changes, field, root, cast):
    provider = cast.partners["distributor"].pk
    data = factories.account_data(provider=provider, environment="production") | changes
    count = TierAccount.objects.count()
    answer = root.post(ADD, data)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[field]
    assert TierAccount.objects.count() == count


def test_an_external_id_is_given_once(root, cast):
    factories.account(cast.partners["distributor"], external_id="E1")
    answer = root.post(change(cast.nordlicht), filled(cast.nordlicht, external_id="E1"))
    assert "unique" in str(answer.context["adminform"].form.errors["external_id"])


def test_a_move_goes_through_the_service(root, cast):
    target = factories.account(cast.partners["distributor"], name="Target")
    answer = root.post(change(cast.nordlicht), filled(cast.nordlicht, parent=target.pk))
    assert answer.status_code == 302
    assert TierAccount.objects.get(pk=cast.nordlicht.pk).parent == target
    assert trees.broken() == []


@pytest.mark.parametrize("where", ["nordlicht", "umbrella", "kirlin", "stranger"])
def test_an_impossible_move_is_a_form_error(where, root, cast):
    target = getattr(cast, where)
    child = factories.account(cast.partners["distributor"], cast.umbrella, name="Child")
    target = child if where == "umbrella" else target
    answer = root.post(change(cast.umbrella), filled(cast.umbrella, parent=target.pk))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["parent"]
    assert TierAccount.objects.get(pk=cast.umbrella.pk).parent is None


def test_nothing_changed_is_said(root, cast):
    answer = root.post(change(cast.nordlicht), filled(cast.nordlicht))
    assert "Nothing was changed." in answer.content.decode()


def test_a_stale_form_shows_what_is_stored_and_can_be_sent_again(root, cast):
    data = filled(cast.nordlicht, city="Kiel")
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data={"tax_id": "DE1"})
    answer = root.post(change(cast.nordlicht), data)
    form = answer.context["adminform"].form
    assert "in the meantime" in str(form.non_field_errors())
    assert "Stored now: DE1" in str(form.errors["tax_id"])
    assert form["seen_version"].value() == "2"
    answer = root.post(change(cast.nordlicht), {**data, "seen_version": "2", "tax_id": "DE1"})
    assert answer.status_code == 302
    account = TierAccount.objects.get(pk=cast.nordlicht.pk)
    assert (account.city, account.tax_id, account.version) == ("Kiel", "DE1", 3)


def test_places_versions_and_owners_cannot_be_posted(root, cast):
    root.post(
        change(cast.nordlicht),
        filled(
            cast.nordlicht,
            city="Kiel",
            lft="99",
            version="9",
            tree_id="7",
            provider=cast.partners["distributor2"].pk,
            decommissioned_at="2020-01-01",
        ),
    )
    account = TierAccount.objects.get(pk=cast.nordlicht.pk)
    assert (account.version, account.provider) == (2, cast.partners["distributor"])
    assert account.decommissioned_at is None
    assert trees.broken() == []


def test_the_parent_is_found_by_typing(root, cast):
    def found(term, model="tieraccount", field="parent"):
        answer = root.get(
            reverse("admin:autocomplete"),
            {"app_label": "customers", "model_name": model, "field_name": field, "term": term},
        )
        return [each["text"] for each in answer.json()["results"]]

    assert found("nordl") == [f"Nordlicht Systemhaus GmbH · Hamburg · {cast.nordlicht.pk}"]
    assert found("kirlin") == []
    assert found("kirlin", "accountaccess", "account") == [
        f"Kirlin LLC · Hamburg · {cast.kirlin.pk}"
    ]
    assert found("nor\x00dl") == found("nordl")
    assert found("vendor", "accountaccess", "partner") == ["Vendor", "Vendor2"]


# Requests


def test_a_request_is_accepted_from_its_page(root, cast, pending):
    first, _second = pending
    html = root.get(change(first)).content.decode()
    assert step("accept", first) in html
    assert step("ignore", first) in html
    assert root.get(step("accept", first)).status_code == 200
    answer = root.post(step("accept", first), {f"{first.pk}-revision": "1"}, follow=True)
    assert "Accept: 1 done." in said(answer)
    states = list(TierAccountRequest.objects.order_by("version").values_list("state", flat=True))
    assert states == ["accepted", "pending"]
    event = Event.objects.get(verb="tieraccountrequest.accept")
    assert event.user == cast.users["admin"]
    assert "/steps/" not in root.get(change(first)).content.decode()


def test_the_list_action_names_what_will_be_refused_and_ignores_the_rest(root, cast, pending):
    first, second = pending
    accept_request(first, actor=cast.actor("vendor"))
    answer = root.post(
        reverse("admin:customers_tieraccountrequest_changelist"),
        {"action": "ignore", "_selected_action": [first.pk, second.pk]},
    )
    assert set(answer.url.partition("?")[2].split("&")) == {f"id={first.pk}", f"id={second.pk}"}
    page = root.get(answer.url)
    assert [(obj, why.split(":")[0]) for obj, _text, why in page.context["refused"]] == [
        (first, f"{first.pk} is already Accepted")
    ]
    assert [obj for obj, _text, _form in page.context["entries"]] == [second]
    page = root.post(answer.url, {f"{second.pk}-revision": "1", "reason": " "})
    assert page.context["shared"].errors["reason"]
    root.post(answer.url, {f"{second.pk}-revision": "1", "reason": "We keep it."})
    second = TierAccountRequest.objects.get(pk=second.pk)
    assert (second.state, second.reason) == ("ignored", "We keep it.")


def test_a_reason_that_the_service_refuses_is_an_error_at_the_field(root, pending):
    first, _second = pending
    data = {f"{first.pk}-revision": "1", "reason": "x" * 300}
    page = root.post(step("ignore", first), data)
    assert page.status_code == 200
    assert "255" in page.content.decode()
    assert TierAccountRequest.objects.get(pk=first.pk).state == "pending"


def test_somebody_was_first_is_a_message(root, cast, pending):
    first, _second = pending
    accept_request(first, actor=cast.actor("vendor"))
    data = {f"{first.pk}-revision": "1", "reason": "late"}
    answer = root.post(step("ignore", first), data, follow=True)
    assert "is already Accepted: Vendor" in said(answer)
    assert TierAccountRequest.objects.get(pk=first.pk).state == "accepted"


def test_an_old_page_is_noticed_and_can_be_sent_again(root, pending):
    first, _second = pending
    TierAccountRequest.objects.filter(pk=first.pk).update(revision=4)
    page = root.post(step("accept", first), {f"{first.pk}-revision": "1"})
    (_obj, _text, form) = page.context["entries"][0]
    assert "in the meantime" in str(form.non_field_errors())
    assert form["revision"].value() == "4"
    root.post(step("accept", first), {f"{first.pk}-revision": "4"})
    assert TierAccountRequest.objects.get(pk=first.pk).state == "accepted"


def test_a_state_cannot_be_posted(root, pending):
    first, _second = pending
    assert root.post(change(first), {"state": "accepted"}).status_code == 403
    assert TierAccountRequest.objects.get(pk=first.pk).state == "pending"


def test_unknown_steps_and_objects_are_not_found(root, pending):
    address = step("accept", pending[0])
    assert root.get(address.replace("accept", "unsupport")).status_code == 404
    assert root.get(address.partition("?")[0], {"id": "TAR-0"}).status_code == 404


# Access


def test_access_is_granted_and_ended_by_the_services(root, cast):
    account = factories.account(cast.partners["distributor"], name="Free")
    data = {"partner": cast.partners["reseller"].pk, "account": account.pk, "kind": "operates"}
    add = reverse("admin:customers_accountaccess_add")
    assert root.post(add, data).status_code == 302
    access = AccountAccess.objects.get(account=account)
    assert access.granted_by == "Admin"
    taken = root.post(add, {**data, "partner": cast.partners["parent"].pk})
    assert taken.context["adminform"].form.errors["partner"]
    wrong = root.post(add, {**data, "partner": cast.partners["vendor"].pk})
    assert wrong.context["adminform"].form.errors["partner"]
    assert root.post(change(access), {"ended_at": "2020-01-01"}).status_code == 403
    root.post(step("end", access), {f"{access.pk}-revision": ""})
    access.refresh_from_db()
    assert access.ended_at is not None
    assert list(
        Event.objects.filter(object_id=account.pk).order_by("at").values_list("verb", flat=True)
    ) == ["tieraccount.create", "tieraccount.grant", "tieraccount.end_access"]
    again = root.get(step("end", access))
    assert "has ended already" in again.content.decode()
