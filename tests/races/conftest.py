import io

import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def no_deliveries(settings):
    """Threads race for the domain here; telling of it is a matter of other tests."""
    settings.DELIVER_ON_COMMIT = "worker"


@pytest.fixture
def consistent(transactional_db):
    """Says, at the end of a race, that every tree is valid and nothing is parked for ever."""

    def check():
        call_command("check_trees", stdout=io.StringIO())

    return check
