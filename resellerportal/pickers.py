"""Choosing an account by typing a part of its name, never from a list of all accounts.

Without JavaScript the typed text is sent with the form, which comes back with the hits as radio
buttons; with htmx the hits appear while typing. Either way at most `LIMIT` rows are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import TierAccount
from customers.visibility import seen_ids, within_subtree

from . import listing
from .access import RoleRequiredMixin
from .forms import PortalForm

#: Hits shown at once; whoever gets more types more.
LIMIT = 20
PREVIEW = TierAccount.Environment.PREVIEW
SEARCHED = ("name", "contact_email", "external_id")


def parents(actor: Actor) -> Any:
    """Resellers below which the actor may create or hang accounts, unless they are previews."""
    return _own(actor).resellers().exclude(environment=PREVIEW)


def previews(actor: Actor) -> Any:
    """Preview resellers below which the actor may create or hang preview accounts: its own."""
    rows = TierAccount.objects.visible_to(actor).current().resellers().filter(environment=PREVIEW)
    return rows if actor.role == ADMIN else rows.filter(owner=actor.partner)


def customers(actor: Actor) -> Any:
    """Accounts the actor may order for: whatever has a parent, which becomes tier 1."""
    return _own(actor).filter(parent__isnull=False).exclude(environment=PREVIEW)


def preview_customers(actor: Actor) -> Any:
    """Preview accounts of its own that the actor may order previews for."""
    rows = TierAccount.objects.visible_to(actor).current().filter(environment=PREVIEW)
    rows = rows.filter(parent__isnull=False)
    return rows if actor.role == ADMIN else rows.filter(owner=actor.partner)


def _own(actor: Actor) -> Any:
    """Accounts in use on which the actor has the rights of its role, not those it only sees."""
    rows = TierAccount.objects.visible_to(actor).current()
    return rows.filter(within_subtree(actor)) if seen_ids(actor) else rows


#: What may be chosen, by name: the typed search asks for it by this name too.
SCOPES: dict[str, Callable[[Actor], Any]] = {
    "parents": parents,
    "previews": previews,
    "customers": customers,
    "preview_customers": preview_customers,
}
#: Those that a vendor may search.
OF_VENDORS = ("previews", "preview_customers")


@dataclass(frozen=True)
class Picked:
    """What a picker sent: the chosen id, the text typed, and the text the hits shown are for."""

    pk: str = ""
    query: str = ""
    asked: str = ""
    pressed: bool = False

    @classmethod
    def read(cls, data: Any, name: str) -> Picked:
        text = {key: _printable(data.get(name + key, "")) for key in ("", "_q", "_asked")}
        return cls(text[""], text["_q"], text["_asked"], f"{name}_search" in data)

    @property
    def searches(self) -> bool:
        """A new text was typed: Enter and the button search; so does sending without a choice."""
        return self.query != self.asked and (self.pressed or not self.pk)


@dataclass
class Hits:
    """Rows offered for a text, the chosen one first."""

    query: str = ""
    chosen: TierAccount | None = None
    rows: list[TierAccount] = field(default_factory=list)
    note: str = ""

    @property
    def said(self) -> str:
        """What is told to who does not see the hits appear."""
        count = len(self.rows)
        return self.note or ngettext("%(n)d found.", "%(n)d found.", count) % {"n": count}


def find(rows: Any, picked: Picked, chosen: TierAccount | None = None) -> Hits:
    """The hits for what was typed; without a text all of them when they are few."""
    chosen = chosen or one(rows, picked.pk)
    hits = Hits(picked.query, chosen)
    if picked.query:
        condition = listing.search_condition(picked.query, SEARCHED, TierAccount)
        if condition is None:
            hits.note = _("Type at least three letters, or an ID.")
            return hits
        rows = rows.filter(condition)
    # Without a text the rows come in any order: sorting all accounts would cost more than they.
    found = list(rows.order_by(*(("name", "pk") if picked.query else ()))[: LIMIT + 1])
    if len(found) > LIMIT and not picked.query:
        hits.note = _("Type a part of the name, e-mail or external ID.")
        return hits
    if len(found) > LIMIT:
        hits.note = _("More than %(n)d found; type more of it.") % {"n": LIMIT}
    elif not found:
        hits.note = _("Nothing found.")
    hits.rows = sorted(
        (row for row in found[:LIMIT] if not chosen or row.pk != chosen.pk),
        key=lambda row: (row.name.casefold(), row.pk),
    )
    return hits


def one(rows: Any, pk: str) -> TierAccount | None:
    """The row with this id, whatever was sent as an id."""
    if not re.fullmatch(r"[A-Z]{2}-[\d-]{1,17}", pk):
        return None
    return rows.filter(pk=pk).order_by().first()


def _printable(raw: Any) -> str:
    return "".join(letter for letter in str(raw)[:200] if letter.isprintable()).strip()


class PickerWidget(forms.Widget):
    """A search field with a button, and the hits as radio buttons below it."""

    template_name = "portal/picker.html"
    use_fieldset = True
    picker: AccountPicker

    class Media:
        js = [Script("django_htmx/htmx-2.min.js", defer=True)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Picked:
        return Picked.read(data, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_q" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_q" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        kept = value if isinstance(value, TierAccount) else None
        picked = value if isinstance(value, Picked) else Picked(pk=str(value or ""))
        if kept is not None:
            picked = Picked(pk=kept.pk)
        picker = self.picker
        keep = picker.kept if picker.kept and picker.kept.pk == picked.pk else kept
        return context | {
            "hits": find(picker.rows, picked, keep),
            "name": name,
            "field_id": context["widget"]["attrs"].get("id", f"id_{name}"),
            "empty": picker.empty_label,
            "none": not picked.pk,
            "url": f"{reverse('account-search')}?{urlencode(picker.query(name))}",
        }


class AccountPicker(forms.Field):
    """A field of a PickingForm whose value is a TierAccount, or None when it is not required.

    `scope` names the rows on offer (SCOPES), `provider` narrows them to accounts of that partner.
    `empty_label` words the choice of none. A form about
    an account never offers that account or what hangs below it. `kept` is a row that stays
    choosable although it is not on offer, for example the present parent.
    """

    widget = PickerWidget

    def __init__(self, *, scope: str, empty_label: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scope = scope
        self.empty_label = empty_label
        self.kept: TierAccount | None = None
        self.actor: Actor | None = None
        self.but: TierAccount | None = None
        self.provider = ""

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        self.actor = form.actor
        self.but = form.obj if isinstance(form.obj, TierAccount) else None
        self.widget.picker = self
        return super().get_bound_field(form, field_name)

    @property
    def rows(self) -> Any:
        assert self.actor is not None
        return offered(self.scope, self.actor, self.but, self.provider)

    def query(self, name: str) -> dict[str, str]:
        query = {"scope": self.scope, "field": name, "empty": str(self.empty_label)}
        query |= {"but": self.but.pk} if self.but else {}
        return query | ({"of": self.provider} if self.provider else {})

    def clean(self, value: Any) -> TierAccount | None:
        picked = value if isinstance(value, Picked) else Picked()
        if not picked.pk:
            if self.required:
                raise ValidationError(_("Search for a company and choose it."), code="required")
            return None
        if self.kept is not None and picked.pk == self.kept.pk:
            return self.kept
        found = one(self.rows, picked.pk)
        if found is None:
            raise ValidationError(
                _("Unknown company; search for it and choose it."), code="unknown"
            )
        return found


def offered(scope: str, actor: Actor, but: TierAccount | None = None, provider: str = "") -> Any:
    if scope == "parents" and but is not None and but.environment == PREVIEW:
        scope = "previews"
    rows = SCOPES[scope](actor)
    if provider:
        rows = rows.filter(provider=provider)
    if but is None:
        return rows
    return rows.exclude(tree_id=but.tree_id, lft__gte=but.lft, rght__lte=but.rght)


class PickingForm(PortalForm):
    """A form with an AccountPicker: when it was sent to search, nothing is wrong and nothing valid.

    Whatever else was typed is kept.
    """

    @cached_property
    def searching(self) -> bool:
        """The form was sent for the hits of a typed text, not to be carried out."""
        pickers = [name for name, each in self.fields.items() if isinstance(each, AccountPicker)]
        return self.is_bound and any(Picked.read(self.data, name).searches for name in pickers)

    def full_clean(self) -> None:
        super().full_clean()
        if self.searching:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}

    def is_valid(self) -> bool:
        return super().is_valid() and not self.searching


class AccountSearch(RoleRequiredMixin, View):
    """GET `scope`, `field`, `<field>_q`: the hits of a picker as a piece of HTML.

    A vendor has forms of its preview accounts only: elsewhere it could try ids of parents that
    are not named to it.
    """

    roles = (DISTRIBUTOR, RESELLER, VENDOR)
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        scope, name = request.GET.get("scope", ""), request.GET.get("field", "")
        foreign = self.actor.role == VENDOR and scope not in OF_VENDORS
        if scope not in SCOPES or foreign or not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", name):
            raise Http404
        seen = TierAccount.objects.visible_to(self.actor)
        but = one(seen, request.GET.get("but", ""))
        picked = Picked.read(request.GET, name)
        provider = request.GET.get("of", "")
        known = provider if re.fullmatch(r"[A-Z]{2}-[\d-]{1,17}", provider) else ""
        rows = offered(scope, self.actor, but, known)
        # The present parent may be chosen still although it is not on offer.
        kept = but is not None and but.parent_id == picked.pk
        keep = one(seen, picked.pk) if kept else None
        context = {
            "hits": find(rows, picked, keep),
            "name": name,
            "field_id": f"id_{name}",
            "empty": _printable(request.GET.get("empty", "")),
            "none": not picked.pk,
        }
        return render(request, "portal/found.html", context)
