"""Where else a search would find something that finds nothing in the tab at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .listing import Count


def others(view: Any, counts: Sequence[Count]) -> list[tuple[str, str]]:
    """(text, address) of the other tabs in which the same search and filters find something.

    `counts` are those of the tabs, which the page has anyway: no query. The tab of everything
    stands for the others only where they have nothing.
    """
    found = [
        (tab, count)
        for tab, count in zip(view.tabs, counts, strict=bool(view.tabs))
        if tab != view.tab and count.least
    ]
    parts = [(tab, count) for tab, count in found if tab.name != "all"] or found
    return [
        (
            _("%(n)s in %(tab)s") % {"n": count, "tab": tab.label},
            view.address.to(tab="" if tab == view.tabs[0] else tab.name),
        )
        for tab, count in parts
    ]
