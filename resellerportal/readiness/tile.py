"""The tile of the home page: the product most resellers are being set up for."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from tierconfig.models import TierConfigRequest

from .. import statements
from ..frame import shell
from .grid import UNDER_WAY

#: Open set-ups read; where there are more, the number is "at least".
READ = 1000


def tile(actor: Actor, portal: str) -> dict[str, Any] | None:
    """As portal/_tile.html takes it, None where no set-up is under way; one query."""
    rows = statements.rows("readiness tile", actor, lambda: _counted(actor))
    if not rows:
        return None
    pk, name, number, _seen = rows[0]
    query = urlencode({"product": pk, "state": UNDER_WAY})
    more = "+" if sum(row[3] for row in rows) >= READ else ""
    return {
        "label": gettext_lazy("Readiness"),
        "text": _("resellers are being set up for %(product)s") % {"product": name},
        "icon": "fa-list-check",
        "url": f"{shell.address(f'{portal}:readiness-list')}?{query}",
        "count": f"{number}{more}",
        "since": None,
    }


def _counted(actor: Actor) -> Any:
    """Products by how many resellers are being set up for them for the first time."""
    open_setups = TierConfigRequest.objects.visible_to(actor).filter(
        state__in=TierConfigRequest.OPEN, configuration__configured_at=None
    )
    sample = TierConfigRequest.objects.visible_to(actor).filter(
        pk__in=open_setups.values("pk")[:READ]
    )
    product = "configuration__product"
    return (
        sample.values(product, f"{product}__name")
        .annotate(number=Count("configuration__account", distinct=True), seen=Count("pk"))
        .order_by("-number", product)
        .values_list(product, f"{product}__name", "number", "seen")
    )
