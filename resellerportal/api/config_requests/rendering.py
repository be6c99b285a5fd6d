"""Tier configuration requests, rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from customers.actors import RESELLER
from tierconfig.models import ServiceLevel, TierConfig, TierConfigRequest
from tierconfig.services import levels

from ... import reasons
from ...notifications.asking import question_address
from ...processing.values import told
from ..configs.rendering import ConfigRendering
from ..happenings import Happenings
from ..shaping import Rendering, ref, stamp
from ..shared.accounts import Readable
from ..shared.inquiries import may_answer
from ..shared.params import Params
from ..shared.previous import Previous
from ..shared.templates import template_shape
from .shapes import TierConfigRequestShape

ENTITY = ServiceLevel.Entity.CONFIG_REQUEST
State = TierConfigRequest.State


class ConfigRequestRendering(Rendering[TierConfigRequest]):
    shape = TierConfigRequestShape
    optional = ("configuration.product.capabilities",)
    related = ("configuration", "parent_configuration")

    def prepare(self, objects: Sequence[TierConfigRequest]) -> None:
        asked, actor = self.branches.wants, self.actor
        self.reads_vendor = actor.role != RESELLER
        prefetch_related_objects(objects, "tier1", "tier2", "template", "assignee")
        self.configs = ConfigRendering(actor, self.branches.below("configuration"))
        self.parents = ConfigRendering(actor, self.branches.below("parent_configuration"))
        configs = [each.configuration for each in objects]
        self.configs.prepare(configs if asked("configuration") else [])
        above = {each.parent_configuration_id: each.parent_configuration for each in objects}
        above.pop(None, None)
        shown = self.reads_vendor and asked("parent_configuration")
        self.parents.prepare(list(above.values()) if shown else [])
        scopes = [(each.product_id, each.scope) for each in configs if asked("params")]
        self.values = Params(actor, scopes)
        tiers = [tier for each in objects for tier in (each.tier1, each.tier2)]
        self.readable = Readable(actor, tiers if asked("tiers") else ())
        self.unsaid = reasons.unsaid(objects, actor)
        self.previous = Previous(
            objects if asked("previous_approved_request") else (), "configuration", actor
        )
        vendors = {each.vendor_id for each in objects}
        measures = self.reads_vendor and asked("sli")
        self.levels = levels.levels(vendors) if measures else {}
        self.happened = Happenings(objects if asked("events") else [], actor)

    def one(self, request: TierConfigRequest) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": request.pk,
            "type": request.type,
            "status": request.state,
            "params": self._params(request),
            "assignee": self._assignee(request),
            "reason": None if request.pk in self.unsaid else request.reason or None,
            "notes": request.notes if self.reads_vendor else "",
            "environment": request.environment,
            "effective_date": stamp(request.effective_date) if request.effective_date else None,
            "tiers": self._tiers(request),
            "events": self.happened.of(request),
        }
        if self.branches.wants("configuration"):
            found["configuration"] = self.configs.one(request.configuration)
        if request.parent_configuration is not None:
            found["parent_configuration"] = self._parent(request.parent_configuration)
        if before := self.previous.before(request):
            found["previous_approved_request"] = {"id": before}
        if request.state == State.APPROVED:
            template = template_shape(request.template, request.template_text)
            found |= {"template": template} if template else {}
        if request.state == State.INQUIRING and may_answer(request, self.actor):
            found["activation"] = {"link": question_address(request)}
        return found | self._stay(request)

    def _params(self, request: TierConfigRequest) -> list[dict[str, Any]]:
        """As on its page: everything as it would be approved now, or what it said."""
        if not self.branches.wants("params"):
            return []
        config = request.configuration
        scope = (config.product_id, config.scope)
        if request.decided_at is not None:
            said = request.params
            return self.values.of(scope, said, request.presentation, only=said.keys())
        return self.values.of(scope, told(request, self.actor.role), request.presentation)

    def _assignee(self, request: TierConfigRequest) -> Any:
        if not self.reads_vendor or request.assignee is None:
            return None
        return ref(request.assignee)

    def _tiers(self, request: TierConfigRequest) -> dict[str, Any]:
        if not self.branches.wants("tiers"):
            return {}
        snapshot = self.readable.snapshot
        return {"tier1": snapshot(request.tier1), "tier2": snapshot(request.tier2)}

    def _parent(self, parent: TierConfig) -> dict[str, Any]:
        """To a reseller the one above it is a name and a state (decision 4)."""
        if not self.branches.wants("parent_configuration"):
            return {}
        if not self.reads_vendor:
            return {"id": parent.pk, "name": parent.name, "status": parent.state}
        return self.parents.one(parent)

    def _stay(self, request: TierConfigRequest) -> dict[str, Any]:
        own = self.levels.get(request.vendor_id, {})
        found = levels.stay(own, ENTITY, request.state, request.state_since)
        if found is None or request.state == State.DRAFT:
            return {}
        return {"sli": {"zone": int(found.zone), "days": found.days}}
