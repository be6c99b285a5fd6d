"""What an administrator does with a webhook; each page asks before it acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import WebhookEndpoint, WebhookMessage
from customers.moments import begins
from customers.services import endpoints as services
from customers.webhooks import deliver_now

from ..forms import PortalForm
from ..generic import Fact, PortalActionView, PortalFormView
from ..secret_pages import AdministratorsOnly, Switch, shown_once
from .forms import EndpointForm, SinceForm
from .frame import endpoint_facts, standing

SECRET_PAGE = "webhooks/secret.html"  # noqa: S105 (a template)


class EndpointAdd(AdministratorsOnly, PortalFormView):
    model = WebhookEndpoint
    name = "webhook"
    title = gettext_lazy("Add a webhook")
    submit_label = gettext_lazy("Add")
    form_class = EndpointForm
    service = staticmethod(services.add_endpoint)

    def finish(self, result: WebhookEndpoint) -> HttpResponse:
        title = _("Secret of the webhook %(name)s")
        back = self.url("webhook-detail", result.pk)
        secret = result.secret.open()
        return shown_once(self, secret, title, result.label, template=SECRET_PAGE, back=back)


class EndpointEdit(AdministratorsOnly, PortalFormView):
    model = WebhookEndpoint
    name = "webhook"
    form_class = EndpointForm
    service = staticmethod(services.edit_endpoint)
    success_message = gettext_lazy("Saved.")
    select_related = ("product",)

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.object.label}

    def get_initial(self) -> dict[str, Any]:
        found = self.object
        return {"label": found.label, "url": found.url, "product": found.product_id or ""}


class EndpointAction(AdministratorsOnly, PortalActionView):
    model = WebhookEndpoint
    name = "webhook"
    select_related = ("product",)

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Webhook"), self.object.label), *endpoint_facts(self.object)]


class EndpointSwitch(EndpointAction, Switch):
    service = staticmethod(services.switch_endpoint)
    titles = {
        True: gettext_lazy("Switch the webhook off"),
        False: gettext_lazy("Switch the webhook on"),
    }

    def get_question(self) -> str:
        if not self.object.active:
            return _(
                "What happens from now on is told again. What failed before can be sent again "
                "afterwards; of what happened meanwhile there are no messages."
            )
        rows = WebhookMessage.objects.visible_to(self.actor)
        waiting = rows.filter(endpoint=self.object, state=WebhookMessage.State.WAITING).count()
        return ngettext(
            "Nothing is told any more. %(n)d message that waits counts as failed; it can be sent "
            "again later.",
            "Nothing is told any more. %(n)d messages that wait count as failed; they can be "
            "sent again later.",
            waiting,
        ) % {"n": waiting}


class EndpointSecret(EndpointAction):
    service = staticmethod(services.rotate_secret)
    title = gettext_lazy("New secret for the webhook")
    submit_label = gettext_lazy("Make a new secret")
    question = gettext_lazy(
        "For 24 hours each message carries two signatures, of the new secret and of the present "
        "one, so that your system can change over; then the present one is worth nothing. The new "
        "secret is shown once, on the next page."
    )

    def finish(self, result: str) -> HttpResponse:
        title = _("Secret of the webhook %(name)s")
        return shown_once(self, result, title, self.object.label, template=SECRET_PAGE)


class EndpointDelete(EndpointAction):
    service = staticmethod(services.delete_endpoint)
    title = gettext_lazy("Delete the webhook")
    submit_label = gettext_lazy("Delete")
    style = "danger"
    question = gettext_lazy("Its messages and tries are deleted with it. This cannot be undone.")
    success_message = gettext_lazy("Deleted.")

    def get_success_url(self, result: Any) -> str:
        return self.url("webhook-list")


class EndpointTest(EndpointAction):
    """Sent at once, so that the page that follows says whether it arrived."""

    title = gettext_lazy("Send a test")
    submit_label = gettext_lazy("Send")
    question = gettext_lazy(
        "A message of type webhook.test about nothing is sent to your system now."
    )

    def perform(self, form: PortalForm) -> WebhookMessage:
        link = self.request.build_absolute_uri(self.get_cancel_url())
        message = services.make_test(self.object, actor=self.actor, link=link)
        attempt = deliver_now(message)
        if attempt.delivered:
            messages.success(self.request, _("The test message arrived."))
        else:
            why = attempt.detail or f"HTTP {attempt.status}"
            messages.error(self.request, _("The test failed: %(why)s") % {"why": why})
        return message

    def get_success_url(self, result: WebhookMessage) -> str:
        return self.url("webhook-message-detail", result.pk)


class EndpointReplay(EndpointAction):
    """`?since=` counts first; the form sends the day that was counted."""

    template_name = "webhooks/replay.html"
    form_class = SinceForm
    title = gettext_lazy("Send again what failed")
    submit_label = gettext_lazy("Send again")

    def get_initial(self) -> dict[str, Any]:
        return {"since": self.since}

    @property
    def since(self) -> date:
        """The day asked for; without one that on which it began to fail, or a week ago."""
        try:
            return date.fromisoformat(self.request.GET.get("since", "")[:10])
        except ValueError:
            failing = self.object.failing_since or timezone.now() - timedelta(days=7)
            return timezone.localdate(failing)

    def perform(self, form: PortalForm) -> int:
        since = begins(form.cleaned_data["since"])
        return services.replay_failed(self.object, actor=self.actor, since=since)

    def get_success_message(self, result: int) -> str:
        return ngettext(
            "%(n)d message is sent again.", "%(n)d messages are sent again.", result
        ) % {"n": result}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = services.failed_since(self.object, begins(self.since)).count()
        return super().get_context_data(count=count, since=self.since.isoformat(), **kwargs)


class MessageReplay(AdministratorsOnly, PortalActionView):
    model = WebhookMessage
    name = "webhook-message"
    title = gettext_lazy("Send the message again")
    submit_label = gettext_lazy("Send again")
    select_related = ("endpoint",)
    service = staticmethod(services.replay_message)
    success_message = gettext_lazy("The message is sent again, with its old id.")
    question = gettext_lazy(
        "It is sent with the same id and the same content, so that your system can tell that it "
        "had it already."
    )

    def get_facts(self) -> list[Fact]:
        return [
            Fact(_("Type"), self.object.type),
            Fact(_("State"), standing(self.object)),
            Fact(_("Webhook"), self.object.endpoint.label, self._webhook()),
        ]

    def _webhook(self) -> str:
        return reverse(f"{self.portal}:webhook-detail", args=[self.object.endpoint_id])
