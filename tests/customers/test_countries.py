"""Countries as files name them."""

import pytest

from customers.countries import code_of


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Germany", "DE"),
        ("germany ", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("DEU", "DE"),
        ("ÖSTERREICH", "AT"),
        ("Türkiye", "TR"),
        ("日本", "JP"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_a_country_is_known_by_its_name_in_any_language(name, code):
    assert code_of(name) == code
