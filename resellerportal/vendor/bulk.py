"""Many account changes decided at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from customers.actors import VENDOR
from customers.services.verdicts import decide_requests

from ..customers.differences import words
from ..customers.requests import RequestMixin, VendorRequestList
from ..generic import Fact
from ..lists.bulk import Many, PortalBulkView
from .requests import IgnoreForm

#: Changes listed on the page that asks; all are counted.
SHOWN = 100


class RequestBulk(RequestMixin, PortalBulkView):
    """Accept or ignore what was chosen in the queue; one reason for all that are ignored."""

    template_name = "vendor/request_bulk.html"
    roles = (VENDOR,)
    list_view = VendorRequestList
    service = staticmethod(decide_requests)
    steps = {
        "accept": Many(
            gettext_lazy("Accept several changes"),
            gettext_lazy("You confirm that you have taken over the new data of these accounts."),
            gettext_lazy("Accept all of these"),
            ngettext_lazy("%(n)d change is accepted.", "%(n)d changes are accepted.", "n"),
        ),
        "ignore": Many(
            gettext_lazy("Ignore several changes"),
            gettext_lazy(
                "The accounts keep their new data; you only say that you skip the changes."
            ),
            gettext_lazy("Ignore all of these"),
            ngettext_lazy("%(n)d change is ignored.", "%(n)d changes are ignored.", "n"),
            IgnoreForm,
            "danger",
        ),
    }

    def get_facts(self, able: list[Any]) -> list[Fact]:
        accounts = len({row.account_id for row in able})
        parts = ngettext("%(n)d change", "%(n)d changes", len(able)) % {"n": len(able)}
        of = ngettext("of %(n)d account", "of %(n)d accounts", accounts) % {"n": accounts}
        return [
            Fact(_("Will be decided"), f"{parts} {of}" if able else _("nothing")),
            Fact(_("Products"), _counted(row.product.name for row in able)),
            Fact(_("Distributors"), _counted(row.provider.name for row in able)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        lines = [
            {"obj": row, "words": words(row.changed), "url": self.url("request-detail", row.pk)}
            for row in context["able"][:SHOWN]
        ]
        return {**context, "lines": lines, "more": max(0, len(context["able"]) - SHOWN)}


def _counted(names: Any) -> str | None:
    """ "Backup 360 (12), Mail Guard (3)", the most frequent first."""
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} ({count})" for name, count in ordered) or None
