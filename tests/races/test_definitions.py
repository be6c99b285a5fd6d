"""Definitions of a product change or go while somebody works by them."""

import threading
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from tests import factories
from tests.factories import steps
from tests.races.threads import PATIENCE, POLITE, refusals, together, until_blocked
from tierconfig.models import Parameter, Template, TierConfig, UniqueValue
from tierconfig.services import processing
from tierconfig.services import requests as setups
from tierconfig.services.definitions import capabilities, parameters, templates

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Meanwhile:
    """Begins `other` on a connection of its own once `where.name` has been called.

    The call goes on when `other` is done, or waits for a lock.
    """

    def __init__(self, monkeypatch, where, name, other):
        self.original, self.other = getattr(where, name), other
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.waited = False
        monkeypatch.setattr(where, name, self.called)

    def called(self, *args, **kwargs):
        result = self.original(*args, **kwargs)
        if self.thread.ident is None:
            self.thread.start()
            self.waited = until_blocked(self.thread)
        return result

    def run(self):
        try:
            self.found = self.other()
        except POLITE as refusal:
            self.found = refusal
        finally:
            connection.close()

    def outcome(self):
        self.thread.join(PATIENCE)
        return self.found


def test_a_template_that_goes_during_an_approval_goes_after_it(cast, consistent, monkeypatch):
    vendor = cast.actor("vendor")
    cast.order()
    request = steps.answer(steps.setup(2))
    other = factories.template(cast.product, "tier2")
    removal = partial(templates.remove_template, other, actor=vendor)
    meanwhile = Meanwhile(monkeypatch, setups, "decided", removal)
    setups.approve_request(request, actor=vendor, template=other)
    meanwhile.outcome()
    assert meanwhile.waited
    assert not Template.objects.filter(pk=other.pk).exists()
    config = TierConfig.objects.get(pk=request.configuration_id)
    assert (config.state, config.template, bool(config.template_text)) == ("active", None, True)
    consistent()


def test_a_template_that_went_before_the_approval_is_an_error_of_its_field(cast):
    vendor = cast.actor("vendor")
    cast.order()
    request = steps.answer(steps.setup(2))
    other = factories.template(cast.product, "tier2")
    templates.remove_template(other, actor=vendor)
    with pytest.raises(ValidationError) as refusal:
        setups.approve_request(request, actor=vendor, template=other)
    assert list(refusal.value.error_dict) == ["template"]


def answering(cast, request, **values):
    values = {"tier2_vat": "DE1", **values}
    return partial(setups.answer_request, request, actor=cast.actor("distributor"), values=values)


def test_a_parameter_that_is_just_answered_is_not_removed(cast, monkeypatch):
    extra = factories.parameter(cast.product, "tier2", "extra", unique=True)
    cast.order()
    removal = partial(parameters.remove_parameter, extra, actor=cast.actor("vendor"))
    meanwhile = Meanwhile(monkeypatch, processing, "judge_answer", removal)
    answered = answering(cast, steps.setup(2), extra="x")()
    assert answered.params["extra"]["value"] == "x"
    assert meanwhile.outcome().error_list[0].code == "used"
    assert Parameter.objects.filter(pk=extra.pk).exists()


def test_what_is_made_unique_knows_the_value_that_is_just_given(cast, monkeypatch):
    extra = factories.parameter(cast.product, "tier2", "extra")
    cast.order()
    change = partial(
        parameters.change_parameter,
        extra,
        actor=cast.actor("vendor"),
        title="Extra",
        unique=True,
    )
    meanwhile = Meanwhile(monkeypatch, processing, "claim_for", change)
    answered = answering(cast, steps.setup(2), extra="x")()
    assert meanwhile.outcome().unique
    assert UniqueValue.objects.get(parameter=extra).holder == answered.configuration_id


def test_two_move_parameters_at_once_and_both_moves_count(cast):
    for name in "abcd":
        factories.parameter(cast.plain, "asset", name)
    own = {each.name: each for each in Parameter.objects.filter(product=cast.plain)}
    vendor = cast.actor("vendor")
    moves = [partial(parameters.move_parameter, own[name], actor=vendor, up=True) for name in "bd"]
    assert not refusals(together(moves))
    assert [each.name for each in parameters.siblings_of(own["a"])] == ["b", "a", "d", "c"]


def test_steps_and_changes_of_definitions_never_wait_for_each_other_in_a_ring(cast, consistent):
    vendor, boss = cast.actor("vendor"), cast.actor("vendor", "administrator")
    extra = factories.parameter(cast.product, "tier2", "extra")
    for number in range(4):
        reseller = factories.account(cast.partners["distributor"], cast.umbrella)
        customer = factories.account(cast.partners["distributor"], reseller, type="customer")
        calls = [
            partial(cast.order, customer=customer),
            partial(cast.order, customer=customer),
            partial(parameters.change_parameter, extra, actor=vendor, title=f"Title {number}"),
            partial(
                capabilities.change_capabilities,
                cast.product,
                actor=boss,
                remind_after_days=number + 1,
            ),
        ]
        if number:
            calls.append(answering(cast, steps.setup(2), extra=f"{number}"))
        together(calls)
    consistent()
