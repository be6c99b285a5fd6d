"""Apply, undo and discard an import: what that does stands on the page that asks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.imports import services
from customers.imports.products import connected
from customers.models import ImportBatch, ImportRow

from ..generic import Fact, PortalActionView
from .workbench import ImportMixin

Outcome = ImportRow.Outcome
#: Rows named on a page.
NAMED = 50


class ImportApply(ImportMixin, PortalActionView):
    step = "start_apply"
    service = staticmethod(services.apply_batch)
    template_name = "imports/step.html"
    title = gettext_lazy("Apply this import?")
    submit_label = gettext_lazy("Apply")

    def get_facts(self) -> list[Fact]:
        rows = ImportRow.objects.visible_to(self.actor).filter(batch=self.object).order_by()
        counted = dict(rows.filter(chosen=True).values_list("outcome").annotate(Count("pk")))
        new, resembling, changed = (
            counted.get(key, 0) for key in (Outcome.NEW, Outcome.DUPLICATE, Outcome.CHANGED)
        )
        facts = [
            Fact(_("Accounts created"), new + resembling),
            Fact(_("Accounts changed"), changed),
            Fact(_("Rows left out"), sum(self.object.counts.values()) - new - resembling - changed),
        ]
        if resembling:
            facts.insert(1, Fact(_("Of these resemble an account"), resembling))
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        errors = self.object.counts.get(Outcome.ERROR, 0)
        lines = self.requests()
        if errors:
            text = ngettext(
                "%(n)d row has errors and is left out.",
                "%(n)d rows have errors and are left out.",
                errors,
            )
            lines.append(("waiting", text % {"n": errors}))
        return super().get_context_data(lines=lines, kept=[], **kwargs)

    def requests(self) -> list[tuple[str, str]]:
        """The account requests that will arise, by product."""
        rows = ImportRow.objects.visible_to(self.actor).filter(batch=self.object)
        changed = rows.filter(chosen=True, outcome=Outcome.CHANGED).values_list("target", flat=True)
        found = connected(changed)
        counts = Counter(product for products in found.values() for product in products)
        lines = []
        for product, number in sorted(counts.items(), key=lambda each: each[0].name):
            if product.tier_accounts_sync:
                text = ngettext(
                    "%(n)d account request for %(product)s: its vendor decides.",
                    "%(n)d account requests for %(product)s: its vendor decides.",
                    number,
                )
            else:
                text = ngettext(
                    "%(n)d account request for %(product)s: unsupported, nobody is asked.",
                    "%(n)d account requests for %(product)s: unsupported, nobody is asked.",
                    number,
                )
            css = "waiting" if product.tier_accounts_sync else "quiet"
            lines.append((css, text % {"n": number, "product": product.name}))
        return lines or [("quiet", _("No account request arises: no vendor is asked."))]


class ImportUndo(ImportMixin, PortalActionView):
    step = "start_undo"
    service = staticmethod(services.undo_batch)
    template_name = "imports/step.html"
    title = gettext_lazy("Undo this import?")
    style = "danger"
    submit_label = gettext_lazy("Undo")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = services.undoable(self.object, actor=self.actor)
        lines = []
        if found.created:
            text = ngettext(
                "%(n)d account that it created vanishes.",
                "%(n)d accounts that it created vanish.",
                found.created,
            )
            lines.append(("waiting", text % {"n": found.created}))
        if found.changed:
            text = ngettext(
                "%(n)d account gets its former data back, and vendors are asked again.",
                "%(n)d accounts get their former data back, and vendors are asked again.",
                found.changed,
            )
            lines.append(("waiting", text % {"n": found.changed}))
        if found.kept:
            text = ngettext(
                "%(n)d row cannot be undone and stays:",
                "%(n)d rows cannot be undone and stay:",
                len(found.kept),
            )
            lines.append(("stop", text % {"n": len(found.kept)}))
        if not lines:
            lines.append(("quiet", _("There is nothing left to undo.")))
        return super().get_context_data(lines=lines, kept=found.kept[:NAMED], **kwargs)


class ImportDiscard(ImportMixin, PortalActionView):
    step = "discard"
    service = staticmethod(services.discard_batch)
    title = gettext_lazy("Discard this import?")
    question = gettext_lazy("The file and its rows are thrown away. No account changes.")
    style = "danger"
    submit_label = gettext_lazy("Discard")
    success_message = gettext_lazy("Discarded.")

    def get_facts(self) -> list[Fact]:
        batch: ImportBatch = self.object
        return [Fact(_("File"), batch.file_name), Fact(_("Rows"), sum(batch.counts.values()))]
