"""Keys that find one company under two spellings."""

from importlib import import_module

import pytest
from django.apps import apps

from customers import matching
from customers.models import TierAccount


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café Ems GmbH", "CAFE EMS"),
        ("Kirlin Logistik GmbH & Co. KG", "Kirlin-Logistik"),
        ("Łódź Soft sp. z o.o.", "Lodz Soft Sp z o o"),
        ("Straße 7 AG", "Strasse 7"),
    ],
)
def test_one_company_in_two_spellings_has_one_name_key(one, other):
    assert matching.name_key(one) == matching.name_key(other) != ""


def test_a_name_of_legal_forms_alone_keeps_a_key():
    assert matching.name_key("Company Co") == "company"
    assert matching.name_key("東京株式会社") == "東京株式会社"
    assert matching.name_key("!!!") == ""


def test_tax_ids_are_compared_without_punctuation_and_script():
    assert matching.tax_key("DE 136-695.976") == "DE136695976"
    assert matching.tax_key("de١٣٦695976") == "DE136695976"


def test_mailboxes_of_anybody_say_nothing():
    assert matching.email_domain("it@Hanse.Example") == "hanse.example"
    assert matching.email_domain("ada@gmail.com") == ""


def test_the_keys_follow_every_write(cast):
    cast.kirlin.name = "Ünal Ltd"
    cast.kirlin.save()
    assert TierAccount.objects.get(pk=cast.kirlin.pk).name_key == "unal"


@pytest.mark.django_db
def test_accounts_from_before_get_their_keys(cast):
    TierAccount._base_manager.update(name_key="", tax_key="", email_domain="")
    TierAccount._base_manager.filter(pk=cast.umbrella.pk).update(tax_id="DE 136 695 976")
    import_module("customers.migrations.0004_fill_keys").fill(apps, None)
    fresh = TierAccount.objects.get(pk=cast.umbrella.pk)
    assert (fresh.name_key, fresh.tax_key) == ("umbrella hanse", "DE136695976")
    assert not TierAccount.objects.filter(name_key="").exists()
