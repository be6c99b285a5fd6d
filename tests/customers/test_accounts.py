"""Creating, editing and moving accounts: what is refused, and that a refusal changes nothing."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers import trees
from customers.actors import Actor
from customers.lifecycle import StaleForm
from customers.models import AccountVersion, Event, Hub, TierAccount, TierAccountRequest
from customers.services.access import grant_access
from customers.services.accounts import NoChange, create_account, edit_account, move_account
from customers.services.requests import accept_request, ignore_request
from fulfillment.services.requests import withdraw_request
from tests import factories
from tests.factories import account_data


@pytest.fixture
def distributor(cast):
    return cast.actor("distributor")


@pytest.fixture
def refused(db):
    """Call, expect a ValidationError, make sure that nothing was written; its fields."""

    def state():
        places = list(TierAccount.objects.order_by("pk").values())
        return places, AccountVersion.objects.count(), Event.objects.count()

    def call(function, *args, **kwargs):
        before = state()
        with pytest.raises(ValidationError) as error:
            function(*args, **kwargs)
        assert state() == before
        return set(getattr(error.value, "error_dict", {"": 0}))

    return call


def fresh(account):
    return TierAccount.objects.get(pk=account.pk)


def test_a_new_account_has_a_version_an_event_and_no_request(cast, distributor):
    made = create_account(
        actor=distributor,
        provider=distributor.partner,
        parent=cast.nordlicht,
        data=account_data("Neu GmbH", type="customer"),
    )
    assert (made.version, made.level, made.parent, made.owner) == (
        1,
        2,
        cast.nordlicht,
        distributor.partner,
    )
    version = AccountVersion.objects.get(account=made)
    assert version.data["name"] == "Neu GmbH"
    assert version.data["external_uid"] == made.external_uid != ""
    assert Event.objects.filter(object_id=made.pk).values_list("verb", flat=True).get() == (
        "tieraccount.create"
    )
    assert not TierAccountRequest.objects.exists()


def test_only_a_changed_account_gets_a_version(cast, distributor):
    with pytest.raises(NoChange):
        edit_account(cast.kirlin, actor=distributor, data={"city": " Hamburg "})
    assert fresh(cast.kirlin).version == 1
    account, _raised = edit_account(cast.kirlin, actor=distributor, data={"city": "Kiel"})
    assert [v.data["city"] for v in account.versions.order_by("number")] == ["Hamburg", "Kiel"]


def test_an_old_form_is_noticed(cast, distributor, refused):
    edit_account(cast.kirlin, actor=distributor, data={"city": "Kiel"}, version=1)
    with pytest.raises(StaleForm):
        edit_account(cast.kirlin, actor=distributor, data={"city": "Bremen"}, version=1)
    assert fresh(cast.kirlin).city == "Kiel"


def test_a_customer_needs_a_reseller_as_parent(cast, distributor, refused):
    create = {"actor": distributor, "provider": distributor.partner}
    data = account_data(type="customer")
    assert refused(create_account, **create, data=data) == {"parent"}
    assert refused(create_account, **create, data=data, parent=cast.kirlin) == {"parent"}
    assert refused(move_account, cast.kirlin, actor=distributor, parent=None) == {"parent"}
    other = factories.account(distributor.partner, cast.umbrella, type="customer")
    assert refused(move_account, cast.kirlin, actor=distributor, parent=other) == {"parent"}


def test_no_account_moves_below_itself(cast, distributor, refused):
    for target in (cast.umbrella, cast.nordlicht, cast.kirlin):
        assert refused(move_account, cast.umbrella, actor=distributor, parent=target) == {"parent"}


def test_a_foreign_parent_is_answered_like_one_that_is_not_there(cast, distributor, refused):
    create = {"actor": distributor, "provider": distributor.partner, "data": account_data()}
    assert refused(create_account, **create, parent=cast.stranger) == {"parent"}
    assert refused(move_account, cast.kirlin, actor=distributor, parent=cast.stranger) == {"parent"}
    admin = cast.actor("admin")
    assert refused(move_account, cast.kirlin, actor=admin, parent=cast.stranger) == {"parent"}


def test_a_foreign_hub_is_refused(cast, distributor, refused):
    hub = Hub.objects.create(pk="HB-0000-0001", provider=cast.partners["distributor2"])
    create = {"actor": distributor, "provider": distributor.partner, "data": account_data()}
    assert refused(create_account, **create, hub=hub) == {"hub"}


def test_a_decommissioned_account_is_neither_edited_nor_a_parent(cast, distributor, refused):
    TierAccount.objects.filter(pk=cast.nordlicht.pk).update(decommissioned_at="2026-01-01T00:00Z")
    assert refused(edit_account, cast.nordlicht, actor=distributor, data={"city": "Kiel"})
    create = {"actor": distributor, "provider": distributor.partner, "data": account_data()}
    assert refused(create_account, **create, parent=cast.nordlicht) == {"parent"}


def test_an_account_of_a_commerce_hub_is_edited_there(cast, distributor, refused):
    hub = Hub.objects.create(pk="HB-0000-0001", type="OA", provider=distributor.partner)
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(hub=hub)
    assert refused(edit_account, cast.kirlin, actor=distributor, data={"city": "Kiel"})


@pytest.mark.parametrize("name", ["external_id", "external_uid"])
def test_external_ids_are_unique_per_hub(cast, distributor, refused, name):
    home = distributor.partner
    hub = Hub.objects.create(pk="HB-0000-0001", provider=home)
    factories.account(home, cast.umbrella, **{name: "X-1"})
    create = {"actor": distributor, "provider": home, "parent": cast.umbrella}
    assert refused(create_account, **create, data=account_data(**{name: " X-1 "})) == {name}
    assert refused(edit_account, cast.kirlin, actor=distributor, data={name: "X-1"}) == {name}
    factories.account(home, cast.umbrella, hub=hub, **{name: "X-1"})
    factories.account(cast.partners["distributor2"], **{name: "X-1"})
    assert refused(create_account, **create, hub=hub, data=account_data(**{name: "X-1"})) == {name}


def test_blank_external_ids_do_not_collide(cast, distributor):
    edit_account(cast.kirlin, actor=distributor, data={"external_id": "X-1"})
    edit_account(cast.nordlicht, actor=distributor, data={"external_id": "X-2"})
    for each in (cast.kirlin, cast.nordlicht):
        account, _raised = edit_account(each, actor=distributor, data={"external_id": " "})
        assert account.external_id is None


def test_a_blanked_uuid_is_kept(cast, distributor):
    data = {"external_uid": "", "city": "Kiel"}
    account, _raised = edit_account(cast.kirlin, actor=distributor, data=data)
    assert fresh(account).external_uid == cast.kirlin.external_uid


def test_a_reseller_with_children_or_sales_stays_one(cast, distributor, refused):
    change = {"actor": distributor, "data": {"type": "customer"}}
    assert refused(edit_account, cast.nordlicht, **change) == {"type"}
    leaf = factories.account(distributor.partner, cast.umbrella)
    account, _raised = edit_account(leaf, **change)
    assert account.type == "customer"
    edit_account(account, actor=distributor, data={"type": "reseller"})
    buyer = factories.account(distributor.partner, leaf, type="customer")
    cast.order(product=cast.plain, customer=buyer)
    move_account(buyer, actor=distributor, parent=cast.umbrella)
    assert refused(edit_account, leaf, **change) == {"type"}


def test_a_root_cannot_become_a_customer(cast, distributor, refused):
    root = factories.account(distributor.partner)
    assert refused(edit_account, root, actor=distributor, data={"type": "customer"}) == {"parent"}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("distributor", {"umbrella", "nordlicht", "kirlin"}),
        ("parent", {"umbrella", "nordlicht", "kirlin"}),
        ("reseller", {"nordlicht", "kirlin"}),
        ("admin", {"umbrella", "nordlicht", "kirlin"}),
        ("vendor", set()),
        ("distributor2", set()),
        ("reseller2", set()),
        ("system", set()),
    ],
)
def test_who_edits_which_account(cast, who, allowed):
    done = set()
    for name in ("umbrella", "nordlicht", "kirlin"):
        try:
            edit_account(getattr(cast, name), actor=cast.actor(who), data={"city": f"{who} {name}"})
            done.add(name)
        except PermissionDenied:
            pass
    assert done == allowed


def test_viewers_change_nothing(cast):
    for who in ("distributor", "reseller", "parent"):
        viewer = cast.actor(who, level="viewer")
        with pytest.raises(PermissionDenied):
            edit_account(cast.kirlin, actor=viewer, data={"city": "Kiel"})
        with pytest.raises(PermissionDenied):
            create_account(
                actor=viewer,
                provider=cast.partners["distributor"],
                parent=cast.nordlicht,
                data=account_data(),
            )


def test_a_reseller_creates_below_its_own_accounts_only(cast):
    home = cast.partners["distributor"]
    reseller = cast.actor("reseller")
    made = create_account(actor=reseller, provider=home, parent=cast.nordlicht, data=account_data())
    assert made.provider == home
    for parent in (cast.umbrella, None, cast.stranger):
        with pytest.raises(PermissionDenied):
            create_account(actor=reseller, provider=home, parent=parent, data=account_data())


def test_a_reseller_moves_accounts_inside_its_subtree_only(cast, refused):
    home = cast.partners["distributor"]
    branch = factories.account(home, cast.nordlicht)
    reseller = cast.actor("reseller")
    account, _raised = move_account(cast.kirlin, actor=reseller, parent=branch)
    assert account.parent == branch
    assert refused(move_account, branch, actor=reseller, parent=cast.umbrella) == {"parent"}
    with pytest.raises(PermissionDenied):
        move_account(branch, actor=reseller, parent=None)
    with pytest.raises(PermissionDenied):
        move_account(cast.umbrella, actor=reseller, parent=branch)


def test_sees_gives_no_right_to_write(cast, distributor):
    partner = cast.partners["reseller2"]
    grant_access(cast.nordlicht, actor=distributor, partner=partner, kind="sees")
    with pytest.raises(PermissionDenied):
        edit_account(cast.nordlicht, actor=cast.actor("reseller2"), data={"city": "Kiel"})


def test_a_move_versions_the_moved_account_only_and_asks_its_vendors(cast, distributor):
    cast.order()
    rival = factories.account(distributor.partner, name="Rival")
    account, raised = move_account(cast.nordlicht, actor=distributor, parent=rival)
    assert (account.version, fresh(cast.kirlin).version) == (2, 1)
    assert [(r.changed, r.state) for r in raised] == [(["parent_id"], "pending")]
    assert account.versions.get(number=2).data["parent_name"] == "Rival"
    assert fresh(cast.kirlin).tree_id == fresh(rival).tree_id
    assert trees.broken() == []


def test_a_move_to_a_tree_of_its_own_and_back(cast, distributor):
    account, _raised = move_account(cast.nordlicht, actor=distributor, parent=None)
    assert (fresh(account).level, fresh(cast.kirlin).level) == (0, 1)
    assert fresh(account).tree_id != fresh(cast.umbrella).tree_id
    account, _raised = move_account(account, actor=distributor, parent=cast.umbrella)
    assert fresh(account).get_root() == cast.umbrella
    assert trees.broken() == []


def test_a_move_is_judged_by_the_present_parent_not_the_one_that_was_read(cast, distributor):
    """Two people move the same account: the second one's wish counts, not a silent nothing."""
    old = fresh(cast.nordlicht)
    rival = factories.account(distributor.partner, name="Rival")
    move_account(cast.nordlicht, actor=distributor, parent=rival)
    account, _raised = move_account(old, actor=distributor, parent=cast.umbrella)
    assert account.parent == cast.umbrella
    assert trees.broken() == []


def test_a_type_is_judged_by_the_present_one_too(cast, distributor, refused):
    leaf = factories.account(distributor.partner, cast.umbrella, type="customer")
    old = fresh(leaf)
    edit_account(leaf, actor=distributor, data={"type": "reseller"})
    factories.account(distributor.partner, leaf)
    assert refused(edit_account, old, actor=distributor, data={"type": "customer"}) == {"type"}


def test_accounts_connected_by_ended_or_foreign_sales_raise_nothing(cast, distributor):
    order = cast.order()
    withdraw_request(order, actor=distributor, reason="Ordered twice.")
    _account, raised = edit_account(cast.kirlin, actor=distributor, data={"city": "Kiel"})
    assert raised == []
    sibling = factories.account(distributor.partner, cast.nordlicht, type="customer")
    cast.order(customer=sibling, product=cast.plain)
    _account, raised = edit_account(cast.kirlin, actor=distributor, data={"city": "Bremen"})
    assert raised == []


def test_one_request_per_product_not_per_subscription(cast, distributor):
    for _number in range(3):
        cast.order(product=cast.plain)
    _account, raised = edit_account(cast.kirlin, actor=distributor, data={"city": "Kiel"})
    assert len(raised) == 1


def test_older_pending_requests_stay_open_and_are_decided_in_any_order(cast, distributor):
    cast.order()
    raised = []
    for city in ("Kiel", "Bremen"):
        raised += edit_account(cast.kirlin, actor=distributor, data={"city": city})[1]
    assert [(r.base_version, r.version) for r in raised] == [(1, 2), (2, 3)]
    accept_request(raised[1], actor=cast.actor("vendor"))
    ignored = ignore_request(raised[0], actor=cast.actor("vendor"), reason="Superseded.")
    assert ignored.state == "ignored"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 256, "a\x00b"])
def test_ignoring_needs_a_readable_reason(cast, distributor, reason):
    cast.order()
    [request] = edit_account(cast.kirlin, actor=distributor, data={"city": "Kiel"})[1]
    with pytest.raises(ValidationError) as error:
        ignore_request(request, actor=cast.actor("vendor"), reason=reason)
    assert set(error.value.error_dict) == {"reason"}
    assert TierAccountRequest.objects.get().state == "pending"


def test_one_operator_per_account(cast, distributor):
    with pytest.raises(ValidationError) as error:
        grant_access(
            cast.nordlicht, actor=distributor, partner=cast.partners["reseller2"], kind="operates"
        )
    assert set(error.value.error_dict) == {"partner"}
    with pytest.raises(ValidationError):
        grant_access(
            cast.kirlin, actor=distributor, partner=cast.partners["vendor"], kind="operates"
        )
    for who in ("distributor2", "reseller", "vendor"):
        with pytest.raises(PermissionDenied):
            grant_access(
                cast.kirlin,
                actor=cast.actor(who),
                partner=cast.partners["reseller2"],
                kind="operates",
            )


def test_the_platform_may_create_and_nothing_else_by_itself(cast):
    assert factories.account(cast.partners["distributor"]).owner == cast.partners["distributor"]
    with pytest.raises(PermissionDenied):
        edit_account(cast.kirlin, actor=Actor.system(), data={"city": "Kiel"})
