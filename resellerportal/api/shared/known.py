"""Ids inside bodies: an unknown one and somebody else's are answered alike (decision 24)."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from ..errors import ApiError, NotFound
from ..views import readable

M = TypeVar("M", bound=Model)


def known(rows: QuerySet[M], pk: str | None, field: str) -> M:
    """The object of the id sent in `field`, among `rows`, those the actor sees.

    Raises ApiError 400 that names the field.
    """
    try:
        found = rows.filter(pk=readable(pk)).first() if pk else None
    except NotFound:
        found = None
    if found is None:
        raise unknown(pk, field)
    return found


def unknown(pk: str | None, field: str) -> ApiError:
    text = {"field": field, "id": (pk or "")[:64]}
    return ApiError(_("%(field)s: Object `%(id)s` not found.") % text)


def absent(field: str) -> ApiError:
    """What must be there is not."""
    return ApiError(_("Field '%(name)s' is required.") % {"name": field})
