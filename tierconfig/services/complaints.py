"""What the vendor finds wrong with single values: noted while it looks, mailed when it asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.cleaning import clean_text

from .. import parameters
from ..models import Parameter, ProcessedRequest
from .definitions.messages import messages_for, structured_error

MAX_COMPLAINT = 500


def mark(request: ProcessedRequest, errors: Mapping[str, str]) -> None:
    """Put complaints, by parameter name, beside the values of the held request.

    A blank one takes away what stood there; parameters that are not named keep theirs. Raises
    ValidationError by name. Saving is the caller's.
    """
    marked = _clean(request.presented(), errors)
    base = parameters.without_complaints(request.base_values())
    own = parameters.without_complaints(request.params)
    prepared = messages_for(request.parameter_scope()[0]) if any(marked.values()) else []
    params = dict(request.params)
    for name, text in marked.items():
        # A complaint about an unchanged value of an update must not hide that value.
        value = own.get(name, base.get(name, {}))
        if text:
            params[name] = {**value, "value_error": text, **structured_error(prepared, text)}
        elif name in params:
            params[name] = value
            if value == base.get(name, {}):
                del params[name]
    request.params = params


def _clean(own: Iterable[parameters.Definition], errors: Mapping[str, str]) -> dict[str, str]:
    names = {
        each.name for each in own if each.phase == Parameter.Phase.ORDERING and not each.readonly
    }
    marked: dict[str, str] = {}
    for name, text in errors.items():
        cleaned = clean_text(text, max_length=MAX_COMPLAINT, lines=True)
        if cleaned and name not in names:
            raise ValidationError({name: _("Only ordering parameters can be asked for.")})
        marked[name] = cleaned
    return marked
