"""Inquiries: who may be told the link to the form of one (decision 18)."""

from __future__ import annotations

from customers.actors import DISTRIBUTOR, RESELLER, Actor
from customers.permissions import by_creator_in_preview
from tierconfig.models import ProcessedRequest


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
