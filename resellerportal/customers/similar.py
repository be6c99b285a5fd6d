"""What a page says about accounts that are probably the same company, and the box that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.services.duplicates import Similar

#: Name of the box by which somebody says that it is another company.
ANYWAY = "anyway"
_WORDS = {
    "tax_key": gettext_lazy("same tax ID"),
    "name_key": gettext_lazy("nearly the same name"),
    "email_domain": gettext_lazy("same e-mail domain"),
}


@dataclass(frozen=True)
class Line:
    name: str
    pk: str
    url: str
    why: str
    place: str


@dataclass(frozen=True)
class Notice:
    """What portal/_similar.html shows."""

    lines: list[Line]
    more: bool
    elsewhere: bool
    label: Any


def notice(view: Any, found: Similar, label: Any) -> Notice | None:
    """`label` is what the box says; None when nothing similar was found."""
    if not found:
        return None
    lines = [
        Line(
            name=match.account.name,
            pk=match.account.pk,
            url=view.url("account-detail", match.account.pk),
            why=capfirst(", ".join(str(_WORDS[key]) for key in match.keys)),
            place=f"{match.account.city}, {match.account.country}",
        )
        for match in found.matches
    ]
    return Notice(lines, found.more, found.elsewhere, label)


def doubtful() -> ValidationError:
    """The answer to a form that was sent without the box."""
    text = _("This company may be known already; compare it, and tick the box if it is another.")
    return ValidationError(text, code="similar")
