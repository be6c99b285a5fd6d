"""What a product is: the first tab of its page, and the forms of its general data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.lifecycle import available_steps
from customers.models import Category, Event, Product
from customers.permissions import by_vendor
from tierconfig.services.definitions import products as services

from .. import history, texts
from ..forms import PortalForm, TextField
from ..generic import Action, Fact, PortalFormView
from .frame import ProductTab, crumbs, is_vendor, may_edit
from .lists import AUTHORIZATION

if TYPE_CHECKING:
    from .detail import ProductDetail


def actions(page: ProductDetail) -> list[Action]:
    """Edit, and the steps of its life on sale."""
    if not may_edit(page):
        return []
    pk = page.object.pk
    found = [
        Action(_("Icon"), page.url("product-icon", pk)),
        Action(_("Edit"), page.url("product-edit", pk)),
    ]
    for step in available_steps(page.object, page.actor):
        try:
            address = page.url(f"product-{step.name.replace('_', '-')}", pk)
        except NoReverseMatch:
            continue
        found.append(Action(step.label, address, step.style))
    if page.object.state == Product.State.DRAFT:
        found.append(Action(_("Delete the draft"), page.url("product-remove", pk), "danger"))
    return found


def asked(product: Product) -> str:
    """What Reseller Authorization means for who orders."""
    return {
        0: _("Orders go straight to the vendor; resellers are asked for nothing."),
        1: _(
            "The reseller of a customer needs an approved configuration before its first "
            "order is processed."
        ),
        2: _(
            "The reseller of a customer and the reseller above it need an approved "
            "configuration before the first order is processed."
        ),
    }[product.authorization_level]


def fill(page: ProductDetail) -> dict[str, Any]:
    product = page.object
    own = is_vendor(page.actor)
    facts = [
        Fact(_("Vendor"), product.owner),
        Fact(_("Category"), product.category),
        Fact(_("Short description"), product.short_description or None),
        Fact(_("External ID"), product.external_id or None),
    ]
    capabilities = [
        Fact(_("Reseller Authorization"), f"{AUTHORIZATION(product)}. {asked(product)}"),
    ]
    if own:
        changes = (
            _("On. Changes of accounts come as requests.")
            if product.tier_accounts_sync
            else _("Off. Changes of accounts are recorded as unsupported.")
        )
        capabilities.append(Fact(_("Tier Accounts Sync"), changes))
    return {
        "facts": facts,
        "description": texts.rendered(product.detailed_description),
        "capabilities": capabilities,
        "thread": told(history.events_of(product), page) if own else [],
    }


def told(events: Iterable[Event], page: ProductDetail) -> list[history.Entry]:
    """The history with what each entry was about, and how it differs."""
    found = []
    for event in events:
        for entry in history.thread([event], page.actor):
            found.append(replace(entry, body=_about(event.data, page.object)))
    return found


def _about(data: dict[str, Any], product: Product) -> str:
    named = "" if data.get("id") in (None, product.pk) else str(data.get("name") or data["id"])
    lines = [
        f"{field.replace('_', ' ')}: {_short(old)} → {_short(new)}"
        for field, (old, new) in (data.get("changes") or {}).items()
    ]
    return "\n".join(filter(None, [named, *lines]))


def _short(value: Any) -> str:
    """A recorded value in one line, cut where it becomes long."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"


class GeneralForm(PortalForm):
    name = TextField(label=gettext_lazy("Name"), max_length=services.MAX_NAME)
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    external_id = TextField(
        label=gettext_lazy("External ID"),
        max_length=services.MAX_EXTERNAL,
        required=False,
        help_text=gettext_lazy("Your own name for the product, if you keep one."),
    )
    short_description = TextField(
        label=gettext_lazy("Short description"),
        rows=2,
        max_length=services.MAX_SHORT,
        required=False,
        help_text=gettext_lazy("One or two sentences; who orders reads them in lists."),
    )
    detailed_description = TextField(
        label=gettext_lazy("Description"),
        rows=10,
        max_length=services.MAX_LONG,
        required=False,
        help_text=gettext_lazy("Markdown: # heading, **bold**, - list, [text](https://…)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = Category.objects.visible_to(self.actor)

    def clean_short_description(self) -> str:
        return " ".join(str(self.cleaned_data["short_description"]).split())


class Writing(PortalFormView):
    """The general data with a preview; `preview` in the posted form saves nothing."""

    roles = (VENDOR,)
    model = Product
    name = "product"
    template_name = "products/general_form.html"
    form_class = GeneralForm
    preview = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.check()
        form = self.form_class(actor=self.actor, obj=self.object, initial=request.POST.dict())
        self.preview = texts.rendered(request.POST.get("detailed_description", "")[:20_000])
        return self.render_to_response(self.get_context_data(form=form))

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return crumbs(self, self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(preview=self.preview, **kwargs)


class ProductAdd(Writing):
    """A draft; for the vendor's own people, because a product belongs to its vendor."""

    title = gettext_lazy("Add product")
    submit_label = gettext_lazy("Add product")
    success_message = gettext_lazy(
        "Added as a draft, with templates to begin with. Give it an item and its parameters, "
        "publish it, then list it on a marketplace."
    )
    service = staticmethod(services.add_product)

    def check(self) -> None:
        super().check()
        if self.actor.role != VENDOR:
            raise PermissionDenied


class ProductEdit(Writing):
    success_message = gettext_lazy("Saved.")
    service = staticmethod(services.edit_product)

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.object.name}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in self.form_class.base_fields}


TAB = ProductTab(
    "", gettext_lazy("General"), "products/general.html", fill, actions=actions, shared=True
)
