"""Every error as the field's clients read it: `{"error_code", "errors", "params"?}`.

Never `detail`, `message` or `status_code`: the clients take those for something else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core import exceptions as django
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from py_rql.exceptions import RQLFilterError, RQLFilterLookupError
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from customers.busy import is_busy
from customers.lifecycle import StaleState
from customers.sealing import Unreadable

logger = logging.getLogger(__name__)

UNREADABLE = "BAD_000"
INVALID = "VAL_001"
UNKNOWN_KEY = "AUTH_001"
FORBIDDEN = "PER_001"
NOT_FOUND = "NFND_000"
TOO_MANY = "LIM_001"
BUSY = "SYS_002"
BROKEN = "SYS_001"
WRONG_STATE = {
    "tieraccountrequest": "TAR_001",
    "tierconfig": "TC_001",
    "tierconfigrequest": "TCR_001",
    "fulfillmentrequest": "PR_001",
    "subscription": "AS_001",
    "product": "PRD_001",
}


class ApiError(Exception):
    """An answer other than success: status, code, sentences, and what machines read of it."""

    def __init__(
        self,
        errors: str | Iterable[str],
        *,
        code: str = INVALID,
        status: int = 400,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.errors = [errors] if isinstance(errors, str) else [str(each) for each in errors]
        self.code = code
        self.status = status
        self.params = dict(params) if params else None
        self.headers = dict(headers or {})
        super().__init__(", ".join(self.errors))

    def response(self) -> Response:
        body: dict[str, Any] = {"error_code": self.code, "errors": self.errors}
        if self.params is not None:
            body["params"] = self.params
        return Response(body, status=self.status, headers=self.headers)


class NotFound(ApiError):
    """The same for what does not exist and for what somebody else's is."""

    def __init__(self, pk: object) -> None:
        shown = str(pk)[:64]
        super().__init__(
            _("Object `%(id)s` not found.") % {"id": shown}, code=NOT_FOUND, status=404
        )


def answer(error: Exception, fields: Mapping[str, str]) -> Response:
    """The response to an error a view ran into; `fields` are API names of services' fields."""
    set_rollback()
    return translate(error, fields).response()


def translate(error: Exception, fields: Mapping[str, str]) -> ApiError:
    """Any exception as ApiError; what nobody foresaw is logged and says nothing of itself."""
    match error:
        case ApiError():
            return error
        case StaleState():
            name = error.obj._meta.model_name or ""
            return ApiError(_too_late(error), code=WRONG_STATE.get(name, "VAL_005"))
        case django.ValidationError():
            return ApiError(sentences_of(error, fields))
        case RQLFilterError():
            return ApiError(_query_problem(error), code=UNREADABLE)
        case Http404() | django.ObjectDoesNotExist():
            return ApiError(_("Object not found."), code=NOT_FOUND, status=404)
        case django.PermissionDenied():
            text = str(error) or _("You do not have permission to do this.")
            return ApiError(text, code=FORBIDDEN, status=403)
        case drf.APIException():
            return _of_framework(error)
        case django.RequestDataTooBig():
            return ApiError(_("The body is too large."), code=UNREADABLE, status=413)
        case django.SuspiciousOperation():
            return ApiError(_("The body cannot be read."), code=UNREADABLE)
        case OperationalError() if is_busy(error):
            text = _("Somebody else is at work on this at the moment; try again.")
            return ApiError(text, code=BUSY, status=503, headers={"Retry-After": "3"})
        case Unreadable():
            return ApiError(str(error), code=BROKEN, status=503)
    logger.error("unforeseen", exc_info=error)
    got_request_exception.send(sender=None, request=None)
    return ApiError(_("Something went wrong on our side."), code=BROKEN, status=500)


def _of_framework(error: drf.APIException) -> ApiError:
    """Errors of the framework, by their status."""
    code = {
        401: UNKNOWN_KEY,
        403: FORBIDDEN,
        404: NOT_FOUND,
        429: TOO_MANY,
    }.get(error.status_code, UNREADABLE)
    if isinstance(error, drf.ValidationError):
        return ApiError(flat(error.detail))
    headers = {}
    if isinstance(error, drf.Throttled) and error.wait is not None:
        headers["Retry-After"] = str(max(1, int(error.wait)))
    if challenge := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    return ApiError(str(error.detail), code=code, status=error.status_code, headers=headers)


def _too_late(error: StaleState) -> str:
    """In which state it is, and which ones the step is for."""
    for field in error.obj._meta.fields:
        if not hasattr(field, "get_all_transitions"):
            continue
        steps = field.get_all_transitions(type(error.obj))
        sources = {each.source for each in steps if each.name == error.step}
        labels = [str(label) for state, label in field.flatchoices if state in sources]
        if labels:
            return _("%(problem)s “%(step)s” is for the states: %(states)s.") % {
                "problem": error.message,
                "step": error.step,
                "states": ", ".join(labels),
            }
    return error.message


def sentences_of(error: django.ValidationError, fields: Mapping[str, str]) -> list[str]:
    """`field: sentence` of each, in the API's names; what concerns no field is a bare sentence."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    found = []
    for name, errors in error.error_dict.items():
        shown = fields.get(name, "" if name == django.NON_FIELD_ERRORS else name)
        for each in errors:
            found += [f"{shown}: {text}" if shown else text for text in each.messages]
    return found


def flat(detail: Any, path: str = "") -> list[str]:
    """The nested errors of a serializer as `dotted.field: sentence`."""
    if isinstance(detail, Mapping):
        found = []
        for name, inner in detail.items():
            own = name in ("non_field_errors", "__all__")
            at = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}".lstrip(".")
            found += flat(inner, path if own else at)
        return found
    if isinstance(detail, list):
        if any(isinstance(each, Mapping | list) for each in detail):
            return [
                text
                for number, inner in enumerate(detail)
                if inner
                for text in flat(inner, f"{path}[{number}]")
            ]
        return [text for each in detail for text in flat(each, path)]
    if getattr(detail, "code", "") == "required" and path:
        return [_("Field '%(name)s' is required.") % {"name": path}]
    return [f"{path}: {detail}" if path else str(detail)]


def _query_problem(error: RQLFilterError) -> str:
    details = getattr(error, "details", None) or {}
    if "error" in details:
        return str(details["error"])
    if "filter" in details and isinstance(error, RQLFilterLookupError):
        return _("Bad filter %(name)s: it cannot be asked with %(lookup)s.") % {
            "name": details["filter"],
            "lookup": details.get("lookup", ""),
        }
    if "filter" in details:
        return _("Bad filter %(name)s: %(lookup)s cannot be asked with this value.") % {
            "name": details["filter"],
            "lookup": details.get("lookup", ""),
        }
    return _("The query cannot be read; see the documentation of filters.")
