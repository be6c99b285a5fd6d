"""Who looks after a request: the vendor's people, one request or many at a time."""

from __future__ import annotations

import pytest

from customers.models import Event
from tests import factories
from tests.resellerportal.config_pages import answer, ids, main_of, setup_of, text_of
from tierconfig.models import TierConfigRequest


@pytest.fixture
def setup(cast):
    cast.order()
    return answer(cast, 2)


@pytest.fixture
def mia(cast):
    return factories.user(cast.partners["vendor"], email="mia@people.example", name="Mia")


def assignee(setup):
    return TierConfigRequest.objects.get(pk=setup.pk).assignee


@pytest.mark.parametrize("name", ["config-request", "order"])
def test_a_vendor_takes_gives_and_returns_a_request(cast, pages, mia, name):
    order = cast.order()
    subject = order if name == "order" else setup_of(2)
    page = pages.get("vendor", f"{name}-detail", subject.pk)
    assert f"/{subject.pk}/take/" in main_of(page)
    pages.post("vendor", f"{name}-take", subject.pk)
    subject.refresh_from_db(fields=["assignee"])
    assert subject.assignee == cast.users["vendor"]
    assert "/take/" not in main_of(pages.get("vendor", f"{name}-detail", subject.pk))
    form = pages.get("vendor", f"{name}-assign", subject.pk)
    assert "Mia (mia@people.example)" in main_of(form)
    sent = pages.post(
        "vendor", f"{name}-assign", subject.pk, user=mia.pk, revision=form.context["revision"]
    )
    shown = pages.client.get(sent.url)
    assert "Assigned to Mia" in text_of(shown)
    assert "gave the request to a colleague" in text_of(shown)
    pages.post("vendor", f"{name}-unassign", subject.pk)
    subject.refresh_from_db(fields=["assignee"])
    assert subject.assignee is None


def test_only_colleagues_who_work_can_be_chosen(cast, pages, setup, mia):
    mia.memberships.update(level="viewer")
    for user in (mia, cast.users["vendor2"], cast.users["distributor"]):
        refused = pages.post("vendor", "config-request-assign", setup.pk, user=user.pk)
        assert refused.status_code == 422
    refused = pages.post("vendor", "config-request-assign", setup.pk, user="x\x00y")
    assert refused.status_code == 422
    assert assignee(setup) is None


def test_nobody_else_assigns(cast, pages, setup):
    for step in ("assign", "take", "unassign"):
        assert pages.post("vendor2", f"config-request-{step}", setup.pk).status_code == 404
        refused = pages.post("distributor", f"config-request-{step}", setup.pk, portal="vendor")
        assert refused.status_code == 403
    assert pages.post("admin", "config-request-take", setup.pk).status_code == 403
    for name in ("distributor", "parent"):
        assert "/assign/" not in main_of(pages.get(name, "config-request-detail", setup.pk))
    cast.users["vendor"].memberships.update(level="viewer")
    assert pages.post("vendor", "config-request-take", setup.pk).status_code == 403
    assert "/assign/" not in main_of(pages.get("vendor", "config-request-detail", setup.pk))
    assert assignee(setup) is None


def test_what_is_decided_is_nobody_s_work_any_more(cast, pages, setup):
    pages.post("vendor", "config-request-fail", setup.pk, reason="No")
    assert pages.post("vendor", "config-request-take", setup.pk).status_code == 409
    assert "/assign/" not in main_of(pages.get("vendor", "config-request-detail", setup.pk))


@pytest.mark.parametrize("name", ["config-request", "order"])
def test_lists_find_mine_and_nobody_s(cast, pages, mia, name):
    order = cast.order()
    mine, free = (order, cast.order()) if name == "order" else (setup_of(1), setup_of(2))
    prefix = "PR-" if name == "order" else "TCR-"
    pages.post("vendor", f"{name}-take", mine.pk)

    def found(**query):
        return ids(pages.get("vendor", f"{name}-list", tab="all", **query), prefix)

    assert found(assignee="me") == {mine.pk}
    assert found(assignee="nobody") == {free.pk}
    assert found(assignee="x") == set()


@pytest.mark.parametrize("name", ["config-request", "order"])
def test_several_are_taken_at_once_after_a_look(cast, pages, mia, name):
    orders = [cast.order(), cast.order()]
    rows = orders if name == "order" else [setup_of(1), setup_of(2)]
    foreign = "TCR-000-000-000-001"
    keys = [each.pk for each in rows]
    chosen = pages.post("vendor", f"{name}-bulk", "take", pk=[*keys, foreign])
    page = pages.client.get(chosen.url)
    assert "2 requests" in text_of(page)
    assert "1 of them does not exist." in text_of(page)
    assert Event.objects.filter(verb__endswith=".assign").count() == 0
    done = pages.post("vendor", f"{name}-bulk", "take", chosen=",".join(keys), token="t", query="")
    assert "2 are assigned to you." in text_of(pages.client.get(done.url))
    model = type(rows[0])
    assert {each.assignee for each in model.objects.filter(pk__in=keys)} == {cast.users["vendor"]}
    assert pages.post("admin", f"{name}-bulk", "take", pk=keys).status_code == 403
    listed = pages.get("distributor", f"{name}-list", tab="others").content.decode()
    assert 'name="pk"' not in listed
