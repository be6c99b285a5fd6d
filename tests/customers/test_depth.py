"""A tree has an end: so deep that no channel gets there, and that every page can draw it."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import TierAccount
from customers.services.account_rules import LEVELS
from customers.services.accounts import create_account, edit_account, move_account
from customers.services.moves import preview_move
from tests import factories
from tests.customers.imports import files
from tests.resellerportal.test_access_table import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(cast):
    """Resellers below each other, from Nordlicht to the deepest that may be."""
    below = [TierAccount.objects.get(pk=cast.nordlicht.pk)]
    while below[-1].level < LEVELS - 1:
        name = f"Deep {len(below)}"
        below.append(factories.account(cast.partners["distributor"], below[-1], name=name))
    return below


def test_nothing_is_made_below_the_last_level(cast, chain):
    with pytest.raises(ValidationError, match="at most 50 levels") as error:
        create_account(
            actor=cast.actor("reseller"),
            provider=cast.partners["distributor"],
            parent=chain[-1],
            data=factories.account_data(type="customer"),
        )
    assert set(error.value.error_dict) == {"parent"}


def test_nothing_is_moved_so_that_what_is_below_it_goes_deeper(cast, chain):
    distributor = cast.actor("distributor")
    twig = factories.account(cast.partners["distributor"], cast.umbrella, name="Twig")
    leaf = factories.account(cast.partners["distributor"], twig, name="Leaf", type="customer")
    for step in (preview_move, move_account):
        with pytest.raises(ValidationError, match="choose a parent further up") as error:
            step(twig, actor=distributor, parent=chain[-2])
        assert set(error.value.error_dict) == {"parent"}
    move_account(twig, actor=distributor, parent=chain[-3])
    assert TierAccount.objects.get(pk=leaf.pk).level == LEVELS - 1


def test_nothing_is_imported_deeper_either(cast, chain):
    actor, provider = cast.actor("distributor"), cast.partners["distributor"]
    deep = [
        files.row("Alpha", type="reseller", parent_id=chain[-2].pk, external_id="A"),
        files.row("Beta", parent_external_id="A"),
    ]
    before = TierAccount.objects.count()
    batch = files.apply(files.check(actor, provider, deep), actor)
    assert batch.state != "applied"
    assert TierAccount.objects.count() == before
    assert files.apply(files.check(actor, provider, deep[:1]), actor).state == "applied"


@pytest.mark.parametrize("space", ["distributor", "reseller"])
def test_every_page_draws_the_deepest_account(client, cast, chain, space):
    cast.plain.tier_accounts_sync = True
    cast.plain.save()
    cast.order(product=cast.plain, customer=chain[-1])
    _account, [request] = edit_account(
        chain[-1], actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    sign_in(client, cast, space)
    pk = chain[-1].pk
    pages = (f"accounts/{pk}/", f"accounts/{pk}/hierarchy/", f"account-requests/{request.pk}/")
    for page in (*pages, f"hierarchy/?open={pk}", "hierarchy/?q=Deep"):
        answer = client.get(f"/{space}/{page}")
        assert answer.status_code == 200, page
        assert chain[-1].name in answer.content.decode()
