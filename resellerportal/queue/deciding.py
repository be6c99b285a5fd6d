"""Many requests of a vendor's queue at once: given to somebody, approved or rejected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from customers.models import User
from customers.permissions import by_vendor
from fulfillment.models import FulfillmentRequest
from fulfillment.services.effects import EFFECTS
from fulfillment.services.many import MOST, Need, need_of
from tierconfig import parameters
from tierconfig.models import Parameter, Template
from tierconfig.presentation import presented
from tierconfig.services.assignment import assignees

from ..forms import PortalForm
from ..lists.bulk import Many, Refusal
from ..parts import Fact
from ..processing.assigning import ColleagueField, TakeMany, give
from ..processing.forms import ReasonForm, TemplateField
from ..states import badge

#: Refused rows named in the message afterwards.
NAMED = 5
#: Requests listed on the page that asks; all are counted.
SHOWN = 100


class ApproveManyForm(PortalForm):
    """One text for each product and scope; `rows` are those that will be approved."""

    def __init__(self, *args: Any, rows: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs: dict[str, Need] = {}
        needs: dict[Need, list[Any]] = {}
        for row in rows:
            needs.setdefault(need_of(row), []).append(row)
        for need, group in sorted(needs.items()):
            self._add(need, group)

    def _add(self, need: Need, group: list[Any]) -> None:
        product, scope, kind = need
        offered = Template.objects.visible_to(self.actor).filter(
            product=product, scope=scope, type=kind
        )
        offered = offered.order_by("position", "id")
        optional = not any(applies(row) for row in group)
        name = f"template-{product}-{scope}-{kind}"
        field: Any = TemplateField(
            label=_("Text for %(product)s · %(scope)s (%(n)d)")
            % {
                "product": product_of(group[0]),
                "scope": Parameter.Scope(scope).label,
                "n": len(group),
            },
            required=not optional,
            empty_label=_("The text stays as it is") if optional else None,
        )
        field.queryset = offered
        field.initial = None if optional else offered.first()
        self.fields[name], self.needs[name] = field, need

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        chosen = {need: cleaned.pop(name, None) for name, need in self.needs.items()}
        return {**cleaned, "templates": chosen}


class AssignManyForm(PortalForm):
    user = ColleagueField(
        label=gettext_lazy("Colleague"),
        queryset=User.objects.none(),
        error_messages={"required": gettext_lazy("Choose a colleague.")},
    )

    def __init__(self, *args: Any, rows: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = next(iter(rows), None)
        if first is not None:
            field: Any = self.fields["user"]
            field.queryset = assignees(first)


def applies(request: Any) -> bool:
    """Whether its approval brings values, and so needs a text of its own."""
    return not hasattr(request, "subscription_id") or EFFECTS[request.type].applies


def product_of(request: Any) -> Any:
    owner = request.subscription if hasattr(request, "subscription_id") else request.configuration
    return owner.product


def company_of(request: Any) -> Any:
    if hasattr(request, "subscription_id"):
        return request.subscription.customer
    return request.configuration.account.name


class WorkMany(TakeMany):
    """All steps of a queue of orders or configuration requests; `decide` is the service."""

    most = MOST
    decide: Any
    #: What rows lack that the step could be taken on otherwise, by id.
    whys: dict[str, str] = {}
    steps = {
        **TakeMany.steps,
        "assign": Many(
            gettext_lazy("Assign several requests"),
            gettext_lazy("The colleague looks after these from now on."),
            gettext_lazy("Assign all of these"),
            ngettext_lazy("%(n)d is assigned.", "%(n)d are assigned.", "n"),
            AssignManyForm,
        ),
        "approve": Many(
            gettext_lazy("Approve several requests"),
            gettext_lazy("Each is approved with the values it has, and with the text chosen here."),
            gettext_lazy("Approve all of these"),
            ngettext_lazy("%(n)d is approved.", "%(n)d are approved.", "n"),
            ApproveManyForm,
        ),
        "fail": Many(
            gettext_lazy("Reject several requests"),
            gettext_lazy("Each ends here, with this reason; what waits for it ends, too."),
            gettext_lazy("Reject all of these"),
            ngettext_lazy("%(n)d is rejected.", "%(n)d are rejected.", "n"),
            ReasonForm,
            "danger",
        ),
    }

    @property
    def decides(self) -> bool:
        return self.kwargs["step"] in ("approve", "fail")

    def get_template_names(self) -> list[str]:
        return ["processing/decide_many.html" if self.decides else self.template_name]

    def get_form(self, *data: Any) -> PortalForm:
        takes_rows = issubclass(self.step.form_class, ApproveManyForm | AssignManyForm)
        rows = {"rows": self.parts[0]} if takes_rows else {}
        return self.step.form_class(*data, actor=self.actor, **rows)

    def perform(self, form: PortalForm) -> Any:
        if self.decides:
            decide, step = type(self).decide, self.kwargs["step"]
            return decide(self.rows, actor=self.actor, step=step, **form.cleaned_data)
        if self.kwargs["step"] == "assign":
            return give(self.rows, actor=self.actor, user=form.cleaned_data["user"])
        return super().perform(form)

    def finish(self, result: Any) -> Any:
        answer = super().finish(result)
        if lacking := getattr(result, "lacking", []):
            self.tell_lacking(lacking)
        return answer

    def tell_lacking(self, lacking: list[tuple[Any, str]]) -> None:
        text = ngettext(
            "%(n)d stays as it is: %(which)s", "%(n)d stay as they are: %(which)s", len(lacking)
        )
        which = [f"{row.pk} ({why})" for row, why in lacking[:NAMED]]
        if len(lacking) > NAMED:
            which.append(_("and %(n)d more") % {"n": len(lacking) - NAMED})
        messages.warning(self.request, text % {"n": len(lacking), "which": ", ".join(which)})

    @cached_property
    def parts(self) -> tuple[list[Any], list[Any]]:
        """Rows the step can be taken on, and the others; of these `whys` says what they lack."""
        if not self.decides:
            return super().split()
        able, others = super(TakeMany, self).split()
        if self.kwargs["step"] == "approve":
            self.whys = Lacking(self.actor).of(able)
        return [row for row in able if row.pk not in self.whys], [
            *others,
            *(row for row in able if row.pk in self.whys),
        ]

    def split(self) -> tuple[list[Any], list[Any]]:
        return self.parts

    def refusals(self, rows: list[Any]) -> list[Refusal]:
        late = [row for row in rows if row.pk not in self.whys]
        lacking = [row for row in rows if row.pk in self.whys]
        found = [Refusal(row, badge(row), "", None, self.whys[row.pk]) for row in lacking]
        shown = [*found, *self.because_late(late)]
        return [replace(each, **self.about(each.row)) for each in shown] if self.decides else shown

    def about(self, row: Any) -> dict[str, str]:
        return {"name": str(company_of(row)), "url": self.url(f"{self.name}-detail", row.pk)}

    def because_late(self, rows: list[Any]) -> list[Refusal]:
        """Who decided them; of what nobody decided, that it cannot be decided now."""
        found = []
        for each in super().refusals(rows):
            if self.decides and each.row.decided_at is None:
                mine = by_vendor(each.row, self.actor)
                text = _("waits for others") if mine else _("not yours to decide")
                each = Refusal(each.row, each.badge, "", None, text)
            found.append(each)
        return found

    def get_facts(self, able: list[Any]) -> list[Fact]:
        if not self.decides:
            return super().get_facts(able) if self.kwargs["step"] == "take" else []
        counts: dict[str, int] = {}
        for row in able:
            counts[str(product_of(row))] = counts.get(str(product_of(row)), 0) + 1
        named = [f"{name} ({n})" for name, n in sorted(counts.items(), key=lambda one: -one[1])]
        text = ngettext("%(n)d request", "%(n)d requests", len(able)) % {"n": len(able)}
        return [
            Fact(_("Will be decided"), text if able else _("nothing")),
            Fact(_("Products"), ", ".join(named) or _("none")),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not self.decides:
            return context
        lines = [
            {"obj": row, "product": product_of(row), **self.about(row)}
            for row in context["able"][:SHOWN]
        ]
        return {**context, "lines": lines, "more": max(0, len(context["able"]) - SHOWN)}


class Lacking:
    """What keeps requests from being approved as they are; few queries for all of them."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor

    def of(self, rows: list[Any]) -> dict[str, str]:
        """By id; what lacks nothing is not in it."""
        needs = {need_of(row): row for row in rows}
        definitions = {need[:2]: row.definitions() for need, row in needs.items()}
        have = set(
            Template.objects.visible_to(self.actor)
            .filter(product__in={need[0] for need in needs})
            .values_list("product_id", "scope", "type")
        )
        found = {}
        for row in rows:
            if row.state == FulfillmentRequest.State.REVOKING:
                found[row.pk] = _("the distributor asked for it back")
                continue
            if not applies(row):
                continue
            values = {**row.base_values(), **row.params}
            merged = parameters.merged(row.base_values(), row.params)
            own = presented(definitions[need_of(row)[:2]], values, row.presentation)
            empty = parameters.missing(own, merged, visible_ordering_only=False)
            if empty:
                titles = ", ".join(str(each) for each in empty)
                found[row.pk] = _("no value: %(names)s") % {"names": titles}
            elif need_of(row) not in have:
                found[row.pk] = _("the product has no template for it")
        return found
