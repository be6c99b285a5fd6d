"""What most tests of pages begin with."""

import pytest

from customers.models import Membership
from tests.resellerportal.config_pages import Pages


@pytest.fixture
def pages(client, cast):
    """Pages as members of the cast see them."""
    return Pages(client, cast)


@pytest.fixture
def boss(cast):
    """The vendor's user is an administrator of it."""
    Membership.objects.filter(user=cast.users["vendor"]).update(level="administrator")
