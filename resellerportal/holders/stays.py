"""With whom one request stayed, and for how long: a bar and a table whose sum is its age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Holder, Holding

from ..cells import absolute
from ..states import state_label

#: Units of the drawing.
WIDTH = 1000
#: What a stay is at least drawn with.
LEAST = 6


@dataclass(frozen=True)
class Stay:
    """One line of the table, and its part of the bar; `css` is the kind of holder."""

    who: str
    state: str
    begun: str
    lasted: str
    css: str
    present: bool
    x: int
    width: int


@dataclass(frozen=True)
class Stays:
    rows: list[Stay]
    total: str
    width: int = WIDTH


def of(model: type[Model], segments: list[Holding]) -> Stays | None:
    """The stays of one request, None when none of its segments may be read."""
    if not segments:
        return None
    now = timezone.now()
    spans = [(row.ended_at or max(now, row.started_at)) - row.started_at for row in segments]
    rows = []
    x = 0
    for row, lasted, width in zip(segments, spans, _widths(spans), strict=True):
        rows.append(
            Stay(
                who=_who(row),
                state=str(state_label(model, row.state)),
                begun=absolute(row.started_at),
                lasted=span(lasted),
                css=row.holder,
                present=row.ended_at is None,
                x=x,
                width=width,
            )
        )
        x += width
    return Stays(rows, span(sum(spans, timedelta())))


def span(lasted: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(lasted.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(minutes)d min") % {"minutes": minutes}


def _widths(spans: list[timedelta]) -> list[int]:
    """Parts that fill WIDTH; what lasted for a moment only can be seen still."""
    seconds = [max(each.total_seconds(), 0.0) for each in spans]
    total = sum(seconds) or 1.0
    room = max(WIDTH - LEAST * len(spans), 0)
    ends = [round(room * each / total) for each in accumulate(seconds)]
    return [LEAST + end - begin for begin, end in pairwise([0, *ends])]


def _who(row: Holding) -> str:
    if row.holder == Holder.CONTACT and row.account:
        return _("Contact of %(company)s") % {"company": row.account.name}
    return row.partner.name if row.partner else str(Holder(row.holder).label)
