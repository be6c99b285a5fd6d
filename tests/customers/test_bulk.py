"""Rows written in bulk."""

import pytest

from customers.bulk import write
from customers.models import Hub, Partner
from tests import factories


@pytest.mark.postgres
def test_rows_that_ask_the_database_while_they_are_written_are_an_error_and_no_wait_for_ever(db):
    distributor = factories.partner("distributor")

    def rows():
        yield ("HB-9999-0001", "Bulk", Partner.objects.get(pk=distributor.pk).pk)

    with pytest.raises(RuntimeError, match="without a query"):
        write(Hub, ("id", "name", "provider_id"), rows())
