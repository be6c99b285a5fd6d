"""Tier configuration requests: list, opening one, detail, and what is changed before a decision."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import DISTRIBUTOR, VENDOR
from customers.lifecycle import check
from customers.service_rights import TIER_CONFIG
from tierconfig.models import TierConfigRequest
from tierconfig.services import drafts
from tierconfig.services.processing import known_values
from tierconfig.services.updates import fill_request, update_request

from ..shaping import Markdown
from ..shared.param_bodies import Written, naming, read_params
from ..shared.texts import markdown
from ..views import ApiView, DetailView, ListView
from .bodies import CreateBody, UpdateBody
from .filters import ConfigRequestFilters
from .opening import notes_of, open_request
from .rendering import ConfigRequestRendering

State = TierConfigRequest.State
#: Fields of services -> those of the API.
FIELDS = {
    "product": "configuration.product.id",
    "account": "configuration.account.id",
    "tier_level": "configuration.tier_level",
    "connection": "configuration.connection.id",
    "marketplace": "configuration.marketplace.id",
    "template": "template.id",
}
READ = ("configuration__account", "configuration__product")


class ConfigRequestView(DetailView):
    """What every address below one request needs."""

    module = TIER_CONFIG
    model = TierConfigRequest
    rendering = ConfigRequestRendering
    fields = FIELDS

    def object(self, **ids: str) -> Any:
        return self.visible(self.rows().select_related(*READ), ids["pk"])

    def given(self, request: TierConfigRequest, sent: Any) -> Written:
        """What the values that were sent change; nothing when there are none."""
        return read_params(
            sent.get("params", []),
            request.definitions(),
            actor=self.actor,
            known=known_values(request),
            presentation=request.presentation,
        )


class ConfigRequests(ListView):
    """Tier configuration requests the key may see."""

    module = TIER_CONFIG
    model = TierConfigRequest
    filters = ConfigRequestFilters
    rendering = ConfigRequestRendering
    fields = FIELDS
    body = CreateBody

    def post(self, request: Request) -> Response:
        """Set up a configuration, or ask for other values of one."""
        sent = self.sent()
        with transaction.atomic():
            made = open_request(sent, self.actor)
        return DetailView.shown(self, made, status=201)  # type: ignore[arg-type]


class ConfigRequestDetail(ConfigRequestView):
    """One tier configuration request."""

    body = UpdateBody

    def put(self, request: Request, pk: str) -> Response:
        """Store values, complaints and notes; the state stays."""
        obj = self.object(pk=pk)
        by_vendor = self.actor.role == VENDOR and obj.state != State.DRAFT
        self._check(obj, by_vendor)
        sent = self.sent()
        given = self.given(obj, sent)
        notes = notes_of(sent, self.actor, obj.notes) if "notes" in sent else obj.notes
        with transaction.atomic(), naming(obj.definitions()):
            store = self._update if by_vendor else self._fill
            obj = store(obj, given, notes)
        return self.shown(obj)

    def _check(self, obj: TierConfigRequest, by_vendor: bool) -> None:
        """Right and state come before what was sent. The notes of a pending one are the
        distributor's, too."""
        if by_vendor or (obj.state == State.PENDING and self.actor.role == DISTRIBUTOR):
            check(obj, "fail", self.actor)
        else:
            check(obj, "submit" if obj.state == State.DRAFT else "answer", self.actor)

    def _update(self, obj: TierConfigRequest, given: Written, notes: str) -> TierConfigRequest:
        """The vendor's side; what is as it was is left out."""
        changes: dict[str, Any] = {
            "values": given.values or None,
            "presentation": given.presentation or None,
            "errors": given.errors or None,
            "notes": notes if notes != obj.notes else None,
        }
        if all(each is None for each in changes.values()):
            return obj
        return update_request(obj, actor=self.actor, **changes)

    def _fill(self, obj: TierConfigRequest, given: Written, notes: str) -> TierConfigRequest:
        """The buying side: a draft, or what an inquiry asks."""
        if notes != obj.notes:
            obj = update_request(obj, actor=self.actor, notes=notes)
        if not given.values:
            return obj
        store = drafts.save_draft if obj.state == State.DRAFT else fill_request
        return store(obj, actor=self.actor, values=given.values)


class ConfigRequestText(ApiView):
    """The template of the approval with the values in place, as Markdown."""

    module = TIER_CONFIG
    answers = {"GET": (200, Markdown)}

    def get(self, request: Request, pk: str) -> HttpResponse:
        found = self.visible(TierConfigRequest, pk)
        return markdown(found.template_text)
