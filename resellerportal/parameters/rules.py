"""Parameters of a form that depend on each other, and on what a vendor says for one request.

Which of them count is decided by tierconfig; here it is said in words, and told to the script that
hides and shows fields. Without the script all fields that may be needed are shown, each with its
condition; what does not count is not handed to the service.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tierconfig import judging, parameters
from tierconfig.parameters import Definition, Values
from tierconfig.presentation import Presented, depends_on, possible, presented


@dataclass(frozen=True)
class Condition:
    """What the script reads: the name of the deciding input, its values, what they do."""

    name: str
    values: str
    shows: bool


@dataclass(frozen=True)
class Rules:
    """All parameters of one scope with the values known and the request's presentation.

    For a vendor nothing is locked and nothing dropped.
    """

    own: Sequence[Definition]
    known: Values = field(default_factory=dict)
    presentation: Mapping[str, Mapping[str, Any]] | None = None
    vendor: bool = False

    @cached_property
    def now(self) -> list[Presented]:
        """The parameters as they count before anything is typed."""
        return presented(self.own, self.known, self.presentation)

    @cached_property
    def possible(self) -> list[Presented]:
        """As they may come to count with what is typed."""
        return possible(self.own, self.known, self.presentation)

    def orderable(self) -> list[Presented]:
        """What can be typed along with an order; objects are for programs."""
        offered = parameters.visible_ordering(self.possible, self.known)
        return [each for each in offered if not each.readonly and each.type != "object"]

    def fitting(self, offered: Sequence[Any]) -> list[Any]:
        """`offered` without what no input of the same form can bring into view."""
        hidden = {each.name for each in self.now if each.hidden and not self._has(each.name)}
        kept = list(offered)
        while True:
            names = {each.name for each in kept if not each.readonly or self.vendor}
            lost = [
                each
                for each in kept
                if each.name in hidden and not self.vendor and depends_on(each) not in names
            ]
            if not lost:
                return [each for each in kept if not self._is_blank_text(each)]
            kept = [each for each in kept if each not in lost]

    def is_locked(self, name: str) -> bool:
        """Whether the field only shows its value."""
        return not self.vendor and any(each.readonly for each in self.now if each.name == name)

    def condition(self, definition: Any, names: Mapping[str, str]) -> Condition | None:
        """For the script, when the deciding parameter is among the inputs `names`."""
        rule = getattr(definition, "rule", None)
        place = names.get(depends_on(definition)) if rule else None
        if not place or "hidden" not in rule or self.vendor:
            return None
        return Condition(place, json.dumps([str(v) for v in rule["values"]]), not rule["hidden"])

    def words(self, definition: Any) -> str:
        """The condition as a sentence, "" without one."""
        rule = getattr(definition, "rule", None)
        decider = next(
            (each for each in self.now if rule and each.name == depends_on(definition)), None
        )
        if decider is None or not rule:
            return ""
        labels = dict(decider.choices)
        told = {
            "title": str(decider),
            "values": _(" or ").join(labels.get(str(v), str(v)) for v in rule.get("values") or []),
        }
        if "hidden" in rule:
            if rule["hidden"]:
                return _("Not if %(title)s is %(values)s.") % told
            if rule.get("required"):
                return _("Only if %(title)s is %(values)s; required then.") % told
            return _("Only if %(title)s is %(values)s.") % told
        if rule.get("required"):
            return _("Required if %(title)s is %(values)s.") % told
        return ""

    def out_of_question(self, typed: Mapping[str, Any], shown: Collection[str]) -> set[str]:
        """Which of the fields `shown` do not count with what was typed, valid or not."""
        if self.vendor:
            return set()
        sent: dict[str, Any] = {}
        for each in self.possible:
            if each.name in typed:
                try:
                    sent[each.name] = parameters.clean_value(each, typed[each.name])
                except ValidationError:
                    continue
        while True:
            gone = judging.out_of_question(self.own, self.known, sent, self.presentation)
            if not gone & set(sent):
                return gone & set(shown)
            sent = {name: stored for name, stored in sent.items() if name not in gone}

    def _has(self, name: str) -> bool:
        return parameters.has_value(self.known.get(name))

    def _is_blank_text(self, each: Any) -> bool:
        """Readonly without a value: there is nothing to show and nothing to type."""
        return self.is_locked(each.name) and not self._has(each.name)
