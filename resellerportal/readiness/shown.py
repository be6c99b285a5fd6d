"""How a state of readiness looks: words, badges, cells of the matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Product
from fulfillment.services.readiness import Cell, Place, Refusal, State
from tierconfig.services.waiting import Link, Wait

from .. import chains
from ..cells import Clock, esc
from ..states import DONE, PARKED, QUIET, STOP, WAITING


@dataclass(frozen=True)
class Look:
    """A state to the eye: its words, what it says at length, class and icon."""

    label: Any
    meaning: Any
    css: str
    icon: str


LOOKS = {
    State.READY: Look(
        gettext_lazy("Ready"),
        gettext_lazy("Nothing is asked of resellers; an order goes on at once."),
        DONE,
        "fa-check",
    ),
    State.WAITING: Look(
        gettext_lazy("Waiting"),
        gettext_lazy("Everything is said; somebody has to decide. An order waits for it."),
        PARKED,
        "fa-hourglass-half",
    ),
    State.MISSING: Look(
        gettext_lazy("Missing"),
        gettext_lazy(
            "A reseller was asked for values and has not answered. An order waits for it."
        ),
        WAITING,
        "fa-circle-question",
    ),
    State.NEVER: Look(
        gettext_lazy("Never asked"),
        gettext_lazy("An order begins the set-up, and waits for it."),
        QUIET,
        "fa-circle-dot",
    ),
    State.REJECTED: Look(
        gettext_lazy("Rejected"),
        gettext_lazy("The set-up was rejected. An order begins it anew, and waits for it."),
        STOP,
        "fa-xmark",
    ),
    State.NOT_NEEDED: Look(
        gettext_lazy("Not needed"),
        gettext_lazy("The product asks nothing of resellers."),
        QUIET,
        "fa-minus",
    ),
    State.NOT_OFFERED: Look(
        gettext_lazy("Not offered"),
        gettext_lazy("It cannot be ordered there."),
        QUIET,
        "fa-ban",
    ),
}
REFUSALS = {
    Refusal.NOT_ON_SALE: gettext_lazy("The product is not on sale."),
    Refusal.NOT_LISTED: gettext_lazy("The product is not listed on a marketplace of this side."),
    Refusal.NOT_CONNECTED: gettext_lazy("The product has no approved connection of this kind."),
    Refusal.PREVIEW_ACCOUNT: gettext_lazy("A preview account takes part in previews only."),
}
PLACES = {
    "production": gettext_lazy("Production"),
    "test": gettext_lazy("Test"),
    "preview": gettext_lazy("Preview"),
}


def place_label(place: Place) -> str:
    return str(PLACES[place.kind])


def label(state: State) -> str:
    return str(LOOKS[state].label)


def badge(state: State) -> SafeString:
    look = LOOKS[state]
    return SafeString(
        f'<span class="state {look.css}"><i class="fa-solid {look.icon}" aria-hidden="true"></i>'
        f"{esc(look.label)}</span>"
    )


def holder(link: Link | None) -> str:
    """Whose turn it is: an address where the reader may know it, else a company."""
    if link is None:
        return ""
    if link.wait == Wait.SENDING:
        return _("a draft, not sent yet")
    return chains.whom([link])


def values(count: int) -> str:
    return ngettext("%(n)d value", "%(n)d values", count) % {"n": count}


def remark(cell: Cell) -> str:
    """The second line of a cell: for whom, or how much."""
    if cell.state in (State.NEVER, State.REJECTED):
        return values(len(cell.asked)) if cell.asked else _("nothing to ask")
    if cell.state in (State.WAITING, State.MISSING):
        return holder(cell.holder)
    return ""


def told(cell: Cell) -> str:
    """The cell in one line, for files."""
    asked = ", ".join(cell.asked) if cell.state in (State.NEVER, State.REJECTED) else ""
    if cell.state == State.NOT_OFFERED and cell.offer.refusal:
        asked = str(REFUSALS[cell.offer.refusal])
    more = asked or (holder(cell.holder) if cell.holder else "")
    return f"{label(cell.state)}: {more}" if more else label(cell.state)


def cell_of(product: Product, address: str) -> Callable[[Any], SafeString]:
    """A function that draws the cell of one product for the rows of one page.

    `address` leads to the page of a cell, with "PK" where the account goes.
    """
    pk, name, clock, shape = product.pk, esc(product.name), Clock(), esc(address)
    faint = (State.NOT_NEEDED, State.NOT_OFFERED)

    def draw(row: Any) -> SafeString:
        cell: Cell = row.readiness[pk]
        look = LOOKS[cell.state]
        note = esc(remark(cell))
        since = clock.age(cell.holder.since) if cell.holder else ""
        below = " · ".join(part for part in (note, esc(since)) if part)
        title = f' title="{esc(", ".join(cell.asked))}"' if cell.asked else ""
        text = esc(look.label)
        css = "fit faint" if cell.state in faint else f"fit {look.css}"
        sub = f'<div class="sub"{title}>{below}</div>' if below else ""
        return SafeString(
            f'<span class="when" aria-hidden="true">{name}</span><a class="{css}" '
            f'href="{shape.replace("PK", row.pk)}"><i class="fa-solid {look.icon}" '
            f'aria-hidden="true"></i><span class="visually-hidden">{name}: </span>{text}</a>{sub}'
        )

    return draw
