"""Tier configuration requests as the API shows them (domain 2.15)."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from ..configs.shapes import TierConfigShape, TiersShape
from ..shaping import Events, Ref
from ..shared.params import ParamShape
from ..shared.templates import TemplateShape


class PreviousRequest(TypedDict):
    id: str


class Activation(TypedDict):
    """`link` leads to the form of the inquiry; it needs no sign-in."""

    link: str


class ServiceLevelShape(TypedDict):
    """Whole days in the present state; zone 0 is on time, 1 late, 2 overdue."""

    zone: int
    days: int


class TierConfigRequestShape(TypedDict):
    """`params` of an open request are those that would be approved now, of a decided one those it
    was about.

    `activation` is there while the request is inquiring, for who may answer it; `template` once it
    is approved. Resellers read no `assignee`, `notes` and `sli`, and of `parent_configuration` only
    id, name and status.
    """

    id: str
    type: str
    status: str
    configuration: TierConfigShape
    parent_configuration: NotRequired[TierConfigShape]
    previous_approved_request: NotRequired[PreviousRequest]
    params: list[ParamShape]
    assignee: Ref | None
    template: NotRequired[TemplateShape]
    reason: str | None
    activation: NotRequired[Activation]
    notes: str
    environment: str
    effective_date: str | None
    tiers: TiersShape
    sli: NotRequired[ServiceLevelShape]
    events: Events


class ApprovedTemplate(TypedDict):
    """`id` is null where a text was sent instead of a template."""

    id: str | None
    representation: str


class Approved(TypedDict):
    template: ApprovedTemplate
    effective_date: str
