"""What is asked of a subscription: change, suspend, resume, cancel; and the vendor's adjustment."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lifecycle import StaleState
from customers.permissions import asking_once
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, differences
from fulfillment.services.changes import Offer
from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.presentation import presented

from ..generic import Fact, PortalActionView, PortalFormView
from ..processing import values
from ..processing.drafting import have_checked
from . import shown
from .changing_forms import AdjustForm, ChangeForm, NoteForm
from .subscriptions import RELATED
from .wording import ASKED

Type, State = FulfillmentRequest.Type, FulfillmentRequest.State
#: Codes by which the services say that the subscription is not ready for a request.
BLOCKED = ("open_request", "capability")


class AskingMixin:
    """A page that asks something of a subscription; where that cannot be, it says why."""

    model = Subscription
    name = "subscription"
    select_related = (*RELATED, "vendor", "provider")
    kind: str
    object: Any
    actor: Any
    request: Any
    url: Any

    def check(self) -> None:
        super().check()  # type: ignore[misc]
        with asking_once(self.actor):
            if not changes.may_ask(self.object, self.kind, self.actor):
                raise PermissionDenied
            offer = self.offer()
        if offer is None or not offer.possible:
            raise StaleState(self.object, self.kind)

    def offer(self) -> Offer | None:
        found = changes.offers(self.object, self.actor)
        return next((each for each in found if each.type == self.kind), None)

    def perform(self, form: Any) -> Any:
        """Also what was opened after this page was is no mistake in the form."""
        try:
            return super().perform(form)  # type: ignore[misc]
        except ValidationError as error:
            if getattr(error, "code", "") in BLOCKED:
                raise StaleState(self.object, self.kind) from error
            raise

    def refuse(self, stale: StaleState) -> HttpResponse:
        """Names the request that has to be decided first, or what else is in the way."""
        del self.object
        offer = self.offer()
        opened = (
            FulfillmentRequest.objects.visible_to(self.actor)
            .filter(pk=offer.open_request if offer else "")
            .first()
        )
        context = {
            "title": ASKED[self.kind].hindered,
            "object": self.object,
            "why": offer.why_not if offer else "",
            "opened": opened,
            "url": self.url("order-detail", opened.pk) if opened else "",
            "back": self.url("subscription-detail", self.object.pk),
        }
        return render(self.request, "fulfillment/subscription_blocked.html", context, status=409)

    def get_success_url(self, result: Any) -> str:
        return str(self.url("order-detail", result.pk))

    def get_success_message(self, result: Any) -> str:
        if result.state == State.DRAFT:
            return _("%(id)s is a draft: nobody sees it until you submit it.") % {"id": result.pk}
        if result.state == State.INQUIRING:
            return _("%(id)s was opened. %(email)s is asked for what is missing.") % {
                "id": result.pk,
                "email": result.inquiry_email,
            }
        return _("%(id)s was opened. The vendor decides next.") % {"id": result.pk}

    def get_title(self) -> str:
        return str(ASKED[self.kind].title)


class SubscriptionChange(AskingMixin, PortalFormView):
    """Quantities and values; a second step shows what becomes of them before anything is sent.

    With `confirm` or `draft` in the posted form it is sent, with `edit` shown again.
    """

    kind = Type.CHANGE
    template_name = "fulfillment/subscription_change.html"
    service = staticmethod(changes.request_change)
    form_class = ChangeForm
    submit_label = gettext_lazy("Continue")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if {"confirm", "draft"} & request.POST.keys():
            return super().post(request, *args, **kwargs)
        try:
            self.check()
        except StaleState as stale:
            return self.refuse(stale)
        form: Any = self.get_form(request.POST)
        if "edit" in request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if form.is_valid():
            try:
                effect = self._effect(form)
            except ValidationError as error:
                form.adopt(error)
            else:
                context = self.get_context_data(form=form, **effect)
                name = "fulfillment/subscription_change_effect.html"
                return render(request, name, context)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def perform(self, form: Any) -> Any:
        form.cleaned_data["draft"] = "draft" in self.request.POST
        return super().perform(form)

    def finish(self, result: FulfillmentRequest) -> HttpResponse:
        """A draft that the vendor's service looks at is looked at now, as one of a purchase."""
        answer = super().finish(result)
        if result.state == State.DRAFT and "draft" not in self.request.POST:
            have_checked(self.request, result, self.actor)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "validates": self.object.product.validates_changes}

    def _effect(self, form: Any) -> dict[str, Any]:
        """What the request would ask for; raises what the service would."""
        subscription, cleaned = self.object, form.cleaned_data
        changed = differences.changed_items(subscription, cleaned["items"])
        params = differences.changed_values(subscription, cleaned["values"])
        differences.check_changes(changed, params)
        own = differences.held_definitions(subscription)
        merged = parameters.merged(subscription.params, params)
        lines = {
            item.pk: shown.Line(item, held, held) for item, held in form.items.values() if held
        } | {
            each.item.pk: shown.Line(each.item, each.quantity, each.old_quantity)
            for each in changed
        }
        return {
            "lines": list(lines.values()),
            "total": shown.total(lines.values()),
            "phases": values.phases(
                presented(own, merged),
                merged,
                self.actor,
                buyer=_("Customer"),
                approved=subscription.params,
                only=set(params),
            ),
            "lacking": self._lacking(own, merged),
            "note": cleaned.get("note", ""),
            "sent": self._sent(),
        }

    def _lacking(self, own: list[Parameter], merged: Any) -> str:
        """Titles of what is asked of the customer's contact when this is sent."""
        found = parameters.missing(presented(own, merged), merged, visible_ordering_only=True)
        return ", ".join(str(each) for each in found)

    def _sent(self) -> list[tuple[str, str]]:
        """What was typed, for the second step to hand on."""
        own = ("csrfmiddlewaretoken", "token", "revision")
        return [
            (name, value)
            for name, found in self.request.POST.lists()
            if name not in own
            for value in found
        ]


class Asking(AskingMixin, PortalActionView):
    """Suspend, resume, cancel: the effect is shown, a note may go along."""

    template_name = "fulfillment/subscription_ask.html"
    form_class = NoteForm

    @property
    def submit_label(self) -> Any:  # type: ignore[override]
        return ASKED[self.kind].button

    def get_facts(self) -> list[Fact]:
        subscription = self.object
        return [
            Fact(_("Customer"), subscription.customer),
            Fact(_("Product"), subscription.product),
            Fact(_("Marketplace"), subscription.marketplace),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"vendor": self.object.vendor, "state": self.object.get_state_display()}
        effects = [{"css": css, "text": text % told} for css, text in ASKED[self.kind].effects]
        return super().get_context_data(
            effects=effects, lines=shown.held_lines(self.object, None), **kwargs
        )


class SubscriptionSuspend(Asking):
    kind = Type.SUSPEND
    service = staticmethod(changes.request_suspend)


class SubscriptionResume(Asking):
    kind = Type.RESUME
    service = staticmethod(changes.request_resume)


class SubscriptionCancel(Asking):
    kind = Type.CANCEL
    service = staticmethod(changes.request_cancel)
    style = "danger"


class SubscriptionAdjust(AskingMixin, PortalFormView):
    """The vendor corrects values itself: at once, or as a request to be looked at."""

    kind = Type.ADJUSTMENT
    template_name = "fulfillment/subscription_adjust.html"
    form_class = AdjustForm
    submit_label = gettext_lazy("Save and apply")

    def service(
        self, subscription: Subscription, *, revision: int | None = None, **data: Any
    ) -> FulfillmentRequest:
        apply = "create" not in self.request.POST
        if not apply:
            # The text is chosen when the request is approved.
            data.pop("template")
        return changes.request_adjustment(subscription, revision=revision, apply=apply, **data)

    def get_success_message(self, result: Any) -> str:
        if result.state == State.APPROVED:
            return _("Adjusted. The subscription has the new values.")
        return _("%(id)s is assigned to you.") % {"id": result.pk}
