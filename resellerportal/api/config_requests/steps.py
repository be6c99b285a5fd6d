"""Steps of configuration requests; each calls the service the portal's page calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.lifecycle import StaleState, check
from customers.models import User
from customers.permissions import by_vendor
from tierconfig.models import Template, TierConfigRequest
from tierconfig.services import drafts
from tierconfig.services import requests as services
from tierconfig.services.assignment import assign_request, assignees
from tierconfig.services.validation import validated_answer

from ..errors import ApiError
from ..shaping import stamp
from ..shared.inquiries import is_answer
from ..shared.known import absent, known, unknown
from ..shared.param_bodies import naming
from .bodies import ApproveBody, AssignBody, ReasonBody, SubmitBody, ValuesBody
from .shapes import Approved
from .views import ConfigRequestView

OTHER_SCOPE, LACKING = "TCR_002", "TCR_003"


class Step(ConfigRequestView):
    """POST of one step; right and state are checked before what was sent is looked at."""

    http_method_names = ["post", "options"]
    answers: ClassVar[dict[str, Any]] = {"POST": (204, None)}
    step: ClassVar[str]

    def post(self, request: Request, pk: str) -> Response:
        obj = self.object(pk=pk)
        self.check(obj)
        return self.act(obj)

    def check(self, obj: TierConfigRequest) -> None:
        check(obj, self.step, self.actor)

    def act(self, obj: TierConfigRequest) -> Response:
        raise LookupError(type(self))


class Approve(Step):
    """Approve; answers with the text the configuration shows from now on."""

    roles = (VENDOR,)
    step = "approve"
    body = ApproveBody
    answers = {"POST": (200, Approved)}

    def act(self, obj: TierConfigRequest) -> Response:
        sent = self.sent()
        named = sent.get("template") or {}
        template = self._template(obj, named)
        date: datetime | None = sent.get("effective_date") or named.get("effective_date")
        text = "" if template else named["representation"]
        own = obj.definitions()
        try:
            with naming(own, lacking=LACKING):
                done = services.approve_request(
                    obj, actor=self.actor, template=template, text=text, effective_date=date
                )
        except ValidationError as error:
            if template is not None and "template" in getattr(error, "error_dict", {}):
                raise ApiError(
                    _("template.id: Choose a template of this product and tier."), code=OTHER_SCOPE
                ) from error
            raise
        shown = {"id": done.template_id, "representation": done.template_text}
        return Response({"template": shown, "effective_date": stamp(done.effective_date)})

    def _template(self, obj: TierConfigRequest, named: Any) -> Template | None:
        """The named one, or that of an adjustment; None where a text was sent."""
        if named.get("id"):
            return known(Template.objects.visible_to(self.actor), named["id"], "template.id")
        if not named.get("representation") and obj.template is None:
            raise absent("template.id")
        return None if named.get("representation") else obj.template


class Fail(Step):
    """Reject, with the reason."""

    roles = (VENDOR, DISTRIBUTOR)
    step = "fail"
    body = ReasonBody

    def act(self, obj: TierConfigRequest) -> Response:
        reason = self.sent()["reason"] or ""
        services.fail_request(obj, actor=self.actor, reason=reason)
        return Response(status=204)


class Inquire(Step):
    """Ask the technical contact, with the complaints that were stored before."""

    roles = (VENDOR,)
    step = "inquire"

    def act(self, obj: TierConfigRequest) -> Response:
        services.inquire_request(obj, actor=self.actor, errors={}, wordless=True)
        return Response(status=204)


class Pend(Step):
    """Answer an inquiry, with values or once nothing is missing; else it is taken back."""

    asks_outside = True
    body = ValuesBody

    def check(self, obj: TierConfigRequest) -> None:
        check(obj, "answer" if self.actor.role == RESELLER else "pend", self.actor)

    def act(self, obj: TierConfigRequest) -> Response:
        sent = self.sent()
        if not is_answer(obj, sent.get("params"), self.actor):
            services.pend_request(obj, actor=self.actor)
            return Response(status=204)
        values = self.given(obj, sent).values
        with naming(obj.definitions()):
            validated_answer(obj, actor=self.actor, values=values, insist=True)
        return Response(status=204)


class Assign(Step):
    """Give it to a member of the vendor; without a body to the owner of the key."""

    roles = (VENDOR,)
    body = AssignBody

    def check(self, obj: TierConfigRequest) -> None:
        if not by_vendor(obj, self.actor):
            raise PermissionDenied
        if obj.decided_at is not None:
            raise StaleState(obj, "assign")

    def act(self, obj: TierConfigRequest) -> Response:
        assign_request(obj, actor=self.actor, user=self._user(obj))
        return Response(status=204)

    def _user(self, obj: TierConfigRequest) -> User | None:
        sent = self.sent()
        name = next((name for name in ("id", "email") if sent.get(name)), "")
        if not name or sent[name] == self.service_user.pk:
            return self.actor.user
        wanted = sent[name].lower() if name == "email" else sent[name]
        found = assignees(obj).filter(**{name: wanted}).first()
        if found is None:
            raise unknown(sent[name], name)
        return found


class Unassign(Assign):
    """Take it from whoever has it."""

    body = None

    def _user(self, obj: TierConfigRequest) -> User | None:
        return None


class Validate(Step):
    """Have the vendor's service look at a draft; its complaints are in `value_error`."""

    asks_outside = True
    step = "submit"
    body = ValuesBody
    answers: ClassVar[dict[str, Any]] = {}

    def act(self, obj: TierConfigRequest) -> Response:
        obj, _problems = drafts.validate_draft(self.stored(obj, self.sent()), actor=self.actor)
        return self.shown(obj)

    def stored(self, obj: TierConfigRequest, sent: Any) -> TierConfigRequest:
        """The draft with the values that came along."""
        values = self.given(obj, sent).values
        if not values:
            return obj
        with naming(obj.definitions()):
            return drafts.save_draft(obj, actor=self.actor, values=values)


class Submit(Validate):
    """Hand a draft over: it is asked, parked or pending as if it were born now."""

    body = SubmitBody

    def act(self, obj: TierConfigRequest) -> Response:
        sent = self.sent()
        obj = self.stored(obj, sent)
        with naming(obj.definitions()):
            done = drafts.submit_request(obj, actor=self.actor, insist=bool(sent.get("insist")))
        return self.shown(done)
