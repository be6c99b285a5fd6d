"""Inquiries: who may be told the link to the form of one (decision 18), and what is an answer."""

from __future__ import annotations

from customers.actors import DISTRIBUTOR, RESELLER, Actor
from customers.permissions import by_creator_in_preview
from tierconfig import parameters
from tierconfig.models import ProcessedRequest
from tierconfig.services.processing import known_values


def may_answer(request: ProcessedRequest, actor: Actor) -> bool:
    """Whether a visible inquiry may be answered, and so its link be read, by the actor.

    What a reseller sees are requests of accounts it operates and orders of customers below them:
    it may answer them all. Reads nothing.
    """
    if not actor.may_act:
        return False
    if actor.role == RESELLER:
        return True
    if actor.role == DISTRIBUTOR:
        return request.provider_id == actor.partner_id
    return by_creator_in_preview(request, actor)


def is_answer(request: ProcessedRequest, params: object, actor: Actor) -> bool:
    """Whether setting an inquiry to pending hands it over, instead of taking it back.

    It does with values, and without any once nothing is asked any more. A reseller cannot take an
    inquiry back: of it, it always is the answer.
    """
    if not may_answer(request, actor):
        return False
    if params or actor.role == RESELLER:
        return True
    values = known_values(request)
    lacking = parameters.missing(request.presented(values), values, visible_ordering_only=True)
    return not (lacking or parameters.complaints(request.params))
