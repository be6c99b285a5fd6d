"""Fulfillment requests as the API shows them (domain 2.17)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ..assets.shapes import RequestedAsset
from ..shaping import Ref


class Assignee(TypedDict):
    id: str
    name: str
    email: str


class RequestTemplate(TypedDict):
    """`message` is its Markdown with the values in place."""

    id: str
    name: str
    message: str


class ServiceLevelShape(TypedDict):
    """Whole days in the present state; zone 0 is on time, 1 late, 2 overdue."""

    zone: int
    days: int


class PreviousRequest(TypedDict):
    id: str


class RequestShape(TypedDict):
    """`assignee` is an object, or "" without one; only its vendor reads it. `params_form_url` is
    there while the request is inquiring, for who may answer it."""

    id: str
    type: str
    status: str
    created: str
    updated: str
    note: str
    reason: str
    activation_key: str
    answered: bool
    assignee: Assignee | Literal[""]
    asset: RequestedAsset
    marketplace: Ref
    contract: Ref
    effective_date: str | None
    planned_date: str | None
    previous_approved_request: PreviousRequest | None
    template: NotRequired[RequestTemplate]
    params_form_url: NotRequired[str]
    sli: NotRequired[ServiceLevelShape]


class RequestReference(TypedDict):
    """A request within the list of its asset's."""

    id: str
    type: str
    status: str
    created: str
    updated: str
    effective_date: str | None
    template: NotRequired[Ref]
