"""Undefined variables in our own templates fail the tests; Django shows them as nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.template.base import FilterExpression, Variable, VariableDoesNotExist, VariableNode


class UndefinedVariable(AssertionError):
    """A template of ours shows something its view did not give it."""


@contextmanager
def strict() -> Iterator[None]:
    """While this lasts, `{{ missing }}` raises, unless a `default` filter says what to show.

    Conditions and arguments of includes may name what is missing. Templates of Django's admin and
    of libraries stay as lenient as they were written.
    """
    lenient = VariableNode.render  # what is missing becomes "", or what filters make of it
    ours = str(Path(__file__).resolve().parents[2] / "templates") + "/"
    admin = ours + "admin/"

    def render(self: Any, context: Any) -> Any:
        filtered = bool(self.filter_expression.filters)
        if not filtered and (shown := lenient(self, context)):
            return shown
        template = getattr(context.render_context, "template", None)
        origin = str(getattr(template, "origin", None) or "")
        if origin.startswith(ours) and not origin.startswith(admin):
            _look(self.filter_expression, context, origin)
        return lenient(self, context) if filtered else shown

    VariableNode.render = render  # type: ignore[method-assign]
    try:
        yield
    finally:
        VariableNode.render = lenient  # type: ignore[method-assign]


def _look(expression: FilterExpression, context: Any, origin: str) -> None:
    names = {function.__name__ for function, _arguments in expression.filters}
    if not isinstance(expression.var, Variable) or names & {"default", "default_if_none"}:
        return
    try:
        expression.var.resolve(context)
    except VariableDoesNotExist as missing:
        raise UndefinedVariable(f"{origin}: {expression.token} is undefined") from missing
