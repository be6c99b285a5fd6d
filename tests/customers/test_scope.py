"""`visible_to` looks at nothing of an actor that `scope` leaves out."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet

from customers.models import SavedView, Watch
from customers.visibility import scope
from resellerportal.generic import PortalListView
from tests import factories
from tests.resellerportal.test_access_table import addresses

pytestmark = pytest.mark.django_db

#: Of one person of a partner. Statements of lists are kept per scope, so no list may show it.
PERSONAL = {SavedView, Watch}
MODELS = [
    model
    for model in apps.get_models()
    if hasattr(model._default_manager.get_queryset(), "visible_to") and model not in PERSONAL
]


def statement(model, actor):
    try:
        return model._default_manager.visible_to(actor).query.sql_with_params()
    except EmptyResultSet:
        return None


@pytest.mark.parametrize("role", ["vendor", "distributor", "reseller", "parent", "admin"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_equal_scopes_read_by_the_same_statement(cast, role, model):
    one = cast.actor(role)
    other = replace(
        cast.actor(role), user=factories.user(), level="viewer", email="x@y.example", key="k"
    )
    assert scope(one) == scope(other)
    assert statement(model, one) == statement(model, other)


def test_no_list_is_of_what_belongs_to_one_person():
    views = [getattr(each.view, "view_class", None) for each in addresses()]
    lists = [view for view in views if view and issubclass(view, PortalListView)]
    assert lists
    assert not {view.model for view in lists} & PERSONAL


def test_partners_and_operated_accounts_are_of_the_scope(cast):
    assert scope(cast.actor("vendor")) != scope(cast.actor("vendor2"))
    reseller = cast.actor("reseller")
    before = scope(reseller)
    reseller.partner.account_access.update(account=cast.kirlin)
    assert scope(cast.actor("reseller")) != before
