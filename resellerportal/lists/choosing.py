"""Rows of a list that can be chosen for a step: the boxes, and the bar with the steps.

The boxes belong to the form of the bar by its id, so the table stays outside of any form.
"""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..cells import esc, value
from .listing import Count

#: Set in the address, the boxes of the page are ticked: "choose all" without JavaScript.
CHOOSE, PAGE = "choose", "page"
#: Name of the box that stands for all rows of the list, shown or not.
ALL = "all"


def with_boxes(view: Any, found: list[Any], rows: list[Any]) -> list[Any]:
    """The rendered rows, each with a box in its first cell where the list offers steps."""
    if not view.get_bulk():
        return rows
    ticked = " checked" if _is_chosen(view) else ""
    text = esc(_("Choose %(name)s"))
    name = value(view.row_title) if view.row_title else None
    boxed = []
    for obj, row in zip(found, rows, strict=True):
        label = text % {"name": esc(name(obj) if name else obj.pk)}
        box = (
            '<td><input class="form-check-input" type="checkbox" form="bulk" '
            f'name="pk" value="{esc(obj.pk)}" aria-label="{label}"{ticked}>'
        )
        boxed.append(SafeString(row.replace("<td>", box, 1)))
    return boxed


def bar(view: Any, total: Count) -> dict[str, Any] | None:
    """The steps as buttons; `query` is the list as it is, so that all of it may be chosen."""
    steps = view.get_bulk()
    if not steps:
        return None
    page = view.request.GET.copy()
    page[CHOOSE] = PAGE
    return {
        "steps": [(step, view.url(f"{view.name}-bulk", step.name)) for step in steps],
        "query": view.address.to(),
        "page": f"?{page.urlencode()}",
        "chosen": _is_chosen(view),
        "more": total.more or total.least > view.size,
    }


def _is_chosen(view: Any) -> bool:
    return bool(view.request.GET.get(CHOOSE) == PAGE)
