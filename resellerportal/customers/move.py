"""Move an account: first where to, then what that does, and only then it happens."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER
from customers.lifecycle import StaleForm
from customers.models import TierAccount, TierAccountRequest
from customers.services.moves import Effects, confirm_move, may_move, preview_move

from ..generic import PortalFormView
from ..pickers import AccountPicker, PickingForm
from . import effects
from .forms import ROOT
from .seen import told_parent
from .writing import raised_text, sent_version, standing

Result = tuple[TierAccount, list[TierAccountRequest]]


class MoveForm(PickingForm):
    """The new parent; the present one is chosen until another one is."""

    parent = AccountPicker(
        label=gettext_lazy("New parent"),
        scope="parents",
        required=False,
        empty_label=ROOT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker: Any = self.fields["parent"]
        picker.kept = told_parent(self.actor, self.obj)
        if self.obj.type == TierAccount.Type.CUSTOMER or self.actor.role == RESELLER:
            picker.required, picker.empty_label = True, ""


class AccountMove(PortalFormView):
    """GET asks for the new parent; GET with `parent` (none for a tree of its own) shows the
    effects. POST sends what was shown, and moves only while it is still so."""

    model = TierAccount
    name = "account"
    select_related = ("parent", "provider", "hub")
    form_class = MoveForm
    submit_label = gettext_lazy("Move")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        asked = "parent" in request.GET or "effects" in request.GET
        form = self.get_form(request.GET) if asked else self.get_form()
        return self.render_to_response(self.get_context_data(form=form))

    def check(self) -> None:
        super().check()
        if not may_move(self.object, self.actor):
            raise PermissionDenied

    def get_template_names(self) -> list[str]:
        return ["portal/account_move_effects.html" if self.effects else "portal/account_move.html"]

    def get_title(self) -> str:
        return _("Move %(name)s") % {"name": self.object.name}

    def get_initial(self) -> dict[str, Any]:
        return {"parent": told_parent(self.actor, self.object)}

    @cached_property
    def effects(self) -> Effects | None:
        """What the asked move would do; None, with the reason on the form, when it cannot be."""
        form = self.form
        if not form.is_bound or form.has_error("parent") or form.searching:
            return None
        try:
            return preview_move(self.object, actor=self.actor, parent=form.cleaned_data["parent"])
        except ValidationError as error:
            form.adopt(error)
            return None

    def perform(self, form: Any) -> Result:
        """Move; `fingerprint` is what the page was shown with, of the domain and of our own."""
        expected, _dot, mark = self.request.POST.get("fingerprint", "").partition(".")

        def unchanged(found: Effects) -> None:
            if effects.touched(found, self.actor).mark != mark:
                raise StaleForm

        return confirm_move(
            self.object,
            actor=self.actor,
            parent=form.cleaned_data["parent"],
            expected=expected,
            version=sent_version(self.request),
            check=unchanged,
        )

    def get_success_message(self, result: Result) -> str:
        moved, raised = result
        if moved.parent is None:
            text = _("%(name)s is the top of its own tree now.") % {"name": moved.name}
        else:
            names = {"name": moved.name, "parent": moved.parent.name}
            text = _("%(name)s hangs below %(parent)s now.") % names
        return f"{text} {raised_text(raised)}"

    def get_success_url(self, result: Result) -> str:
        return self.url("account-detail", self.object.pk, "hierarchy")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.form = kwargs["form"]
        context = super().get_context_data(**kwargs) | {
            "refused": standing(self.object),
            "revision": self.object.version,
            "asked_url": self.url("account-move", self.object.pk),
            "now": told_parent(self.actor, self.object),
        }
        return context | (self._shown(self.effects) if self.effects else {})

    def _shown(self, found: Effects) -> dict[str, Any]:
        touched = effects.touched(found, self.actor)
        return {
            "rows": effects.rows(found, self.actor),
            "lines": effects.lines(found, touched, self.actor, self.url),
            "parent": found.parent.pk if found.parent else "",
            "fingerprint": f"{found.fingerprint}.{touched.mark}",
            "stale": self.was_told,
            "tree_url": f"{self.url('account-tree')}?{urlencode({'open': self.object.pk})}",
        }
