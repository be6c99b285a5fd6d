"""Setups and updates that their makers fill in and submit themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils import timezone

from customers.lifecycle import StaleForm, StaleState
from customers.models import Event, Participation
from customers.services.access import end_access, grant_access
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import configs, discarding, drafts, requests

State = TierConfigRequest.State


@pytest.fixture
def validating(cast: Cast) -> Cast:
    cast.product.validates_setups = cast.product.validates_updates = True
    cast.product.save()
    return cast


def begin(cast: Cast, who: str = "reseller", level: int = 1, **more: Any) -> TierConfigRequest:
    fields = {
        "product": cast.product,
        "account": cast.nordlicht if level == 1 else cast.umbrella,
        "tier_level": level,
        "connection": cast.connection,
        "marketplace": None,
        "actor": cast.actor(who),
        **more,
    }
    return configs.begin_setup(**fields)


def configured(cast: Cast) -> TierConfig:
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    return steps.config(1)


def sees(cast: Cast, *names: str) -> list[bool]:
    rows = TierConfigRequest.objects
    return [rows.visible_to(cast.actor(name)).exists() for name in names]


def test_a_setup_begun_by_hand_asks_for_tier_2_first(cast):
    request = begin(cast)
    above = steps.setup(2)
    assert request.state == State.TIERS_SETUP
    assert (above.state, request.parent_configuration) == (State.INQUIRING, above.configuration)
    created = Event.objects.about(request).get(verb="tierconfigrequest.created")
    assert created.actor_name == str(cast.actor("reseller"))


def test_values_given_with_it_spare_the_inquiry(cast):
    request = begin(cast, "distributor", 2, values={"tier2_vat": "DE1"})
    assert request.state == State.PENDING


@pytest.mark.parametrize("who", ["vendor", "parent", "distributor2", "reseller2"])
def test_nobody_else_begins_a_setup_for_the_account(cast, who):
    with pytest.raises(PermissionDenied):
        begin(cast, who)


@pytest.mark.parametrize("level", ["viewer", "agent"])
def test_a_viewer_begins_nothing(cast, level):
    actor = cast.actor("reseller", level)
    if level == "agent":
        assert begin(cast, actor=actor).state == State.TIERS_SETUP
        return
    with pytest.raises(PermissionDenied):
        begin(cast, actor=actor)


def test_what_exists_already_is_named(cast):
    begin(cast, "distributor", 2)
    with pytest.raises(ValidationError, match=r"TCR-\S+ is still open") as refused:
        begin(cast, "distributor", 2)
    assert refused.value.code == "open_request"
    steps.configure(2, cast.actor("vendor"))
    with pytest.raises(ValidationError, match=r"TC-\S+ is configured already") as refused:
        begin(cast, "distributor", 2)
    assert refused.value.code == "configured"


def test_what_does_not_fit_is_said_at_its_field(cast):
    def refused(**more: Any) -> str:
        with pytest.raises(ValidationError) as raised:
            begin(cast, "distributor", **more)
        return ", ".join(raised.value.message_dict)

    assert refused(connection=cast.plain_connection) == "connection"
    assert refused(account=cast.kirlin) == "account"
    assert refused(connection=None) == "marketplace"
    assert refused(tier_level=3) == "tier_level"
    cast.product.authorization_level = 1
    cast.product.save()
    assert refused(level=2) == "tier_level"
    cast.product.parameters.all().delete()
    assert refused() == "tier_level"
    assert TierConfig.objects.count() == 0


def test_a_product_that_is_not_on_sale_is_not_set_up(cast):
    product = factories.product(cast.partners["vendor"], state="draft", authorization_level=1)
    with pytest.raises(ValidationError) as refused:
        begin(cast, "distributor", product=product)
    assert set(refused.value.message_dict) == {"product"}


def test_a_draft_is_seen_by_its_maker_alone_and_takes_part_in_nothing(validating):
    draft = begin(validating)
    config = draft.configuration
    assert (draft.state, config.state) == (State.DRAFT, TierConfig.State.DRAFT)
    assert sees(validating, "reseller", "distributor", "vendor", "parent") == [
        True,
        False,
        False,
        False,
    ]
    assert not TierConfig.objects.visible_to(validating.actor("reseller")).exists()
    assert not Participation.objects.filter(source=config.pk).exists()
    assert not TierConfig.objects.filter(tier_level=2).exists()
    call_command("check_trees")


def test_submitting_ensures_tier_2_and_joins(validating):
    draft = begin(validating, values={"tier1_vat": "DE1"})
    request = drafts.submit_request(draft, actor=validating.actor("reseller"))
    assert (request.state, request.configuration.state) == (State.TIERS_SETUP, "processing")
    assert steps.setup(2).state == State.INQUIRING
    assert Participation.objects.filter(source=request.configuration_id).count() == 1
    assert sees(validating, "distributor", "vendor") == [True, True]
    call_command("check_trees")


def test_a_submitted_draft_without_its_values_is_asked(validating):
    draft = begin(validating, "distributor", 2)
    request = drafts.submit_request(draft, actor=validating.actor("distributor"))
    assert (request.state, request.inquiry_number) == (State.INQUIRING, 1)


def test_only_its_maker_works_on_a_draft(validating):
    draft = begin(validating)
    for who in ("distributor", "vendor", "parent", "reseller2"):
        actor = validating.actor(who)
        with pytest.raises(PermissionDenied):
            drafts.save_draft(draft, actor=actor, values={"tier1_vat": "x"})
        with pytest.raises(PermissionDenied):
            drafts.submit_request(draft, actor=actor)
        with pytest.raises(PermissionDenied):
            drafts.discard_request(draft, actor=actor)


def test_what_is_saved_is_kept_until_it_is_submitted(validating):
    reseller = validating.actor("reseller")
    draft = begin(validating)
    saved = drafts.save_draft(
        draft, actor=reseller, values={"tier1_vat": "DE1"}, revision=draft.revision
    )
    with pytest.raises(StaleForm):
        drafts.save_draft(draft, actor=reseller, values={}, revision=draft.revision)
    cleared = drafts.save_draft(saved, actor=reseller, values={"tier1_vat": ""})
    assert (saved.params, cleared.params) == ({"tier1_vat": {"value": "DE1"}}, {})


@pytest.mark.parametrize("kind", ["setup", "update"])
def test_a_value_that_does_not_fit_any_more_is_not_submitted(validating, kind):
    cast = validating
    choices = {"choices": [{"label": name, "value": name} for name in ("gold", "tin")]}
    plan = factories.parameter(cast.product, "tier1", "plan", type="dropdown", constraints=choices)
    if kind == "setup":
        made = begin(cast, values={"plan": "gold"})
    else:
        config = configured(cast)
        type(config).objects.filter(pk=config.pk).update(
            params={**config.params, "plan": {"value": "tin"}}
        )
        config = steps.config(1)
        made = configs.request_change(
            config, actor=cast.actor("distributor"), values={"plan": "gold"}
        )
    assert made.state == State.DRAFT
    who = cast.actor("reseller" if kind == "setup" else "distributor")
    plan.constraints = {"choices": choices["choices"][1:]}
    plan.save()
    assert steps.refusal(drafts.submit_request, made, actor=who) == {"plan": "choice"}
    plan.constraints = choices
    plan.save()
    sent = drafts.submit_request(made, actor=who)
    assert sent.params["plan"] == {"value": "gold"}


def test_a_discarded_draft_is_gone_with_its_configuration(validating):
    draft = begin(validating)
    drafts.discard_request(draft, actor=validating.actor("reseller"))
    assert not TierConfig.objects.exists()
    assert not TierConfigRequest.objects.exists()
    assert Event.objects.filter(verb="tierconfigrequest.discard", object_id=draft.pk).exists()
    again = begin(validating)
    assert again.configuration_id != draft.configuration_id


def test_an_order_submits_the_draft_it_meets(validating):
    draft = begin(validating, values={"tier1_vat": "DE1"})
    order = validating.order()
    request = TierConfigRequest.objects.get(pk=draft.pk)
    assert (order.state, request.state) == ("tiers_setup", State.TIERS_SETUP)
    assert request.params == {"tier1_vat": {"value": "DE1"}}
    assert request.parent_configuration == steps.config(2)
    assert Participation.objects.filter(source=request.configuration_id).count() == 1
    steps.configure(2, validating.actor("vendor"))
    steps.configure(1, validating.actor("vendor"))
    assert steps.order(order.pk).state == "pending"


def test_a_change_is_a_draft_until_it_is_submitted_and_blocks_others_unnamed(validating):
    config = configured(validating)
    reseller = validating.actor("reseller")
    draft = configs.request_change(config, actor=reseller, values={"tier1_vat": "DE2"})
    assert (draft.state, steps.config(1).state) == (State.DRAFT, "active")
    with pytest.raises(ValidationError) as refused:
        configs.request_change(
            config, actor=validating.actor("vendor"), values={"tier1_vat": "DE3"}
        )
    assert refused.value.code == "open_request"
    assert draft.pk not in str(refused.value)
    request = drafts.submit_request(draft, actor=reseller)
    assert (request.state, steps.config(1).state) == (State.PENDING, "processing")


def test_a_change_that_changes_nothing_any_more_is_not_submitted(validating):
    config = configured(validating)
    reseller = validating.actor("reseller")
    draft = configs.request_change(config, actor=reseller, values={"tier1_vat": "DE2"})
    before = config.params["tier1_vat"]["value"]
    saved = drafts.save_draft(draft, actor=reseller, values={"tier1_vat": before})
    with pytest.raises(ValidationError) as refused:
        drafts.submit_request(saved, actor=reseller)
    assert refused.value.code == "no_change"


def test_a_number_of_a_discarded_change_is_not_given_again(validating):
    config = configured(validating)
    reseller = validating.actor("reseller")
    draft = configs.request_change(config, actor=reseller, values={"tier1_vat": "DE2"})
    drafts.discard_request(draft, actor=reseller)
    assert steps.config(1).state == "active"
    again = configs.request_change(config, actor=reseller, values={"tier1_vat": "DE2"})
    assert (draft.pk[-3:], again.pk[-3:]) == ("002", "003")


def test_nothing_can_be_decided_about_a_discarded_change(validating):
    draft = configs.request_change(
        configured(validating), actor=validating.actor("reseller"), values={"tier1_vat": "DE2"}
    )
    drafts.discard_request(draft, actor=validating.actor("reseller"))
    admin = validating.actor("admin")
    with pytest.raises(TierConfigRequest.DoesNotExist):
        requests.approve_request(draft, actor=admin, template=None)
    with pytest.raises(TierConfigRequest.DoesNotExist):
        requests.fail_request(draft, actor=admin, reason="Too late.")


def test_the_vendors_own_changes_are_never_drafts(validating):
    config = configured(validating)
    request = configs.request_change(
        config, actor=validating.actor("vendor"), values={"tier1_vat": "DE2"}
    )
    assert request.state == State.PENDING


def test_drafts_that_nobody_touches_expire(validating):
    draft = begin(validating)
    assert discarding.expire_drafts(now=timezone.now() + timedelta(days=29)) == 0
    assert discarding.expire_drafts(now=timezone.now() + timedelta(days=31)) == 1
    assert not TierConfig.objects.exists()
    with pytest.raises(TierConfigRequest.DoesNotExist):
        drafts.submit_request(draft, actor=validating.actor("reseller"))


def test_a_submitted_draft_is_a_draft_no_more(validating):
    draft = begin(validating)
    reseller = validating.actor("reseller")
    request = drafts.submit_request(draft, actor=reseller)
    for step in (drafts.submit_request, drafts.discard_request):
        with pytest.raises(StaleState):
            step(request, actor=reseller)


def test_events_of_a_draft_are_read_by_its_maker_alone(validating):
    """Also those of its configuration, and also after it was submitted or discarded."""
    kept = begin(validating)
    gone = begin(validating, "distributor", 2)
    drafts.save_draft(kept, actor=validating.actor("reseller"), values={"tier1_vat": "DE1"})
    drafts.discard_request(gone, actor=validating.actor("distributor"))

    def read(name: str) -> set[tuple[str, str]]:
        keys = [kept.pk, kept.configuration_id, gone.pk, gone.configuration_id]
        rows = Event.objects.visible_to(validating.actor(name)).filter(object_id__in=keys)
        return set(rows.values_list("object_id", "verb"))

    own = {(gone.pk, f"tierconfigrequest.{step}") for step in ("created", "discard")}
    assert (read("vendor"), read("distributor")) == (set(), own)
    drafts.submit_request(kept, actor=validating.actor("reseller"))
    submitted = {
        (kept.configuration_id, "tierconfig.process"),
        (kept.pk, "tierconfigrequest.submit_and_park"),
    }
    assert read("vendor") == submitted
    assert read("distributor") == submitted | own


def test_drafts_of_who_no_longer_operates_the_account_are_in_nobodys_way(validating):
    """Its next operator can begin anew, and is not shown what the former one typed."""
    config = configured(validating)
    change = configs.request_change(
        config, actor=validating.actor("reseller"), values={"tier1_vat": "DE9"}
    )
    kept = begin(validating, "distributor", 1, connection=None, marketplace=validating.market)
    distributor = validating.actor("distributor")
    end_access(validating.nordlicht.access.get(), actor=distributor)
    left = TierConfigRequest.objects.filter(state=State.DRAFT)
    assert list(left) == [kept]
    partner = validating.partners["reseller2"]
    grant_access(validating.nordlicht, actor=distributor, partner=partner, kind="operates")
    begun = configs.request_change(
        config, actor=validating.actor("reseller2"), values={"tier1_vat": "DE2"}
    )
    assert begun.params == {"tier1_vat": {"value": "DE2"}}
    assert begun.pk != change.pk
