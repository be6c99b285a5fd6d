"""Addresses of the vendor that are asked before a request goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Webhook
from tierconfig.services.definitions import webhooks as services
from tierconfig.services.validation import Verdict
from tierconfig.services.webhook_tries import try_webhook

from .. import cells
from ..forms import TextField
from ..generic import Action, Fact
from ..secret_pages import Switch, shown_once
from .frame import ProductTab, may_administer
from .pages import SECRET_PAGE, DefinitionAction, DefinitionForm, SeenForm

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = Webhook.objects.visible_to(page.actor).filter(product=page.object)
    return {
        "webhooks": [_row(page, row) for row in rows.order_by("type", "-active", "pk")],
        "may_administer": may_administer(page),
    }


def _row(page: ProductDetail, row: Webhook) -> dict[str, Any]:
    """A webhook, and in words whether anybody calls it."""
    if not row.active:
        state = _("inactive")
    elif services.is_called(page.object, row):
        state = _("called")
    else:
        state = _("not called: its validation is switched off")
    return {
        "row": row,
        "state": state,
        "success": cells.age(row.last_success),
        "failure": cells.age(row.last_failure),
    }


def actions(page: ProductDetail) -> list[Action]:
    if not may_administer(page) or not services.types_for(page.object):
        return []
    url = page.url("product-webhook-add", page.object.pk)
    return [Action(_("Add a webhook"), url, "primary")]


TAB = ProductTab(
    "webhooks", gettext_lazy("Webhooks"), "products/webhooks.html", fill, actions=actions
)


class EditForm(SeenForm):
    label = TextField(label=gettext_lazy("Label"), max_length=services.MAX_LABEL)
    external_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1024,
        help_text=gettext_lazy(
            "Called by POST with the request as JSON and a bearer token (JWT, HS256)."
        ),
    )


class AddForm(EditForm):
    type = forms.ChoiceField(label=gettext_lazy("Asked about"), choices=Webhook.Type.choices)
    field_order = ("type", "label", "external_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = services.types_for(self.obj)
        kind: Any = self.fields["type"]
        kind.choices = [each for each in Webhook.Type.choices if each[0] in offered]


class WebhookAdd(DefinitionForm):
    part = Webhook
    tab = "webhooks"
    administrators = True
    form_class = AddForm
    service = staticmethod(services.add_webhook)
    title = gettext_lazy("Add a webhook")
    submit_label = gettext_lazy("Add")

    def finish(self, result: Webhook) -> HttpResponse:
        title = _("Secret of the webhook %(name)s")
        secret = result.jwt_secret.open()
        return shown_once(self, secret, title, result.label, template=SECRET_PAGE)


class WebhookEdit(DefinitionForm):
    part = Webhook
    tab = "webhooks"
    administrators = True
    form_class = EditForm
    service = staticmethod(services.edit_webhook)
    success_message = gettext_lazy("Saved.")

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.row.label}


class WebhookAction(DefinitionAction):
    part = Webhook
    tab = "webhooks"
    administrators = True

    def get_facts(self) -> list[Fact]:
        return [
            Fact(_("Webhook"), self.row.label),
            Fact(_("Asked about"), self.row.get_type_display()),
            Fact(_("Address"), self.row.external_url),
        ]


class WebhookSwitch(WebhookAction, Switch):
    service = staticmethod(services.switch_webhook)
    titles = {
        True: gettext_lazy("Deactivate the webhook"),
        False: gettext_lazy("Activate the webhook"),
    }
    questions = {
        True: gettext_lazy(
            "Requests are no longer asked about there; they go on without an answer."
        ),
        False: gettext_lazy("Requests are asked about there from now on."),
    }

    def is_on(self) -> bool:
        return bool(self.row.active)


class WebhookRemove(WebhookAction):
    service = staticmethod(services.remove_webhook)
    title = gettext_lazy("Remove the webhook")
    submit_label = gettext_lazy("Remove")
    style = "danger"
    question = gettext_lazy(
        "Requests are no longer asked about there; they go on without an answer. Its secret and "
        "what was noted of its calls are lost."
    )
    success_message = gettext_lazy("The webhook is removed.")


class WebhookTest(WebhookAction):
    service = staticmethod(try_webhook)
    title = gettext_lazy("Send a test call")
    submit_label = gettext_lazy("Send")
    question = gettext_lazy(
        "Your service is called now, about a request that is made up: its ids consist of zeros, "
        "its values are samples. Nothing is stored but whether an answer came."
    )

    def finish(self, result: Verdict) -> HttpResponse:
        """Back to the list with what the service said."""
        said = [*(f"{name}: {text}" for name, text in result.errors.items()), *result.problems]
        if not result.answered:
            messages.error(
                self.request, _("No answer: %(why)s") % {"why": result.why or " ".join(said)}
            )
        elif said:
            text = _("Your service answered and objects: %(what)s")
            messages.success(self.request, text % {"what": " · ".join(said)})
        else:
            messages.success(self.request, _("Your service answered and agrees."))
        return super().finish(result)


class WebhookSecret(WebhookAction):
    service = staticmethod(services.new_webhook_secret)
    title = gettext_lazy("New secret for the webhook")
    submit_label = gettext_lazy("Make a new secret")
    style = "danger"
    question = gettext_lazy(
        "Calls are signed with the new secret at once; a service that only knows the old one "
        "will refuse them. The secret is shown once, on the next page."
    )

    def finish(self, result: str) -> HttpResponse:
        title = _("Secret of the webhook %(name)s")
        return shown_once(self, result, title, self.row.label, template=SECRET_PAGE)
