"""Addresses of tier configurations and their requests in the portal of one role."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from tierconfig.models import TierConfig, TierConfigRequest

from ..notes.urls import patterns as talk
from ..products.panel import ConfigAction
from ..reseller.config import ResellerConfigDetail
from ..reseller.configs import ResellerConfigList
from . import actions, adding, change, configs, directory, drafts, queue, requests, working

#: Step -> its page and whose portals have it.
STEPS = {
    "approve": (actions.ConfigRequestApprove, (VENDOR,)),
    "inquire": (actions.ConfigRequestInquire, (VENDOR,)),
    "update": (actions.ConfigRequestUpdate, (VENDOR,)),
    "notes": (actions.ConfigRequestNotes, (VENDOR, DISTRIBUTOR)),
    "assign": (working.ConfigRequestAssign, (VENDOR,)),
    "take": (working.ConfigRequestTake, (VENDOR,)),
    "unassign": (working.ConfigRequestUnassign, (VENDOR,)),
    "edit": (drafts.ConfigRequestEdit, (DISTRIBUTOR, RESELLER)),
    "validate": (drafts.ConfigRequestValidate, (DISTRIBUTOR, RESELLER)),
    "submit": (drafts.ConfigRequestSubmit, (DISTRIBUTOR, RESELLER)),
    "discard": (drafts.ConfigRequestDiscard, (DISTRIBUTOR, RESELLER)),
    "opened": (change.RequestOpened, (VENDOR, DISTRIBUTOR)),
    "fail": (actions.ConfigRequestFail, (VENDOR, DISTRIBUTOR)),
    "pend": (actions.ConfigRequestPend, (VENDOR, DISTRIBUTOR)),
    "renew": (actions.ConfigRequestRenew, (VENDOR, DISTRIBUTOR)),
    "remind": (actions.ConfigRequestRemind, (VENDOR, DISTRIBUTOR)),
    "nudge": (actions.ConfigRequestNudge, (VENDOR, DISTRIBUTOR, RESELLER)),
    "ask-contact": (actions.ConfigRequestAskContact, (VENDOR, DISTRIBUTOR)),
    "answer": (actions.ConfigRequestAnswer, (VENDOR, DISTRIBUTOR, RESELLER)),
    "delegate": (actions.ConfigRequestDelegate, (DISTRIBUTOR, RESELLER)),
}
#: A reseller has pages of its own for what it is asked for.
LISTS = {**directory.LISTS, RESELLER: ResellerConfigList}
DETAILS = {RESELLER: ResellerConfigDetail}


def patterns(role: str) -> list[URLPattern]:
    only = {"roles": (role,)}
    one = "configs/<slug:pk>/"
    detail = DETAILS.get(role, configs.ConfigDetail).as_view(**only)
    request = "config-requests/<slug:pk>/"
    request_detail = requests.ConfigRequestDetail.as_view(**only)
    steps = [
        path(f"{request}{step}/", page.as_view(**only), name=f"config-request-{step}")
        for step, (page, roles) in STEPS.items()
        if role in roles
    ]
    return [
        path("configs/", LISTS[role].as_view(**only), name="config-list"),
        *(_adding(only) if role == DISTRIBUTOR else []),
        path(f"{one}change/", change.ConfigChange.as_view(**only), name="config-change"),
        *(_working(one, role) if role != RESELLER else []),
        *talk("configs", "config", TierConfig, **only),
        *(
            [path(f"{one}actions/<slug:key>/", ConfigAction.as_view(**only), name="config-action")]
            if role != DISTRIBUTOR
            else []
        ),
        path(one, detail, name="config-detail"),
        path(f"{one}<slug:tab>/", detail, name="config-detail"),
        path(
            "config-requests/",
            queue.LISTS[role].as_view(**only),
            name="config-request-list",
        ),
        *(_many(only) if role == VENDOR else []),
        *steps,
        *talk("config-requests", "config-request", TierConfigRequest, **only),
        path(request, request_detail, name="config-request-detail"),
        path(f"{request}<slug:tab>/", request_detail, name="config-request-detail"),
    ]


def _many(only: dict[str, tuple[str, ...]]) -> list[URLPattern]:
    bulk = working.ConfigRequestBulk.as_view(**only)
    return [path("config-requests/bulk/<slug:step>/", bulk, name="config-request-bulk")]


def _working(one: str, role: str) -> list[URLPattern]:
    """Pages of the sides that work on many configurations."""
    pages: list[tuple[str, Any]] = [("update", change.ConfigUpdate)]
    if role == VENDOR:
        pages.append(("adjust", change.ConfigAdjust))
    return [
        path(f"{one}{step}/", page.as_view(roles=(role,)), name=f"config-{step}")
        for step, page in pages
    ]


def _adding(only: dict[str, tuple[str, ...]]) -> list[URLPattern]:
    add = adding.ConfigAdd.as_view(**only)
    return [
        path("configs/add/", add, name="config-add"),
        path("configs/add/<slug:step>/", add, name="config-add"),
    ]
