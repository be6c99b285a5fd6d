"""Who holds what: a ranking for a vendor or a distributor, as a page and as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.actors import DISTRIBUTOR, VENDOR
from customers.models import Holder, Holding, Product
from customers.spreadsheets import Sheet
from fulfillment.services.holders import PERIODS, Line, Wanted, ranking

from .. import chains
from ..access import RoleRequiredMixin, ScopedMixin
from ..exports import files
from ..forms import PortalForm
from ..home.overview import KINDS
from .stays import span

PERIOD_LABELS = {
    0: gettext_lazy("Held now"),
    30: gettext_lazy("Held in the last 30 days"),
    90: gettext_lazy("Held in the last 90 days"),
    365: gettext_lazy("Held in the last 365 days"),
}
#: Model name of a request -> model part of its URL names.
PAGES = {kind.model._meta.model_name: page for page, kind in KINDS.items()}
#: Holders without a name of their own.
NAMES = {
    Holder.CONTACT: gettext_lazy("Contacts of accounts you do not see"),
    Holder.CREATOR: gettext_lazy("Drafts of yours"),
}


class RankingForm(PortalForm):
    """What is ranked; everything is optional."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Period"),
        choices=[(days, PERIOD_LABELS[days]) for days in PERIODS],
        coerce=int,
        empty_value=0,
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("All requests"))]
        + [(name, KINDS[page].label) for name, page in PAGES.items()],
        required=False,
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"),
        queryset=Product.objects.none(),
        empty_label=gettext_lazy("All products"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.queryset = Product.objects.visible_to(self.actor).order_by("name", "pk")

    def wanted(self) -> Wanted:
        product = self.cleaned_data.get("product")
        return Wanted(
            self.cleaned_data.get("days") or 0,
            self.cleaned_data.get("kind") or "",
            product.pk if product else "",
        )


class HoldersRanking(RoleRequiredMixin, ScopedMixin, TemplateView):
    """Resellers have none: what waits for them is on their first page."""

    roles = (VENDOR, DISTRIBUTOR)
    model = Holding
    template_name = "holders/ranking.html"
    title = gettext_lazy("Who holds what")

    @cached_property
    def form(self) -> RankingForm:
        form = RankingForm(self.request.GET or {}, actor=self.actor)
        form.is_valid()
        return form

    @cached_property
    def lines(self) -> list[Line]:
        return ranking(self.form.wanted(), self.actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("format", "")
        if form in files.FORMATS and not files.refused(request, Holding.objects.none()):
            return files.download(form, str(self.title), [self.sheet()])
        return super().get(request, *args, **kwargs)

    def sheet(self) -> Sheet:
        head = [_("Held by"), _("Kind of holder"), _("Requests"), _("Hours in all")]
        head += [_("Median hours"), _("90 % within hours"), _("Longest in hours"), _("Longest")]
        keys = ("name", "holder", "count", "total", "median", "most", "maximum", "longest")
        rows = (
            [
                self.name_of(line),
                line.holder,
                line.count,
                *(hours(each) for each in (line.total, line.median, line.most, line.maximum)),
                line.longest[1],
            ]
            for line in self.lines
        )
        return Sheet(str(self.title), head, rows, keys)

    def name_of(self, line: Line) -> str:
        if line.name:
            return line.name
        holder = Holder(line.holder)
        return str(NAMES.get(holder, holder.label))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop("format", None)
        highest = max((line.total for line in self.lines), default=timedelta()) or timedelta(1)
        return super().get_context_data(
            title=self.title,
            form=self.form,
            rows=[self._row(line, highest) for line in self.lines],
            query=query.urlencode(),
            formats=files.FORMATS.items(),
            **kwargs,
        )

    def _row(self, line: Line, highest: timedelta) -> dict[str, Any]:
        kind, pk = line.longest
        account = chains.address(self.url, "account-detail", line.account) if line.account else ""
        return {
            "name": self.name_of(line),
            "url": account,
            "holder": Holder(line.holder).label,
            "css": line.holder,
            "count": line.count,
            "total": span(line.total),
            "share": max(1, int(100 * line.total / highest)),
            "median": span(line.median) if line.median is not None else "",
            "most": span(line.most) if line.most is not None else "",
            "maximum": span(line.maximum),
            "longest": pk,
            "longest_url": chains.address(self.url, f"{PAGES[kind]}-detail", pk) if pk else "",
        }


def hours(lasted: timedelta | None) -> float | None:
    return None if lasted is None else round(lasted.total_seconds() / 3600, 2)
