"""The addresses of the customers module for one role; decisions are in the role's own package."""

from __future__ import annotations

from django.urls import URLPattern, path

from customers.actors import RESELLER, VENDOR
from customers.models import TierAccount, TierAccountRequest

from ..exports.reports import CustomersReport
from ..notes.urls import patterns as talk
from .accounts import AccountDetail, AccountList
from .add import AccountAdd, AccountCreated
from .changes import ChangeDetail, ChangeList
from .decommission import AccountDecommission
from .edit import AccountEdit
from .hierarchy import AccountChildren, AccountTree
from .move import AccountMove
from .requests import RequestDetail, RequestList, RequestNudge, VendorRequestList


def patterns(role: str) -> list[URLPattern]:
    """Reading for every role, writing for the buying side."""
    bound: dict[str, tuple[str, ...]] = {"roles": (role,)}
    queue = VendorRequestList if role == VENDOR else RequestList
    changes = ChangeList.as_view(**bound)
    detail, request = AccountDetail.as_view(**bound), RequestDetail.as_view(**bound)
    return [
        path("accounts/", AccountList.as_view(**bound), name="account-list"),
        path("accounts/report/", CustomersReport.as_view(**bound), name="account-report"),
        *_writing(bound),
        *([] if role == RESELLER else _ending(bound)),
        *talk("accounts", "account", TierAccount, **bound),
        path("hierarchy/", AccountTree.as_view(**bound), name="account-tree"),
        path(
            "hierarchy/<str:pk>/children/",
            AccountChildren.as_view(**bound),
            name="account-children",
        ),
        path("accounts/<str:pk>/", detail, name="account-detail"),
        path("accounts/<str:pk>/<slug:tab>/", detail, name="account-detail"),
        path(
            "accounts/<str:pk>/changes/<int:version>/",
            ChangeDetail.as_view(**bound),
            name="change-detail",
        ),
        *([] if role == VENDOR else [path("changes/", changes, name="change-list")]),
        path("account-requests/", queue.as_view(**bound), name="request-list"),
        *talk("account-requests", "request", TierAccountRequest, **bound),
        *([] if role == VENDOR else _asking(bound)),
        path("account-requests/<str:pk>/", request, name="request-detail"),
    ]


def _writing(bound: dict[str, tuple[str, ...]]) -> list[URLPattern]:
    add = AccountAdd.as_view(**bound)
    created, edit = AccountCreated.as_view(**bound), AccountEdit.as_view(**bound)
    return [
        path("accounts/add/", add, name="account-add"),
        path("accounts/add/<slug:step>/", add, name="account-add"),
        path("accounts/<str:pk>/created/", created, name="account-created"),
        path("accounts/<str:pk>/edit/", edit, name="account-edit"),
        path("accounts/<str:pk>/move/", AccountMove.as_view(**bound), name="account-move"),
    ]


def _ending(bound: dict[str, tuple[str, ...]]) -> list[URLPattern]:
    end = AccountDecommission.as_view(**bound)
    return [path("accounts/<str:pk>/decommission/", end, name="account-decommission")]


def _asking(bound: dict[str, tuple[str, ...]]) -> list[URLPattern]:
    nudge = RequestNudge.as_view(**bound)
    return [path("account-requests/<str:pk>/nudge/", nudge, name="request-nudge")]
