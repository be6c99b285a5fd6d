"""Who is probably the same company, and who may hear of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import matching
from customers.models import TierAccount
from customers.services.decommission import decommission_account
from customers.services.duplicates import SHOWN, changed_keys, similar
from tests import factories

pytestmark = pytest.mark.django_db
TWIN = {"tax_id": "DE 811907980", "contact_email": "it@ems.example"}


@pytest.fixture
def home(cast):
    return cast.partners["distributor"]


def keys(name="Other", tax_id="", contact_email="a@gmail.com"):
    found = matching.keys({"name": name, "tax_id": tax_id, "contact_email": contact_email})
    return {key: value for key, value in found.items() if value}


def found(cast, who, provider, **typed):
    return [
        match.account.name for match in similar(cast.actor(who), provider, keys(**typed)).matches
    ]


def test_an_equal_tax_id_domain_or_name_is_found_under_another_spelling(cast, home):
    factories.account(home, cast.umbrella, name="Café Ems GmbH", **TWIN)
    for typed in (
        {"name": "CAFE EMS"},
        {"tax_id": "de811907980"},
        {"contact_email": "boss@EMS.example"},
    ):
        assert found(cast, "distributor", home, **typed) == ["Café Ems GmbH"], typed
    assert found(cast, "distributor", home, name="Café Elbe") == []


def test_mailboxes_of_anybody_and_empty_fields_resemble_nothing(cast, home):
    factories.account(home, name="A", contact_email="a@gmail.com", tax_id="")
    assert found(cast, "distributor", home, name="B", contact_email="b@gmail.com") == []


def test_the_surest_come_first_and_few_are_named(cast, home):
    for number in range(SHOWN + 3):
        factories.account(home, name=f"Ems {number}", contact_email=f"{number}@ems.example")
    factories.account(home, name="Sure", tax_id="DE811907980")
    hit = similar(
        cast.actor("distributor"), home, keys(tax_id="DE811907980", contact_email="x@ems.example")
    )
    assert hit.matches[0].account.name == "Sure"
    assert hit.matches[0].keys == ("tax_key",)
    assert (len(hit.matches), hit.more) == (SHOWN, True)


def test_other_distributors_previews_and_ended_accounts_are_nobodys_twins(cast, home):
    factories.account(cast.partners["distributor2"], name="Ems", **TWIN)
    ended = factories.account(home, name="Ems", **TWIN)
    decommission_account(ended, actor=cast.actor("distributor"))
    preview = factories.account(home, name="Ems", **TWIN)
    TierAccount.objects.filter(pk=preview.pk).update(environment="preview")
    assert not similar(cast.actor("distributor"), home, keys("Ems", **TWIN))


@pytest.mark.parametrize("tells", [True, False])
def test_a_reseller_hears_of_others_only_that_they_are_known_and_only_if_told(cast, home, tells):
    home.tells_known = tells
    home.save()
    factories.account(home, cast.umbrella, name="Ems", **TWIN)
    hit = similar(cast.actor("reseller"), home, keys("Ems", **TWIN))
    assert (hit.matches, hit.more, hit.elsewhere) == ([], False, tells)
    factories.account(home, cast.nordlicht, name="Ems own", **TWIN)
    hit = similar(cast.actor("reseller"), home, keys("Ems", **TWIN))
    assert [match.account.name for match in hit.matches] == ["Ems own"]
    assert hit.elsewhere is tells
    assert not similar(cast.actor("reseller"), home, keys("Nobody knows me"))


def test_where_nothing_is_told_nothing_is_looked_up(cast, home):
    actor = cast.actor("reseller")
    similar(actor, home, keys("Ems", **TWIN))
    with CaptureQueriesContext(connection) as unknown:
        similar(actor, home, keys("Ems", **TWIN))
    factories.account(home, cast.umbrella, name="Ems", **TWIN)
    with CaptureQueriesContext(connection) as known:
        similar(actor, home, keys("Ems", **TWIN))
    assert [query["sql"] for query in known] == [query["sql"] for query in unknown]
    assert len(known) <= 4


def test_a_vendor_hears_nothing(cast, home):
    cast.order()
    factories.account(home, name="Ems", **TWIN)
    assert not similar(cast.actor("vendor"), home, keys("Kirlin LLC"))


def test_an_account_is_no_twin_of_itself_and_only_what_changed_is_compared(cast, home):
    actor = cast.actor("distributor")
    assert not similar(actor, home, keys("Kirlin LLC"), but=cast.kirlin)
    before = {"name": "Kirlin LLC", "tax_id": "", "contact_email": "a@kirlin.example"}
    assert changed_keys(before, {**before, "name": "KIRLIN"}) == {}
    assert changed_keys(before, {**before, "tax_id": "DE 1"}) == {"tax_key": "DE1"}
    assert changed_keys({}, before) == {"name_key": "kirlin", "email_domain": "kirlin.example"}
