"""How a draft becomes a request that somebody has to act on."""

from __future__ import annotations

from typing import Any

from customers.actors import Actor
from customers.lifecycle import write
from customers.models import Participation
from customers.services import participation

from .. import parameters
from ..models import TierConfig, TierConfigRequest
from .processing import begin_inquiry
from .requests import birth_state

State = TierConfigRequest.State
#: The step that leads a draft to each state.
STEPS = {
    State.PENDING: "submit",
    State.INQUIRING: "submit_and_ask",
    State.TIERS_SETUP: "submit_and_park",
}


def submit_held(
    draft: TierConfigRequest,
    *,
    actor: Actor,
    parent: TierConfig | None,
    data: dict[str, Any] | None = None,
) -> TierConfigRequest:
    """Submit a held draft whose configuration is held too and set as `draft.configuration`.

    Its state is judged as at a birth; complaints of the vendor's service are left behind. `parent`
    is the held tier 2 configuration, if one is needed.
    """
    config = draft.configuration
    if draft.type == TierConfigRequest.Type.SETUP:
        draft.parent_configuration = parent
        account = config.account
        draft.tier1 = None if config.tier_level == 2 else account
        draft.tier2 = account if config.tier_level == 2 else account.parent
    draft.params = parameters.differences(config.params, draft.params)
    state = birth_state(draft)
    told = dict(data or {})
    if state == State.INQUIRING:
        told |= begin_inquiry(draft)
    write(draft, STEPS[State(state)], actor=actor, data=told)
    if config.state == TierConfig.State.DRAFT:
        participation.join(
            config.product,
            config.pk,
            Participation.Kind.CONFIGURATION,
            [(config.account, config.tier_level)],
        )
    if config.state != TierConfig.State.PROCESSING:
        write(config, "process", actor=Actor.system())
    return draft
