"""One change of an account as one: what changed, and what each vendor said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.models import AccountVersion, TierAccount, TierAccountRequest
from customers.models.requests import siblings

from .. import cells, history
from ..generic import Action, Fact, PortalListView, PortalObjectView
from ..lists import choices
from ..lists.listing import Column, Filter, Tab
from ..states import badge, badge_of, state_label
from . import differences
from .requests import COUNTRY, CREATED
from .seen import PENDING, with_parent

State = TierAccountRequest.State
#: Each change stands in a list as its first request, or as the first that waits.
FIRST = ~Q(siblings(earlier=True))
FIRST_WAITING = PENDING & ~Q(siblings(earlier=True, state=State.PENDING))
DECIDED = FIRST & ~Q(siblings(state=State.PENDING)) & ~PENDING


class ChangeDetail(PortalObjectView):
    """The change that made version `version` of an account.

    A vendor reads the changes it was told of, and its own requests.
    """

    model = TierAccount
    name = "account"
    template_name = "portal/change.html"
    select_related = ("parent", "provider")

    def get_queryset(self) -> Any:
        return with_parent(super().get_queryset(), self.actor)

    @cached_property
    def versions(self) -> dict[int, AccountVersion]:
        """The version before and the one after the change, by number."""
        number = self.kwargs["version"]
        if not 1 < number <= self.object.version:
            raise Http404
        rows = self.object.versions.filter(number__in=[number - 1, number])
        found = {version.number: version for version in rows}
        if len(found) < 2 or (self.portal == VENDOR and not self.requests):
            raise Http404
        return found

    @cached_property
    def requests(self) -> list[TierAccountRequest]:
        rows = TierAccountRequest.objects.visible_to(self.actor).filter(
            account=self.object, version=self.kwargs["version"]
        )
        return list(rows.select_related("product", "vendor").order_by("product__name", "pk"))

    def get_title(self) -> str:
        values = {"name": self.object.name, "n": self.kwargs["version"]}
        return _("%(name)s: change to version %(n)d") % values

    def get_crumbs(self) -> list[tuple[Any, str]]:
        pk = self.object.pk
        changes = self.url("account-detail", pk, "changes")
        return [
            *super().get_crumbs(),
            (pk, self.url("account-detail", pk)),
            (_("Changes"), changes),
        ]

    def get_facts(self, version: AccountVersion, words: str) -> list[Fact]:
        event = history.change_of(self.object, version.number)
        account = self.url("account-detail", self.object.pk)
        facts = [Fact(_("Account"), self.object.name, account)]
        if event:
            facts.append(Fact(_("Changed by"), history.who(event, self.actor)))
        facts.append(Fact(_("When"), cells.age(version.created_at)))
        return [*facts, Fact(_("Changed"), words)]

    def get_actions(self) -> list[Action]:
        number, pk = self.kwargs["version"], self.object.pk
        query = f"?from={number}&to={self.object.version}"
        actions = []
        if number < self.object.version:
            url = self.url("account-detail", pk, "versions") + query
            actions.append(Action(_("Compare with the present version"), url))
        if self.portal == VENDOR:
            return actions
        if number > 2:
            before = self.url("change-detail", pk, number - 1)
            actions.append(Action(_("Change before"), before, icon="fa-arrow-left", rel="prev"))
        if number < self.object.version:
            after = self.url("change-detail", pk, number + 1)
            actions.append(Action(_("Next change"), after, icon="fa-arrow-right", rel="next"))
        return actions

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.kwargs["version"]
        before, after = (self.versions[each].data for each in (number - 1, number))
        named = differences.named_parents(self.actor, before, after)
        rows = differences.rows(before, after, named)
        waiting = [each.pk for each in self.requests if each.state == State.PENDING]
        many = self.portal == VENDOR and self.actor.may_act and len(waiting) > 1
        return super().get_context_data(
            facts=self.get_facts(self.versions[number], differences.changed_words(before, after)),
            actions=self.get_actions(),
            rows=sorted(rows, key=lambda row: not row.changed),
            number=number,
            base=number - 1,
            current=number == self.object.version,
            verdicts=[self.verdict(each) for each in self.requests],
            summary=summary(each.state for each in self.requests),
            own=self.portal == VENDOR,
            together=waiting if many else [],
            **kwargs,
        )

    def verdict(self, request: TierAccountRequest) -> dict[str, Any]:
        """A line about one product: what its vendor said and how long it took."""
        if request.state == State.PENDING:
            text, when = _("waiting"), cells.age(request.created_at)
        elif request.state == State.UNSUPPORTED or request.decided_at is None:
            text, when = _("not asked"), None
        else:
            taken = (request.decided_at - request.created_at).total_seconds()
            span = cells.relative(taken) if taken >= 60 else _("less than a minute")
            text, when = _("took %(time)s") % {"time": span}, cells.age(request.decided_at)
        return {
            "request": request,
            "badge": badge(request),
            "url": self.url("request-detail", request.pk),
            "text": text,
            "when": when,
        }


def summary(states: Iterable[str]) -> SafeString:
    """How many requests are in which state, as badges: those that wait first."""
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    return SafeString(
        " ".join(
            badge_of(state, f"{counts[state]} {state_label(TierAccountRequest, state).lower()}")
            for state in State.values
            if state in counts
        )
    )


def of_vendor(wanted: str) -> Q:
    return Q(siblings(vendor=wanted, own=True))


class ChangeList(PortalListView):
    """One line for each change that asked a vendor, with all verdicts; the oldest waiting first."""

    model = TierAccountRequest
    name = "change"
    title = gettext_lazy("Account changes")
    row_title = "account.name"
    row_label = gettext_lazy("Account")
    row_order = "account__name"
    reads = ("account__name", "version")
    search_fields = ("account__name", "account__contact_email")
    search_label = gettext_lazy("Account, ID or e-mail")
    empty = gettext_lazy("Changes of accounts appear here once a product is affected by them.")
    tabs = (
        Tab("waiting", gettext_lazy("Waiting for vendors"), FIRST_WAITING),
        Tab("done", gettext_lazy("Done"), DECIDED),
        Tab("all", gettext_lazy("All"), FIRST),
    )
    filters = (
        Filter("vendor", gettext_lazy("Vendor"), of_vendor, choices.vendors),
        COUNTRY,
        CREATED,
    )
    columns = (
        Column(
            "verdicts",
            gettext_lazy("Verdicts"),
            lambda row: summary(state for state, _product in row.verdicts),
        ),
        Column(
            "changed",
            gettext_lazy("Changed"),
            lambda row: differences.words(row.changed),
            optional=True,
            reads=("changed",),
        ),
        Column(
            "waits",
            gettext_lazy("Waits for"),
            lambda row: ", ".join(name for state, name in row.verdicts if state == State.PENDING),
            optional=True,
        ),
        Column("account", gettext_lazy("Account ID"), "account.pk", hidden=True),
        Column("version", gettext_lazy("Version"), "version", hidden=True, num=True),
        Column(
            "created",
            gettext_lazy("When"),
            cells.since("created_at"),
            order="created_at",
            num=True,
        ),
    )

    @property
    def order(self) -> str:  # type: ignore[override]
        return "created" if self.tab and self.tab.name == "waiting" else "-created"

    def links(self) -> Callable[[Any], tuple[str, Any]]:
        shape = reverse(f"{self.portal}:change-detail", args=["PK", 0])
        text = _("Version %(n)d")
        return lambda row: (
            shape.replace("PK", row.account.pk).replace("/0/", f"/{row.version}/"),
            text % {"n": row.version},
        )

    def prepare(self, found: list[Any]) -> None:
        """All requests of the changes of this page, in one query."""
        rows = TierAccountRequest.objects.visible_to(self.actor).filter(
            account__in={row.account.pk for row in found},
            version__in={row.version for row in found},
        )
        verdicts: dict[tuple[Any, int], list[tuple[str, str]]] = {}
        values = rows.order_by("product__name", "pk").values_list(
            "account_id", "version", "state", "product__name"
        )
        for account, version, state, product in values:
            verdicts.setdefault((account, version), []).append((state, product))
        for row in found:
            row.verdicts = verdicts.get((row.account.pk, row.version), [])
