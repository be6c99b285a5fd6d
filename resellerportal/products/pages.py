"""Pages about one definition of a product: add it, change it, move it, remove it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.models import Product
from customers.permissions import by_administrator_of, by_vendor
from tierconfig.services.definitions import editing

from ..forms import PortalForm
from ..generic import PortalActionView, PortalFormView

SECRET_PAGE = "products/secret.html"  # noqa: S105 (a template)


class SeenForm(PortalForm):
    """Carries what the row was like when the form was shown, so that no change is lost.

    Pages that add a row leave it out (DefinitionForm).
    """

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class MoveForm(PortalForm):
    direction = forms.ChoiceField(
        choices=(("up", ""), ("down", "")), widget=forms.HiddenInput, initial="up"
    )


class DefinitionMixin:
    """`key` in the URL names a row of `part` of the product; without it the page is about none.

    The service gets the row, else the product. `tab` is the part of the product's page that lists
    the rows; `administrators` only may do what the page does, where it is set.
    """

    roles: tuple[str, ...] = (VENDOR,)
    model: type[Model] = Product
    name = "product"
    part: Any = None
    tab = ""
    administrators = False

    @cached_property
    def row(self) -> Any:
        page: Any = self
        key = page.kwargs.get("key")
        if key is None:
            return None
        if "\0" in key:
            raise Http404
        rows = self.part._default_manager.visible_to(page.actor).select_related("product")
        return get_object_or_404(rows, product=page.object, pk=key)

    def check(self) -> None:
        page: Any = self
        _ = page.object, page.row
        super().check()  # type: ignore[misc]
        allowed = by_administrator_of if self.administrators else by_vendor
        if not allowed(page.object, page.actor):
            raise PermissionDenied

    def perform(self, form: PortalForm) -> Any:
        page: Any = self
        if page.row is None:
            return super().perform(form)  # type: ignore[misc]
        return page.service(page.row, actor=page.actor, **form.cleaned_data)

    def get_success_url(self, result: Any) -> str:
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        page: Any = self
        return str(page.url("product-detail", page.object.pk, *filter(None, [self.tab])))

    def get_crumbs(self) -> list[tuple[Any, str]]:
        page: Any = self
        above = page.url("product-detail", page.object.pk)
        return [
            (gettext_lazy("Products"), page.url("product-list")),
            (page.object.name, above if self.tab else self.get_cancel_url()),
        ]


class DefinitionForm(DefinitionMixin, PortalFormView):
    def get_form(self, *data: Any) -> Any:
        form = super().get_form(*data)
        if self.row is None:
            form.fields.pop("seen", None)
        return form

    def get_initial(self) -> dict[str, Any]:
        """Of an existing row what it holds, by the names of the form's fields."""
        if self.row is None:
            return {}
        names = [name for name in self.form_class.base_fields if hasattr(self.row, name)]
        return {name: getattr(self.row, name) for name in names} | {"seen": editing.seen(self.row)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        if self.was_told and "seen" in form.fields:
            form.data = form.data.copy()
            form.data["seen"] = editing.seen(self.row)
        return super().get_context_data(**kwargs)


class DefinitionAction(DefinitionMixin, PortalActionView):
    pass


class DefinitionMove(DefinitionAction):
    """One place up or down; the buttons of the list post here."""

    form_class = MoveForm
    title = gettext_lazy("Change the order")
    submit_label = gettext_lazy("Move")

    def perform(self, form: PortalForm) -> Any:
        up = form.cleaned_data["direction"] == "up"
        return self.service(self.row, actor=self.actor, up=up)
