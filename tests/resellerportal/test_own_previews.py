"""Pages of previews that their vendor placed: it fills in what it would ask others for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.fulfillment.trials import VALUES, placed, trial
from tests.resellerportal.config_pages import BACKEND, main_of

__all__ = ["trial"]
PAGES = {
    "order": ("order-values", "order-approve"),
    "setup": ("config-request-update", "config-request-approve"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_vendor_types_all_values_of_its_own_preview_into_one_form(client, cast, trial, kind):
    client.force_login(cast.users["vendor"], backend=BACKEND)
    field = f"param-{VALUES[kind]}"
    edit, approve = PAGES[kind]
    own, other = (placed(cast, trial, kind, name) for name in ("vendor", "distributor"))
    page = client.get(reverse(f"vendor:{edit}", args=[own.pk]))
    assert f'name="{field}"' in main_of(page)
    if kind == "order":
        assert f'name="{field}"' not in main_of(
            client.get(reverse(f"vendor:{edit}", args=[other.pk]))
        )
    assert client.post(page.request["PATH_INFO"], {field: "it"}).status_code == 302
    own = type(own).objects.get(pk=own.pk)
    assert (own.state, own.params[VALUES[kind]]["value"]) == ("inquiring", "it")
    pend = edit.replace("values", "pend").replace("update", "pend")
    assert client.post(reverse(f"vendor:{pend}", args=[own.pk])).status_code == 302
    decision = main_of(client.get(reverse(f"vendor:{approve}", args=[own.pk])))
    assert 'value="it"' in decision
    assert "Filled in by" not in decision
