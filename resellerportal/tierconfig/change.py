"""Other values for an active configuration: asked for in an update, or corrected by the vendor."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER, VENDOR
from customers.lifecycle import StaleState
from customers.permissions import by_vendor
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import configs as services

from .. import chains
from ..generic import Fact, PortalFormView, PortalObjectView
from ..processing import values
from .change_forms import AdjustForm
from .forms import ChangeForm
from .requests import ConfigRequestMixin
from .shown import environment, may_open

State = TierConfigRequest.State
#: Codes of the services by which they say that another request came first.
BLOCKED = ("open_request", "state")


def steps(here: int) -> list[dict[str, Any]]:
    """The steps of an update as the page lists them; `here` counts from 0."""
    labels = (_("Overview"), _("Parameters"), _("Summary"))
    return [
        {"label": label, "css": "here" if at == here else "been" if at < here else ""}
        for at, label in enumerate(labels)
    ]


class ChangingMixin:
    """A page about changing a configuration; while a request is open it leads there instead."""

    model = TierConfig
    name = "config"
    select_related = (
        "account",
        "product",
        "marketplace",
        "connection__hub",
        "vendor",
        "provider",
        "template",
    )
    object: Any
    actor: Any
    request: Any
    url: Any

    def check_change(self) -> None:
        if not services.may_request_change(self.object, self.actor):
            raise PermissionDenied
        if self.opened() is not None or self.object.state != TierConfig.State.ACTIVE:
            raise StaleState(self.object, "process")

    def opened(self) -> TierConfigRequest | None:
        """The open request, as far as the actor sees it."""
        return (
            TierConfigRequest.objects.visible_to(self.actor)
            .filter(configuration=self.object, state__in=TierConfigRequest.OPEN)
            .first()
        )

    def refuse(self, stale: StaleState) -> HttpResponse:
        """Names the request that has to be decided first; of somebody else's draft only that."""
        opened = self.opened()
        context = {
            "title": _("Another request is still open"),
            "object": self.object,
            "opened": opened,
            "is_draft": opened is not None and opened.state == State.DRAFT,
            "url": opened and chains.address(self.url, "config-request-detail", opened.pk),
            "back": self.url("config-detail", self.object.pk),
        }
        return render(self.request, "tierconfig/config_blocked.html", context, status=409)


class ConfigUpdate(ChangingMixin, PortalObjectView):
    """The first page of an update: what it is about, and what counts now."""

    template_name = "tierconfig/config_update.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        _visible = self.object
        if not self.actor.may_act:
            raise PermissionDenied
        try:
            self.check_change()
        except StaleState as stale:
            return self.refuse(stale)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        config = self.object
        own = config.definitions()
        facts = [
            Fact(_("Account"), config.account.name),
            Fact(_("Tier"), config.tier_level),
            Fact(_("Product"), config.product.name),
            Fact(_("Marketplace"), config.marketplace),
            Fact(_("Environment"), environment(config)),
            Fact(_("Vendor"), config.vendor),
        ]
        return super().get_context_data(
            steps=steps(0),
            facts=facts,
            phases=values.phases(own, config.params, self.actor, buyer=_("Reseller")),
            offered=bool(services.change_offer(config, self.actor)),
            drafts=config.product.validates_updates and self.portal != VENDOR,
            next_url=self.url("config-change", config.pk),
            back=self.url("config-detail", config.pk),
            **kwargs,
        )

    def get_title(self) -> str:
        return _("Update the configuration")


class ConfigChange(ChangingMixin, PortalFormView):
    """The values. A reseller, whose change this is alone, goes without overview and summary."""

    template_name = "tierconfig/config_change.html"
    service = staticmethod(services.request_change)
    form_class: Any = ChangeForm
    title = gettext_lazy("Request a change")
    submit_label = gettext_lazy("Create update request")

    def check(self) -> None:
        super().check()
        self.check_change()

    def perform(self, form: Any) -> Any:
        """Also what was opened after this page was is no mistake in the form."""
        try:
            return super().perform(form)
        except ValidationError as error:
            if getattr(error, "code", "") in BLOCKED:
                raise StaleState(self.object, "process") from error
            raise

    def get_success_message(self, result: Any) -> str:
        if result.state == State.DRAFT:
            return _("%(id)s is a draft: nobody sees it until you submit it.") % {"id": result.pk}
        if self.portal != RESELLER:
            return ""
        return _("%(id)s was opened. The values stay as they are until it is approved.") % {
            "id": result.pk
        }

    def get_success_url(self, result: Any) -> str:
        page = "detail" if self.portal == RESELLER else "opened"
        return self.url(f"config-request-{page}", result.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = [] if self.portal == RESELLER else steps(1)
        return super().get_context_data(steps=shown, **kwargs)


class RequestOpened(ConfigRequestMixin, PortalObjectView):
    """The last page of an update: where everything is now."""

    template_name = "tierconfig/config_opened.html"

    def get_title(self) -> str:
        return _("Update request created")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, config = self.object, self.object.configuration
        links = (
            (_("Account"), config.account.name, "account", config.account_id),
            (_("Tier configuration"), config.pk, "config", config.pk),
            (_("Request"), request.pk, "config-request", request.pk),
        )
        own = request.definitions()
        said = values.phases(
            own, request.params, self.actor, buyer=_("Reseller"), only=request.params.keys()
        )
        hidden = not may_open(config, self.actor)
        return super().get_context_data(
            steps=steps(2),
            facts=[
                Fact(
                    label,
                    text,
                    ""
                    if hidden and name == "config"
                    else chains.address(self.url, f"{name}-detail", pk),
                )
                for label, text, name, pk in links
            ],
            phases=said,
            is_draft=request.state == State.DRAFT,
            close=self.url("config-request-detail", request.pk)
            if hidden
            else self.url("config-detail", config.pk),
            **kwargs,
        )


class ConfigAdjust(ConfigChange):
    """The vendor corrects values itself: at once, or as a request to be looked at."""

    template_name = "tierconfig/config_adjust.html"
    form_class = AdjustForm
    title = gettext_lazy("Adjust the configuration")
    submit_label = gettext_lazy("Save and apply")

    def check_change(self) -> None:
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied
        super().check_change()

    @property
    def applies(self) -> bool:
        return "create" not in self.request.POST

    def service(self, config: TierConfig, *, revision: int | None = None, **data: Any) -> Any:
        if self.applies:
            return services.save_and_apply(config, revision=revision, **data)
        data.pop("effective_date")
        return services.adjust_config(config, revision=revision, **data)

    def get_success_message(self, result: Any) -> str:
        if result.state == State.APPROVED:
            return _("Adjusted. The configuration has the new values.")
        return _("%(id)s is assigned to you.") % {"id": result.pk}

    def get_success_url(self, result: Any) -> str:
        return self.url("config-request-detail", result.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"steps": []}
