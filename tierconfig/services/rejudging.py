"""Values of drafts, judged again by the definitions of the moment they are submitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import judging, parameters
from ..models import Parameter
from ..parameters import Definition, Stored, Values
from ..presentation import chosen, possible

#: Types whose stored parts are what they are made of; all others are made of their text.
_IN_PARTS = (
    Parameter.Type.ADDRESS,
    Parameter.Type.OBJECT,
    Parameter.Type.PHONE,
    Parameter.Type.SUBDOMAIN,
)


def judged_again(
    definitions: Iterable[Definition],
    known: Values,
    stored: Values,
    offer: judging.Offer,
    presentation: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Stored]:
    """`stored` as it would be stored if it were sent now; complaints are left behind.

    What nobody is asked for any more is dropped. Raises ValidationError by parameter name for what
    does not fit its definition any more.
    """
    own = list(definitions)
    names = {each.name: each for each in offer(possible(own, known, presentation), known)}
    plain = parameters.without_complaints(stored)
    raw = {name: _raw(names[name], value) for name, value in plain.items() if name in names}
    return judging.judge(own, known, raw, presentation, offer=offer).values


def _raw(definition: Definition, stored: Stored) -> Any:
    """What is to be sent for a value to be stored like this."""
    if definition.type == Parameter.Type.CHECKBOX:
        return chosen(stored)
    parts = stored.get("structured_value")
    return parts if definition.type in _IN_PARTS and parts else stored.get("value") or ""
