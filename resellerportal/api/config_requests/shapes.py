"""Tier configuration requests as the API shows them (domain 2.15)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ..configs.shapes import TierConfigShape, TiersShape
from ..requests.shapes import PreviousRequest, ServiceLevelShape
from ..shaping import Events, Ref
from ..shared.params import ParamShape
from ..shared.templates import TemplateShape


class Activation(TypedDict):
    """`link` leads to the form of the inquiry; it needs no sign-in."""

    link: str


class ConfigAbove(TypedDict):
    id: str
    name: str
    status: str


class TierConfigRequestShape(TypedDict):
    """`params` of an open request are those that would be approved now, of a decided one those it
    was about.

    `activation` is there while the request is inquiring, for who may answer it; `template` once it
    is approved. Resellers read no `assignee`, `notes` and `sli`, and of `parent_configuration` only
    id, name and status.
    """

    id: str
    type: Literal["setup", "update", "adjustment"]
    status: Literal["draft", "tiers_setup", "inquiring", "pending", "approved", "failed"]
    configuration: TierConfigShape
    parent_configuration: NotRequired[TierConfigShape | ConfigAbove]
    previous_approved_request: NotRequired[PreviousRequest]
    params: list[ParamShape]
    assignee: Ref | None
    template: NotRequired[TemplateShape]
    reason: str | None
    activation: NotRequired[Activation]
    notes: str
    environment: Literal["production", "test", "preview"]
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
