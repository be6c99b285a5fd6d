"""What is asked of whom, as the naive model has it: parameters, their rules, and what is sent.

Values are texts by parameter name, "" for none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError

Values = dict[str, str]


class Refused(Exception):
    def __init__(self, kind: type[Exception]) -> None:
        super().__init__(kind.__name__)
        self.kind = kind


@dataclass
class Question:
    """A parameter. While `rule`[0] has the value `rule`[1], the flags `rule`[2] hold instead."""

    name: str
    scope: str
    phase: str = "ordering"
    required: bool = False
    hidden: bool = False
    readonly: bool = False
    unique: bool = False
    rule: tuple[str, str, dict[str, bool]] | None = None

    def now(self, values: Values) -> Question:
        """As it counts with these values; what a rule leaves out is not required either."""
        if self.rule is None:
            return self
        flags = self.rule[2] if values.get(self.rule[0]) == self.rule[1] else {}
        now = replace(self, **flags)
        if now.hidden and "hidden" in self.rule[2] and "required" not in flags:
            now = replace(now, required=False)
        return now

    def in_a_form(self, values: Values) -> Question:
        """As `now`, but there if what is typed beside it may show it."""
        now = self.now(values)
        if self.rule and now.hidden and "hidden" in self.rule[2]:
            shown_by_rule = not self.rule[2]["hidden"]
            return replace(now, hidden=self.hidden and not shown_by_rule)
        return now

    @property
    def open(self) -> bool:
        """The buying side fills it in."""
        return self.phase == "ordering" and not (self.hidden or self.readonly)

    @property
    def for_vendor(self) -> bool:
        return self.phase == "fulfillment" or self.hidden or self.readonly


#: Whether a question is put to somebody, with the values known before.
Offered = Callable[[Question, Values], bool]


def by_buyer(question: Question, known: Values) -> bool:
    return question.open


def by_answerer(question: Question, known: Values) -> bool:
    return question.phase == "ordering" and bool(not question.hidden or known.get(question.name))


def by_changer(question: Question, known: Values) -> bool:
    """A reseller changes what has a value."""
    return question.phase == "ordering" and bool(known.get(question.name)) and not question.readonly


def by_anybody(question: Question, known: Values) -> bool:
    return True


@dataclass
class Offer:
    level: int
    questions: list[Question]
    on_sale: bool = True
    validates_setups: bool = False
    validates_updates: bool = False
    validates_orders: bool = False
    validates_changes: bool = False
    administrative_hold: bool = False
    editable_ordering_parameters: bool = False
    editable_fulfillment_parameters: bool = False
    #: Orders of every type for a later date.
    schedules: bool = False

    def of(self, scope: str) -> list[Question]:
        return [each for each in self.questions if each.scope == scope]

    def now(self, scope: str, values: Values) -> dict[str, Question]:
        return {each.name: each.now(values) for each in self.of(scope)}

    def lacks(self, scope: str, values: Values) -> list[str]:
        """What the buying side would be asked for."""
        found = self.now(scope, values).values()
        return [
            each.name for each in found if each.required and each.open and not values.get(each.name)
        ]

    def take(
        self, scope: str, known: Values, sent: Values, offered: Offered, *, vendor: bool = False
    ) -> tuple[Values, list[Question]]:
        """What is taken of `sent`, and the questions of the form as they count then.

        What other values leave out of the question falls away; whatever else is not in the form,
        or readonly for the sender, is refused.
        """
        form = [each.in_a_form(known) for each in self.of(scope)]
        form = [each for each in form if offered(each, known)]
        fixed = {each.name for each in form if each.readonly and not vendor}
        if set(sent) - ({each.name for each in form} - fixed):
            raise Refused(ValidationError)
        before, taken = self.now(scope, known), dict(sent)
        while True:
            now = self.now(scope, {**known, **taken})
            hidden = {
                name
                for name in taken
                if now[name].hidden and not (before[name].hidden and known.get(name))
            }
            if vendor or not hidden:
                return taken, [now[each.name] for each in form]
            taken = {name: text for name, text in taken.items() if name not in hidden}
