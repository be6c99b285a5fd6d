"""Small declared parts of pages: buttons, facts, tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Action:
    """A button in the head of a page; style is "primary", "secondary" or "danger".

    `rel` "next" makes it the target of the key for what comes next; `key` is a key of its own.
    """

    label: Any
    url: str
    style: str = "secondary"
    icon: str = ""
    rel: str = ""
    key: str = ""


@dataclass(frozen=True)
class Fact:
    """A label and a value, with a link when `url` is given."""

    label: Any
    value: Any
    url: str = ""


@dataclass(frozen=True)
class Bulk:
    """A step that a list offers for the chosen rows; style as for Action.

    `<portal>:<list name>-bulk` with the step's name is the page that shows its effect first.
    """

    name: str
    label: Any
    style: str = "secondary"


@dataclass(frozen=True)
class DetailTab:
    """A tab of a detail page: the URL part (empty for the first) and the template that fills it."""

    name: str
    label: Any
    template: str
