"""Drafts: requests that their makers fill in and have checked before anybody acts on them.

A draft belongs to the partner that began it. Every function answers with the held, saved request
and raises PermissionDenied, StaleState, StaleForm, and ValidationError by parameter name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import trees
from customers.actors import Actor
from customers.events import record
from customers.lifecycle import StaleForm, check, hold, touch
from customers.models import TierAccount
from customers.standstill import keep_still

from .. import judging, parameters
from ..models import ProcessedRequest, TierConfig, TierConfigRequest
from .births import ensure_config
from .configs import offer_of
from .discarding import discard_held
from .needs import read_needs
from .openings import check_opening
from .processing import R
from .rejudging import judged_again
from .submitting import submit_held
from .uniqueness import claim_for
from .updates import known_values
from .validation import DRAFT, ask, webhook_for

State = TierConfigRequest.State
Type = TierConfigRequest.Type


@transaction.atomic
def save_draft(
    request: TierConfigRequest,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    revision: int | None = None,
) -> TierConfigRequest:
    """Store what its maker typed; what is missing still may be missing.

    A complaint about a value goes with that value. Of an update, what is as it was travels not.
    """
    held = hold(request)
    check(held, "submit", actor, revision)
    own = held.definitions()
    judged = judging.judge(
        own, _plain(held), values, held.presentation, offer=draft_offer(held, actor)
    )
    params = {**held.params, **judged.values}
    held.params = _worth_sending(held.configuration, params)
    claim_for(held, own)
    touch(held)
    record("tierconfigrequest.update", held, actor=actor, data={"set": sorted(judged.values)})
    return held


def validate_draft(request: R, *, actor: Actor, revision: int | None = None) -> tuple[R, list[str]]:
    """Have the vendor's service look at the draft, of a configuration request or of an order; its
    complaints are stored at the values.

    Answers with the request and what the service said of the whole, or why it did not answer.
    Without a service there is nothing to say. Runs in no transaction of the caller's: the call is
    made outside of any. Raises StaleForm when the draft was changed meanwhile.
    """
    with transaction.atomic():
        held = hold(request)
        check(held, "submit", actor, revision)
        judged = judging.judge(held.definitions(), _plain(held), {}, held.presentation)
    webhook = webhook_for(held, DRAFT)
    if webhook is None:
        return held, []
    verdict = ask(webhook, held, judged.known, parameters.askable(judged.parameters, judged.known))
    with transaction.atomic():
        fresh = hold(held)
        check(fresh, "submit", actor)
        if fresh.revision != held.revision:
            raise StaleForm
        if verdict.answered:
            _note_complaints(fresh, verdict.errors)
        touch(fresh)
        data = {"complaints": sorted(verdict.errors), "problems": verdict.problems}
        record(f"{fresh._meta.model_name}.validate", fresh, actor=actor, data=data)
    return fresh, verdict.problems


@trees.in_tree_transaction
def submit_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    revision: int | None = None,
    insist: bool = False,
) -> TierConfigRequest:
    """Hand the draft over: it is asked, parked or pending as if it were born now.

    A tier 1 setup ensures the tier 2 configuration above it. Complaints of the vendor's service
    stand in the way unless the maker insists; an update must be complete. What could not be begun
    now is refused by field, as begin_setup does it, and values are judged by the definitions of
    now. Locks the account's tree (shared), then the
    configurations, tier 2 first, then the draft. Raises ValidationError with code "vendor" by
    parameter name, "required", or "no_change".
    """
    account = request.configuration.account_id
    fresh = trees.lock_accounts(account, shared=True)[account]
    keep_still([request.configuration.product_id])
    check(request, "submit", actor)
    if request.type == Type.SETUP:
        _check_opening(request.configuration, fresh)
    parent = _ensure_above(request.configuration, fresh, actor)
    held = hold(request)
    check(held, "submit", actor, revision)
    config = hold(held.configuration)
    config.account = fresh
    held.configuration = config
    complaints = parameters.complaints(held.params)
    if complaints and not insist:
        raise ValidationError(
            {name: ValidationError(text, code="vendor") for name, text in complaints.items()}
        )
    held.params = judged_again(
        held.definitions(), config.params, held.params, draft_offer(held, actor), held.presentation
    )
    if held.type == Type.UPDATE:
        _check_update(held, actor)
    data = {"insisted": sorted(complaints)} if complaints else {}
    return submit_held(held, actor=actor, parent=parent, data=data)


@transaction.atomic
def discard_request(
    request: TierConfigRequest, *, actor: Actor, revision: int | None = None
) -> None:
    """Delete the draft for good, and its configuration if that is a draft too."""
    held = hold(request)
    check(held, "submit", actor, revision)
    discard_held(held, actor)


def draft_offer(request: TierConfigRequest, actor: Actor) -> judging.Offer:
    """What may be filled in: of a setup what can be asked, of an update what may be changed."""
    if request.type == Type.SETUP:
        return parameters.askable
    offer = offer_of(request.configuration, actor)

    def offered(definitions: Any, known: parameters.Values) -> Any:
        # What may be changed hangs on the values in force, not on those of the draft.
        return offer(definitions, request.configuration.params)

    return offered


def _plain(request: ProcessedRequest) -> dict[str, parameters.Stored]:
    return parameters.without_complaints(known_values(request))


def _worth_sending(config: TierConfig, params: parameters.Values) -> dict[str, Any]:
    """`params` without blanks and what is in force anyway, unless it was complained about."""
    different = parameters.differences(config.params, params)
    return {
        name: stored
        for name, stored in params.items()
        if name in different or stored.get("value_error")
    }


def _note_complaints(request: ProcessedRequest, errors: Mapping[str, str]) -> None:
    values = parameters.without_complaints(request.params)
    for name, text in errors.items():
        # A complaint about a value in force must not hide it.
        known = values.get(name, request.base_values().get(name, {}))
        values[name] = {**known, "value_error": text}
    request.params = values


def _ensure_above(config: TierConfig, account: TierAccount, actor: Actor) -> TierConfig | None:
    """The tier 2 configuration that a setup of this tier 1 needs now, held."""
    if config.tier_level != 1 or config.configured:
        return None
    product = config.product
    needs = read_needs(product, (account, account.parent), config.connection, config.marketplace)
    for need in needs:
        if need.tier_level == 2:
            return ensure_config(
                actor=actor,
                account=need.account,
                product=product,
                tier_level=2,
                connection=config.connection,
                marketplace=config.marketplace,
            )
    return None


def _check_opening(config: TierConfig, account: TierAccount) -> None:
    """The account may be out of use by now, or the product no longer on sale."""
    place = (config.connection, config.marketplace)
    check_opening(config.product, account, config.tier_level, *place)


def _check_update(held: TierConfigRequest, actor: Actor) -> None:
    config = held.configuration
    params = parameters.without_complaints(held.params)
    if not parameters.differences(config.params, params):
        raise ValidationError(_("Nothing was changed."), code="no_change")
    offer = offer_of(config, actor)
    judged = judging.judge(held.definitions(), _plain(held), {}, held.presentation)
    offered = {each.name for each in offer(judged.parameters, config.params)}
    mine = [each for each in judged.parameters if each.name in offered]
    judging.complain(parameters.missing(mine, judged.known, visible_ordering_only=False))
