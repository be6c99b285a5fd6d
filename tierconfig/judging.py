"""What the buying side sends, judged together with what is known. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import parameters
from .parameters import Definition, Stored, Values
from .presentation import Presented, possible, presented

#: Which of some parameters, with the values known before, may be sent.
Offer = Callable[[Iterable[Presented], Values], Sequence[Presented]]


@dataclass(frozen=True)
class Judged:
    """What was sent as it will be stored, and the parameters as they count with it.

    `offered` are those that may be sent, as they count now.
    """

    values: dict[str, Stored]
    known: dict[str, Stored]
    parameters: list[Presented]
    offered: list[Presented]

    def lacking(self, *, visible_ordering_only: bool) -> list[Presented]:
        """What is required among the offered and has no value."""
        return parameters.missing(
            self.offered, self.known, visible_ordering_only=visible_ordering_only
        )

    def check_complete(self, *, visible_ordering_only: bool = False) -> None:
        """Raise ValidationError, by parameter name, when a required value is missing."""
        complain(self.lacking(visible_ordering_only=visible_ordering_only))


def judge(
    definitions: Iterable[Definition],
    known: Values,
    raw: Mapping[str, Any],
    presentation: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    offer: Offer = parameters.askable,
    vendor: bool = False,
) -> Judged:
    """Clean `raw` and drop of it what other values, sent or known, leave out of the question.

    A password that comes back blank is left as it is. Raises ValidationError by parameter name:
    "readonly" unless the vendor sends it, "unknown" for what is not offered, or whatever is wrong
    with a value.
    """
    own = list(definitions)
    form = list(offer(possible(own, known, presentation), known))
    refuse_readonly([each for each in form if not vendor], raw)
    sent = parameters.clean_changes(form, raw)
    while not vendor:
        gone = out_of_question(own, known, sent, presentation) & set(sent)
        if not gone:
            break
        sent = {name: stored for name, stored in sent.items() if name not in gone}
    together = {**known, **sent}
    now = presented(own, together, presentation)
    names = {each.name for each in form}
    offered = [each for each in now if each.name in names]
    return Judged(values=sent, known=together, parameters=now, offered=offered)


def out_of_question(
    own: Sequence[Definition],
    known: Values,
    sent: Values,
    presentation: Mapping[str, Mapping[str, Any]] | None = None,
) -> set[str]:
    """Names of the parameters that are hidden with what is `sent`.

    Not of those that were hidden anyway and are shown because they have a value.
    """
    before = {each.name: each for each in presented(own, known, presentation)}
    now = presented(own, {**known, **sent}, presentation)
    return {each.name for each in now if not _is_shown(each, before[each.name], known)}


def refuse_readonly(offered: Iterable[Definition], raw: Mapping[str, Any]) -> None:
    """Raise ValidationError, by name, when `raw` has values of readonly parameters."""
    refused = [each.name for each in offered if each.readonly and each.name in raw]
    if refused:
        text = _("Only the vendor can change this value.")
        raise ValidationError({name: ValidationError(text, code="readonly") for name in refused})


def complain(lacking: Iterable[Definition]) -> None:
    """Raise ValidationError, by parameter name, unless nothing is lacking."""
    errors = {each.name: ValidationError(_("Enter a value."), code="required") for each in lacking}
    if errors:
        raise ValidationError(errors)


def _is_shown(now: Presented, before: Presented, known: Values) -> bool:
    """Not hidden, or hidden all the time and shown nevertheless because it has a value."""
    if not now.hidden:
        return True
    return before.hidden and parameters.has_value(known.get(now.name))
